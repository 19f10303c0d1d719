import type { Json, JsonObject } from './json.ts';
import { parseExact } from './parse-exact.ts';
import type { Problem } from './problem.ts';
import { scanJson } from './scan-json.ts';

export interface JsonLimits {
  maxBytes: number;
  /** default 64 */
  maxDepth?: number;
  /** values altogether; default 200,000 */
  maxEntries?: number;
}

/**
 * Bytes from outside → one JSON object whose numbers print exactly as they came. A number that JavaScript would change
 * (`0.010`, twenty digits, `1.00E2`) is kept as a raw JSON value: `JSON.stringify` writes its source again, and `plain`
 * gives ordinary numbers to code that computes. Refused, with line and column and never a value: more than `maxBytes`,
 * text that is not UTF-8 (a byte order mark is dropped), and all that `scanJson` refuses.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits): { value: JsonObject } | { problem: Problem } {
  const read = readValue(bytes, limits);
  if ('problem' in read || isObject(read.value)) return read as { value: JsonObject } | { problem: Problem };
  return { problem: { category: 'malformed', code: 'json-not-object', text: 'The body is not a JSON object.', expected: 'an object in braces' } };
}

/** The same of a list, as JSON Patch is one. */
export function readJsonList(bytes: Uint8Array, limits: JsonLimits): { value: Json[] } | { problem: Problem } {
  const read = readValue(bytes, limits);
  if ('problem' in read) return read;
  return Array.isArray(read.value) ? { value: read.value as Json[] } : { problem: { category: 'malformed', code: 'json-not-list', text: 'The body is not a JSON list.', expected: 'a list in brackets' } };
}

function readValue(bytes: Uint8Array, limits: JsonLimits): { value: unknown } | { problem: Problem } {
  if (bytes.byteLength > limits.maxBytes) {
    return { problem: { category: 'too-large', code: 'json-too-large', text: 'The body is larger than is accepted.', expected: `at most ${limits.maxBytes} bytes` } };
  }
  const text = decode(bytes);
  if (text === undefined) {
    return { problem: { category: 'malformed', code: 'json-encoding', text: 'The body is not UTF-8 text.', expected: 'UTF-8' } };
  }
  const scan = scanJson(text, { maxDepth: limits.maxDepth ?? 64, maxEntries: limits.maxEntries ?? 200_000 });
  if ('problem' in scan) return scan;
  return { value: scan.exact ? parseExact<unknown>(text) : JSON.parse(text) as unknown };
}

/**
 * A deep copy with ordinary numbers, for validators and everything that computes. Recursive: only for values that came
 * through `readJson` (depth limited there) or that the gateway built.
 */
export function plain(value: JsonObject): JsonObject {
  return plainValue(value) as JsonObject;
}

function plainValue(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (isExactNumber(value)) return Number(value.rawJSON);
  const copy: JsonObject = {};
  for (const [key, member] of Object.entries(value)) copy[key] = plainValue(member);
  return copy;
}

/** A number kept as its source text (ECMAScript raw JSON, not yet in TypeScript's library), because a JavaScript number would have changed it. */
export function isExactNumber(value: unknown): value is { rawJSON: string } {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}
