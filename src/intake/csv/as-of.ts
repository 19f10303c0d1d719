import { textOf, type JsonObject } from '../../fhir/json.ts';
import type { Column, Part } from '../types.ts';

/** Formats whose values can be put in order. */
export const datedFormats: ReadonlySet<Column['format']> = new Set(['date', 'dateTime', 'sheet-date', 'integer']);

/** Of when a row is, in a form that sorts: the values of the part's columns for it, one after the other. '' when the first says nothing. */
export function asOfRow({ asOf = [], columns = [] }: Pick<Part, 'asOf' | 'columns'>, record: JsonObject): string {
  const values = asOf.map((name) => sortable(textOf(record[name]), columns.find((column) => column.name === name)?.format));
  return values[0] === '' ? '' : values.join(' ').trimEnd();
}

/** Numbers of a run of extracts grow and never fall below nothing; fifteen digits is the longest whole number a cell may hold. */
function sortable(value: string, format: Column['format']): string {
  return value !== '' && format === 'integer' ? value.padStart(15, '0') : value.replace(' ', 'T');
}
