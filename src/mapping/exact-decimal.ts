import type { JsonObject } from '../fhir/json.ts';

/**
 * Decimals that print as they were sent: 0.010 stays 0.010. They are `JSON.rawJSON` values (an object with the digits in
 * `rawJSON`), which JSON.stringify writes as a bare number.
 */

interface RawJson {
  rawJSON(text: string): { rawJSON: string };
  isRawJSON(value: unknown): value is { rawJSON: string };
}
const json = JSON as unknown as RawJson;
const decimalText = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The exact decimal of a text in the form of FHIR's `decimal`; undefined when it is not one. */
export function exactDecimal(text: string): JsonObject | undefined {
  return decimalText.test(text) ? json.rawJSON(text) : undefined;
}

export function isExactDecimal(value: unknown): value is { rawJSON: string } {
  return json.isRawJSON(value);
}
