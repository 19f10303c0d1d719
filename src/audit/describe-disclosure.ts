import type { OrganisationKey } from '../fhir/sharing.ts';
import { describeRequest, sumDecisions, sumWithheld } from './describe-request.ts';
import type { Decision, RequestFacts, Withheld } from './describe-request.ts';
import type { AuditEntry } from './types.ts';

/** One version about to be sent. A composed resource is named by the source versions it was made from. */
export interface DisclosedVersion {
  type: string;
  id: string;
  version: number;
  /** absent for directory and conformance rows, which are nobody's data about a person */
  custodian?: OrganisationKey;
}

/**
 * The entry for an answer that leaves: exactly which versions, whose they are, which rules allowed them, and how much
 * was kept back. Made before the first byte is sent; nothing found is a disclosure of nothing.
 */
export function describeDisclosure(
  facts: RequestFacts,
  released: { disclosed: readonly DisclosedVersion[]; parts?: readonly string[]; decisions: readonly Decision[]; withheld?: readonly Withheld[] },
): AuditEntry {
  const custodians = released.disclosed.flatMap(({ custodian }) => (custodian === undefined ? [] : [custodian]));
  return {
    ...describeRequest(facts),
    outcome: 'permitted',
    disclosed: released.disclosed.map(({ type, id, version }) => `${type}/${id}/_history/${version}`),
    ...(released.parts && released.parts.length > 0 ? { parts: [...released.parts] } : {}),
    custodians: [...new Set(custodians)].sort(),
    decisions: sumDecisions(released.decisions),
    withheld: sumWithheld(released.withheld ?? []),
  };
}
