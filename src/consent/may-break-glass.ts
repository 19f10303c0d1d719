import type { Purpose, Requester, SharingRole } from '../fhir/sharing.ts';

/** Who may meet somebody in an emergency, and for what they then ask. */
export const emergencyRoles: readonly SharingRole[] = ['doctor', 'nurse', 'therapist', 'paramedic', 'social-worker'];
export const emergencyPurposes: readonly Purpose[] = ['TREAT', 'ETREAT', 'BTG'];

/** Depends on the token alone, never on whose record it is: a person, in a role that gives care, for care. */
export function mayBreakGlass({ person, role, purpose }: Requester): boolean {
  return person !== undefined && emergencyRoles.includes(role) && emergencyPurposes.includes(purpose);
}
