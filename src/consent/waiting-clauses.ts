import type { OrganisationKey } from '../fhir/sharing.ts';
import { signatureCheck } from './signature-check.ts';
import type { Agreement, RegisteredAgreement } from './types.ts';

/** A clause that shares nothing, whatever the state of its agreement, until these parties have signed. */
export interface WaitingClause {
  number: string;
  missing: OrganisationKey[];
}

/** Clauses that wait for a signature of a party they name, in the order of the text. */
export function waitingClauses({ agreement, signedBy }: Pick<RegisteredAgreement, 'agreement' | 'signedBy'>): WaitingClause[] {
  const isSigned = signatureCheck({ signedBy });
  return agreement.clauses.filter((clause) => !isSigned(clause)).map(({ number, from, to }) => ({
    number, missing: [...new Set([...from, ...to])].filter((party) => !signedBy.includes(party)),
  }));
}

/** Parties a clause names, giving or receiving, that have not signed. */
export function missingSignatures(registered: Pick<RegisteredAgreement, 'agreement' | 'signedBy'>): Agreement['parties'] {
  const missing = new Set(waitingClauses(registered).flatMap((clause) => clause.missing));
  return registered.agreement.parties.filter(({ organisation }) => missing.has(organisation));
}
