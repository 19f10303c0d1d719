import type { CaseRule, CaseSignal } from './case-rule.ts';

/**
 * What is normal in one organisation: how often each thing was counted in the days before. Names are `looks` and `late-looks`
 * (judged for a relationship), `days` (a person's day), `signal:<name>`, `slot:<slot>`, and `opened:<n>`, `missed:<n>`: people's days with
 * so many people opened, or so many questions that met nobody; `emergency-looks` are looks under emergency access.
 */
export type Counts = ReadonlyMap<string, number>;

/** The same, with what follows from it once for every look. */
export interface Normal {
  counts: Counts;
  /** the most that all but the busiest of people's days have; null where too few are known */
  usual: Readonly<Record<Crowding, number | null>>;
}
export type Crowding = 'opened' | 'missed';

/** A change of what is counted of an organisation's day. */
export interface Tally {
  organisation: string;
  day: string;
  what: string;
  n: number;
}

const perDay: ReadonlySet<CaseSignal> = new Set(['unusual-hours', 'unusual-volume', 'enumeration']);

/** How often a signal is met in an organisation, as a share of looks or of people's days. */
export function rateOf(rule: CaseRule, { counts }: Normal, signal: CaseSignal): number {
  const { prior } = rule.signals[signal];
  const { priorLooks } = rule.normal;
  return (count(counts, metAs(signal)) + prior * priorLooks) / (count(counts, comparedWith(signal)) + priorLooks);
}

/** Whether a review is missing is not up to who looked: what is rare or not where they work is emergency access. */
function metAs(signal: CaseSignal): string {
  return signal === 'unreviewed-emergency' ? 'emergency-looks' : `signal:${signal}`;
}

/** What it is a share of. */
function comparedWith(signal: CaseSignal): string {
  return perDay.has(signal) ? 'days' : signal === 'no-relationship' ? 'late-looks' : 'looks';
}

/** One in how many is like this there; null where too few were counted to say so. */
export function oneInOf(rule: CaseRule, { counts }: Normal, signal: CaseSignal, rate: number): number | null {
  return count(counts, comparedWith(signal)) < rule.normal.priorLooks ? null : Math.max(1, Math.round(1 / rate));
}

/** Its weight times the bits its rarity is worth; to one decimal. What everybody there does says nothing. */
export function pointsOf(rule: CaseRule, signal: CaseSignal, rate: number): number {
  return Math.round(rule.signals[signal].weight * Math.max(0, -Math.log2(rate)) * 10) / 10;
}

/** What share of an organisation's looks falls in this slot of the week; null where too few are known. */
export function shareOfSlot({ signals }: CaseRule, { counts }: Normal, slot: string): number | null {
  const looks = count(counts, 'looks');
  return looks < signals['unusual-hours'].looksNeeded ? null : count(counts, `slot:${slot}`) / looks;
}

/** What is normal by what was counted. */
export function normalFrom(rule: CaseRule, counts: Counts): Normal {
  return { counts, usual: { opened: usualOf(rule, counts, 'opened'), missed: usualOf(rule, counts, 'missed') } };
}

function usualOf({ normal: { usualOf: share, daysNeeded } }: CaseRule, counts: Counts, what: Crowding): number | null {
  const days = count(counts, 'days');
  if (days < daysNeeded) return null;
  const counted = [...counts].filter(([name]) => name.startsWith(`${what}:`)).map(([name, n]) => [Number(name.slice(what.length + 1)), n] as const).sort(([a], [b]) => b - a);
  let above = 0;
  for (const [many, n] of counted) {
    above += n;
    if (above > (1 - share) * days) return many;
  }
  return 0;
}

function count(counts: Counts, what: string): number {
  return Math.max(0, counts.get(what) ?? 0);
}
