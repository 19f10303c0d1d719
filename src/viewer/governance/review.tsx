import { strings } from '../strings.ts';
import type { AgreementView } from './agreement-view.ts';

const soonDays = 90;

/** The review date, and that it has passed or is near while the agreement still shares something, in words. */
export function Review({ agreement: { review: { text, days }, state } }: { agreement: AgreementView }) {
  if (days === undefined || days > soonDays || state !== 'in-force') return <span className="os-nowrap">{text}</span>;
  return <><span className="os-nowrap">{text}</span> <strong>({days < 0 ? strings.agreements.reviewOverdue : strings.agreements.reviewSoon(days)})</strong></>;
}
