import { CsvError, parse } from 'csv-parse/sync';
import type { Problem } from '../../fhir/problem.ts';
import type { Column } from '../types.ts';
import type { SchemaDraft } from './draft-schema.ts';
import { guessType, namesPerson, nameFrom } from './guess-type.ts';

const lengths = [10, 20, 50, 100, 200, 500, 1000, 4000];

/** A CSV sample as far as it can be told from its values. */
export interface SampleTable {
  /** a column with a value in every row is required */
  columns: Column[];
  /** by column name, how its dates are written where that is not ISO */
  dates: ReadonlyMap<string, string>;
  rows: string[][];
}

/** The columns of a CSV sample, in order. */
export function draftColumns(text: string): SchemaDraft | { problem: Problem } {
  const table = readSampleTable(text);
  if ('problem' in table) return table;
  const { columns } = table;
  const key = columns.find(({ header }) => namesPerson(header)) ?? columns.find(({ format }) => format === 'nhs-number') ?? columns[0];
  return key ? draftTable(table, key.name) : { problem: { category: 'invalid', code: 'csv-header-missing', text: 'The first line names no columns.', at: { line: 1 } } };
}

/** A table whose person is named by one of its columns; null: by the row it belongs to. */
export function draftTable({ columns, dates }: SampleTable, key: string | null): SchemaDraft {
  return {
    format: 'csv', update: 'snapshot', personKey: key ?? 'person',
    schema: { columns: columns.map((column) => (column.name === key ? { ...column, required: true, personKey: true } : column)) },
    fields: columns.filter(({ name }) => name !== key).map(({ name }) => ({ path: name, ...(dates.has(name) && { dateFormat: dates.get(name) ?? '' }) })),
  };
}

export function readSampleTable(text: string): SampleTable | { problem: Problem } {
  const read = readRows(text);
  if ('problem' in read) return read;
  const [header = [], ...rows] = read.rows;
  const names = new Set<string>();
  const dates = new Map<string, string>();
  const columns = header.map((title, index): Column => {
    const given = rows.map((row) => (row[index] ?? '').trim()).filter((value) => value !== '');
    const name = nameFrom(title, names);
    names.add(name);
    const guessed = guessType(given);
    if (guessed?.dateFormat !== undefined) dates.set(name, guessed.dateFormat);
    const format = guessed?.type === 'other-date' ? 'text' : guessed?.type;
    return {
      header: title.trim(), name, ...(rows.length > 0 && given.length === rows.length && { required: true }),
      ...(format === undefined || format === 'text' ? { maxLength: roomFor(given) } : { format }),
    };
  });
  return { columns, dates, rows };
}

/** Twice what was seen, in a round number: a sample is never the longest. */
function roomFor(values: readonly string[]): number {
  const longest = values.reduce((most, value) => Math.max(most, value.length), 1);
  return lengths.find((length) => length >= longest * 2) ?? longest * 2;
}

function readRows(text: string): { rows: string[][] } | { problem: Problem } {
  try {
    return { rows: parse(text, { relax_column_count: true, skip_empty_lines: true }) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { problem: { category: 'malformed', code: 'csv-quote', text: 'A quotation mark is out of place: the columns cannot be told apart.', at: { line: typeof error['lines'] === 'number' ? error['lines'] : 1 } } };
  }
}
