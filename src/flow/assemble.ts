import { putTogether } from '../fhir/fragments.ts';
import type { JsonObject } from '../fhir/json.ts';
import { parseExact } from '../fhir/parse-exact.ts';
import type { VisibleRow } from '../store/door.ts';

/** A visible row's resource as JSON text: the stored text itself when no part of it is kept apart, so numbers stay as they were written. */
export function assembleText(row: VisibleRow): string {
  return row.fragments ? JSON.stringify(assemble(row)) : row.body;
}

/** The same as a value, for composing. */
export function assemble(row: VisibleRow): JsonObject {
  return putTogether(parseExact(row.body), row.fragments ?? []);
}
