import { Refusal, type Problem } from '../../../fhir/problem.ts';

/** `_since` of a history or of everything → an instant in UTC; null where it is not given. A plus sign that was not percent-encoded arrives as a space. */
export function readSince(given: readonly (readonly [string, string])[]): string | null {
  const [text, again] = given.flatMap(([name, value]) => (name === '_since' ? [value] : []));
  if (text === undefined) return null;
  const at = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[ +-]\d\d:\d\d)$/.test(text) ? text.replace(' ', '+') : Number.NaN);
  if (again !== undefined || Number.isNaN(at.getTime())) throw new Refusal(sinceInvalid);
  return at.toISOString();
}

const sinceInvalid: Problem = { category: 'invalid', code: 'search-value-invalid', text: 'Since when is not one instant.', at: { field: '_since' }, expected: 'a date and time to the second, with its offset, once' };
