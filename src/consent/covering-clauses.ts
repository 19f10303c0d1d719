import { clauseMayOpen } from './clause-may-open.ts';
import { clausesInForce } from './clauses-in-force.ts';
import type { PlacedClause } from './clauses-in-force.ts';
import type { Question } from './combining-rules.ts';

/** The clauses in force that cover a row for this requester, relationship and consent aside: direction, purpose, role, category and every label. */
export function coveringClauses({ requester, sharingClass, agreements, now }: Question): PlacedClause[] {
  return clausesInForce(agreements, now).filter(({ clause }) =>
    clause.from.includes(sharingClass.custodian)
    && clause.to.includes(requester.organisation)
    && clause.purposes.includes(requester.purpose)
    && clause.roles.includes(requester.role)
    && clause.categories.some((category) => category === sharingClass.category)
    && sharingClass.labels.every((label) => clause.labels.includes(label) && !clause.excludedLabels?.includes(label))
    && clauseMayOpen(requester, sharingClass.category));
}
