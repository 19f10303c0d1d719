import { contentOf, pairUp } from '../../fhir/compare-content.ts';
import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';

const mostPlaces = 100;

/**
 * Where two contents of one resource differ, as `added`, `removed` or `changed` with a path without indexes
 * (`changed location.period.end`); no values. What stands in both lists is no difference, wherever it stands.
 */
export function diffResource(before: JsonObject, after: JsonObject): string[] {
  const places = new Set<string>();
  compareObjects(contentOf(before), contentOf(after), '', places);
  return [...places].sort().slice(0, mostPlaces);
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, places: Set<string>): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(before[name], after[name], path === '' ? name : `${path}.${name}`, places);
  }
}

function compare(before: Json | undefined, after: Json | undefined, path: string, places: Set<string>): void {
  if (before === undefined || after === undefined) {
    if (before !== after) places.add(`${before === undefined ? 'added' : 'removed'} ${path}`);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, places);
  } else if (isJsonObject(before) && isJsonObject(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) compareObjects(before, after, path, places);
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    places.add(`changed ${path}`);
  }
}

function compareLists(before: readonly Json[], after: readonly Json[], path: string, places: Set<string>): void {
  const pairs = pairUp(before, after);
  if (pairs.length === 0 && JSON.stringify(before) !== JSON.stringify(after)) places.add(`changed ${path}`);
  for (const [old, fresh] of pairs) compare(old, fresh, path, places);
}
