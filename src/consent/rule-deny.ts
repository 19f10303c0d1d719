import { referenceTo } from './clauses-in-force.ts';
import { clausesTowards } from './clauses-towards.ts';
import type { Question } from './combining-rules.ts';
import { coveringClauses } from './covering-clauses.ts';
import { deniedByRule, deniedForConsent, deniedForRelationship, namesFrom } from './explain.ts';
import type { Decision } from './types.ts';
import { whyNot } from './why-not.ts';

/** Rule 6: nothing opened the row, so it is closed; says what the nearest clause lacked. */
export function ruleDeny(question: Question): Decision {
  const { requester, sharingClass, agreements, now } = question;
  const names = namesFrom(agreements);
  const covering = coveringClauses(question);
  const related = covering.find(({ clause }) => clause.consentBasis === 'implied');
  if (related) return deniedForRelationship({ ...referenceTo(related), relationships: related.clause.relationships ?? [] }, names);
  const explicit = covering[0];
  if (explicit) return deniedForConsent(referenceTo(explicit), names);
  return deniedByRule(whyNot(requester, sharingClass, clausesTowards(requester.organisation, agreements, now)), 6, names);
}
