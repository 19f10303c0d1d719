import { CsvError, parse } from 'csv-parse/sync';
import type { Problem } from '../../fhir/problem.ts';
import type { Column } from '../types.ts';
import type { SchemaDraft } from './draft-schema.ts';
import { guessType, namesPerson, nameFrom } from './guess-type.ts';

const mostRows = 1000;
const lengths = [10, 20, 50, 100, 200, 500, 1000, 4000];

/** The columns of a CSV sample, in order: a column with a value in every row is required. */
export function draftColumns(text: string): SchemaDraft | { problem: Problem } {
  const read = readRows(text);
  if ('problem' in read) return read;
  const [header = [], ...rows] = read.rows;
  const names = new Set<string>();
  const dates = new Map<string, string>();
  const columns = header.map((title, index): Column => {
    const values = rows.map((row) => (row[index] ?? '').trim());
    const given = values.filter((value) => value !== '');
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
  const key = columns.find(({ header: title }) => namesPerson(title)) ?? columns.find(({ format }) => format === 'nhs-number') ?? columns[0];
  if (!key) return { problem: { category: 'invalid', code: 'csv-header-missing', text: 'The first line names no columns.', at: { line: 1 } } };
  return {
    format: 'csv', update: 'snapshot', personKey: key.name,
    schema: { columns: columns.map((column) => (column === key ? { ...column, required: true, personKey: true } : column)) },
    fields: columns.filter((column) => column !== key).map(({ name }) => ({ path: name, ...(dates.has(name) && { dateFormat: dates.get(name) ?? '' }) })),
  };
}

/** Twice what was seen, in a round number: a sample is never the longest. */
function roomFor(values: readonly string[]): number {
  const longest = Math.max(1, ...values.map((value) => value.length));
  return lengths.find((length) => length >= longest * 2) ?? longest * 2;
}

function readRows(text: string): { rows: string[][] } | { problem: Problem } {
  try {
    return { rows: parse(text, { relax_column_count: true, skip_empty_lines: true, to: mostRows }) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { problem: { category: 'malformed', code: 'csv-quote', text: 'A quotation mark is out of place: the columns cannot be told apart.', at: { line: typeof error['lines'] === 'number' ? error['lines'] : 1 } } };
  }
}
