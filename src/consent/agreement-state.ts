import { signatureCheck } from './signature-check.ts';
import type { AgreementState, RegisteredAgreement } from './types.ts';

/**
 * State of an agreement at a clock. Nothing has to happen for it to lapse: the period is half-open, so at the very
 * instant it ends it is over. Before it is in force it is a draft until every party that a clause names has signed, and
 * `signed` from then on, activated or not: it shares nothing yet. Terminating what has already lapsed changes nothing.
 */
export function agreementState(registered: RegisteredAgreement, now: Date): AgreementState {
  const { agreement, activatedAt, terminatedAt } = registered;
  const { start, end } = agreement.period;
  if (activatedAt === null || now < activatedAt) return beforeForce(registered);
  if (terminatedAt !== null && now >= terminatedAt && terminatedAt < end) return 'terminated';
  if (now >= end) return 'lapsed';
  return now < start ? beforeForce(registered) : 'in-force';
}

function beforeForce({ agreement, signedBy }: RegisteredAgreement): AgreementState {
  return agreement.clauses.every(signatureCheck({ signedBy })) ? 'signed' : 'draft';
}

/** The next instant after `now` at which the state can change by itself; null = never. */
export function nextBoundary({ agreement, activatedAt, terminatedAt }: RegisteredAgreement, now: Date): Date | null {
  if (activatedAt === null) return null;
  const ahead = [activatedAt, agreement.period.start, agreement.period.end, ...(terminatedAt ? [terminatedAt] : [])].filter((instant) => instant > now);
  return ahead.length === 0 ? null : new Date(Math.min(...ahead.map(Number)));
}
