import { parseExact } from '../../fhir/parse-exact.ts';
import type { Position } from '../../fhir/problem.ts';
import type { OpenRecord } from './read-document.ts';
import { textLines } from '../../fhir/text-lines.ts';
import { walkJson } from './walk-json.ts';

/** A record's own JSON text (see `splitJson`) as the tree a map reads. */
export function openJson(content: string): OpenRecord {
  const record = parseExact(content);
  return { record, placesOf: (pointers) => placesIn(content, record, pointers) };
}

function placesIn(content: string, record: OpenRecord['record'], pointers: readonly string[]): Map<string, Position> {
  const wanted = new Set(pointers);
  const places = new Map<string, Position>();
  const midLine = content.startsWith('\n');
  const lines = textLines(content);
  walkJson(content, record, (_value, path, start) => {
    const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    if (!wanted.has(pointer)) return;
    const { line, column } = lines.placeAt(start);
    const own = midLine ? line - 1 : line;
    places.set(pointer, { line: own, ...(!(midLine && own === 1) && { column }), pointer: pointer || '/' });
  });
  return places;
}
