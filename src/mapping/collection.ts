import type { Json, JsonObject } from '../fhir/json.ts';

/**
 * FHIRPath collections as cheaply as JavaScript allows: nothing is `undefined`, one item is the item itself, two or
 * more are an array. An item is never null and never an array.
 */
export type Item = boolean | number | string | JsonObject;
export type Collection = Item | Item[] | undefined;

export function itemsOf(value: Collection): Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

export function collect(items: Item[]): Collection {
  return items.length > 1 ? items : items[0];
}

export function countOf(value: Collection): number {
  if (value === undefined) return 0;
  return Array.isArray(value) ? value.length : 1;
}

/** A JSON value as a collection: null and empty lists are nothing, lists in lists are flattened. */
export function fromJson(value: Json | undefined): Collection {
  if (value === null || value === undefined) return undefined;
  if (!Array.isArray(value)) return value;
  const items: Item[] = [];
  for (const element of value) {
    const inner = fromJson(element);
    if (Array.isArray(inner)) items.push(...inner);
    else if (inner !== undefined) items.push(inner);
  }
  return collect(items);
}

/** The children called `name` of every item. Only own properties count: `constructor` is a name like any other. */
export function member(value: Collection, name: string): Collection {
  if (typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) return childOf(value, name);
  const items: Item[] = [];
  for (const item of value) {
    const child = typeof item === 'object' ? childOf(item, name) : undefined;
    if (Array.isArray(child)) items.push(...child);
    else if (child !== undefined) items.push(child);
  }
  return collect(items);
}

function childOf(object: JsonObject, name: string): Collection {
  const child = object[name];
  if (typeof child === 'string') return child;
  return Object.hasOwn(object, name) ? fromJson(child) : undefined;
}

/** Every child of every item, in order. */
export function everyChild(value: Collection): Collection {
  const items: Item[] = [];
  for (const item of itemsOf(value)) {
    if (typeof item === 'object') for (const name of Object.keys(item)) items.push(...itemsOf(childOf(item, name)));
  }
  return collect(items);
}
