import { csvHeader, csvRow } from '../../src/demo/csv.ts';

/** Rows that all have the same columns, as a CSV file. */
export function stringify(rows: readonly { [header: string]: string }[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return csvHeader(columns) + rows.map((row) => csvRow(columns, row)).join('');
}
