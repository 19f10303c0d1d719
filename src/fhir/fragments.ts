import type { Json, JsonObject } from './json.ts';
import { parseExact } from './parse-exact.ts';

/**
 * A stored body never says more than its own sharing class. What might say more is taken apart from it on write and put
 * back on read where the reader may see that part too: references to other rows about the person (the class of the row
 * named), and a person's contact details (stricter when their location must be hidden).
 */
export interface Fragment {
  /** `/property`; for one element of a list `/property/index/before`, where `before` counts the elements before it that stayed in the body */
  path: string;
  value: Json;
  /** ids of the rows named inside; empty for contact details */
  targets: string[];
  /** tells where somebody is whose location is hidden: see names-place.ts */
  place?: true;
}

/** Kept apart from every Patient. */
export const contactElements: readonly string[] = ['address', 'telecom', 'contact', 'generalPractitioner'];

/** A literal reference, relative or absolute, to a resource or to one version of it. */
const reference = /^(?:https?:\/\/\S+\/)?([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/**
 * Splits a resource. `isRow` tells whether a literal reference names a row about a person other than the subject itself,
 * `isPlace` whether an element must go because it tells a hidden location. A list element or property that holds such a
 * reference or place anywhere moves as a whole.
 */
export function takeApart(
  resource: JsonObject, isRow: (type: string, id: string) => boolean, isPlace: (property: string, value: Json) => boolean = () => false,
): { body: JsonObject; fragments: Fragment[] } {
  const body: JsonObject = {};
  const fragments: Fragment[] = [];
  for (const [property, value] of Object.entries(resource)) {
    if (resource['resourceType'] === 'Patient' && contactElements.includes(property)) {
      fragments.push({ path: `/${property}`, value, targets: [] });
    } else if (Array.isArray(value)) {
      const kept: Json[] = [];
      for (const [index, element] of value.entries()) if (!moved(property, `/${property}/${index}/${kept.length}`, element)) kept.push(element);
      if (kept.length > 0) body[property] = kept;
    } else if (!moved(property, `/${property}`, value)) {
      body[property] = value;
    }
  }
  return { body, fragments };

  function moved(property: string, path: string, value: Json): boolean {
    const targets = rowsNamed(value, isRow);
    const place = isPlace(property, value);
    if (targets.length > 0 || place) fragments.push({ path, value, targets, ...(place && { place }) });
    return targets.length > 0 || place;
  }
}

/**
 * Puts the visible fragments back in the order in which everything was said; gaps close up, so that a part kept back
 * leaves no trace. Fragments come as [path, JSON text], in any order.
 */
export function putTogether(body: JsonObject, fragments: readonly (readonly [path: string, text: string, ...unknown[]])[]): JsonObject {
  const whole: JsonObject = { ...body };
  const inOrder = fragments.map(([path, text]) => ({ parts: path.slice(1).split('/'), value: parseExact<Json>(text) }));
  inOrder.sort((a, b) => Number(a.parts[1] ?? 0) - Number(b.parts[1] ?? 0));
  const back = new Map<string, number>();
  for (const { parts: [property = '', index, before], value } of inOrder) {
    if (index === undefined) {
      whole[property] = value;
      continue;
    }
    const list = whole[property];
    const elements = Array.isArray(list) ? [...list] : [];
    const already = back.get(property) ?? 0;
    elements.splice(Number(before) + already, 0, value);
    back.set(property, already + 1);
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
