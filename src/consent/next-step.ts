import { agreementState } from './agreement-state.ts';
import { lastDayBefore, londonDay } from '../fhir/london-day.ts';
import type { RegisteredAgreement } from './types.ts';
import { missingSignatures, waitingClauses } from './waiting-clauses.ts';

const mostNames = 4;

/** What has to happen next to an agreement, or happens by itself, in words. */
export function nextStep(registered: RegisteredAgreement, now: Date): string {
  const { agreement: { period, reviewDate }, activatedAt, terminatedAt } = registered;
  const end = terminatedAt ?? period.end;
  if (now >= end) return 'It is over and shares nothing. A new text is a new version.';
  if (agreementState(registered, now) === 'in-force') {
    const until = terminatedAt ? `until it is replaced at ${terminatedAt.toISOString()}` : `until the end of ${lastDayBefore(period.end)}; it is to be reviewed by ${reviewDate}`;
    return `It is in force ${until}.${sayWaiting(registered)}`;
  }
  if (activatedAt !== null) return `It is activated and begins to share on ${londonDay(period.start)}.${sayWaiting(registered)}`;
  return beforeActivation(registered);
}

function beforeActivation(registered: RegisteredAgreement): string {
  const { agreement: { clauses } } = registered;
  const waiting = waitingClauses(registered);
  if (waiting.length === 0) return 'Every party a clause names has signed. It shares nothing until it is activated.';
  if (waiting.length === clauses.length) {
    return `It shares nothing, and cannot be activated before one of its clauses is signed by every party it names. Not signed by ${sayMissing(registered)}.`;
  }
  return `${clauses.length - waiting.length} of its ${clauses.length} clauses can share: every party named there has signed. It shares nothing until it is activated.${sayWaiting(registered)}`;
}

/** Which clauses share nothing though the agreement does, and whom they wait for; empty when none does. */
function sayWaiting(registered: RegisteredAgreement): string {
  const waiting = waitingClauses(registered).map(({ number }) => number);
  if (waiting.length === 0) return '';
  const [clauses, share] = waiting.length === 1 ? ['Clause', 'shares'] : ['Clauses', 'share'];
  return ` ${clauses} ${waiting.join(', ')} ${share} nothing until signed by ${sayMissing(registered)}.`;
}

/** Names of parties that have not signed; of many, the first: the register lists them all. */
function sayMissing(registered: RegisteredAgreement): string {
  const names = missingSignatures(registered).map(({ name }) => name);
  return names.length <= mostNames ? names.join(', ') : `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`;
}
