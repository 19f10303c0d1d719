import type { Pair } from '../../src/linkage/learn-rule.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';

/** Each pair of people who share a key once, in the order of the keys. A key that more than `most` share says nothing. */
export function* pairsSharing(people: readonly PersonFacts[], keysOf: (facts: PersonFacts) => readonly string[], most: number): Iterable<Pair> {
  const blocks = new Map<string, number[]>();
  people.forEach((facts, index) => {
    for (const key of new Set(keysOf(facts))) {
      const block = blocks.get(key);
      if (block) block.push(index);
      else blocks.set(key, [index]);
    }
  });
  const seen = new Set<number>();
  for (const block of blocks.values()) {
    if (block.length > most) continue;
    for (const [place, i] of block.entries()) {
      for (const j of block.slice(place + 1)) {
        const pair = i * people.length + j;
        if (seen.has(pair)) continue;
        seen.add(pair);
        yield [i, j];
      }
    }
  }
}
