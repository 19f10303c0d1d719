import { purposesBeyondCare } from '../fhir/sharing.ts';
import { choiceEffect } from './choice-effect.ts';
import type { Question } from './combining-rules.ts';
import { explainPermitted, namesFrom } from './explain.ts';
import { oversightRoles } from './oversees.ts';
import { readsWholeRecord } from './reads-whole-record.ts';
import type { Decision } from './types.ts';

/**
 * Rule 1: the custodian sees its own records, whatever their labels and whatever the citizen chose. Roles that give or
 * organise care do; a system only within its registered scopes; roles of oversight do not, they read by a clause. For purposes
 * beyond individual care an opt-out that stands holds towards the custodian as well: what it closes is left to rule 3.
 */
export function ruleOwn({ requester, sharingClass, agreements, choices, record }: Question): Decision | undefined {
  if (!isOwn({ requester, sharingClass })) return undefined;
  if (purposesBeyondCare.includes(requester.purpose) && choiceEffect(choices, requester, sharingClass, record) === 'declines') return undefined;
  return explainPermitted({ kind: 'own' }, namesFrom(agreements));
}

/** Whether the requester asks as the custodian: labels are no matter then. */
export function isOwn({ requester: { organisation, role, scopes }, sharingClass: { custodian } }: Pick<Question, 'requester' | 'sharingClass'>): boolean {
  return custodian === organisation && !oversightRoles.includes(role) && (role !== 'integration' || readsWholeRecord(scopes));
}
