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
