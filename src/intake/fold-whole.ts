import { isJsonObject, textOf, type Json, type JsonObject } from '../fhir/json.ts';
import { parseExact } from '../fhir/parse-exact.ts';
import type { FoldState, RowInput } from './types.ts';

/**
 * Folding for records that are always said whole (FHIR resources): of each the one that was true last stands, whatever
 * order they arrive in. What does not say when it was true counts by its arrival. A state keeps the record as text: its
 * numbers and the order of its members stay as they were said.
 */

const field = 'whole';

export function isWhole(foldKey: string): boolean {
  return foldKey.startsWith(`${field}/`);
}

/** The state of one record after one more statement of it. A record that may only be made stays as it is once it is there. */
export function foldWhole(standing: FoldState | undefined, key: string, input: RowInput, by: string): FoldState {
  const v = JSON.stringify(objectOf(input.record[field])[key] ?? null);
  const known = standing?.[field];
  if (!known) return { [field]: { v, at: input.eventAt, by } };
  if (input.onlyNew?.includes(key)) return { [field]: known };
  if (input.eventAt === '') return { [field]: { v, at: known.at, by } };
  const newer = input.eventAt === known.at ? isAfter(by, v, known) : input.eventAt > known.at;
  return { [field]: newer ? { v, at: input.eventAt, by } : known };
}

/** Two statements of one instant: either order ends the same. */
function isAfter(by: string, text: string, known: FoldState[string]): boolean {
  return by === known.by ? text > textOf(known.v) : by > known.by;
}

/** The tree a map reads: this row's records as they now stand, by type, beside what was not folded. */
export function unfoldWhole(states: ReadonlyMap<string, FoldState>, input: RowInput): JsonObject {
  const { [field]: _whole, ...record } = input.record;
  const byType: { [type: string]: Json[] } = {};
  for (const key of input.foldKeys) {
    const { resourceType, ...resource } = parseExact<JsonObject>(textOf(states.get(key)?.[field]?.v));
    // a record its sender names itself is a whole resource; the others are named by `key` and mapped by their members
    (byType[textOf(resourceType)] ??= []).push('key' in resource ? resource : { resourceType: resourceType ?? null, ...resource });
  }
  return { ...record, ...byType };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
