import type { JsonObject } from './json.ts';

/** Two elements of which the second stands for the first; at most one of them is absent. */
export type Pair<Element> = readonly [before: Element | undefined, after: Element | undefined];

/** What a resource says, without what the gateway says of a version and how it is labelled, which are told apart. */
export function contentOf({ id: _id, meta: _meta, ...content }: JsonObject): JsonObject {
  return content;
}

/** Names of the elements at the top of two contents that are not the same. */
export function changedElements(before: JsonObject, after: JsonObject): string[] {
  const [old, fresh] = [contentOf(before), contentOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((name) => !isSame(old[name], fresh[name]));
}

/**
 * Elements of two lists that are not in both. What stands in both is no difference, wherever it stands; of the others those
 * with one name are a pair, and those without a name are paired in order.
 */
export function pairUp<Element>(before: readonly Element[], after: readonly Element[], nameOf: (element: Element) => string | undefined = () => undefined): Pair<Element>[] {
  const [gone, come] = [without(before, after), without(after, before)];
  const pairs: Pair<Element>[] = [];
  const unnamed: Element[] = [];
  for (const element of gone) {
    const name = nameOf(element);
    const at = name === undefined ? -1 : come.findIndex((other) => nameOf(other) === name);
    if (name === undefined) unnamed.push(element);
    else pairs.push([element, at < 0 ? undefined : come.splice(at, 1)[0]]);
  }
  for (const element of come) pairs.push([nameOf(element) === undefined ? unnamed.shift() : undefined, element]);
  return [...pairs, ...unnamed.map((element) => [element, undefined] as const)];
}

/** Elements of a list that another has not, each as often as it has it more often. */
function without<Element>(list: readonly Element[], other: readonly Element[]): Element[] {
  const there = other.map((element) => JSON.stringify(element));
  return list.filter((element) => {
    const at = there.indexOf(JSON.stringify(element));
    if (at >= 0) there.splice(at, 1);
    return at < 0;
  });
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
