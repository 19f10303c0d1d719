import { readRow } from '../../src/intake/read-row.ts';
import { readSheetDate } from '../../src/intake/csv/sheet-date.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { Column, Feed, Kind, Part } from '../../src/intake/types.ts';

const columns: Column[] = [
  { header: 'Person', name: 'person', personKey: true, required: true },
  { header: 'Born', name: 'born', format: 'sheet-date' },
  { header: 'Note', name: 'note' },
];
const part: Part = { name: '', map: 'sheet.map', columns, spreadsheet: true };
const kind: Kind = { name: 'sheet', title: 'A sheet', format: 'csv', update: 'snapshot', zone: 'Europe/London', parts: [part], categories: [], limits: { maxBytes: 100_000, maxRows: 3 } };
const feed: Feed = {
  key: 'bvsc-sheet', kind: 'sheet', title: 'A sheet', system: 'Sheets',
  partner: { partnerKey: 'bvsc', name: 'A council', organisation: 'https://fhir.bicp.example/Id/example-code|bvsc', identifierBase: 'https://fhir.bicp.example/Id/bvsc' },
};
const split = (text: string, of: Part = part): ReturnType<typeof splitSource> => splitSource({ ...kind, parts: [of] }, feed, '', Buffer.from(text));
const records = (text: string): unknown[] => split(text).rows.map((row) => {
  const read = readRow(kind, feed, part, row);
  return 'input' in read ? read.input.record : read.problems.map(({ code }) => code);
});
const rowsOf = [{ person: 'A1', note: 'one; two, three' }, { person: 'A2', born: '1941-05-17' }];

describe('a sheet saved as CSV', () => {
  it.each([
    ['commas', 'Person,Born,Note\nA1,,"one; two, three"\nA2,17/05/1941,\n'],
    ['semicolons', 'Person;Born;Note\nA1;;"one; two, three"\nA2;17/05/1941;\n'],
    ['a byte-order mark and Windows line ends', '\uFEFFPerson;Born;Note\r\nA1;;"one; two, three"\r\nA2;15113;\r\n'],
    ['empty columns at the right', 'Person,Born,Note,,,,,,,,\nA1,,"one; two, three",,,,,,,,\nA2,17/05/1941,,,,,,,,,\n'],
    ['empty rows, more of them than a file may have rows', `Person,Born,Note\nA1,,"one; two, three"\n${',,\n'.repeat(9)}A2,17/05/1941,\n${' , , \n'.repeat(9)}`],
    ['rows that stop at their last cell', 'Person,Born,Note\nA1,,"one; two, three"\nA2,17/05/1941\n'],
  ])('is read with %s', (_, text) => {
    expect(split(text).problems).toEqual([]);
    expect(records(text)).toEqual(rowsOf);
  });

  it('still knows the line of each row', () => {
    expect(split('Person;Born;Note\n;;\nA1;;"two\nlines"\n\n;;\nA2;;\n').rows.map(({ row, line }) => [row, line])).toEqual([[1, 3], [2, 7]]);
  });

  it.each([
    ['tabs', 'Person\tBorn\tNote\nA1\t\t\n', 'csv-delimiter'], ['a column too many that is not empty', 'Person,Born,Note,,Colour\nA1,,,,\n', 'csv-column-unknown'],
    ['a column that is missing', 'Person,Note\nA1,\n', 'csv-column-missing'], ['nothing but separators', ';;\n;;\n', 'source-empty'],
  ])('is refused with %s', (_, text, code) => {
    const { rows, problems } = split(text);
    expect([rows, problems.map((problem) => problem.code)]).toEqual([[], expect.arrayContaining([code])]);
  });

  it('sets a row aside whose cells were pushed to the right, or that mixes separators', () => {
    const { rows } = split('Person,Born,Note\nA1,,one, two\nA2,,\n');
    expect(rows.map(({ problem }) => problem?.code)).toEqual(['csv-ragged-row', undefined]);
    expect(records('Person;Born;Note\nA1,17/05/1941,note\n')).toEqual([{ person: 'A1,17/05/1941,note' }]); // one cell, and a person whom nobody described
  });

  it('is no licence for extracts: their edges are still refused', () => {
    const strict = { ...part, spreadsheet: false };
    expect(split('Person;Born;Note\nA1;;\n', strict).problems.map(({ code }) => code)).toEqual(['csv-delimiter']);
    expect(split('Person,Born,Note\nA1,\n', strict).rows.map(({ problem }) => problem?.code)).toEqual(['csv-ragged-row']);
    expect(split('Person,Born,Note\n,,\n', strict).rows).toHaveLength(1);
  });
});

describe('a date in a sheet', () => {
  it.each([
    ['17/05/1941', '1941-05-17'], ['1/2/2024', '2024-02-01'], ['01.02.2024', '2024-02-01'], ['2024-02-29', '2024-02-29'], ['29 Sep 2011', '2011-09-29'], ['29 Sep 2011 14:53:28', '2011-09-29 14:53'],
    ['03/05/2024 9:05', '2024-05-03 09:05'], ['2024-05-03T09:05', '2024-05-03 09:05'], ['31/12/9999', '9999-12-31'],
    ['10000', '1927-05-18'], ['15113', '1941-05-17'], ['45415', '2024-05-03'], ['45415.375', '2024-05-03 09:00'], ['45415.0', '2024-05-03'],
  ])('%s is %s', (written, date) => {
    expect(readSheetDate(written)).toEqual({ date });
  });

  it.each([
    ['30/02/2024', 'date-not-real', false], ['04/28/2024', 'date-not-real', true], ['2024-13-05', 'date-not-real', true], ['12', 'date-format', false], ['1941', 'date-format', false], ['01941', 'date-format', false], ['0', 'date-format', false],
    ['03/05/24', 'date-format', false], ['soon', 'date-format', false], ['3 Mai 2024', 'date-format', false], ['2024', 'date-format', false], ['45415.', 'date-format', false], ['-45415', 'date-format', false], ['17/05/1941 25:00', 'date-format', false],
  ])('%s is none', (written, wrong, swapped) => {
    expect(readSheetDate(written)).toEqual({ wrong, swapped });
  });
});
