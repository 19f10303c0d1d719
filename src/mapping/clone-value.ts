import type { Json, JsonObject } from '../fhir/json.ts';
import type { Collection, Item } from './collection.ts';
import { isExactDecimal } from './exact-decimal.ts';

/** A deep copy, so that no two places of the result, and no result and source, share a node. `__proto__` is left behind. */
export function cloneValue(value: Collection): Collection {
  if (typeof value !== 'object') return value;
  return Array.isArray(value) ? value.map((item) => cloneJson(item) as Item) : (cloneJson(value) as JsonObject);
}

function cloneJson(value: Json): Json {
  if (typeof value !== 'object' || value === null || isExactDecimal(value)) return value;
  if (Array.isArray(value)) return value.map(cloneJson);
  const copy: JsonObject = {};
  for (const [name, child] of Object.entries(value)) {
    if (name !== '__proto__') copy[name] = cloneJson(child);
  }
  return copy;
}
