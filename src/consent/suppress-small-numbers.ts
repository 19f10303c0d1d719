/** What is small where nobody says otherwise. */
export const usualSmallNumber = 5;

/** Whether a count of people is so small that somebody could be recognised by it; that there is nobody is told. */
export function isSmall(count: number, smallNumber: number): boolean {
  return count > 0 && count < smallNumber;
}

/** A count, or null where it is not told. */
export type Told = number | null;

export interface Suppressed<T> {
  total: Told;
  /** in the order given */
  parts: (Omit<T, 'count'> & { count: Told })[];
}

/**
 * Hides counts of people that are so small that somebody could be recognised: 1 to `smallNumber` - 1. Zero is told. A hidden
 * count must not be worked out from the total: where fewer than two parts are hidden, or what is hidden adds up to less than
 * `smallNumber`, the next smallest parts are hidden too. The total is told unless it is small itself, so that several
 * breakdowns of one total may stand side by side. The parts must be without overlap, and cover the total.
 *
 * Not for tables of two dimensions: a row and a column through one cell give it away. Break each dimension down by itself.
 */
export function suppressSmallNumbers<T extends { count: number }>(parts: readonly T[], smallNumber: number): Suppressed<T> {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const hidden = new Set<T>();
  let sum = 0;
  for (const part of parts.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count)) {
    const enough = hidden.size === 0 || (hidden.size > 1 && sum >= smallNumber);
    if (!isSmall(part.count, smallNumber) && enough) break;
    hidden.add(part);
    sum += part.count;
  }
  return { total: isSmall(total, smallNumber) ? null : total, parts: parts.map((part) => ({ ...part, count: hidden.has(part) ? null : part.count })) };
}
