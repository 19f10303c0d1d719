import type { Json, JsonObject } from '../fhir/json.ts';
import { isExactDecimal } from './exact-decimal.ts';

/** Removes what is empty from a result, in place: FHIR knows no empty objects, lists and texts. */
export function pruneNode(node: JsonObject): void {
  for (const name in node) {
    const value = node[name];
    if (Array.isArray(value) && value.includes(null) && pruneBeside(node, name)) continue;
    if (typeof value === 'object' ? isEmptyAfterPruning(value) : value === undefined || value === '') delete node[name];
  }
}

/**
 * Primitives that repeat stand beside a list of what they carry besides their values (`given` and `_given`): null keeps the place in
 * either. False when there is no such list. Source: FHIR R4 json, primitive elements.
 */
function pruneBeside(node: JsonObject, name: string): boolean {
  const own = name.startsWith('_') ? name.slice(1) : name;
  const [values, besides] = [node[own], node[`_${own}`]];
  if (!Array.isArray(values) || !Array.isArray(besides)) return false;
  const kept = Array.from({ length: Math.max(values.length, besides.length) }, (_, index) => [values[index] ?? null, besides[index] ?? null] as const)
    .map(([value, beside]) => [isEmptyAfterPruning(value) ? null : value, isEmptyAfterPruning(beside) ? null : beside] as const)
    .filter(([value, beside]) => value !== null || beside !== null);
  for (const [key, list] of [[own, kept.map(([value]) => value)], [`_${own}`, kept.map(([, beside]) => beside)]] as const) {
    if (list.every((item) => item === null)) delete node[key];
    else node[key] = list;
  }
  return true;
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
