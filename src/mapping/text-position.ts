import type { Position, Problem } from '../fhir/problem.ts';

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

/** Where in a map file something stands. */
export function mapPosition(map: { file: string; text: string }, offset: number): Position {
  return { file: map.file, ...textPosition(map.text, offset) };
}

/** A mistake in a map's text: the map cannot be used. */
export function mapProblem(map: { file: string; text: string }, offset: number, code: string, text: string, fix?: string): Problem {
  return { category: 'invalid', code, text, at: mapPosition(map, offset), severity: 'error', ...(fix === undefined ? {} : { fix }) };
}
