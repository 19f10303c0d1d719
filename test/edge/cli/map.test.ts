import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapCommand } from '../../../src/edge/cli/map.ts';
import { writeZip } from '../../../src/intake/package/write-zip.ts';
import { maskValue } from '../../../src/flow/intake/mask-value.ts';
import { message, segment } from '../../intake/adt.ts';
import { until } from '../../patience.ts';
import { root, runCommand, type CommandOutcome } from './run-command.ts';

/** `onestory map …` as an integration analyst types it. */

let folder: string;
let mappings: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onestory-map-'));
  mappings = join(folder, 'mappings');
  cpSync(join(root, 'mappings'), mappings, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kinds = readdirSync(join(root, 'mappings')).filter((name) => existsSync(join(root, 'mappings', name, 'kind.json')));
const map = (...args: string[]): Promise<CommandOutcome> => runCommand(mapCommand, args);
const codes = ({ problems }: CommandOutcome): string[] => problems.map(({ code }) => code);
const example = (kind: string, name: string, file: string): string => `mappings/${kind}/examples/${name}/${file}`;
const written = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const edited = (file: string, from: string, to: string): void => {
  const path = join(mappings, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(path, text.replace(from, to));
};

it('map try takes a folder of tables by any name, with the file that says it is whole', async () => {
  const tables = join(folder, '2026-10');
  cpSync(join(root, 'mappings/csds/examples/columns-in-another-order/input'), tables, { recursive: true });
  writeFileSync(join(tables, 'COMPLETE.txt'), '');
  expect((await map('try', 'bchc-csds', tables)).out).toContain('rows 3/3 ok');
});

it.each(kinds)('map coverage tells of the kind %s what its examples leave', async (kind) => {
  const { out } = await map('coverage', kind);
  expect(out).toMatch(new RegExp(`^${kind}: \\d+ examples .* 0 never read .* elements \\d+/\\d+ set$`, 'm'));
});

describe('map try', () => {
  it('says nothing but how much there was when a file is right', async () => {
    const { out, code } = await map('try', 'hl7v2-adt', example('hl7v2-adt', 'stay-from-front-door-to-home', 'input.hl7'));
    expect([out, code]).toEqual([expect.stringMatching(/^1 file {2}1 ok {2}0 failed {3}rows (\d+)\/\1 ok {3}resources \d+ {3}fields used (\d+)\/\2 \(100 %\) {3}required elements (\d+)\/\3 {3}\d+\.\d s\n$/), 0]);
  });

  it('names every mistake by its place in the file and in the map, its field, what it looks like and its code', async () => {
    const file = example('cld', 'bad-values', 'input.csv');
    const { out, code } = await map('try', 'bcc-cld', file);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${file}:3:318 \\(row 2\\) {2}Event Start Date "####-##-##" {2}ERROR {2}date-not-real {2}"Event Start Date" is a date that does not exist\\.\\n {4}expected {2}yyyy-MM-dd$`, 'm'));
    expect(out).toMatch(new RegExp(`^${file}:6:512 \\(row 5\\) {2}Planned units per week "-#" {2}ERROR {2}check-failed {2}The map demands something of this source that does not hold\\n {4}map {7}mappings/cld/service\\.map:69:3 {2}row\\.plannedUnits as units check`, 'm'));
    expect(out).toMatch(/^1 file {2}0 ok {2}1 failed {3}rows 1\/10 ok/m);
  });

  it('finds a field of a message where it stands', async () => {
    const text = message({ id: 'M1', pid: { 8: 'Q' } });
    const file = written('uhb.hl7', text);
    const { out, code } = await map('try', 'uhb-adt', file);
    const line = text.split('\r')[2] ?? '';
    expect([out.split('\n')[0], code]).toEqual([`${file}:3:${line.indexOf('|Q') + 2} (row 1)  PID-8.1 "X"  WARNING  code-not-in-table  No row of tables/sex.csv has the code this field holds`, 0]);
  });

  it.each([
    ['rowanhouse-residents', 'care-home', 'bad-assessment', 'input.json', '--part=assessments', ['10:19 (row 1)  /assessor  ', '15:9 (row 1)  /answers/0  ', '35:21 (row 2)  /validUntil "####-##-##"  ']],
    ['epaccs-cda', 'epaccs-cda', 'bad-times', 'input.xml', '', ['38:5 (row 1)  /ClinicalDocument/component/structuredBody/component/section/entry/observation/effectiveTime/@value "####-##-##"  ', '41:5 (row 1)  /ClinicalDocument/component/structuredBody/component/section/entry/observation/author/time/@value "####-##-##"  ']],
    ['roh-fhir', 'fhir-r4', 'bad-without-names', 'input.json', '', ['41:23 (row 1)  /entry/1/resource/identifier  ', '76:23 (row 1)  /entry/2/resource/identifier  ']],
    ['gpexample-gpc', 'gp-connect', 'bad-observations', 'input.json', '', ['189:19 (row 1)  /entry/3/resource/status "xxxxxxxx"  ', '212:19 (row 1)  /entry/4/resource  ']],
  ])('finds every mistake of a document of %s (%s, %s) where it stands', async (feed, kind, name, input, part, places) => {
    const file = example(kind, name, input);
    const { out } = await map('try', feed, file, ...(part === '' ? [] : [part]));
    expect(out.split('\n').filter((line) => line.startsWith(file)).map((line) => line.slice(file.length + 1, line.indexOf('ERROR')))).toEqual(places);
  });

  it('tells two mistakes alike of one record apart, each with its repeat', async () => {
    const assessment = JSON.parse(readFileSync(example('gp-connect', 'bad-observations', 'input.json'), 'utf8')) as { entry: { resource: { resourceType: string; status?: string } }[] };
    for (const { resource } of assessment.entry) if (resource.resourceType === 'Observation') resource.status = 'guessed';
    const count = assessment.entry.filter(({ resource }) => resource.resourceType === 'Observation').length;
    const file = written('observations.json', JSON.stringify(assessment, null, 1));
    const lines = (await map('try', 'gpexample-gpc', file)).out.split('\n').filter((line) => line.includes('/resource/status "xxxxxxx"  ERROR'));
    expect([count > 1, new Set(lines).size]).toEqual([true, count]);
  });

  it('names the repeat of a segment, and of a fold the message that said it, once', async () => {
    const kin = (set: number, use: string): string => segment('NK1', { 1: String(set), 2: `KIN${set}^ANN`, 4: `12 EXAMPLE ROAD^^^^B13 8XX^GBR^${use}` });
    const file = written('kin.hl7', [
      message({ id: 'M1', at: '20240301081000', more: [kin(1, 'H'), kin(2, 'Q')] }), message({ id: 'M2', event: 'A08', at: '20240301091000', pid: { 8: 'Q' } }), message({ id: 'M3', event: 'A08', at: '20240301101000', pid: {} }),
    ].join(''));
    const places = (await map('try', 'uhb-adt', file)).out.split('\n').filter((line) => line.startsWith(file)).map((line) => line.slice(file.length + 1));
    expect(places).toEqual([`6:${kin(2, 'Q').length} (row 1)  NK1-4.7 "X"  WARNING  code-not-in-table  No row of tables/address-use.csv has the code this field holds`, expect.stringMatching(/^9:\d+ \(row 2\) {2}PID-8\.1 "X" {2}WARNING {2}code-not-in-table {2}No row of tables\/sex\.csv has the code this field holds$/)]);
  });

  it('finds a cell of a package\'s table, and of a sheet that was saved with semicolons', async () => {
    const tables = example('csds', 'bad-rows-that-hang-together', 'input');
    const { out } = await map('try', 'csds', tables);
    expect(out.split('\n').filter((line) => line.startsWith(tables) && line.includes('ERROR')).map((line) => line.slice(tables.length + 1, line.indexOf('"')))).toEqual([
      'gp-registration:2:17 (row 3)  START DATE (GMP PATIENT REGISTRATION) ', 'gp-registration:3:1 (row 4)  LOCAL PATIENT IDENTIFIER (EXTENDED) ', 'team:2:16 (row 11)  REFERRAL REJECTION DATE ',
      'referral:4:1 (row 7)  SERVICE REQUEST IDENTIFIER ', 'referral:5:1 (row 8)  SERVICE REQUEST IDENTIFIER ', 'referral:6:1 (row 9)  SERVICE REQUEST IDENTIFIER ',
      'team:6:15 (row 15)  SERVICE OR TEAM TYPE REFERRED TO (COMMUNITY CARE) ', 'team:4:1 (row 13)  SERVICE REQUEST IDENTIFIER ', 'team:5:1 (row 14)  SERVICE REQUEST IDENTIFIER ',
      'activity:2:7 (row 18)  CARE CONTACT IDENTIFIER ',
    ]);
    const sheet = readFileSync(example('voluntary', 'bvsc-semicolons-and-day-numbers', 'input.csv'), 'utf8').replace(';15113;', ';31/02/1941;');
    const file = written('sheet.csv', sheet);
    const line = sheet.split(/\r?\n/)[1] ?? '';
    expect((await map('try', 'voluntary', file)).out).toContain(`${file}:2:${line.indexOf('31/02') + 1} (row 1)  Date of birth "##/##/####"`);
  });

  it('finds a cell behind quotation marks and line breaks', async () => {
    const [header = '', first = ''] = readFileSync(example('rio', 'bchc-client', 'input.csv'), 'utf8').split(/\r?\n/);
    const columns = header.split(',');
    const cells = first.split(',').map((cell, index) => (columns[index] === 'Client_ID' ? '"BC1\n, ""quoted"""' : columns[index] === 'Date_of_Birth' ? '31/02/1941' : cell));
    const file = written('client.csv', `${header}\n${cells.join(',')}\n`);
    const [, line = '0', column = '0'] = /:(\d+):(\d+) \(row 1\) {2}Date_of_Birth "##\/##\/####"/.exec((await map('try', 'bchc-rio', file)).out) ?? [];
    expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]?.slice(Number(column) - 1)).toMatch(/^31\/02\/1941/);
  });

  it('shows no value, in words or as JSON', async () => {
    const file = written('person.hl7', message({ pid: { 3: '9990000743^^^NHS~H7777777^^^RRK', 5: 'OKAFOR^ALICE', 7: '19380231', 8: 'Q', 11: '12 SECRET ROAD^^X^^B13 8XX^GBR^Q' } }));
    for (const args of [[], ['--json']]) {
      const { out } = await map('try', 'uhb-adt', file, ...args);
      for (const value of ['OKAFOR', 'ALICE', '19380231', '9990000743', 'H7777777', 'SECRET', 'B13']) expect(out).not.toContain(value);
      expect(out).toContain('########');
    }
  });

  it('shows values only of what is known to be invented', async () => {
    const file = written('plain/day.hl7', message({ pid: { 7: '19380231' } }));
    expect(codes(await map('try', 'uhb-adt', file, '--show-values'))).toEqual(['values-not-synthetic']);
    written('plain/SYNTHETIC', '');
    expect((await map('try', 'uhb-adt', file, '--show-values')).out).toContain('PID-7 "19380231"');
    expect((await map('try', 'cld', example('cld', 'bad-values', 'input.csv'), '--show-values')).out).toContain('Planned units per week "-');
    const real = written('plain/real.hl7', message({ pid: { 3: '9434765919^^^NHS~H1^^^RRK', 7: '19380231' } }));
    const refused = await map('try', 'uhb-adt', real, '--show-values');
    expect([codes(refused), refused.code, refused.out]).toEqual([['values-not-synthetic'], 2, '']);
  });

  it('masks a value to its shape', () => {
    expect(['Okafor-Smith', '02/30/1938', 'B13 8XX', 'Ünal', '', 'b'.repeat(60)].map(maskValue)).toEqual(['Xxxxxx-Xxxxx', '##/##/####', 'X## #XX', 'Xxxx', '', `${'x'.repeat(24)}…`]);
  });

  it('counts what is wrong again and again instead of filling the screen', async () => {
    const file = written('many.hl7', Array.from({ length: 130 }, (_, index) => message({ id: `M${1000 + index}`, pid: { 8: String.fromCharCode(81 + (index % 3)) } })).join(''));
    const { out } = await map('try', 'uhb-adt', file);
    expect(out.match(/WARNING {2}code-not-in-table/g)).toHaveLength(5);
    expect(out).toMatch(/ and 125 more code-not-in-table$/m);
    expect(out).toContain('    fix       Add a row for this value to hl7v2-adt/tables/sex.csv, or have the sender mend it. (130 alike in this file)');
  });

  it('writes what the good rows became, for its owner alone', async () => {
    const out = join(folder, 'out');
    await map('try', 'cld', example('cld', 'bad-values', 'input.csv'), example('cld', 'alice-discharge-package', 'input.csv'), '--out', out);
    const [bad = '', good = ''] = readdirSync(out).sort();
    expect(JSON.parse(readFileSync(join(out, good), 'utf8'))).toEqual((JSON.parse(readFileSync(example('cld', 'alice-discharge-package', 'expected.json'), 'utf8')) as { resources: unknown[] }).resources);
    expect([bad, statSync(join(out, good)).mode & 0o777]).toEqual(['1-input.csv.json', 0o600]);
  });

  it('knows the part by the file\'s name or --part, and asks when it cannot', async () => {
    const text = readFileSync(example('rio', 'bchc-referral', 'input.csv'), 'utf8');
    expect((await map('try', 'bchc-rio', written('referral-2024-05.csv', text))).code).toBe(0);
    expect((await map('try', 'bchc-rio', written('extract.csv', text), '--part', 'referral')).code).toBe(0);
    const asked = await map('try', 'bchc-rio', join(folder, 'extract.csv'));
    expect([codes(asked), asked.code]).toEqual([['part-not-named'], 2]);
  });

  it.each([['no-such-kind', 'kind-unknown'], ['cld', 'file-unreadable']])('ends with 2 when %s is asked for and not there', async (kind, code) => {
    const outcome = await map('try', kind, 'no-such-file.csv');
    expect([codes(outcome), outcome.code]).toEqual([[code], 2]);
  });

  it('says the same as JSON, for a program that waits for it', async () => {
    const outcome = await map('try', 'cld', 'no-such-file.csv', '--json');
    expect([JSON.parse(outcome.out), outcome.code]).toEqual([{ problems: [expect.objectContaining({ code: 'file-unreadable', at: { file: 'no-such-file.csv' } })] }, 2]);
  });

  it('takes a folder only of tables that come packed, and says where there was nothing to try', async () => {
    const outcome = await map('try', 'cld', join(root, 'mappings/cld/tables'));
    expect([codes(outcome), outcome.code, outcome.out]).toEqual([['file-is-folder'], 2, '']);
    const header = written('header-only.csv', readFileSync(example('cld', 'alice-discharge-package', 'input.csv'), 'utf8').split('\n')[0] ?? '');
    expect((await map('try', 'cld', header)).out).toMatch(/^.*header-only\.csv {2}has no rows: nothing was tried\n1 file /);
  });

  it('finds a column of the header where it stands, and says which one is meant', async () => {
    const renamed = readFileSync(example('cld', 'alice-discharge-package', 'input.csv'), 'utf8').replace('Last Name', 'Surname');
    const file = written('renamed.csv', renamed);
    const { out } = await map('try', 'cld', file);
    expect(out).toContain('    fix       Column 7 stands in its place: if that is it, name it "Last Name".\n');
    expect(out).toContain(`${file}:1:${renamed.indexOf('Surname') + 1}  ERROR  csv-column-unknown  `);
  });

  it('tells every mistake of a map by file, line and column', async () => {
    edited('rio/cpa.map', '->', '-> nobody.x = y,');
    const outcome = await map('try', 'bchc-rio', example('rio', 'bsmhft-cpa', 'input.csv'), '--part', 'cpa', '--mappings', mappings);
    expect([outcome.code, outcome.problems[0]?.at]).toEqual([1, expect.objectContaining({ file: join(mappings, 'rio/cpa.map'), line: expect.any(Number), column: expect.any(Number) })]);
    cpSync(join(root, 'mappings/rio/cpa.map'), join(mappings, 'rio/cpa.map'));
  });

  it('tries again when a map or a file changes, until it is stopped', async () => {
    const file = written('watched.hl7', message({ pid: { 7: '19380231' } }));
    const child = spawn('node', ['bin/run.mjs', 'src/cli.ts', 'map', 'try', 'uhb-adt', file, '--mappings', mappings, '--watch'], { cwd: root, env: { PATH: process.env['PATH'] ?? '' }, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (part: Buffer) => { out += part.toString(); });
    const closed = new Promise((resolve) => child.once('close', resolve));
    await until(() => /1 failed/.test(out), 'the first try');
    await until(() => { // it begins to watch once it has said so
      writeFileSync(file, message());
      return /1 failed[^]*1 file {2}1 ok/.test(out);
    }, 'the second try', 500);
    child.kill('SIGINT');
    await closed;
    expect(out).toMatch(/1 failed[^]*1 file {2}1 ok {2}0 failed/);
    expect(out).not.toContain('19380231');
  });
});

describe('map diff', () => {
  afterEach(() => {
    rmSync(mappings, { recursive: true });
    cpSync(join(root, 'mappings'), mappings, { recursive: true });
  });

  it('finds no difference between the same maps', async () => {
    const { out, code } = await map('diff', '--base', mappings, 'rio');
    expect([out, code]).toEqual([expect.stringMatching(/^rio: \d+ files, \d+ resources, 0 changed, 0 added, 0 removed\n$/), 0]);
  });

  it('shows which elements of which resources an edit of a table or a map changes, and how often', async () => {
    edited('cld/tables/gender.loose.csv', ',female,', ',other,');
    edited('cld/person.map', 'patient.birthDate = born;', 'patient.active = true;');
    const { out, code } = await map('diff', '--base', mappings, 'cld');
    expect(code).toBe(0);
    expect(out).toMatch(/Patient 1 changed\n(?: {4}.*\n)*? {4}Patient\.birthDate {2}none -> "####-##-##"/);
    expect(out).toMatch(/ {4}Patient\.gender {2}"xxxxx" -> "xxxxxx"/);
    expect(out).toMatch(/^cld: 14 files, \d+ resources, \d+ changed, 0 added, 0 removed\n/m);
    expect(out).toMatch(/^ {4}Patient\.birthDate {2}\d+$/m);
  });

  it('counts what is refused now and was not', async () => {
    edited('cld/event.map', "'review'))", "'reviewed'))");
    const { out } = await map('diff', '--base', mappings, 'cld', example('cld', 'no-event-reference', 'input.csv'));
    expect(out).toMatch(/check-failed at eventType: 1 before, 0 now/);
    expect(out).toMatch(/ Task 3 added$/m);
  });

  it('compares with a version git knows, and says when there is none', async () => {
    expect((await map('diff', '--base', 'HEAD', 'rio')).code).toBe(0);
    for (const base of ['no-such-branch', '--output=/tmp/x']) {
      const refused = await map('diff', `--base=${base}`, 'rio');
      expect([codes(refused), refused.code]).toEqual([['base-unknown'], 2]);
    }
  });
});

describe('map coverage', () => {
  it.each(['cld', 'rio', 'hl7v2-adt'])('finds nothing left behind in %s', async (kind) => {
    const { out, code } = await map('coverage', kind);
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^${kind}: \\d+ examples   source fields (\\d+)/\\1: .* 0 never read   elements \\d+/\\d+ set$`, 'm'))]);
  });

  it('names the field nothing reads, the column nobody shows and the rule that never fired', async () => {
    edited('cld/person.map', 'row.gender as gender', 'row.gendre as gender');
    edited('cld/dropped.csv', 'reportingPeriodStart', 'postcode');
    const { out, code } = await map('coverage', 'cld', '--mappings', mappings);
    expect(code).toBe(1);
    expect(out).toMatch(/^gender {2}NEVER READ {2}carry it in the map, or drop it in .*cld\/dropped\.csv with a reason$/m);
    expect(out).toMatch(/^reportingPeriodStart {2}NEVER READ/m);
    expect(out).toMatch(/^Patient\.gender {2}never set {2}.*cld\/person\.map:26:\d+ {2}patient\.gender = /m);
    cpSync(join(root, 'mappings/cld'), join(mappings, 'cld'), { recursive: true });
  });
});

