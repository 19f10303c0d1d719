import type { Position, Problem } from '../fhir/problem.ts';
import type { TextPart } from './map-syntax.ts';

/** A text positions can be told in; one made from JSON knows where its parts stand there. */
export interface PlacedText {
  file: string;
  text: string;
  pointers?: readonly TextPart[];
}

/** Offsets at which the lines of a text begin: every rule of a map asks for its place. */
const lineStarts = new WeakMap<PlacedText, number[]>();

/** 1-based line and column of an offset. */
function positionIn(map: PlacedText, offset: number): { line: number; column: number } {
  const starts = lineStarts.get(map) ?? [0, ...[...map.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  lineStarts.set(map, starts);
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** Where in a map file something stands: line and column, or the pointer to the innermost part of a StructureMap. */
export function mapPosition(map: PlacedText, offset: number): Position {
  if (!map.pointers) return { file: map.file, ...positionIn(map, offset) };
  const part = map.pointers.findLast(({ from, to }) => from <= offset && offset < to);
  return { file: map.file, pointer: part?.pointer ?? '' };
}

/** A mistake in a map's text: the map cannot be used. */
export function mapProblem(map: PlacedText, offset: number, code: string, text: string, fix?: string): Problem {
  return { category: 'invalid', code, text, at: mapPosition(map, offset), severity: 'error', ...(fix === undefined ? {} : { fix }) };
}
