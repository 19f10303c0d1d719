import { rangeOf } from '../fhir/date-range.ts';
import type { Problem } from '../fhir/problem.ts';
import { contradictory, notSupported, pointerTo } from './choice-problems.ts';

const form = { expected: 'start, end or both, as FHIR dates or times; the last day or second counts', fix: 'Give a date such as 2027-03-31, or leave it out.' };

/** Half-open; null = no bound. */
export interface Span {
  from: Date | null;
  until: Date | null;
}

/**
 * A FHIR period as a span. Its end is inclusive by its precision, so a date ends with that London day; without an offset a
 * time is London time. No period: no bounds.
 */
export function choicePeriod(period: unknown, pointer: string, problems: Problem[]): Span {
  if (period === undefined) return { from: null, until: null };
  const { start, end, id: _id, extension: _extension, ...others } = Object(period) as Record<string, unknown>;
  for (const key of Object.keys(others)) problems.push(notSupported(pointerTo(pointer, key), { text: 'This part of a period is not understood.', ...form }));
  if (start === undefined && end === undefined) problems.push(notSupported(pointer, { text: 'The period has neither start nor end.', ...form }));
  const from = instantOf(start, pointerTo(pointer, 'start'), problems, 'from');
  const until = instantOf(end, pointerTo(pointer, 'end'), problems, 'to');
  if (from && until && from >= until) {
    problems.push(contradictory(pointer, { text: 'The period ends before it starts.', expected: 'an end after the start', fix: 'Correct start or end.' }));
  }
  return { from, until };
}

/** Is the one span inside the other? */
export function spanWithin(inner: Span, outer: Span): boolean {
  return (inner.from?.getTime() ?? -Infinity) >= (outer.from?.getTime() ?? -Infinity) && (inner.until?.getTime() ?? Infinity) <= (outer.until?.getTime() ?? Infinity);
}

/** The time both have in common; a bound that is missing is the other's. */
export function commonSpan(one: Span, other: Span): Span {
  const bounds = (side: keyof Span): number[] => [one[side], other[side]].flatMap((at) => (at ? [at.getTime()] : []));
  const [from, until] = [bounds('from'), bounds('until')];
  return { from: from.length > 0 ? new Date(Math.max(...from)) : null, until: until.length > 0 ? new Date(Math.min(...until)) : null };
}

function instantOf(value: unknown, pointer: string, problems: Problem[], side: 'from' | 'to'): Date | null {
  if (value === undefined) return null;
  const range = typeof value === 'string' ? rangeOf(value) : undefined;
  if (!range) problems.push(notSupported(pointer, { text: 'This is not a date that exists.', ...form }));
  return range ? new Date(range[side]) : null;
}
