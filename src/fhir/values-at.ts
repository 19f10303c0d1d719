import { isJsonObject, type Json } from './json.ts';

/** The values at a dotted path of member names, lists flattened; none where nothing stands. */
export function valuesAt(value: Json, path: string): Json[] {
  let found: Json[] = [value];
  if (path === '') return found;
  for (const name of path.split('.')) found = found.flatMap((item) => (isJsonObject(item) ? list(item[name]) : []));
  return found;
}

function list(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
