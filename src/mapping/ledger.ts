import type { Json, JsonObject } from '../fhir/json.ts';
import { isExactDecimal } from './exact-decimal.ts';
import type { SourceField } from './source-field.ts';
import type { LedgerEntry } from './types.ts';

const deepestSource = 100;

/** One entry for each distinct leaf path of `source`, in order of appearance, the `feed` branch excepted. */
export function ledgerOf(source: JsonObject, root: SourceField, run: number): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const name in source) {
    if (name !== 'feed') list(source[name], root, name, undefined, run, entries, 0);
  }
  return entries;
}

function list(value: Json | undefined, parent: SourceField, name: string, inherited: string | undefined, run: number, entries: LedgerEntry[], depth: number): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value) && depth < deepestSource) {
    for (const item of value) list(item, parent, name, inherited, run, entries, depth + 1);
    return;
  }
  const field = parent.leaf(name);
  if (typeof value === 'object' && !Array.isArray(value) && depth < deepestSource && !isExactDecimal(value)) {
    const target = field.carriedWhole(run) ?? inherited;
    for (const key in value) list(value[key], field, key, target, run, entries, depth + 1);
  } else if (field.listedRun !== run) {
    field.listedRun = run;
    entries.push(field.ledgerEntry(run, inherited));
  }
}
