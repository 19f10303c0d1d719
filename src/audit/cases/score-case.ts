import type { CaseRule, CaseSignal } from './case-rule.ts';

/** What is kept of one odd thing, with how often it came again. */
export interface StandingOddity {
  citizen: string | null;
  about: string;
  signal: CaseSignal;
  points: number;
  /** different days on which it was so */
  days: number;
}

/** The points of the oddest citizen or day, rounded to one: signals of one citizen add up, and what comes again on other days adds a little. */
export function scoreCase(standing: readonly StandingOddity[], { again }: Pick<CaseRule, 'again'>): number {
  const subjects = Map.groupBy(standing, ({ citizen, about }) => citizen ?? about);
  const scores = [...subjects.values()].map((odd) => {
    const further = Math.max(...odd.map(({ days }) => days)) - 1;
    return odd.reduce((sum, { points }) => sum + points, 0) + Math.min(again.most, further * again.points);
  });
  return Math.round(Math.max(0, ...scores) * 10) / 10;
}
