import { isUtf8 } from 'node:buffer';
import type { Position, Problem } from '../fhir/problem.ts';

/**
 * UTF-8 text of a source record, a byte-order mark dropped. Anything else is refused, never repaired: a guessed
 * character would become part of somebody's name.
 */
export function decodeText(bytes: Uint8Array): { text: string } | { problem: Problem } {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide) return { problem: encodingProblem('The file is UTF-16.', { line: 1 }) };
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const line = lineOf(bytes, nul);
    return { problem: { category: 'malformed', code: 'nul-character', text: `Byte ${nul + 1} (line ${line}) is NUL, which text never holds.`, at: { line }, fix: 'Export the file again as plain UTF-8 text.' } };
  }
  if (!isUtf8(bytes)) {
    const offset = firstInvalidByte(bytes);
    const line = lineOf(bytes, offset);
    return { problem: encodingProblem(`Byte ${offset + 1} (line ${line}) is not UTF-8; the file looks like Windows-1252 or Latin-1.`, { line, column: columnOf(bytes, offset) }) };
  }
  return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
}

function encodingProblem(text: string, at: Position): Problem {
  return { category: 'malformed', code: 'encoding', text, at, expected: 'UTF-8', fix: 'Set the export to UTF-8 and send the file again.' };
}

/** Offset of the first byte that cannot be part of UTF-8. `isUtf8` says whether, not where. */
function firstInvalidByte(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  // the longest prefix that is valid when read as a stream: validity of prefixes never comes back once lost
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isUtf8Prefix(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  // a sequence that was begun and not finished is wrong from its first byte
  while (!isUtf8(bytes.subarray(0, low))) low -= 1;
  return low;
}

function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** In characters, as an editor counts; what stands before is UTF-8. */
function columnOf(bytes: Uint8Array, offset: number): number {
  const start = Math.max(bytes.lastIndexOf(10, offset - 1), bytes.lastIndexOf(13, offset - 1)) + 1;
  return new TextDecoder('utf-8').decode(bytes.subarray(start, offset)).length + 1;
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let index = 0; index < offset; index += 1) {
    const byte = bytes[index];
    if (byte === 10 || (byte === 13 && bytes[index + 1] !== 10)) line += 1;
  }
  return line;
}
