import type { Consent } from '@medplum/fhirtypes';
import { rangeOf } from '../fhir/date-range.ts';
import type { Problem } from '../fhir/problem.ts';
import { contradictory, notSupported, pointerTo } from './choice-problems.ts';
import type { Choice } from './types.ts';

const pointer = '/provision/period';
const form = { expected: 'start, end or both, as FHIR dates or times; the last day or second counts', fix: 'Give a date such as 2027-03-31, or leave period out.' };

/**
 * From when until when a Consent counts: the period of its outermost provision. The end of a FHIR period is inclusive by its
 * precision, so a date ends with that London day; without an offset a time is London time. No period: no bounds.
 */
export function choicePeriod({ provision }: Consent, problems: Problem[]): Pick<Choice, 'from' | 'until'> {
  const period: unknown = provision?.period;
  if (period === undefined) return { from: null, until: null };
  const { start, end, id: _id, extension: _extension, ...others } = Object(period) as Record<string, unknown>;
  for (const key of Object.keys(others)) problems.push(notSupported(pointerTo(pointer, key), { text: 'This part of a period is not understood.', ...form }));
  if (start === undefined && end === undefined) problems.push(notSupported(pointer, { text: 'The period has neither start nor end.', ...form }));
  const from = instantOf(start, 'start', problems);
  const until = instantOf(end, 'end', problems);
  if (from && until && from >= until) {
    problems.push(contradictory(pointer, { text: 'The period ends before it starts.', expected: 'an end after the start', fix: 'Correct start or end.' }));
  }
  return { from, until };
}

function instantOf(value: unknown, bound: 'start' | 'end', problems: Problem[]): Date | null {
  if (value === undefined) return null;
  const range = typeof value === 'string' ? rangeOf(value) : undefined;
  if (!range) problems.push(notSupported(pointerTo(pointer, bound), { text: 'This is not a date that exists.', ...form }));
  return range ? new Date(bound === 'start' ? range.from : range.to) : null;
}
