import { isJsonObject, type Json, type JsonObject } from '../fhir/json.ts';
import { itemsOf } from './collection.ts';
import type { Collection, Item } from './collection.ts';

/** Which repeats lead to a place in the source, outermost first: one number for every list on the way. */
export type Indexes = readonly number[];

interface PlacedItem {
  item: Item;
  indexes: Indexes;
}

/**
 * The indexes of one of the items a source picked: the `number`th of `picked`. Equal texts are told apart by their order, which filters keep;
 * a mode that drops items at the beginning is read from the end. Undefined when the item is not one of the path's (a default).
 */
export function indexesOfPicked(context: Collection, start: Indexes, names: readonly string[], picked: Collection, number: number, fromEnd: boolean): Indexes | undefined {
  const all: PlacedItem[] = [];
  spread(context, names, start, all);
  const wanted = itemsOf(picked);
  let left = fromEnd ? wanted.length - 1 - number : number;
  const [candidates, items] = fromEnd ? [all.reverse(), wanted.toReversed()] : [all, wanted];
  let next = 0;
  for (const candidate of candidates) {
    if (candidate.item !== items[next]) continue;
    if (left === 0) return candidate.indexes;
    left -= 1;
    next += 1;
  }
  return undefined;
}

/** The indexes of a path below a place, as far as they are certain: they end before the first list of several. */
export function indexesBelow(value: Collection, start: Indexes, names: readonly string[]): Indexes {
  const found: PlacedItem[] = [];
  spread(value, names, start, found);
  const [first, ...others] = found;
  if (!first) return start;
  const differs = first.indexes.findIndex((index, place) => others.some((other) => other.indexes[place] !== index));
  return differs === -1 ? first.indexes : first.indexes.slice(0, differs);
}

/**
 * JSON pointer to a path of the source, given which repeats the rules are at; as far as it is there and certain. Undefined for a
 * path without lists, which says all there is.
 */
export function pointerTo(source: JsonObject, path: string, standing: ReadonlyMap<string, Indexes>): string | undefined {
  const names = path.split('.');
  let known: Indexes = [];
  for (let end = 1; end <= names.length; end += 1) {
    const found = standing.get(names.slice(0, end).join('.'));
    // what stands deeper is of these repeats only if it begins with them
    if (found && known.every((index, place) => found[place] === index)) known = found;
  }
  const steps: (string | number)[] = [];
  let value: Json | undefined = source;
  let lists = 0;
  for (const name of names) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) break;
    value = value[name];
    steps.push(name);
    while (Array.isArray(value)) {
      const index: number | undefined = known[lists] ?? (value.length === 1 ? 0 : undefined);
      lists += 1;
      if (index === undefined) return written(steps);
      steps.push(index);
      value = value[index];
    }
  }
  return lists === 0 ? undefined : written(steps);
}

function written(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function spread(value: Json | undefined, names: readonly string[], indexes: Indexes, found: PlacedItem[]): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) spread(inner, names, [...indexes, index], found);
    return;
  }
  const [name, ...rest] = names;
  if (name === undefined) found.push({ item: value, indexes });
  else if (typeof value === 'object' && Object.hasOwn(value, name)) spread(value[name], rest, indexes, found);
}
