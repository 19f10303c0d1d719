import { spanOf } from '../../../fhir/date-range.ts';
import { Refusal } from '../../../fhir/problem.ts';

/**
 * `at` of $story and $timeline → the instant before which something must have been known: the end of the day, or of the second,
 * that is given, in London time where it says no other; never after `now`. Undefined where it is not given.
 */
export function readMoment(given: readonly string[], now: Date): Date | undefined {
  const [text, ...others] = given;
  if (text === undefined) return undefined;
  const span = spanOf(text);
  if (!span || others.length > 0 || span.from > now.getTime()) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The moment the record is asked for as at is not in its form, or has not come.', at: { field: 'at' }, expected: 'one date or instant that is not in the future, such as 2026-06-01' });
  }
  return new Date(Math.min(span.to, now.getTime()));
}
