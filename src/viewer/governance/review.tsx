import { strings } from '../strings.ts';
import type { ReviewDate } from './agreement-view.ts';

const soonDays = 90;

/** The review date, and that it has passed or is near, in words. */
export function Review({ review: { text, days } }: { review: ReviewDate }) {
  if (days === undefined || days > soonDays) return <>{text}</>;
  return <>{text} <strong>({days < 0 ? strings.agreements.reviewOverdue : strings.agreements.reviewSoon(days)})</strong></>;
}
