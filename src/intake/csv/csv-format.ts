import { columnsSchema } from '../mapping-schemas.ts';
import type { SourceFormat } from '../source-format.ts';
import type { Column } from '../types.ts';
import { readCsvRow } from './read-csv-row.ts';
import { splitCsv } from './split-csv.ts';

/** Comma-separated values (RFC 4180), one header line, one record per row. */
export const csvFormat: SourceFormat = {
  extension: 'csv',
  rows: 'rows',
  schema: columnsSchema,
  readSchema(content, report) {
    const { columns, spreadsheet = false } = content as { columns: Column[]; spreadsheet?: boolean };
    for (const repeated of [...repeats(columns.map(({ name }) => name)), ...repeats(columns.map(({ header }) => header))]) report(`"${repeated}" appears twice.`, '/columns');
    if (columns.filter(({ personKey }) => personKey).length > 1) report('At most one column may be the personKey.', '/columns');
    return { columns, ...(spreadsheet && { spreadsheet }) };
  },
  split: ({ part, text, most }) => splitCsv(part, text, most),
  read: (kind, _feed, part, row) => readCsvRow(kind, part, row),
};

function repeats(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}
