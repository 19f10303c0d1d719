import { tableFromCsv } from '../../mapping/table-from-csv.ts';
import type { CodeTable } from '../../mapping/types.ts';

/** Source codes that tables have and had not, and the tables, as problems name them. */
export interface AddedCodes {
  codes: string[];
  tables: string[];
}

/** Written in a record as they stand in a table, in every format: nothing of them is escaped. */
const plainCode = /^[\p{L}\p{N} .:/_+-]+$/u;
const mostCodes = 1_000;

/**
 * What a candidate adds to the code tables of what works, where that is all it changes: no row changed or went, none that stands for
 * all others. Null: anybody's records may come out otherwise. `base`, `candidate`: the versions' files by path.
 */
export function addedCodes(base: ReadonlyMap<string, string>, candidate: ReadonlyMap<string, string>): AddedCodes | null {
  const changed = [...new Set([...base.keys(), ...candidate.keys()])].filter((file) => base.get(file) !== candidate.get(file));
  const found: AddedCodes = { codes: [], tables: [] };
  for (const file of changed) {
    const added = addedRows(tableOf(file, base.get(file)), tableOf(file, candidate.get(file)));
    if (added === null) return null;
    if (added.length > 0) found.tables.push(labelOf(file));
    found.codes.push(...added);
  }
  return found.codes.length <= mostCodes && found.codes.every((code) => plainCode.test(code)) ? found : null;
}

function tableOf(file: string, text: string | undefined): CodeTable | null {
  const name = /\/tables\/([^/]+)\.csv$/.exec(file)?.[1];
  const read = name === undefined || text === undefined ? null : tableFromCsv(name, text, file);
  return read && 'table' in read ? read.table : null;
}

function addedRows(before: CodeTable | null, after: CodeTable | null): string[] | null {
  if (!before || !after || after.loose || JSON.stringify(before.fallback) !== JSON.stringify(after.fallback)) return null;
  if ([...before.rows].some(([source, row]) => JSON.stringify(row) !== JSON.stringify(after.rows.get(source)))) return null;
  return [...after.rows.keys()].filter((source) => !before.rows.has(source));
}

/** `hl7v2-adt/tables/sex.csv` → `tables/sex.csv` */
function labelOf(file: string): string {
  return file.slice(file.indexOf('/') + 1);
}

/** Whether a row as it was kept may hold one of these codes. */
export function mayHold(codes: readonly string[], content: string): boolean {
  return codes.some((code) => content.includes(code));
}