describe('map explain', () => {
  const stay = example('hl7v2-adt', 'stay-from-front-door-to-home', 'input.hl7');

  it('tells which rule gave a value and from which field, in words', async () => {
    const { out, code } = await map('explain', stay, 'Patient.name.family', '--row', '1');
    expect([out.split('\n').slice(0, 3), code]).toEqual([['row 1  Patient.name[0].family = "XXXXXX"', expect.stringMatching(/^ {4}map {3}mappings\/hl7v2-adt\/types\.map:\d+:\d+ {2}name\.family = family;$/), `    from  PID-5.1 "XXXXXX"  ${stay}:3:41`], 0]);
    expect(readFileSync(stay, 'utf8').split('\n')[2]?.slice(40)).toMatch(/^OKAFOR\^/);
  });

  it('tells where a field went, and back again', async () => {
    const { values } = JSON.parse((await map('explain', stay, '--field', 'PID-8', '--json')).out) as { values: { path: string; rule: { text: string } }[] };
    expect([...new Set(values.map(({ path }) => path))]).toEqual(['Patient.gender']);
    expect((await map('explain', example('cld', 'alice-discharge-package', 'input.csv'), '--field', 'Date of Birth', '--row', '1')).out).toContain('Patient.birthDate = "####-##-##"');
  });

  it('of a fold names the message that said it', async () => {
    const file = written('fold.hl7', message({ id: 'ONE', at: '20240301081000', pid: { 16: 'M' } }) + message({ id: 'TWO', at: '20240302081000', event: 'A08' }));
    const { out } = await map('explain', file, 'Patient.maritalStatus.coding', '--feed', 'uhb-adt', '--row', '2');
    expect(out).toMatch(/from {2}PID-16\.1 "X" {2}\S+fold\.hl7:3:\d+/);
  });

  it('says why a field reaches nothing', async () => {
    const file = example('cld', 'alice-discharge-package', 'input.csv');
    expect((await map('explain', file, '--field', 'Reporting Period Start Date', '--row', '1')).out).toMatch(/Reporting Period Start Date is dropped: Describes the council's submission/);
  });

  it.each([
    [['Patient.photo'], 'path-not-set'], [['--field', 'PID-99'], 'field-not-sent'], [[], 'path-not-named'], [['Patient.name', '--row', 'x'], 'row-not-a-number'],
  ])('ends with 2 for %j', async (args, code) => {
    const outcome = await map('explain', stay, ...args);
    expect([codes(outcome), outcome.code]).toEqual([[code], 2]);
  });

  it('must be told who sends a file that is no example', async () => {
    expect(codes(await map('explain', written('anywhere.hl7', message()), 'Patient.name'))).toEqual(['kind-not-named']);
  });
});

describe('map new', () => {
  const csv = 'Patient ID,NHS Number,Full Name,Born,Visit Date,Score\nHP-77,9990000379,Rahman,17/05/1941,2024-05-02,3\nHP-78,9990000743,Okafor,01/02/1938,2024-05-03,\n';
  const json = JSON.stringify({ sent: '2024-05-02', residents: [{ residentId: 'R-77', name: { family: 'Rahman' }, born: '1941-05-17', notes: ['eats well'] }, { residentId: 'R-78', name: { family: 'Okafor', given: 'Alice' }, born: '1938-02-01' }] });

  const xml = '<?xml version="1.0"?>\n<visits xmlns="urn:visits"><visit when="20240502"><client><id>R-77</id></client><family-name>Rahman</family-name><note>eats well</note><note>1941</note></visit>\n<visit when="20240503"><client><id>R-78</id></client><family-name>Okafor</family-name></visit></visits>';
  const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [
    { resource: { resourceType: 'Patient', id: 'R-77', name: [{ family: 'Rahman' }], birthDate: '1941-05-17' } },
    { resource: { resourceType: 'Observation', status: 'final', identifier: [{ value: 'HP-77' }], code: { text: 'Weight' }, subject: { reference: 'Patient/R-77' }, valueQuantity: { value: 70.50, unit: 'kg' } } },
    { resource: { resourceType: 'Condition', id: 'C1', assertedDate: '2024-05-02', subject: { reference: 'Patient/R-77' } } },
  ] });
  const page = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [{ fullUrl: 'https://x.example/1', resource: JSON.parse(bundle) as object }] });
  const tables = { 'Clients_20240502.csv': csv, 'Referrals_20240502.csv': 'Referral No,Patient ID,Urgency,When\nRF1,HP-77,2,2024-05-02\nRF2,HP-78,3,2024-05-03\n', 'Steps.CSV': 'Step,Referral No,Words\n1,RF1,Rahman came\n2,RF1,"Okafor, too"\n' };
  const zipped = writeZip(Object.entries(tables).map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
  const inFolder = (): string => {
    for (const [name, text] of Object.entries(tables)) written(`tables/${name}`, text);
    return join(folder, 'tables');
  };
  const samples: [name: string, sample: string | Uint8Array | (() => string), format: string][] = [
    ['csv', csv, 'csv'], ['json', json, 'json'], ['hl7', message({ pid: { 5: 'Rahman^Abdul', 7: '19410517' } }), 'hl7v2'], ['xml', xml, 'xml'], ['bundle.json', bundle, 'fhir'], ['page.json', page, 'fhir'], ['zip', zipped, 'csv'], ['folder', inFolder, 'csv'],
  ];

  const tabled = new Set(['zip', 'folder']); // two people in six rows

  it.each(samples)('begins a kind from %s that loads, and whose sample runs', async (extension, sample, format) => {
    const kind = `from-${extension.replace('.', '-')}`;
    const file = typeof sample === 'function' ? sample() : written(`sample.${extension}`, sample);
    const { out, code } = await map('new', kind, file, '--mappings', mappings);
    expect([code, out]).toEqual([0, expect.stringMatching(/\d+ fields\. Check types/)]);
    const texts = readdirSync(join(mappings, kind)).map((name) => readFileSync(join(mappings, kind, name), 'utf8')).join('\n');
    for (const value of ['Rahman', 'Okafor', 'HP-77', 'R-77', '9990000379', '1941', 'eats well', 'H1234567']) expect(texts).not.toContain(value);
    expect(JSON.parse(readFileSync(join(mappings, kind, 'kind.json'), 'utf8'))).toMatchObject({ format, name: kind });
    const tried = await map('try', kind, file, '--mappings', mappings, '--json');
    const [result] = (JSON.parse(tried.out) as { files: { rows: number; ok: number; problems: { code: string; severity: string }[]; fields: { left: string[] }; resources: Record<string, number> }[] }).files;
    expect([result?.problems.filter(({ severity }) => severity === 'error'), result?.ok, result?.resources['Patient']]).toEqual([[], result?.rows, (tabled.has(extension) ? 2 : result?.rows)]);
    expect(result?.fields.left.length).toBeGreaterThan(2);
  });

  it('tells as JSON what it wrote', async () => {
    const { out, code } = await map('new', 'from-tables', written('day.zip', zipped), '--mappings', mappings, '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { kind: 'from-tables', format: 'csv', parts: ['clients', 'referrals', 'steps'], fields: 13, files: ['kind.json', 'clients.schema.json', 'clients.map', 'referrals.schema.json', 'referrals.map', 'steps.schema.json', 'steps.map', 'dropped.csv'].map((name) => join(mappings, 'from-tables', name)) }]);
    expect(JSON.parse(readFileSync(join(mappings, 'from-tables/kind.json'), 'utf8'))).toMatchObject({ parts: [
      { name: 'clients', file: 'Clients_*.csv' }, { name: 'referrals', file: 'Referrals_*.csv' }, { name: 'steps', file: 'Steps.csv', relations: [{ part: 'referrals', by: ['referralNo'], rows: 'one' }] },
    ] });
  });

  it.each<[string, string, string]>([
    ['a Bundle about nobody', JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [] }), 'bundle-person-missing'],
    ['a Bundle about two people', JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', id: 'a' } }, { resource: { resourceType: 'Patient', id: 'b' } }] }), 'bundle-two-people'],
    ['XML with a DOCTYPE', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'xml-doctype'], ['nothing', ' \n', 'source-empty'],
  ])('begins nothing from %s', async (_what, sample, code) => {
    const refused = await map('new', 'not-begun', written('sample.txt', sample), '--mappings', mappings);
    expect([codes(refused), refused.code, existsSync(join(mappings, 'not-begun'))]).toEqual([[code], expect.any(Number), false]);
  });

  it('guesses what columns hold from their values', async () => {
    await map('new', 'guessed', written('sample.csv', csv), '--mappings', mappings);
    expect(JSON.parse(readFileSync(join(mappings, 'guessed/schema.json'), 'utf8'))).toEqual({ columns: [
      { header: 'Patient ID', name: 'patientId', required: true, maxLength: 10, personKey: true },
      { header: 'NHS Number', name: 'nhsNumber', required: true, format: 'nhs-number' },
      { header: 'Full Name', name: 'fullName', required: true, maxLength: 20 },
      { header: 'Born', name: 'born', required: true, maxLength: 20 },
      { header: 'Visit Date', name: 'visitDate', required: true, format: 'date' },
      { header: 'Score', name: 'score', format: 'integer' },
    ] });
    expect(readFileSync(join(mappings, 'guessed/guessed.map'), 'utf8')).toContain("// row.born as v -> patient. = toDate(v, 'd/M/yyyy');");
  });

  it('writes over nothing, and names a kind as kinds are named', async () => {
    const file = written('sample.csv', csv);
    for (const [name, code] of [['cld', 'kind-exists'], ['../escape', 'kind-name'], ['Home', 'kind-name']] as const) {
      const refused = await map('new', name, file, '--mappings', mappings);
      expect([codes(refused), refused.code]).toEqual([[code], 2]);
    }
    expect(codes(await map('new', 'broken', written('broken.csv', 'a,"b\n1,2'), '--mappings', mappings))).toEqual(['csv-quote']);
  });
});
