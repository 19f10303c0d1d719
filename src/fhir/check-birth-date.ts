import { textOf, type JsonObject } from './json.ts';
import type { Problem } from './problem.ts';

/** The oldest person whose age was ever verified reached 122. */
const oldestYears = 125;

/**
 * A Patient's birth date against the calendar of today: one that is still to come is refused, one longer ago than anybody lived is
 * told as a warning unless the person is known to have died. A day's difference between clocks and zones is allowed.
 */
export function checkBirthDate({ resourceType, birthDate, deceasedBoolean, deceasedDateTime }: JsonObject, now: Date): Problem[] {
  const born = textOf(birthDate);
  if (resourceType !== 'Patient' || born === '') return [];
  const tomorrow = new Date(now.getTime() + 86_400_000).toISOString();
  if (born > tomorrow.slice(0, born.length)) return [future];
  const isDead = deceasedBoolean === true || deceasedDateTime !== undefined;
  return !isDead && Number(born.slice(0, 4)) < now.getUTCFullYear() - oldestYears ? [veryOld] : [];
}

const at = { pointer: 'Patient.birthDate' };
const fix = 'Check the date at the source: a century or a digit may be wrong.';
const future: Problem = { category: 'unprocessable', code: 'birth-date-future', text: 'The birth date is in the future.', at, expected: 'a day that has been', fix };
const veryOld: Problem = { category: 'unprocessable', severity: 'warning', code: 'birth-date-very-old', text: `The birth date is more than ${oldestYears} years ago, and nothing says that the person has died.`, at, fix };
