import type { OrganisationKey } from '../fhir/sharing.ts';
import { clausesInForce, pastClauses, unsignedClauses } from './clauses-in-force.ts';
import type { PlacedClause } from './clauses-in-force.ts';
import type { RegisteredAgreement } from './types.ts';

/** The clauses that name an organisation as receiver, by whose records they are about: all an explanation needs. */
export interface ClausesTowards {
  inForce: ReadonlyMap<OrganisationKey, PlacedClause[]>;
  unsigned: ReadonlyMap<OrganisationKey, PlacedClause[]>;
  past: ReadonlyMap<OrganisationKey, PlacedClause[]>;
}

export function clausesTowards(organisation: OrganisationKey, agreements: readonly RegisteredAgreement[], now: Date): ClausesTowards {
  const towards = (clauses: readonly PlacedClause[]): Map<OrganisationKey, PlacedClause[]> =>
    byCustodian(clauses.filter(({ clause }) => clause.to.includes(organisation)));
  return {
    inForce: towards(clausesInForce(agreements, now)), unsigned: towards(unsignedClauses(agreements, now)), past: towards(pastClauses(agreements, now)),
  };
}

function byCustodian(clauses: readonly PlacedClause[]): Map<OrganisationKey, PlacedClause[]> {
  const grouped = new Map<OrganisationKey, PlacedClause[]>();
  for (const placed of clauses) {
    for (const custodian of placed.clause.from) {
      const group = grouped.get(custodian);
      if (group) group.push(placed);
      else grouped.set(custodian, [placed]);
    }
  }
  return grouped;
}
