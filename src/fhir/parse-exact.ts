import type { JsonObject } from './json.ts';

/** ECMAScript "JSON.parse source text access", in Node 24; not yet in TypeScript's library. */
const exactJson = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(source: string): unknown;
};

/** Where a number could stand. Most resources have none, and a text that only looks like it costs no more than time. */
const mayHoldNumber = /(?:"\s*:|[[,])\s*-?\d|^\s*-?\d/;

/** Stored JSON text → value whose numbers print as they were written: one JavaScript would change stays its own text. */
export function parseExact<Value = JsonObject>(text: string): Value {
  if (!mayHoldNumber.test(text)) return JSON.parse(text) as Value;
  return exactJson.parse(text, (_key, value, { source }) =>
    (typeof value === 'number' && source !== undefined && String(value) !== source ? exactJson.rawJSON(source) : value)) as Value;
}
