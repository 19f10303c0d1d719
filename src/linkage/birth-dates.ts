import { oneEditApart } from './string-likeness.ts';
import type { PersonFacts } from './types.ts';

/** Dates systems write when they have none. */
const dummyDates: ReadonlySet<string> = new Set(['1900-01-01', '1800-01-01', '1753-01-01', '1899-12-30', '1899-12-31', '1901-01-01', '9999-12-31', '2999-12-31']);

/** A birth date that can be relied on: whole, not estimated, not one of the dates that mean "none". */
export function wholeBirthDate(facts: PersonFacts): string | undefined {
  const { birthDate } = facts;
  return birthDate && !estimatedOrDummy(facts) && /^\d{4}-\d{2}-\d{2}$/.test(birthDate) ? birthDate : undefined;
}

export function estimatedOrDummy({ birthDate = '', birthDateEstimated }: PersonFacts): boolean {
  return birthDateEstimated === true || dummyDates.has(birthDate);
}

/** How two birth dates compare, the closest first. */
export const birthDateLevels = ['same', 'day-month-swapped', 'typo', 'two-parts', 'year', 'years-apart', 'other'] as const;
export type BirthDateLevel = (typeof birthDateLevels)[number];

/** On which level the birth dates of two people fall; null where either says too little. Symmetric. */
export function compareBirthDates(a: PersonFacts, b: PersonFacts): BirthDateLevel | null {
  const [x, y] = [wholeBirthDate(a), wholeBirthDate(b)];
  if (x === undefined || y === undefined) return partlyKnown(a, b);
  if (x === y) return 'same';
  if (`${x.slice(0, 5)}${x.slice(8)}-${x.slice(5, 7)}` === y) return 'day-month-swapped';
  if (oneEditApart(x.replaceAll('-', ''), y.replaceAll('-', ''))) return yearsBetween(x, y) < generation ? 'typo' : 'years-apart';
  const parts = Number(x.slice(0, 4) === y.slice(0, 4)) + Number(x.slice(5, 7) === y.slice(5, 7)) + Number(x.slice(8) === y.slice(8));
  if (parts === 2) return yearsBetween(x, y) < generation ? 'two-parts' : 'years-apart';
  return x.slice(0, 4) === y.slice(0, 4) ? 'year' : 'other';
}

/** A digit of the year may be mistyped; but parent and child may share a name, and a birthday. */
const generation = 10;

function yearsBetween(x: string, y: string): number {
  return Math.abs(Number(x.slice(0, 4)) - Number(y.slice(0, 4)));
}

/** A year alone can contradict; that it agrees says little and never stands for a date. */
function partlyKnown(a: PersonFacts, b: PersonFacts): BirthDateLevel | null {
  if (estimatedOrDummy(a) || estimatedOrDummy(b) || !a.birthDate || !b.birthDate) return null;
  return a.birthDate.slice(0, 4) === b.birthDate.slice(0, 4) ? null : 'other';
}
