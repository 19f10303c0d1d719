import type { RegisteredAgreement } from './types.ts';

/** An agreement as the register had it at an instant: signatures given later were not there yet. */
export function registeredAt({ signedBy, signatures, ...registered }: RegisteredAgreement, instant: Date): RegisteredAgreement {
  const later = new Set((signatures ?? []).filter(({ at }) => at > instant).map(({ organisation }) => organisation));
  return { ...registered, signedBy: signedBy.filter((organisation) => !later.has(organisation)) };
}

/** Every instant at which the register changed what it gives: signing, activating, ending, and the edges of the periods. */
export function registerInstants(agreements: readonly RegisteredAgreement[]): Date[] {
  return agreements.flatMap(({ agreement: { period }, activatedAt, terminatedAt, signatures }) =>
    [period.start, period.end, ...(activatedAt ? [activatedAt] : []), ...(terminatedAt ? [terminatedAt] : []), ...(signatures ?? []).map(({ at }) => at)]);
}
