import type { Clause, RegisteredAgreement } from './types.ts';

/** A clause gives something once every party it names, giving or receiving, has signed; whoever else has or has not does not matter. */
export function signatureCheck({ signedBy: signatures }: Pick<RegisteredAgreement, 'signedBy'>): (clause: Clause) => boolean {
  const signed = new Set(signatures);
  return (clause) => clause.from.every((party) => signed.has(party)) && clause.to.every((party) => signed.has(party));
}
