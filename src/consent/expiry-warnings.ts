import { agreementState } from './agreement-state.ts';
import { daysFrom, lastDayBefore, londonDay } from '../fhir/london-day.ts';
import type { RegisteredAgreement } from './types.ts';

/** Days before the last day, or the review, at which the people answerable are told. */
export const warnedAtDays = [90, 30, 7] as const;

/** How far away the two dates of an agreement are: calendar days in London, negative when past. */
export interface AgreementDates {
  lastDay: string;
  daysToEnd: number;
  reviewDate: string;
  daysToReview: number;
}

export interface ExpiryWarning {
  agreement: string;
  version: string;
  /** what comes: the last day in force, or the day by which it is to be reviewed */
  of: 'end' | 'review';
  day: string;
  /** calendar days from today; 0 = today, negative = a review that is overdue */
  days: number;
  /** the mark it has passed: 90, 30 or 7 days */
  mark: (typeof warnedAtDays)[number];
}

export function agreementDates({ agreement: { period, reviewDate } }: RegisteredAgreement, now: Date): AgreementDates {
  const today = londonDay(now);
  const lastDay = lastDayBefore(period.end);
  return { lastDay, daysToEnd: daysFrom(today, lastDay), reviewDate, daysToReview: daysFrom(today, reviewDate) };
}

/**
 * What is near, of agreements in force: the end and the review date at 90 days or fewer, each with the narrowest mark it
 * has passed. An agreement that is not in force shares nothing, so nobody loses anything when its dates pass.
 */
export function expiryWarnings(agreements: readonly RegisteredAgreement[], now: Date): ExpiryWarning[] {
  return agreements.filter((each) => agreementState(each, now) === 'in-force').flatMap((registered) => {
    const { agreement: { id, version } } = registered;
    const { lastDay, daysToEnd, reviewDate, daysToReview } = agreementDates(registered, now);
    const near = [{ of: 'end', day: lastDay, days: daysToEnd }, { of: 'review', day: reviewDate, days: daysToReview }] as const;
    return near.flatMap((each): ExpiryWarning[] => {
      const mark = warnedAtDays.findLast((days) => each.days <= days);
      return mark === undefined ? [] : [{ agreement: id, version, ...each, mark }];
    });
  });
}

/** Those that were not told yet, or have passed a narrower mark since: what a daily look has to say. */
export function newWarnings(told: readonly ExpiryWarning[], current: readonly ExpiryWarning[]): ExpiryWarning[] {
  const keyOf = ({ agreement, version, of, mark }: ExpiryWarning): string => JSON.stringify([agreement, version, of, mark]);
  const known = new Set(told.map(keyOf));
  return current.filter((warning) => !known.has(keyOf(warning)));
}
