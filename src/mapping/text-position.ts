import type { Position, Problem } from '../fhir/problem.ts';
import type { TextPart } from './map-syntax.ts';

/** 1-based line and column of an offset. */
export function textPosition(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', lineStart)) {
    line += 1;
    lineStart = end + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** A text positions can be told in; one made from JSON knows where its parts stand there. */
export interface PlacedText {
  file: string;
  text: string;
  pointers?: readonly TextPart[];
}

/** Where in a map file something stands: line and column, or the pointer to the innermost part of a StructureMap. */
export function mapPosition(map: PlacedText, offset: number): Position {
  if (!map.pointers) return { file: map.file, ...textPosition(map.text, offset) };
  const part = map.pointers.findLast(({ from, to }) => from <= offset && offset < to);
  return { file: map.file, pointer: part?.pointer ?? '' };
}

/** A mistake in a map's text: the map cannot be used. */
export function mapProblem(map: PlacedText, offset: number, code: string, text: string, fix?: string): Problem {
  return { category: 'invalid', code, text, at: mapPosition(map, offset), severity: 'error', ...(fix === undefined ? {} : { fix }) };
}
