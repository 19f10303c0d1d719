import type { Json, JsonObject } from './json.ts';
import { parseExact } from './parse-exact.ts';

/**
 * A stored body never says more than its own sharing class. What might say more is taken apart from it on write and put
 * back on read where the reader may see that part too: references to other rows about the person (the class of the row
 * named), and a person's contact details (stricter when their location must be hidden).
 */
export interface Fragment {
  /** `/property`, or `/property/index` for one element of a list */
  path: string;
  value: Json;
  /** ids of the rows named inside; empty for contact details */
  targets: string[];
}

/** Kept apart from every Patient. */
export const contactElements: readonly string[] = ['address', 'telecom', 'contact', 'generalPractitioner'];

const reference = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/**
 * Splits a resource. `isRow` tells whether a literal reference names a row about a person other than the subject itself.
 * A list element or property that holds such a reference anywhere moves as a whole.
 */
export function takeApart(resource: JsonObject, isRow: (type: string, id: string) => boolean): { body: JsonObject; fragments: Fragment[] } {
  const body: JsonObject = {};
  const fragments: Fragment[] = [];
  for (const [property, value] of Object.entries(resource)) {
    if (resource['resourceType'] === 'Patient' && contactElements.includes(property)) {
      fragments.push({ path: `/${property}`, value, targets: [] });
    } else if (Array.isArray(value)) {
      const kept = value.filter((element, index) => !moved(`/${property}/${index}`, element));
      if (kept.length > 0) body[property] = kept;
    } else if (!moved(`/${property}`, value)) {
      body[property] = value;
    }
  }
  return { body, fragments };

  function moved(path: string, value: Json): boolean {
    const targets = rowsNamed(value, isRow);
    if (targets.length > 0) fragments.push({ path, value, targets });
    return targets.length > 0;
  }
}

/** Puts the visible fragments back where they were; gaps close up. Fragments come as [path, JSON text]. */
export function putTogether(body: JsonObject, fragments: readonly (readonly [path: string, text: string])[]): JsonObject {
  const whole: JsonObject = { ...body };
  const inOrder = fragments.map(([path, text]) => ({ parts: path.slice(1).split('/'), value: parseExact<Json>(text) }));
  inOrder.sort((a, b) => Number(a.parts[1] ?? 0) - Number(b.parts[1] ?? 0));
  for (const { parts: [property = '', index], value } of inOrder) {
    if (index === undefined) {
      whole[property] = value;
      continue;
    }
    const list = whole[property];
    const elements = Array.isArray(list) ? [...list] : [];
    elements.splice(Math.min(Number(index), elements.length), 0, value);
    whole[property] = elements;
  }
  return whole;
}

function rowsNamed(value: Json, isRow: (type: string, id: string) => boolean): string[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((each) => rowsNamed(each, isRow));
  const literal = typeof value['reference'] === 'string' ? reference.exec(value['reference']) : null;
  const own = literal?.[1] && literal[2] && isRow(literal[1], literal[2]) ? [literal[2]] : [];
  return [...own, ...Object.values(value).flatMap((each) => rowsNamed(each, isRow))];
}
