import { columnsSchema } from '../mapping-schemas.ts';
import type { SchemaTools, SourceFormat } from '../source-format.ts';
import type { Column, LatestStatements, PersonClaims } from '../types.ts';
import { datedFormats } from './as-of.ts';
import { latestStatement } from './latest-statement.ts';
import { readCsvRow } from './read-csv-row.ts';
import { splitCsv } from './split-csv.ts';

/** Comma-separated values (RFC 4180), one header line, one record per row. */
export const csvFormat: SourceFormat = {
  extension: 'csv',
  rows: 'rows',
  schema: columnsSchema,
  readSchema(content, { report, table }) {
    const { columns, latest, claims, asOf, spreadsheet = false } = content as ColumnsFile;
    for (const repeated of [...repeats(columns.map(({ name }) => name)), ...repeats(columns.map(({ header }) => header))]) report(`"${repeated}" appears twice.`, '/columns');
    if (columns.filter(({ personKey }) => personKey).length > 1) report('At most one column may be the personKey.', '/columns');
    for (const name of Object.values(claims ?? {}).filter((claimed) => !columns.some((column) => column.name === claimed))) report(`There is no column "${name}".`, '/claims');
    for (const { header } of columns.filter(({ optional, required, personKey }) => optional && (required || personKey))) report(`"${header}" must have a value, so no file may come without it.`, '/columns');
    if (asOf) checkAsOf(columns, asOf, latest !== undefined, report);
    return { columns, ...(asOf && { asOf }), ...(claims && { claims }), ...(spreadsheet && { spreadsheet }), ...(latest && { latest: readLatest(columns, latest, { report, table }) }) };
  },
  split: ({ part, text, most }) => splitCsv(part, text, most),
  read(kind, _feed, part, row) {
    const read = readCsvRow(kind, part, row);
    return 'input' in read && part.latest ? { input: latestStatement(part.latest, read.input, row) } : read;
  },
};

interface ColumnsFile {
  columns: Column[];
  spreadsheet?: boolean;
  claims?: PersonClaims;
  latest?: { column: string; at: string; table: string };
  asOf?: string[];
}

function checkAsOf(columns: readonly Column[], asOf: readonly string[], isStatements: boolean, report: SchemaTools['report']): void {
  for (const name of asOf.filter((each) => !datedFormats.has(columns.find((column) => column.name === each)?.format))) report(`"${name}" must be a column with dates, times or whole numbers.`, '/asOf');
  if (isStatements) report('Rows of which the latest statement counts are in order already.', '/asOf');
}

function readLatest(columns: readonly Column[], { column, at, table: name }: NonNullable<ColumnsFile['latest']>, { report, table }: SchemaTools): LatestStatements {
  if (!columns.some((each) => each.name === column && each.required)) report('The column of the statement must be one that always has a value.', '/latest/column');
  if (!columns.some((each) => each.name === at && each.required && each.format === 'date')) report('The column of the time must be a date that always has a value.', '/latest/at');
  const statements = table(name);
  if (!statements.has('*')) report(`The table "${name}" must say with a row "*" what a code counts as that it does not have.`, '/latest/table');
  return { column, at, statements };
}

function repeats(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}
