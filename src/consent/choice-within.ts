import { spanWithin } from './choice-period.ts';
import type { ChoiceLimits, WrittenRule } from './types.ts';

type Bounded = Pick<WrittenRule, 'limits' | 'from' | 'until'>;

/** The rules of one Consent with, for each permission, the denials it is an exception to: those it lies within, and says less than. */
export function withOverrides(rules: readonly Omit<WrittenRule, 'overrides'>[]): WrittenRule[] {
  return rules.map((rule) => ({
    ...rule, overrides: rule.effect === 'deny' ? [] : rules.flatMap((denial, n) => (denial.effect === 'deny' && isWithin(rule, denial) && !isWithin(denial, rule) ? [n] : [])),
  }));
}

/** Whatever the one is about, the other is about too: it limits at least the same things, and each at least as narrowly. */
export function isWithin(inner: Bounded, outer: Bounded): boolean {
  return spanWithin(inner, outer) && (Object.keys(outer.limits) as (keyof ChoiceLimits)[]).every((limit) => limitWithin(inner.limits, outer.limits, limit));
}

function limitWithin(inner: ChoiceLimits, outer: ChoiceLimits, limit: keyof ChoiceLimits): boolean {
  if (limit === 'dates') return inner.dates !== undefined && outer.dates !== undefined && spanWithin(inner.dates, outer.dates);
  const [own, around] = [inner[limit], new Set<unknown>(outer[limit])];
  return own !== undefined && own.every((value) => around.has(value));
}
