import type { Said } from './said-by.ts';
import type { SourcePatient } from './types.ts';

/** When two values of one sort say the same, and what they say together. */
export interface Folding<T> {
  /** how much a value says; the fuller one is the host the others are folded into */
  size(value: T): number;
  /** The host with what only the other has; undefined when they really differ or the host does not say all the other says. */
  join(host: T, other: T): T | undefined;
}

/**
 * What says the same as something fuller becomes part of it, and its sources become witnesses of that; what differs
 * stays apart. Each keeps the place of the first of those it was made of. Folding the result again changes nothing.
 */
export function fold<T, By = SourcePatient>(said: readonly Said<T, By>[], folding: Folding<T>): Said<T, By>[] {
  const fullestFirst = said.map((one, place) => ({ ...one, place, size: folding.size(one.value) })).sort((a, b) => b.size - a.size || a.place - b.place);
  const hosts: (Said<T, By> & { place: number })[] = [];
  for (const { value, by, place } of fullestFirst) {
    const host = hosts.find((candidate) => {
      const joined = folding.join(candidate.value, value);
      if (joined !== undefined) candidate.value = joined;
      return joined !== undefined;
    });
    if (!host) hosts.push({ value, by, place });
    else Object.assign(host, { by: [...new Set([...host.by, ...by])], place: Math.min(host.place, place) });
  }
  const folded = hosts.sort((a, b) => a.place - b.place).map(({ value, by }) => ({ value, by }));
  return folded.length < said.length ? fold(folded, folding) : folded;
}

/** A list inside a value, nobody in particular saying its members. */
export function foldValues<T>(values: readonly T[], folding: Folding<T>): T[] {
  return fold(values.map((value) => ({ value, by: [] })), folding).map(({ value }) => value);
}

/** Two values as one, whichever is the fuller. */
export function joinEither<T>(folding: Folding<T>, a: T, b: T): T | undefined {
  return folding.size(b) > folding.size(a) ? folding.join(b, a) : folding.join(a, b);
}
