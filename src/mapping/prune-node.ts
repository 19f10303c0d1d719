import type { Json, JsonObject } from '../fhir/json.ts';
import { isExactDecimal } from './exact-decimal.ts';

/** Removes what is empty from a result, in place: FHIR knows no empty objects, lists and texts. */
export function pruneNode(node: JsonObject): void {
  for (const name in node) {
    const value = node[name];
    if (typeof value === 'object' ? isEmptyAfterPruning(value) : value === undefined || value === '') delete node[name];
  }
}

/** Would pruning leave nothing of it? */
export function isEmptyValue(value: Json): boolean {
  if (value === null || value === '') return true;
  if (typeof value !== 'object' || isExactDecimal(value)) return false;
  return Object.values(value).every(isEmptyValue);
}

function isEmptyAfterPruning(value: Json): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return value === '';
  if (Array.isArray(value)) {
    let kept = 0;
    for (const item of value) if (!isEmptyAfterPruning(item)) value[kept++] = item;
    value.length = kept;
    return kept === 0;
  }
  if (isExactDecimal(value)) return false;
  pruneNode(value);
  for (const _ in value) return false;
  return true;
}
