import type { JsonObject } from '../../fhir/json.ts';

/** How a record of an XML document is kept until it is worked on: an element alone, without what stood around it. */
export interface KeptElement {
  /** local name of the record's element */
  name: string;
  record: JsonObject;
  /** of each element in the order of `elementsIn`: line within the record, from 1, and column; 0: not known, because something stood before the record in its first line */
  places: [line: number, column: number][];
}

/** The element and every element in it, each before its own, members in their order. */
export function elementsIn(element: JsonObject): JsonObject[] {
  const found: JsonObject[] = [];
  const collect = (each: JsonObject): void => {
    found.push(each);
    for (const value of Object.values(each)) if (Array.isArray(value)) for (const child of value) collect(child as JsonObject);
  };
  collect(element);
  return found;
}
