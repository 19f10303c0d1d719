import { CsvError, parse } from 'csv-parse/sync';
import type { Problem } from '../../fhir/problem.ts';
import type { Part, SplitRow } from '../types.ts';
import { otherDelimiter, readHeader } from './read-header.ts';
import { writeRow, type RowCells } from './row-content.ts';

interface CsvRecord {
  /** its first cells: of a row with far too many the rest says nothing */
  record: string[];
  /** how many cells there are */
  found: number;
  line: number;
  problem?: Problem;
}

type Table = Pick<Part, 'columns' | 'spreadsheet'>;

/** A data row of a table, its cells in the order of the part's columns. */
export interface TableRow extends RowCells {
  row: number;
  line: number;
  personKey: string;
  problem?: Problem;
}

/** CSV text (RFC 4180; quoted line breaks allowed) as rows in the order sent, `most` of them at most. Quotes out of place refuse the file. */
export function splitCsv(table: Table, text: string, most: number): { rows: SplitRow[]; problems: Problem[] } {
  const { rows, problems } = readTable(table, text, most);
  return { problems, rows: rows.map(({ cells, columns: places, ...row }) => ({ ...row, content: writeRow({ cells, ...(places && { columns: places }) }) })) };
}

/** The same before the rows are written down. */
export function readTable({ columns = [], spreadsheet = false }: Table, text: string, most: number): { rows: TableRow[]; problems: Problem[] } {
  const read = readRecords(text, most + 1, columns.length, spreadsheet);
  if ('problem' in read) return { rows: [], problems: [read.problem] };
  const [header, ...data] = read.records;
  if (!header) return { rows: [], problems: [{ category: 'malformed', code: 'source-empty', text: 'The file is empty.' }] };
  const found = readHeader(columns, header.record, header.found, header.line);
  if ('problems' in found) return { rows: [], problems: found.problems };

  const { places } = found;
  const width = places ? header.found : columns.length;
  const keyIndex = columns.findIndex((column) => column.personKey);
  const isCut = !/[\r\n]$/.test(text);
  const rows = data.map(({ record, found: count, line }, index): TableRow => {
    const row = { row: index + 1, line, personKey: (record[places ? (places[keyIndex] ?? 0) - 1 : keyIndex] ?? '').trim() };
    // a ragged row keeps its cells as they came: which of them is which cannot be told
    if (count !== width && !(spreadsheet && count < width)) {
      const problem = isCut && count < width && index === data.length - 1 ? incomplete : ragged(width, count);
      return { ...row, cells: record, problem: { ...problem, at: { row: row.row, line } } };
    }
    return places ? { ...row, cells: places.map((place) => record[place - 1] ?? ''), columns: places } : { ...row, cells: record };
  });
  return { rows, problems: [] };
}

/**
 * Empty columns at the right edge are those a spreadsheet once used. The other way round it may leave out the separators of
 * empty cells at the end of a row, so a row of a spreadsheet may be short.
 */
function withoutEdge(record: readonly string[], width: number): readonly string[] {
  return record.slice(0, Math.max(record.findLastIndex((cell) => cell.trim() !== '') + 1, width));
}

/** A spreadsheet saves with the list separator of its country. The header says which: it names no column with a semicolon. */
export function separatorOf(text: string, spreadsheet: boolean): string {
  return spreadsheet && /^\s*[^,\n]*;/.test(text) ? ';' : ',';
}

function readRecords(text: string, most: number, width: number, spreadsheet: boolean): { records: CsvRecord[] } | { problem: Problem } {
  try {
    const records: CsvRecord[] = [];
    parse(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, {
      record_delimiter: '\n', delimiter: separatorOf(text, spreadsheet), relax_column_count: true, skip_empty_lines: true,
      skip_records_with_empty_values: spreadsheet, to: most,
      // nothing the parser says of a record is kept but its line: it would take ten times the room of the record
      on_record: (record: string[], { lines }) => {
        const kept = spreadsheet ? withoutEdge(record, width) : record;
        records.push({ record: kept.slice(0, width * 2), found: kept.length, line: lines - lineBreaksIn(record) });
        return null;
      },
    });
    return { records };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    // between other marks than commas, quotation marks look out of place
    const [header = ''] = text.trimStart().split(/[\r\n]/, 1);
    const delimiter = width > 1 && !spreadsheet ? otherDelimiter(header, 1) : null;
    if (delimiter) return { problem: delimiter };
    return {
      problem: {
        category: 'malformed',
        code: error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'csv-quote-not-closed' : 'csv-quote',
        text: `A quotation mark is out of place at line ${line}: from there on the columns cannot be told apart.`,
        at: { line },
        fix: 'Enclose the cell in quotation marks and double every quotation mark inside it.',
      },
    };
  }
}

function lineBreaksIn(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) if (cell.includes('\n')) count += cell.split('\n').length - 1;
  return count;
}

const incomplete: Problem = {
  category: 'malformed', code: 'file-incomplete', text: 'The file ends in the middle of this row: it was cut off.', fix: 'Send the whole file again; what was taken of it stays.',
};

function ragged(expected: number, found: number): Problem {
  return {
    category: 'malformed',
    code: 'csv-ragged-row',
    text: `The row has ${found} cells where the header has ${expected}.`,
    expected: `${expected} cells`,
    fix: 'Look for an unquoted comma or a missing cell in this row.',
  };
}
