/** How good links are, against the truth, over all pairs of records. */
export interface LinkScore {
  precision: number;
  recall: number;
  f1: number;
}

/** Records linked directly or through others are of one person: links make groups, as they do in the record. */
export function scoreLinks(truth: readonly string[], links: Iterable<readonly [number, number]>): LinkScore {
  const parent = truth.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at;
      at = parent[at] ?? at;
    }
    return at;
  };
  for (const [i, j] of links) parent[root(i)] = root(j);
  const groups = countBy(truth.map((_, index) => `${root(index)}`));
  const people = countBy(truth);
  const right = pairsIn(countBy(truth.map((person, index) => `${root(index)}/${person}`)));
  const [precision, recall] = [right / Math.max(1, pairsIn(groups)), right / Math.max(1, pairsIn(people))];
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function pairsIn(groups: ReadonlyMap<string, number>): number {
  return [...groups.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}
