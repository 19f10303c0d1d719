/** The words of sharing, the same in consent, store, audit and on the screens. */

/** `system|value` of an organisation's configured identifier, for example `https://fhir.nhs.uk/Id/ods-organization-code|RRK`. */
export type OrganisationKey = string;

export const sharingRoles = [
  'doctor', 'nurse', 'therapist', 'social-worker', 'paramedic', 'care-home-registered', 'care-home-unregistered',
  'voluntary-worker', 'coordinator', 'administrator', 'integration', 'governance', 'privacy-officer',
] as const;
export type SharingRole = (typeof sharingRoles)[number];

export const sharingCategories = [
  'identity', 'contacts', 'referral', 'episode', 'encounter', 'plan', 'assessment', 'mental-health', 'end-of-life',
  'social-care', 'safeguarding', 'voluntary', 'administration',
] as const;
/** `unclassified` is what a row has before anyone said what it is: nobody but its custodian sees it. */
export type SharingCategory = (typeof sharingCategories)[number] | 'unclassified';

/** Evidence that an organisation is caring for a citizen. */
export const relationshipKinds = ['episode', 'referral', 'registration', 'care-team'] as const;
export type RelationshipKind = (typeof relationshipKinds)[number];

/**
 * v3-ActReason codes the gateway knows, and what each is: care of this one person; a purpose beyond it, which implied
 * consent does not reach and people may opt out of; or oversight and the running of the systems, which see no care data.
 * An unknown purpose is refused.
 */
export const purposeKinds = {
  TREAT: 'individual-care', CAREMGT: 'individual-care', COC: 'individual-care', ETREAT: 'individual-care', BTG: 'individual-care',
  HQUALIMP: 'beyond-care', HRESCH: 'beyond-care', POPHLTH: 'beyond-care', PUBHLTH: 'beyond-care',
  HOPERAT: 'running', HSYSADMIN: 'running',
} as const;
export type Purpose = keyof typeof purposeKinds;
export const purposes = Object.keys(purposeKinds) as readonly Purpose[];

/** Planning, research and the like: what the national data opt-out and the Type 1 opt-out are about. */
export const purposesBeyondCare: readonly Purpose[] = purposes.filter((purpose) => purposeKinds[purpose] === 'beyond-care');

/** A row's sharing class: who is its controller, what sort of information it is, which labels it carries (sorted). */
export interface SharingClass {
  /** small interned integer */
  id: number;
  custodian: OrganisationKey;
  category: SharingCategory;
  labels: readonly string[];
}

/** Who asks: every fact comes from the verified token, none from headers or the query. */
export interface Requester {
  /** OAuth client id */
  client: string;
  /** jti of the token */
  token: string;
  /** absent for a system acting by itself */
  person?: { id: string; name: string };
  organisation: OrganisationKey;
  organisationName: string;
  role: SharingRole;
  purpose: Purpose;
  /** granted scopes, SMART v2 form */
  scopes: readonly string[];
  /** the one citizen anything may be seen of: of an app that was launched at them and has scopes of their context alone */
  citizen?: string;
}
