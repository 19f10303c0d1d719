import type { AgreementState, RegisteredAgreement } from './types.ts';

/**
 * State of an agreement at a clock. Nothing has to happen for it to lapse: the period is half-open, so at the very
 * instant it ends it is over. An activated agreement whose period has not begun is still `draft`: it shares nothing yet.
 * Terminating what has already lapsed changes nothing.
 */
export function agreementState({ agreement, activatedAt, terminatedAt }: RegisteredAgreement, now: Date): AgreementState {
  const { start, end } = agreement.period;
  if (activatedAt === null || now < activatedAt) return 'draft';
  if (terminatedAt !== null && now >= terminatedAt && terminatedAt < end) return 'terminated';
  if (now >= end) return 'lapsed';
  return now < start ? 'draft' : 'in-force';
}

/** The next instant after `now` at which the state can change by itself; null = never. */
export function nextBoundary({ agreement, activatedAt, terminatedAt }: RegisteredAgreement, now: Date): Date | null {
  if (activatedAt === null) return null;
  const ahead = [activatedAt, agreement.period.start, agreement.period.end, ...(terminatedAt ? [terminatedAt] : [])].filter((instant) => instant > now);
  return ahead.length === 0 ? null : new Date(Math.min(...ahead.map(Number)));
}
