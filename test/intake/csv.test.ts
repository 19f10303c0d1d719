import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { Column, Feed, Kind, Part } from '../../src/intake/types.ts';

const columns: Column[] = [
  { header: 'Client ID', name: 'clientId', personKey: true, required: true, maxLength: 8 },
  { header: 'Born', name: 'born', format: 'date' },
  { header: 'Seen', name: 'seen', format: 'dateTime' },
  { header: 'Count', name: 'count', format: 'integer' },
  { header: 'Cost', name: 'cost', format: 'decimal' },
  { header: 'NHS Number', name: 'nhsNumber', format: 'nhs-number' },
  { header: 'Open', name: 'open', format: 'boolean' },
  { header: 'Note', name: 'note', format: 'text' },
];
const part: Part = { name: 'client', map: 'client.map', columns };
const kind: Kind = { name: 'sheet', title: 'A sheet', format: 'csv', update: 'snapshot', zone: 'Europe/London', parts: [part], categories: [], limits: { maxBytes: 100_000, maxRows: 1_000 } };
const feed: Feed = {
  key: 'bchc-sheet', kind: 'sheet', title: 'A sheet', system: 'Sheets',
  partner: { partnerKey: 'bchc', name: 'Birmingham Community Healthcare', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RYW', identifierBase: 'https://fhir.bicp.example/Id/bchc' },
};
const header = columns.map((column) => column.header).join(',');

const split = (text: string | Uint8Array, name = 'client') => splitSource(kind, feed, name, Buffer.from(text));
const codesOf = (problems: readonly { code: string }[]) => problems.map((problem) => problem.code);

function readCells(cells: Partial<Record<string, string>>): ReturnType<typeof readRow> {
  const line = columns.map((column) => `"${(cells[column.name] ?? (column.personKey ? 'C1' : '')).replaceAll('"', '""')}"`).join(',');
  const [row] = split(`${header}\n${line}\n`).rows;
  if (!row) throw new Error('no row');
  return readRow(kind, feed, part, row);
}

describe('a CSV file is split', () => {
  it.each([['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']])('with the line where each row begins, whichever way lines end: %s', (_, end) => {
    const text = [header, 'C1,,,,,,,', `C2,,,,,,,"two`, `lines"`, '', ' C3 ,,,,,,,'].join(end);
    expect(split(text)).toMatchObject({ problems: [], rows: [{ row: 1, line: 2, personKey: 'C1' }, { row: 2, line: 3, personKey: 'C2' }, { row: 3, line: 6, personKey: 'C3' }] });
  });

  it('after a byte-order mark, with spaces around header names, and when it holds no rows', () => {
    expect(split(`\uFEFF${header}\n`)).toEqual({ rows: [], problems: [] });
    expect(split(`${header.replaceAll(',', ' , ')}\nC1,,,,,,,\n`).rows).toHaveLength(1);
  });

  it('telling that it was cut off in its last row', () => {
    expect(split(`${header}\nC1,,,,,,,\nC2,,,`).rows.map(({ problem }) => problem?.code)).toEqual([undefined, 'file-incomplete']);
    expect(split(`${header}\nC2,,,\n`).rows.map(({ problem }) => problem?.code)).toEqual(['csv-ragged-row']);
  });

  it('also without columns that may be absent, and without no other', () => {
    const lenient: Kind = { ...kind, parts: [{ ...part, columns: columns.map((column) => (column.name === 'cost' ? { ...column, optional: true as const } : column)) }] };
    const without = (name: string, cells: string): ReturnType<typeof splitSource> => splitSource(lenient, feed, 'client', Buffer.from(`${columns.filter((column) => column.name !== name).map((column) => column.header).join(',')}\n${cells}\n`));
    const [row] = without('cost', 'C1,,,3,,true,').rows;
    expect(row && readRow(lenient, feed, lenient.parts[0] ?? part, row)).toMatchObject({ input: { record: { clientId: 'C1', count: '3', open: 'true' } } });
    expect(without('cost', 'C1,,').rows.map(({ problem }) => problem?.text)).toEqual(['The row has 3 cells where the header has 7.']);
    expect(codesOf(without('count', 'C1,,,,,,').problems)).toEqual(['csv-column-missing']);
  });

  it('setting ragged rows aside while the rest goes on', () => {
    const { rows, problems } = split(`${header}\nC1,,,,,,,\nC2,too,few\nC3,,,,,,,,more\nC4,,,,,,,\n`);
    expect(problems).toEqual([]);
    expect(rows.map((row) => row.problem?.code)).toEqual([undefined, 'csv-ragged-row', 'csv-ragged-row', undefined]);
    expect(rows[1]?.problem?.at).toEqual({ row: 2, line: 3 });
    expect(rows[1] && readRow(kind, feed, part, rows[1])).toMatchObject({ problems: [{ code: 'csv-ragged-row' }] });
  });
});

describe('a CSV file is refused as a whole', () => {
  it.each([
    ['a missing column', header.replace('Born,', ''), [{ code: 'csv-column-missing', text: 'The column "Born" is missing.', at: { line: 1, field: 'Born' } }]],
    ['an extra column', `${header},Extra`, [{ code: 'csv-column-unknown', text: 'Column 9, "Extra", is not one of this feed\'s columns.', at: { line: 1, column: 9 } }]],
    ['a column twice', header.replace('Seen', 'Born'), [{ code: 'csv-column-missing', expected: 'Seen' }, { code: 'csv-column-twice', text: 'Column 3 repeats column 2, "Born".', at: { column: 3 } }]],
    ['a renamed column', header.replace('Born', 'born'), [{ code: 'csv-column-missing', expected: 'Born' }, { code: 'csv-column-unknown', text: expect.stringContaining('"born"') as string, at: { column: 2 } }]],
    ['a header line run into a row, without its words', `${header}C1,1938-02-11`, [{ code: 'csv-column-missing', expected: 'Note' }, { code: 'csv-column-unknown', at: { column: 8 } }, { code: 'csv-column-unknown', text: 'Column 9 is not one of this feed\'s columns.' }]],
    ['a row that happens to name one column, without its words', 'Casey,Born,Example', [...Array.from({ length: 7 }, () => ({ code: 'csv-column-missing' })), { code: 'csv-column-unknown', text: 'Column 1 is not one of this feed\'s columns.' }, { code: 'csv-column-unknown', text: 'Column 3 is not one of this feed\'s columns.' }]],
    ['no header', 'C1,2024-01-01,,,,,,', [{ code: 'csv-header-missing', at: { line: 1 } }]],
    ['another separator', header.replaceAll(',', ';'), [{ code: 'csv-delimiter', expected: 'comma' }]],
    ['tabs', header.replaceAll(',', '\t'), [{ code: 'csv-delimiter' }]],
    ['a quotation mark never closed', `${header}\nC1,,,,,,,"open\nC2,,,,,,,\n`, [{ code: 'csv-quote-not-closed' }]],
    ['a quotation mark inside a cell', `${header}\nC1,,,,,,,\nC2,,,,,,,a"b\n`, [{ code: 'csv-quote', at: { line: 3 } }]],
    ['only line ends', '\n\n', [{ code: 'source-empty' }]],
  ])('%s', (_, text, problems) => {
    const result = split(text);
    expect(result.rows).toEqual([]);
    expect(result.problems).toMatchObject(problems);
    expect(result.problems).toHaveLength(problems.length);
  });

  it('Windows-1252 bytes, with their place, and an unknown part', () => {
    const bytes = Buffer.concat([Buffer.from(`${header}\nC1,,,,,,,caf`), Buffer.from([0xe9]), Buffer.from('\n')]);
    expect(split(bytes).problems).toMatchObject([{ code: 'encoding', at: { line: 2, column: 13 }, text: expect.stringContaining(`Byte ${header.length + 1 + 'C1,,,,,,,caf'.length + 1}`) as string }]);
    expect(split(header, '').problems).toMatchObject([{ code: 'part-unknown', category: 'not-found', expected: 'client' }]);
  });
});

describe('columns in another order', () => {
  const places = [3, 1, 2, 8, 5, 6, 7, 4];
  const inOrder = (cells: readonly string[]): string => places.map((place) => cells[place - 1] ?? '').join(',');
  const shuffled = (...rows: string[][]): string => [columns.map((column) => column.header), ...rows].map(inOrder).join('\n');

  it('are read by their names: the record is the same, and the row keeps its cells in the order of the specification', () => {
    const cells = ['C1', '1938-02-11', '', '3', '0.010', '', 'yes', 'as told'];
    const [ordered, other] = [`${header}\n${cells.join(',')}`, shuffled(cells)].map((text) => split(text).rows[0]);
    if (!ordered || !other) throw new Error('no row');
    expect(readRow(kind, feed, part, other)).toEqual(readRow(kind, feed, part, ordered));
    expect(JSON.parse(ordered.content)).toEqual(cells);
    expect(JSON.parse(other.content)).toEqual({ cells, columns: places.map((_, index) => places.indexOf(index + 1) + 1) });
    expect(other.personKey).toBe('C1');
  });

  it('tell a wrong cell by the column the sender has it in', () => {
    const [row] = split(shuffled(['C1', '29/09/2011', '', '', '', '', '', ''])).rows;
    expect(row && readRow(kind, feed, part, row)).toMatchObject({ problems: [{ code: 'date-format', at: { row: 1, line: 2, column: places.indexOf(2) + 1, field: 'Born' } }] });
  });

  it('leave a ragged row alone', () => {
    expect(split(`${shuffled()}\nC1,two\n`).rows).toMatchObject([{ content: '["C1","two"]', problem: { code: 'csv-ragged-row' } }]);
  });
});

describe('a CSV row is read', () => {
  it('as trimmed strings, empty cells absent', () => {
    expect(readCells({ born: ' 1938-02-11 ', cost: '0.010', note: 'He said "yes"\nand left', nhsNumber: '999 000 0743' })).toEqual({
      input: { record: { clientId: 'C1', born: '1938-02-11', cost: '0.010', nhsNumber: '999 000 0743', note: 'He said "yes"\nand left' }, eventAt: '', event: 'client', foldKeys: [], warnings: [] },
    });
  });

  it.each([
    ['born', '29/09/2011', 'date-format', /day and month may be swapped/],
    ['born', '2011-29-09', 'date-not-real', /day and month may be swapped/],
    ['born', '2023-02-29', 'date-not-real', /does not exist\.$/],
    ['born', '45678', 'date-format', /not written as/],
    ['seen', '2024-03-01 25:00', 'date-format', /Seen/],
    ['seen', '2024-02-30T10:00', 'date-not-real', /Seen/],
    ['count', '1.5', 'number-format', /whole number/],
    ['cost', '1,000.00', 'number-format', /thousands/],
    ['nhsNumber', '999000743', 'nhs-number-format', /ten digits/],
    ['open', 'maybe', 'boolean-format', /true or false/],
    ['clientId', 'C12345678', 'value-too-long', /8 characters/],
    ['clientId', '  ', 'value-missing', /must have a value/],
    ['note', 'bell\u0007', 'control-character', /control/],
  ])('or refused for %s = %j', (name, value, code, text) => {
    const result = readCells({ [name]: value });
    const column = columns.findIndex((candidate) => candidate.name === name);
    expect(result).toMatchObject({ problems: [{ code, text: expect.stringMatching(text) as string, at: { row: 1, line: 2, column: column + 1, field: columns[column]?.header } }] });
    expect(JSON.stringify(result)).not.toContain(value.trim() === '' ? 'never' : JSON.stringify(value).slice(1, -1));
  });

  it('or refused with every wrong cell at once', () => {
    const result = readCells({ born: 'x', count: 'y', cost: 'z' });
    expect('problems' in result && codesOf(result.problems)).toEqual(['date-format', 'number-format', 'number-format']);
  });
});
