import type { Database } from '../../store/database.ts';
import { findOverdue } from '../../store/sharing/emergency-reviews.ts';

export interface OverdueReview {
  reference: string;
  /** whole days since it was opened */
  days: number;
  /** organisations that have not reviewed it */
  missing: number;
}

export interface ReviewWatch {
  look: () => Promise<void>;
  stop: () => void;
}

const dayMs = 86_400_000;
/** told in one look: whoever leaves more than these unreviewed knows enough */
const mostTold = 100;

/** Tells, once a day and at start, what emergency access waits for a review longer than `days`, longest open first. */
export function watchEmergencyReviews(
  database: Database, days: number, report: (overdue: OverdueReview) => void, failed: (error: unknown) => void, everyMs = dayMs,
): ReviewWatch {
  const look = async (): Promise<void> => (await findOverdue(database, days, mostTold)).forEach(report);
  const timer = setInterval(() => void look().catch(failed), everyMs).unref();
  return { look, stop: () => clearInterval(timer) };
}
