/** Plain JSON values, as parsed. Resources are handled as `Resource` where their fields matter. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a member that should be one; anything else is no text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
