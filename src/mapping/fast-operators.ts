import { collect, itemsOf } from './collection.ts';
import type { Collection, Item } from './collection.ts';
import { onlyOne, onlyText, Unsure } from './fast-values.ts';

type Operator = (left: Collection, right: Collection) => Collection;

/** Equal items; objects are left to the library. */
export function sameItem(left: Item | Collection, right: Item | Collection): boolean {
  if (typeof left === 'object' || typeof right === 'object') throw new Unsure();
  return left === right;
}

function equal(left: Collection, right: Collection): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== 'object' && typeof right !== 'object') return left === right;
  const lefts = itemsOf(left);
  const rights = itemsOf(right);
  return lefts.length === rights.length && lefts.every((item, index) => sameItem(item, rights[index]));
}

function compare(test: (order: number) => boolean): Operator {
  return (left, right) => {
    const a = onlyOne(left);
    const b = onlyOne(right);
    if (a === undefined || b === undefined) return undefined;
    if (typeof a === 'string' && typeof b === 'string') return test(a < b ? -1 : a > b ? 1 : 0);
    if (typeof a === 'number' && typeof b === 'number') return test(a - b);
    throw new Unsure();
  };
}

function contains(list: Collection, item: Collection): Collection {
  const wanted = onlyOne(item);
  if (wanted === undefined) return undefined;
  return itemsOf(list).some((member) => sameItem(member, wanted));
}

function union(left: Collection, right: Collection): Collection {
  const items = [...itemsOf(left), ...itemsOf(right)];
  if (items.length > 1 && items.some((item) => typeof item === 'object')) throw new Unsure();
  return collect([...new Set(items)]);
}

/** FHIRPath's binary operators on ordinary values; `and` and `or` stand with the compiler because they skip their right side. */
export const binaryOperators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['=', equal],
  ['!=', (left, right) => negate(equal(left, right))],
  ['<', compare((order) => order < 0)],
  ['<=', compare((order) => order <= 0)],
  ['>', compare((order) => order > 0)],
  ['>=', compare((order) => order >= 0)],
  ['&', (left, right) => (onlyText(left) ?? '') + (onlyText(right) ?? '')],
  ['+', (left, right) => join(onlyText(left), onlyText(right))],
  ['in', (left, right) => contains(right, left)],
  ['contains', contains],
  ['|', union],
]);

function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function join(left: string | undefined, right: string | undefined): string | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}
