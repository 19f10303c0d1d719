/** Something at a moment. */
export interface Timed {
  id: string;
  /** ms */
  at: number;
}

/**
 * Pairs of one of `a` with one of `b` that are each other's nearest, where the next candidate of either is at least
 * `clearBy` times further away: which of two equally near ones is meant is nobody's to guess. n log n; whatever the order given.
 */
export function nearestPairs<A extends Timed, B extends Timed>(a: readonly A[], b: readonly B[], clearBy: number): { a: A; b: B; apart: number }[] {
  const [sortedA, sortedB] = [sorted(a), sorted(b)];
  return sortedA.flatMap((one) => {
    const other = clearNearest(one.at, sortedB, clearBy);
    return other && clearNearest(other.at, sortedA, clearBy) === one ? [{ a: one, b: other, apart: Math.abs(one.at - other.at) }] : [];
  });
}

/** The nearest in time, unless another is about as near. */
export function clearNearest<T extends Timed>(at: number, list: readonly T[], clearBy: number): T | undefined {
  const place = placeOf(at, list);
  const [nearest, rival] = list.slice(Math.max(0, place - 2), place + 2).sort((x, y) => Math.abs(x.at - at) - Math.abs(y.at - at));
  if (nearest === undefined || rival === undefined) return nearest;
  const [distance, next] = [Math.abs(nearest.at - at), Math.abs(rival.at - at)];
  return next > distance && next >= clearBy * distance ? nearest : undefined;
}

/** Of the first of a sorted list that is not before a moment. */
export function placeOf(at: number, list: readonly Timed[]): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function sorted<T extends Timed>(list: readonly T[]): T[] {
  return [...list].sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1));
}
