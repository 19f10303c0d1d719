import { agreementState } from './agreement-state.ts';
import { lastDayBefore, londonDay } from './london-day.ts';
import { missingSignatures } from './plan-agreement-change.ts';
import type { RegisteredAgreement } from './types.ts';

/** What has to happen next to an agreement, or happens by itself, in one sentence. */
export function nextStep(registered: RegisteredAgreement, now: Date): string {
  const { agreement: { period, reviewDate }, activatedAt, terminatedAt } = registered;
  const end = terminatedAt ?? period.end;
  if (now >= end) return 'It is over and shares nothing. A new text is a new version.';
  if (agreementState(registered, now) === 'in-force') {
    const until = terminatedAt ? `until it is replaced at ${terminatedAt.toISOString()}` : `until the end of ${lastDayBefore(period.end)}; it is to be reviewed by ${reviewDate}`;
    return `It is in force ${until}.`;
  }
  if (activatedAt !== null) return `It is activated and begins to share on ${londonDay(period.start)}.`;
  const missing = missingSignatures(registered);
  if (missing.length > 0) return `It shares nothing until it is signed by ${missing.map(({ name }) => name).join(', ')}, and then activated.`;
  return 'Every party a clause names has signed. It shares nothing until it is activated.';
}
