import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { fits } from '../../src/intake/package/assign-tables.ts';
import { readZip, type PackageFile } from '../../src/intake/package/read-zip.ts';
import { writeZip } from '../../src/intake/package/write-zip.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitReceived } from '../../src/intake/split-received.ts';
import type { Feed, Kind, Part } from '../../src/intake/types.ts';
import { sharedData, sharedSamples } from '../shared-data.ts';
import { mappings } from './adt.ts';

const domainColumns = sharedSamples('domain/columns/csds_columns.json', join(sharedData, '../domain/columns/csds_columns.json'));

const file = (name: string, text: string | Uint8Array): PackageFile => ({ name, bytes: Buffer.from(text as string) });
const limits = { entries: 4, bytes: 10_000 };
const good = [file('a.csv', 'A\n1\n'), file('b.csv', 'B\n2\n')];

/** Each kind of damage as what a directory entry says, made by changing bytes of a good zip. */
function changed(change: (zip: Buffer, central: number) => void, files = good): Uint8Array {
  const zip = Buffer.from(writeZip(files));
  change(zip, zip.indexOf('PK\u0001\u0002', 0, 'latin1'));
  return zip;
}

/** A zip of one deflated entry; what its directory says of its size can be a lie. */
function deflated(content: Uint8Array, said = content.length): Uint8Array {
  const packed = deflateRawSync(content);
  const zip = Buffer.from(writeZip([{ name: 'a.csv', bytes: packed }]));
  const crc = Buffer.from(writeZip([{ name: 'a.csv', bytes: content }])).readUInt32LE(14);
  for (const [at, start] of [[0, 4], [zip.indexOf('PK\u0001\u0002', 0, 'latin1'), 6]] as const) {
    zip.writeUInt16LE(8, at + start + 4);
    zip.writeUInt32LE(crc, at + start + 10);
    zip.writeUInt32LE(said, at + start + 18);
  }
  return zip;
}

