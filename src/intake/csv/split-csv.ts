import { CsvError, parse } from 'csv-parse/sync';
import type { Problem } from '../../fhir/problem.ts';
import type { Part, SplitRow } from '../types.ts';
import { checkHeader } from './check-header.ts';

interface CsvRecord {
  /** its first cells: of a row with far too many the rest says nothing */
  record: string[];
  /** how many cells there are */
  found: number;
  line: number;
  problem?: Problem;
}

/** CSV text (RFC 4180; quoted line breaks allowed) as rows in the order sent, `most` of them at most. Quotes out of place refuse the file. */
export function splitCsv({ columns = [], spreadsheet = false }: Pick<Part, 'columns' | 'spreadsheet'>, text: string, most: number): { rows: SplitRow[]; problems: Problem[] } {
  const read = readRecords(text, most + 1, columns.length, spreadsheet);
  if ('problem' in read) return { rows: [], problems: [read.problem] };
  const [header, ...data] = read.records;
  if (!header) return { rows: [], problems: [{ category: 'malformed', code: 'source-empty', text: 'The file is empty.' }] };
  const problems = checkHeader(columns, header.record, header.found, header.line);
  if (problems.length > 0) return { rows: [], problems };

  const keyIndex = columns.findIndex((column) => column.personKey);
  const rows = data.map(({ record, found, line }, index): SplitRow => {
    const row = { row: index + 1, line, personKey: (record[keyIndex] ?? '').trim(), content: JSON.stringify(record) };
    return found === columns.length || (spreadsheet && found < columns.length) ? row : { ...row, problem: ragged(columns.length, found, row.row, line) };
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
function separatorOf(text: string, spreadsheet: boolean): string {
  return spreadsheet && /^\s*[^,\n]*;/.test(text) ? ';' : ',';
}

function readRecords(text: string, most: number, width: number, spreadsheet: boolean): { records: CsvRecord[] } | { problem: Problem } {
  try {
    const records: CsvRecord[] = [];
    parse(text.replace(/\r\n?/g, '\n'), {
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
  return record.reduce((count, cell) => count + (cell.match(/\n/g)?.length ?? 0), 0);
}

function ragged(expected: number, found: number, row: number, line: number): Problem {
  return {
    category: 'malformed',
    code: 'csv-ragged-row',
    text: `The row has ${found} cells where the header has ${expected}.`,
    at: { row, line },
    expected: `${expected} cells`,
    fix: 'Look for an unquoted comma or a missing cell in this row.',
  };
}
