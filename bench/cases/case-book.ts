import type { CaseRule, CaseSignal } from '../../src/audit/cases/case-rule.ts';
import type { Oddity } from '../../src/audit/cases/judge-looks.ts';
import { normalFrom, type Normal, type Tally } from '../../src/audit/cases/normal.ts';
import { scoreCase, type StandingOddity } from '../../src/audit/cases/score-case.ts';

interface Standing extends StandingOddity {
  lastDay: string;
  entries: string[];
}

export interface OpenedCase {
  keeper: string;
  organisation: string;
  person: string;
  day: number;
  signals: Set<CaseSignal>;
  /** entries its odd things rest on */
  entries: Set<string>;
  /** `person day` of days that were odd */
  days: Set<string>;
}

/** What the database keeps, in memory: odd things that stand, and cases, each closed after so many days. */
export function openCaseBook(rule: CaseRule, closedAfter: number) {
  const standing = new Map<string, Map<string, Standing>>();
  const open = new Map<string, OpenedCase>();
  const all: OpenedCase[] = [];
  return {
    all,
    add: (oddities: readonly Oddity[], day: number): void => {
      for (const odd of oddities) {
        const key = JSON.stringify([odd.keeper, odd.organisation, odd.person]);
        const mine = standing.get(key) ?? new Map<string, Standing>();
        standing.set(key, mine);
        const thing = JSON.stringify([odd.citizen, odd.about, odd.signal]);
        const known = mine.get(thing);
        mine.set(thing, { citizen: odd.citizen, about: odd.about, signal: odd.signal, points: known?.points ?? odd.points, days: (known?.days ?? 0) + (known?.lastDay === odd.day ? 0 : 1), lastDay: odd.day, entries: [...(known?.entries ?? []), ...(odd.entry === null ? [] : [odd.entry])] });
        const found = open.get(key) ?? openedBy(odd, [...mine.values()], day);
        if (!found) continue;
        open.set(key, found);
        for (const each of mine.values()) {
          found.signals.add(each.signal);
          each.entries.forEach((entry) => found.entries.add(entry));
          if (each.citizen === null) found.days.add(`${odd.person} ${each.about}`);
        }
      }
    },
    /** Closes what is old, with what it rests on, and forgets what came to nothing. */
    endDay: (day: number, forgetBefore: string): void => {
      for (const [key, opened] of open) {
        if (day - opened.day < closedAfter) continue;
        open.delete(key);
        standing.delete(key);
      }
      for (const [key, mine] of standing) {
        if (open.has(key)) continue;
        for (const [thing, { lastDay }] of mine) if (lastDay < forgetBefore) mine.delete(thing);
        if (mine.size === 0) standing.delete(key);
      }
    },
  };

  function openedBy({ keeper, organisation, person }: Oddity, things: readonly Standing[], day: number): OpenedCase | undefined {
    if (scoreCase(things, rule) < rule.openAt) return undefined;
    const opened: OpenedCase = { keeper, organisation, person, day, signals: new Set(), entries: new Set(), days: new Set() };
    all.push(opened);
    return opened;
  }
}

/** Counts of the last `days` days of each organisation, up to the day before. */
export function slidingNormals(rule: CaseRule) {
  const { days } = rule.normal;
  const today = new Map<string, Normal>();
  const sums = new Map<string, Map<string, number>>();
  const kept = new Map<string, Tally[]>();
  const change = ({ organisation, what, n }: Tally, sign: 1 | -1): void => {
    const sum = sums.get(organisation) ?? new Map<string, number>();
    sums.set(organisation, sum.set(what, (sum.get(what) ?? 0) + sign * n));
  };
  return {
    normalOf: (organisation: string): Normal => {
      const known = today.get(organisation) ?? normalFrom(rule, new Map(sums.get(organisation)));
      today.set(organisation, known);
      return known;
    },
    endDay: (day: string, tallies: readonly Tally[]): void => {
      today.clear();
      kept.set(day, [...tallies]);
      for (const tally of tallies) change(tally, 1);
      if (kept.size <= days) return;
      const [oldest = '', gone = []] = kept.entries().next().value ?? [];
      for (const tally of gone) change(tally, -1);
      kept.delete(oldest);
    },
  };
}
