import { putTogether } from '../fhir/fragments.ts';
import type { JsonObject } from '../fhir/json.ts';
import { parseExact } from '../fhir/parse-exact.ts';
import type { VisibleRow } from '../store/door/door.ts';

/** A visible row's resource as JSON text: the stored texts themselves wherever they can stand as they are, so numbers stay as they were written. */
export function assembleText(row: VisibleRow): string {
  if (!row.fragments) return row.body;
  return joinTexts(row.body, row.fragments) ?? JSON.stringify(assemble(row));
}

/** The same as a value, for composing. */
export function assemble(row: VisibleRow): JsonObject {
  return putTogether(parseExact(row.body), row.fragments ?? []);
}

/** What `putTogether` makes, without parsing, when nothing of the properties put back is in the body; null when something may be. */
function joinTexts(body: string, fragments: NonNullable<VisibleRow['fragments']>): string | null {
  const parts = fragments.map(([path, text]) => ({ names: path.slice(1).split('/'), text })).sort((a, b) => Number(a.names[1] ?? 0) - Number(b.names[1] ?? 0));
  const byProperty = Map.groupBy(parts, ({ names }) => names[0] ?? '');
  if (body === '{}' || [...byProperty.keys()].some((property) => body.includes(`"${property}":`))) return null;
  const members = [...byProperty].map(([property, list]) => {
    const texts = list.map(({ text }) => text).join(',');
    return `"${property}":${list[0]?.names[1] === undefined ? texts : `[${texts}]`}`;
  });
  return `${body.slice(0, -1)},${members.join(',')}}`;
}
