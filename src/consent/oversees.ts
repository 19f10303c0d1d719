import type { Purpose, SharingCategory, SharingRole } from '../fhir/sharing.ts';

/** Roles that watch over sharing and give no care. */
export const oversightRoles: readonly SharingRole[] = ['governance', 'privacy-officer'];

/** What oversight may read of citizens: who a record is about, and Consent (administration). Never care data. */
export const oversightCategories: readonly SharingCategory[] = ['identity', 'administration'];

/** Is this a look of oversight (HOPERAT by a role that oversees) at something oversight may read? A citizen's choice does not reach it. */
export function oversees(role: SharingRole, purpose: Purpose, category: SharingCategory): boolean {
  return purpose === 'HOPERAT' && oversightRoles.includes(role) && oversightCategories.includes(category);
}
