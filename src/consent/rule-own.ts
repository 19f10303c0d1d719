import type { Question } from './combining-rules.ts';
import { explainPermitted, namesFrom } from './explain.ts';
import { oversightRoles } from './oversees.ts';
import { readsWholeRecord } from './reads-whole-record.ts';
import type { Decision } from './types.ts';

/**
 * Rule 1: the custodian sees its own records, whatever their labels and whatever the citizen chose. Roles that give or
 * organise care do; a system only within its registered scopes; roles of oversight do not, they read by a clause.
 */
export function ruleOwn({ requester, sharingClass, agreements }: Question): Decision | undefined {
  if (sharingClass.custodian !== requester.organisation) return undefined;
  if (oversightRoles.includes(requester.role)) return undefined;
  if (requester.role === 'integration' && !readsWholeRecord(requester.scopes)) return undefined;
  return explainPermitted({ kind: 'own' }, namesFrom(agreements));
}
