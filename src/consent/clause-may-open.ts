import type { Requester, SharingCategory } from '../fhir/sharing.ts';
import { oversees, oversightRoles } from './oversees.ts';
import { readsWholeRecord } from './reads-whole-record.ts';

/**
 * What no wording of a clause can widen: unclassified rows are opened by nothing; roles and the purpose of oversight reach
 * identity and Consent only, and only together; a system reads no further than its registered scopes.
 */
export function clauseMayOpen({ role, purpose, scopes }: Pick<Requester, 'role' | 'purpose' | 'scopes'>, category: SharingCategory): boolean {
  if (category === 'unclassified') return false;
  if (role === 'integration' && !readsWholeRecord(scopes)) return false;
  if (purpose === 'HOPERAT' || oversightRoles.includes(role)) return oversees(role, purpose, category);
  return true;
}
