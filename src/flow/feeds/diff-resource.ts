import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';

const mostPlaces = 100;

/**
 * Where two contents of one resource differ, as `added`, `removed` or `changed` with a path without indexes
 * (`changed location.period.end`); no values. What stands in both lists is no difference, wherever it stands.
 */
export function diffResource(before: JsonObject, after: JsonObject): string[] {
  const places = new Set<string>();
  compareObjects(withoutMarks(before), withoutMarks(after), '', places);
  return [...places].sort().slice(0, mostPlaces);
}

/** What the gateway says of a version itself, and how it is labelled, is told apart. */
function withoutMarks({ id: _id, meta: _meta, ...content }: JsonObject): JsonObject {
  return content;
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

/** Elements both lists have are put aside; the others are compared one by one, in order. */
function compareLists(before: readonly Json[], after: readonly Json[], path: string, places: Set<string>): void {
  const left = after.map((element) => JSON.stringify(element));
  const gone = before.filter((element) => {
    const at = left.indexOf(JSON.stringify(element));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const come = left.map((text) => JSON.parse(text) as Json);
  if (gone.length === 0 && come.length === 0 && JSON.stringify(before) !== JSON.stringify(after)) places.add(`changed ${path}`);
  for (let at = 0; at < Math.max(gone.length, come.length); at += 1) compare(gone[at], come[at], path, places);
}
