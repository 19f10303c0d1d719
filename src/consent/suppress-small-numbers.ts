/** What is small where nobody says otherwise. */
export const usualSmallNumber = 5;

/**
 * Whether a count of people is so small that somebody could be recognised by it; that there is nobody is told. For lines that
 * stand by themselves: beside a total, or where lines add up to one another, a count that is left out could be worked out.
 */
export function isSmall(count: number, smallNumber: number): boolean {
  return count > 0 && count < smallNumber;
}

/** A count, or null where it is not told. */
export type Told = number | null;