describe('a zip', () => {
  it('is unpacked: stored or deflated, folders passed over', async () => {
    expect(await readZip(writeZip(good), limits)).toEqual({ files: good });
    expect(await readZip(writeZip([file('folder/', ''), file('folder/a.csv', 'A\n')]), limits)).toEqual({ files: [file('a.csv', 'A\n')] });
    expect(await readZip(deflated(Buffer.from('A\n'.repeat(100))), limits)).toEqual({ files: [file('a.csv', 'A\n'.repeat(100))] });
  });

  it('of the same tables is the same bytes', () => {
    expect(Buffer.from(writeZip(good)).equals(writeZip(good))).toBe(true);
  });

  const named = (name: string): Uint8Array => writeZip([file(name, 'A\n')]);
  it.each<[string, Uint8Array, string]>([
    ['no zip at all', Buffer.from('A\n1\n'), 'package-not-zip'],
    ['gzip', gzipSync('A\n1\n'), 'package-not-zip'],
    ['a zip cut off', writeZip(good).subarray(0, 60), 'package-broken'],
    ['a zip whose content was changed', changed((zip) => zip.write('X', 36)), 'package-broken'],
    ['a name that leads out', named('../a.csv'), 'package-entry-name'],
    ['a name that leads out below a folder', named('x/../../a.csv'), 'package-entry-name'],
    ['a name from the root', named('/a.csv'), 'package-entry-name'],
    ['a name from a drive', named('C:a.csv'), 'package-entry-name'],
    ['a name with a backslash', named('x\\..\\a.csv'), 'package-entry-name'],
    ['a name with NUL', named('a.csv\u0000.exe'), 'package-entry-name'],
    ['a name in other letters', named('caf\u00e9.csv'), 'package-entry-name'],
    ['the same name twice', writeZip([file('a.csv', '1'), file('A.csv', '2')]), 'package-entry-twice'],
    ['a link', changed((zip, at) => zip.writeUInt32LE(0xa1ff0000, at + 38)), 'package-entry-link'],
    ['a device', changed((zip, at) => zip.writeUInt32LE(0x21ff0000, at + 38)), 'package-entry-link'],
    ['encryption', changed((zip, at) => zip.writeUInt32LE(0x00080001, at + 8)), 'package-entry-encrypted'],
    ['a packing nobody knows', changed((zip, at) => zip.writeUInt16LE(12, at + 10)), 'package-entry-method'],
    ['a zip inside by its name', named('more.zip'), 'package-entry-nested'],
    ['a zip inside by its content', writeZip([{ name: 'a.csv', bytes: writeZip(good) }]), 'package-entry-nested'],
    ['more entries than tables', writeZip(Array.from({ length: 5 }, (_, n) => file(`${n}.csv`, ''))), 'package-entries-too-many'],
    ['more than may be unpacked', writeZip([file('a.csv', 'x'.repeat(6_000)), file('b.csv', 'x'.repeat(6_000))]), 'package-too-large'],
    ['a bomb', deflated(Buffer.alloc(2 * 1024 * 1024)), 'package-too-dense'],
    ['a bomb that says it is small', deflated(Buffer.alloc(5 * 1024 * 1024), 100), 'package-broken'],
    ['an entry that says it is larger', deflated(Buffer.from('A\n'), 100), 'package-broken'],
  ])('is refused: %s', async (_, bytes, code) => {
    const read = await readZip(bytes, limits);
    expect('problems' in read ? read.problems.map((problem) => problem.code) : read.files).toContain(code);
    expect(JSON.stringify(read)).not.toMatch(/caf|more\.zip|\.exe/);
  });

  it('is read or refused, whichever byte is damaged and wherever it is cut', async () => {
    const zip = deflated(Buffer.from('A\n1\n2\n'.repeat(20)));
    for (let at = 0; at < zip.length; at += 1) {
      for (const value of [0x00, 0xff, (zip[at] ?? 0) ^ 0x41]) {
        const damaged = Buffer.from(zip);
        damaged[at] = value;
        const read = await readZip(damaged, limits);
        if ('files' in read) expect(read.files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(limits.bytes);
        else expect(read.problems.length).toBeGreaterThan(0);
      }
      expect('problems' in await readZip(zip.subarray(0, at), limits)).toBe(true);
    }
  });

  it('is told all its mistakes at once, by the number of the entry', async () => {
    const read = await readZip(writeZip([file('../a.csv', ''), file('b.csv', ''), file('x.zip', '')]), limits);
    expect(read).toMatchObject({ problems: [{ text: 'Entry 1 of the package has a name that is no plain file name.' }, { text: 'Entry 3 of the package is an archive itself.' }] });
  });
});

const column = (header: string, more: object = {}): { header: string; name: string } => ({ header, name: header.toLowerCase(), ...more });
const parts: Part[] = [
  { name: 'about', map: '', file: 'ABOUT.csv', needed: true, cover: true, columns: [column('SENDER', { required: true, sender: true }), column('MONTH')] },
  { name: 'person', map: 'm', file: 'P*.csv', needed: true, columns: [column('ID', { personKey: true })], relations: [{ part: 'practice', by: ['id'], rows: 'many', as: 'practices' }] },
  { name: 'practice', map: 'm', file: 'GP*.csv', readAs: 'person', columns: [column('ID', { required: true }), column('CODE', { maxLength: 4 })], relations: [{ part: 'person', by: ['id'], rows: 'one' }] },
  { name: 'referral', map: 'm', file: 'R*.csv', needed: true, columns: [column('REF', { required: true }), column('ID', { personKey: true }), column('DAY', { format: 'date' })], relations: [{ part: 'team', by: ['ref'], rows: 'many', as: 'teams', whole: true }, { part: 'about', by: [], rows: 'one', as: 'about', columns: ['month'] }] },
  { name: 'team', map: 'm', file: 'T*.csv', columns: [column('REF', { required: true }), column('TEAM', { maxLength: 4 })], relations: [{ part: 'referral', by: ['ref'], rows: 'one', as: 'referral', columns: ['day'] }] },
  { name: 'visit', map: 'm', file: 'V*.csv', columns: [column('VISIT', { required: true }), column('REF', { required: true })], relations: [{ part: 'referral', by: ['ref'], rows: 'one' }] },
  { name: 'act', map: 'm', file: 'A*.csv', columns: [column('VISIT', { required: true })], relations: [{ part: 'visit', by: ['visit'], rows: 'one' }] },
];
const kind: Kind = { name: 'set', title: 'A set', format: 'csv', update: 'snapshot', zone: 'Europe/London', parts, categories: [], limits: { maxBytes: 20_000, maxRows: 100 } };
const feed: Feed = {
  key: 'bchc-set', kind: 'set', title: 'A set', system: 'Tables', senders: ['RYW'],
  partner: { partnerKey: 'bchc', name: 'Birmingham Community Healthcare', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RYW', identifierBase: 'https://fhir.bicp.example/Id/bchc' },
};
const tables = { 'ABOUT.csv': 'SENDER,MONTH\nRYW,March\n', 'P.csv': 'ID\nC1\nC2\n', 'R.csv': 'REF,ID,DAY\nS1,C1,2024-03-01\nS2,C2,\n', 'T.csv': 'REF,TEAM\nS1,UCR\nS1,DN\nS2,DN\n' };
const send = (files: { [name: string]: string | Uint8Array }): ReturnType<typeof splitReceived> =>
  splitReceived(kind, feed, '', writeZip(Object.entries(files).map(([name, text]) => file(name, text))));
const partOf = (name: string | undefined): Part => {
  const found = parts.find((part) => part.name === name);
  if (!found) throw new Error('no such part');
  return found;
};

describe('a package of tables', () => {
  it('is one source: rows numbered over all tables, in the kind\'s order whatever the package\'s, each with its person', async () => {
    const more = { ...tables, 'V.csv': 'VISIT,REF\nV1,S2\n', 'A.csv': 'VISIT\nV1\n' };
    const sent = await send(more);
    expect(sent.problems).toEqual([]);
    expect(sent.rows.map(({ row, line, part, personKey }) => [row, line, part, personKey])).toEqual([
      [1, 2, 'person', 'C1'], [2, 3, 'person', 'C2'], [3, 2, 'referral', 'C1'], [4, 3, 'referral', 'C2'],
      [5, 2, 'team', 'C1'], [6, 3, 'team', 'C1'], [7, 4, 'team', 'C2'], [8, 2, 'visit', 'C2'], [9, 2, 'act', 'C2'],
    ]);
    expect(await send(Object.fromEntries(Object.entries(more).reverse()))).toEqual(sent);
  });

  it('is read row by row, each with the rows of other tables it belongs with', async () => {
    const { rows } = await send({ ...tables, 'GP.csv': 'ID,CODE\nC1,M1\n' });
    const records = rows.map((row) => readRow(kind, feed, partOf(row.part), row));
    expect(records.map((read) => ('input' in read ? read.input.record : read))).toEqual([
      { id: 'C1', practices: [{ code: 'M1' }] }, { id: 'C2' },
      { id: 'C1', practices: [{ code: 'M1' }] },
      { ref: 'S1', id: 'C1', day: '2024-03-01', teams: [{ team: 'UCR' }, { team: 'DN' }], about: { month: 'March' } }, { ref: 'S2', id: 'C2', teams: [{ team: 'DN' }], about: { month: 'March' } },
      { ref: 'S1', team: 'UCR', referral: { day: '2024-03-01' }, person: 'C1' }, { ref: 'S1', team: 'DN', referral: { day: '2024-03-01' }, person: 'C1' }, { ref: 'S2', team: 'DN', referral: {}, person: 'C2' },
    ]);
  });

  it.each<[string, { [name: string]: string | Uint8Array }, object[]]>([
    ['a table that is missing', { 'T.csv': tables['T.csv'], 'R.csv': tables['R.csv'], 'ABOUT.csv': tables['ABOUT.csv'] }, [{ code: 'package-table-missing', at: { part: 'person' } }]],
    ['a table there twice', { ...tables, 'P2.csv': 'ID\n' }, [{ code: 'package-table-twice', at: { part: 'person' } }]],
    ['a table nobody knows', { ...tables, 'X.csv': 'ID\n' }, [{ code: 'package-table-unknown', text: 'File 5 of the package is none of this feed\'s tables.' }]],
    ['a table without a header', { ...tables, 'T.csv': '' }, [{ code: 'source-empty', at: { part: 'team' } }]],
    ['a wrong header', { ...tables, 'T.csv': 'REF\n' }, [{ code: 'csv-column-missing', at: { part: 'team', line: 1, field: 'TEAM' } }]],
    ['Latin-1', { ...tables, 'T.csv': Buffer.from('REF,TEAM\nS1,\u00e4\n', 'latin1') }, [{ code: 'encoding', at: { part: 'team', line: 2 } }]],
    ['two rows about the package', { ...tables, 'ABOUT.csv': 'SENDER,MONTH\nRYW,\nRYW,\n' }, [{ code: 'package-cover' }]],
    ['no row about the package', { ...tables, 'ABOUT.csv': 'SENDER,MONTH\n' }, [{ code: 'package-cover' }]],
    ['a sender the feed does not speak for', { ...tables, 'ABOUT.csv': 'SENDER,MONTH\nRXT,\n' }, [{ code: 'sender-unknown', at: { part: 'about', line: 2, field: 'SENDER' } }]],
    ['no sender', { ...tables, 'ABOUT.csv': 'SENDER,MONTH\n,March\n' }, [{ code: 'value-missing', at: { part: 'about', field: 'SENDER' } }]],
    ['too many rows over all tables', { ...tables, 'V.csv': `VISIT,REF\n${'V,S1\n'.repeat(94)}` }, [{ code: 'source-too-many-rows' }]],
    ['every mistake of every table at once', { ...tables, 'T.csv': 'REF\n', 'R.csv': 'REF,DAY,ID,ID\n' }, [{ code: 'csv-column-twice', at: { part: 'referral' } }, { code: 'csv-column-missing', at: { part: 'team' } }]],
  ])('is refused whole for %s', async (_, files, problems) => {
    const sent = await send(files);
    expect(sent.rows).toEqual([]);
    expect(sent.problems).toMatchObject(problems);
    expect(sent.problems).toHaveLength(problems.length);
  });

  it('may hold tables the kind deliberately leaves out, and says why; and a file that says it is whole', async () => {
    const lenient: Kind = { ...kind, complete: 'ALL*.txt', leftOut: [{ file: 'X*.csv', reason: 'Names nobody', approvedBy: 'Clinical safety officer', date: '2026-11-22' }] };
    const whole = await splitReceived(lenient, feed, '', writeZip(Object.entries({ ...tables, 'X1.csv': 'ANYTHING\n', 'ALL.txt': '' }).map(([name, text]) => file(name, text))));
    expect(whole.rows.map(({ part }) => part)).toEqual((await send(tables)).rows.map(({ part }) => part));
    expect(whole.problems).toEqual([{ category: 'unsupported', severity: 'information', code: 'package-table-left-out', text: 'The table X*.csv is not carried: Names nobody.' }]);
    const listed = (names: string): ReturnType<typeof splitReceived> => splitReceived(lenient, feed, '', writeZip(Object.entries({ ...tables, 'ALL.txt': names }).map(([name, text]) => file(name, text))));
    expect((await listed('about.csv\r\nP.csv\r\nR.csv\r\nT.csv')).problems).toEqual([]);
    expect(await listed('P.csv\nZ.csv')).toMatchObject({ rows: [], problems: [{ code: 'package-list-differs', text: 'Of the files that are listed 1 are not in the package, and 3 of its files are not listed.' }] });
  });

  it('is refused when larger than the feed may send, and its tables are not taken one by one', async () => {
    expect(await splitReceived(kind, feed, '', Buffer.alloc(20_001))).toMatchObject({ rows: [], problems: [{ code: 'source-too-large' }] });
    expect(await splitReceived(kind, feed, 'team', Buffer.from(tables['T.csv']))).toMatchObject({ rows: [], problems: [{ code: 'part-unknown' }] });
  });

  it('sets rows aside that belong to no row, or to one of several, and takes the rest', async () => {
    const { rows } = await send({ ...tables, 'R.csv': `${tables['R.csv']}S2,C1,\nS3\n`, 'T.csv': `${tables['T.csv']}S9,DN\nS3,DN\n`, 'V.csv': 'VISIT,REF\nV1,S1\nV2,S2\nV3,\n' });
    expect(rows.flatMap(({ part, line, problem }) => (problem ? [[part, line, problem.code, problem.at?.row]] : []))).toEqual([
      ['referral', 3, 'row-key-repeated', 4], ['referral', 4, 'row-key-repeated', 5], ['referral', 5, 'csv-ragged-row', 6],
      ['team', 4, 'related-row-repeated', 9], ['team', 5, 'related-row-missing', 10], ['team', 6, 'related-row-missing', 11], ['visit', 3, 'related-row-repeated', 13],
    ]);
    const blank = rows.at(-1);
    expect(blank && readRow(kind, feed, partOf(blank.part), blank)).toMatchObject({ problems: [{ code: 'value-missing', at: { row: 14, line: 4, field: 'REF' } }] });
  });

  it('takes a row without a wrong one that belongs to it, unless it needs all of them', async () => {
    const { rows } = await send({ ...tables, 'GP.csv': 'ID,CODE\nC1,TOO LONG\nC1,M2\n', 'T.csv': 'REF,TEAM\nS1,TOO LONG\nS1,DN\n' });
    const read = (part: string, line: number): object => {
      const row = rows.find((each) => each.part === part && each.line === line);
      if (!row) throw new Error('no such row');
      return readRow(kind, feed, partOf(part), row);
    };
    expect(read('person', 2)).toMatchObject({ input: { record: { practices: [{ code: 'M2' }] }, warnings: [{ code: 'related-row-left-out', at: { part: 'practice', line: 2 } }] } });
    expect(read('practice', 2)).toMatchObject({ problems: [{ code: 'value-too-long', at: { row: 3, line: 2, field: 'CODE' } }] });
    expect(read('practice', 3)).toMatchObject({ input: { record: { id: 'C1' } } });
    expect(read('referral', 2)).toMatchObject({ problems: [{ code: 'value-too-long', at: { part: 'team', line: 2 } }] });
    expect(read('team', 2)).toMatchObject({ problems: [{ code: 'value-too-long' }] });
    expect(read('team', 3)).toMatchObject({ input: { record: { team: 'DN' } } });
  });
});

domainColumns.it('the community data set: every table of it is read, or left out with a reason', () => {
  const { parts, leftOut = [] } = mappings().kinds.get('csds') ?? { parts: [] };
  const { tables: all } = JSON.parse(readFileSync(domainColumns.path, 'utf8')) as { tables: Record<string, string[]> };
  const placed = [...parts.flatMap(({ file: pattern }) => pattern ?? []), ...leftOut.map(({ file: pattern }) => pattern)];
  expect(Object.keys(all).filter((table) => placed.filter((pattern) => fits(pattern, `${table}.csv`)).length !== 1)).toEqual([]);
});
