import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { foldRow, unfoldRow } from '../../src/intake/fold.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { DocumentSchema } from '../../src/intake/schema-types.ts';
import type { Feed, Kind } from '../../src/intake/types.ts';

const document: DocumentSchema = {
  rows: 'residents',
  personKey: 'id',
  messageId: 'message',
  schema: {
    type: 'object', required: ['id', 'admitted'], additionalProperties: false,
    properties: { id: { type: 'string' }, message: { type: 'string' }, admitted: { type: 'string', format: 'date' }, weight: { type: 'number' } },
  },
};
const kind: Kind = {
  name: 'residents', title: 'Residents', format: 'json', update: 'snapshot', zone: 'Europe/London', limits: { maxBytes: 10_000, maxRows: 3 },
  parts: [{ name: '', map: 'resident.map', document }], categories: [{ type: 'Patient', category: 'identity' }],
};
const feed: Feed = {
  key: 'home-list', kind: 'residents', title: 'Residents', system: 'Care home list',
  partner: { partnerKey: 'home', name: 'A home', organisation: 'https://fhir.bicp.example/Id/example-code|home', identifierBase: 'https://fhir.bicp.example/Id/home' },
};

const split = (value: unknown): ReturnType<typeof splitSource> =>
  splitSource(kind, feed, '', Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

beforeAll(() => loadDefinitions());

describe('a JSON source', () => {
  it('is cut into the records its schema names, each with the person it is about', () => {
    const { rows, problems } = split({ residents: [{ id: 'R1', message: 'm1', admitted: '2026-01-02' }, { id: 'R2', admitted: '2026-01-03' }] });
    expect(problems).toEqual([]);
    expect(rows.map(({ row, personKey, messageId }) => [row, personKey, messageId])).toEqual([[1, 'R1', 'm1'], [2, 'R2', undefined]]);
  });

  it('keeps numbers as they were written', () => {
    const [row] = split('{"residents":[{"id":"R1","admitted":"2026-01-02","weight":70.10}]}').rows;
    expect(row?.content).toContain('"weight":70.10');
  });

  it('names nobody when a record says in two ways whom it is about', () => {
    const twoIds = { ...kind, parts: [{ name: '', map: 'resident.map', document: { ...document, personKey: 'id | otherId' } }] };
    const { rows } = splitSource(twoIds, feed, '', Buffer.from('{"residents":[{"id":"R1","otherId":"R2"}]}'));
    expect(rows.map(({ personKey }) => personKey)).toEqual(['']);
  });

  it.each([
    ['not JSON', '{"residents": [', 'json-syntax'],
    ['without records', '{"residents": []}', 'source-empty'],
    ['with another shape', '{"people": [{}]}', 'source-empty'],
    ['with too many records', JSON.stringify({ residents: [1, 2, 3, 4].map((id) => ({ id: String(id), admitted: '2026-01-02' })) }), 'source-too-many-rows'],
  ])('%s is refused whole', (_what, text, code) => {
    expect(split(text)).toMatchObject({ rows: [], problems: [{ code }] });
  });

  it('says every mistake of a record, with its place and never its value', () => {
    const [row] = split({ residents: [{ id: 'R1', admitted: '02/01/2026', shoes: 'secret' }] }).rows;
    if (!row || !kind.parts[0]) throw new Error('no row');
    const read = readRow(kind, feed, kind.parts[0], row);
    expect(read).toMatchObject({ problems: [
      { code: 'element-not-in-schema', at: { row: 1, pointer: '/shoes' } }, { code: 'value-invalid', at: { row: 1, pointer: '/admitted' }, expected: 'a date as yyyy-MM-dd that exists' },
    ] });
    expect(JSON.stringify(read)).not.toContain('secret');
  });

  it('says line and column of each record and each mistake, as an editor shows them', () => {
    const { rows } = split('{\n  "residents": [\n    { "id": "R1", "admitted": "2026-01-02" },\n    {\n      "id": "R2",\n      "admitted": "2026-02-30"\n    }\n  ]\n}');
    expect(rows.map(({ line }) => line)).toEqual([3, 4]);
    if (!rows[1] || !kind.parts[0]) throw new Error('no row');
    expect(readRow(kind, feed, kind.parts[0], rows[1])).toMatchObject({ problems: [{ code: 'value-invalid', at: { row: 2, line: 6, column: 19, pointer: '/admitted' } }] });
  });

  it('says no column where something else began the line', () => {
    const [, row] = split('{"residents":[{"id":"R1","admitted":"2026-01-02"},{\n"admitted":1,"a/b~c":2}]}').rows;
    if (!row || !kind.parts[0]) throw new Error('no row');
    const read = readRow(kind, feed, kind.parts[0], row);
    if (!('problems' in read)) throw new Error('no problems');
    expect(read.problems.map(({ at }) => at)).toEqual([{ row: 2, line: 1, pointer: '/' }, { row: 2, line: 2, column: 12, pointer: '/admitted' }, { row: 2, line: 2, column: 22, pointer: '/a~1b~0c' }]);
  });

  it('finds its records whatever stands around and in them', () => {
    const told = `{"note":${JSON.stringify('[{"id":"X\\\\"}]')},"1":{"residents":[]},"residents":[{"admitted":"2026-01-02","10":{},"id":"R1","2":[[],{}]}]}`;
    expect(split(told).rows.map(({ content }) => content)).toEqual(['\n{"admitted":"2026-01-02","10":{},"id":"R1","2":[[],{}]}']);
  });

  it('goes on where a record makes a path of the schema meaningless', () => {
    const keyed = { ...kind, parts: [{ name: '', map: 'resident.map', document: { ...document, personKey: 'id & admitted', recordKey: 'id & admitted' } }] };
    expect(splitSource(keyed, feed, '', Buffer.from('{"residents":[{"id":["R1","R2"],"admitted":"2026-01-02"},{"id":"R3"}]}')).rows.map(({ personKey }) => personKey)).toEqual(['', 'R3']);
  });

  it('refuses two records of one key that differ, and not the same one twice', () => {
    const keyed = { ...kind, parts: [{ name: '', map: 'resident.map', document: { ...document, recordKey: 'id' } }] };
    const problemsOf = (text: string): (string | undefined)[] => splitSource(keyed, feed, '', Buffer.from(text)).rows.map(({ problem }) => problem?.code);
    expect(problemsOf('{"residents":[{"id":"R1","admitted":"2026-01-02"},{"id":"R1","admitted":"2026-01-03"},{"id":"R2"}]}')).toEqual(['record-twice', 'record-twice', undefined]);
    expect(problemsOf('{"residents":[{"id":"R1"},{"id":"R1"}]}')).toEqual([undefined, undefined]);
  });

  it.each([
    ['200,000 levels deep', `{"residents":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'json-too-deep'],
    ['a member twice', '{"residents":[{"id":"R1","id":"R2"}]}', 'json-duplicate-key'],
    ['a member named __proto__', '{"residents":[{"__proto__":{"polluted":1}}]}', 'json-forbidden-key'],
    ['NUL in a text', '{"residents":[{"id":"\\u0000"}]}', 'json-forbidden-character'],
    ['half of a surrogate pair', '{"residents":[{"id":"\\ud800"}]}', 'json-forbidden-character'],
    ['a number beyond all', '{"residents":[{"id":"R1","weight":1e400}]}', 'json-number-range'],
    ['a list instead of an object', '[]', 'json-not-object'],
    ['a text that breaks off', '{"residents":[{"id":"R1"', 'json-syntax'],
    ['Latin-1', Buffer.from('{"residents":[{"id":"R\u00e9"}]}', 'latin1'), 'encoding'],
  ])('%s is refused whole, with its place', (_what, text, code) => {
    const { rows, problems } = splitSource({ ...kind, limits: { maxBytes: 1_000_000, maxRows: 3 } }, feed, '', Buffer.from(text as string));
    expect([rows, problems.map((problem) => problem.code)]).toEqual([[], [code]]);
    if (code !== 'json-not-object') expect(problems[0]?.at?.line).toBe(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('quarantines a record that is no object and goes on', () => {
    expect(split({ residents: ['R1', { id: 'R2', admitted: '2026-01-02' }] }).rows.map(({ problem }) => problem?.code)).toEqual(['record-not-object', undefined]);
  });
});

describe('a JSON source whose records say only what is new', () => {
  const document: DocumentSchema = {
    personKey: 'person.id', messageId: 'id', fold: { name: 'plan', id: 'plan.number', at: 'at' },
    schema: { type: 'object', properties: { id: {}, at: {}, person: { type: 'object' }, plan: { type: 'object' } } },
  };
  const part = { name: '', map: 'plan.map', document };
  const read = (record: unknown): ReturnType<typeof readRow> => {
    const [row] = splitSource({ ...kind, update: 'patch', parts: [part] }, feed, '', Buffer.from(JSON.stringify(record))).rows;
    if (!row) throw new Error('no row');
    return readRow({ ...kind, update: 'patch', parts: [part] }, feed, part, row);
  };
  const inputOf = (record: unknown) => {
    const result = read(record);
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    return result.input;
  };

  it('is folded under the person and the thing it is about, in the order things were said', () => {
    const first = inputOf({ id: 'm1', at: '2026-01-02T10:00:00+01:00', person: { id: 'R 1', name: 'A' }, plan: { number: 'P/1', days: ['MON', 'TUE'], goal: { words: 'walk' } } });
    const second = inputOf({ id: 'm2', at: '2026-01-02T09:30:00Z', person: { id: 'R 1', name: null }, plan: { number: 'P/1', goal: { words: 'run' }, hours: 70 } });
    expect(first).toMatchObject({ eventAt: '2026-01-02T09:00:00Z', foldKeys: ['person/R%201', 'plan/R%201/P%2F1'] });
    const expected = { event: 'plan', person: { key: 'R 1', id: 'R 1' }, plan: { number: 'P/1', days: ['MON', 'TUE'], goal: { words: 'run' }, hours: 70 } };
    for (const [a, b] of [[first, second], [second, first]] as const) {
      expect(unfoldRow(foldRow(foldRow(new Map(), a, a === first ? 'm1' : 'm2'), b, b === first ? 'm1' : 'm2'), b)).toEqual(expected);
    }
  });

  it.each([['what', { id: 'm1', at: '2026-01-02T10:00:00Z', person: { id: 'R1' }, plan: {} }], ['when', { id: 'm1', at: 'soon', person: { id: 'R1' }, plan: { number: 'P1' } }]])('is refused when it does not say %s it is about', (_, record) => {
    expect(read(record)).toMatchObject({ problems: [{ code: 'fold-key-missing', at: { row: 1 } }] });
  });
});
