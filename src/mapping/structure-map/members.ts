import type { JsonObject } from '../../fhir/json.ts';

/** A member that is left out when it is empty: FHIR knows no empty lists. */
export function listOf(name: string, items: JsonObject[] | string[]): JsonObject {
  return items.length > 0 ? { [name]: items } : {};
}

/** A member that is left out when there is no text. */
export function textOf(name: string, text: string | undefined): JsonObject {
  return text === undefined ? {} : { [name]: text };
}
