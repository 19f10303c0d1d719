import type { OrganisationKey, Purpose, SharingRole } from '../fhir/sharing.ts';
import type { DemoClient } from './demo-client.ts';

/** A feed's system client may post its own files and read the tasks they became, and nothing else. */
export const feedScopes: readonly string[] = ['system/Task.rs', 'intake'];
/** A partner's integration system works on its own organisation's feeds (what is stuck, changed mappings), and on the organisation's own records through the FHIR API. */
export const integrationScopes: readonly string[] = ['feeds', 'system/*.cruds'];
/** Every persona reads; what it sees is for agreements and choices to say. */
const readScopes = ['user/*.rs'];
/** Who may record a citizen's choice, review emergency access, and propose, sign, activate or end agreements as far as the role goes. */
const answerableRoles: readonly SharingRole[] = ['privacy-officer', 'governance'];
/** Who gives or arranges care may refer, plan, answer and record what somebody chose, in records of their own organisation. What a role writes is mappings/writing/rule.json. */
const caringRoles: readonly SharingRole[] = ['doctor', 'nurse', 'therapist', 'social-worker', 'paramedic', 'coordinator', 'voluntary-worker'];
const caringScopes = ['user/ServiceRequest.cud', 'user/CarePlan.cud', 'user/Task.cud', 'user/Consent.c'];
const answerableScopes = ['user/Consent.cu', 'user/Contract.u', 'user/Task.u', 'user/AuditEvent.u'];

export interface DemoPersona {
  id: string;
  name: string;
  description: string;
  organisation: OrganisationKey;
  organisationName: string;
  role: SharingRole;
  purpose: Purpose;
  /** what else they are, one of which they choose at sign-in */
  also?: readonly Pick<DemoPersona, 'organisation' | 'organisationName' | 'role' | 'purpose'>[];
  /** no scope to change anything, whatever the role */
  readsOnly?: true;
}

export interface FeedOwner {
  /** `uhb-adt` */
  key: string;
  organisation: OrganisationKey;
  organisationName: string;
}

/**
 * Everyone the embedded issuer knows: the personas, then those who have tokens for signing agreements but no door to the
 * viewer, then one system client per feed under the feed's name, and one per partner with feeds: `uhb-integration`.
 */
export function demoClients(personas: readonly DemoPersona[], feeds: readonly FeedOwner[], signatories: readonly DemoPersona[] = []): DemoClient[] {
  const doors = new Set(personas.map(({ id }) => id));
  return [
    ...[...personas, ...signatories].map(({ also = [], ...persona }): DemoClient => {
      const first: DemoClient = { ...persona, kind: 'person', viewer: doors.has(persona.id), scopes: scopesOf(persona) };
      return also.length === 0 ? first : { ...first, also: also.map((post, at) => ({ ...first, ...post, id: `${persona.id}~${at + 1}`, scopes: scopesOf({ ...persona, ...post }) })) };
    }),
    ...feeds.map((feed): DemoClient => ({
      id: feed.key, kind: 'feed', viewer: false, organisation: feed.organisation, organisationName: feed.organisationName,
      role: 'integration', purpose: 'HSYSADMIN', name: null, description: `System client of the feed ${feed.key}`, scopes: feedScopes,
    })),
    ...[...new Map(feeds.map((feed) => [feed.organisation, feed])).values()].map((feed): DemoClient => ({
      id: `${feed.key.split('-')[0] ?? ''}-integration`, kind: 'feed', viewer: false, organisation: feed.organisation, organisationName: feed.organisationName,
      role: 'integration', purpose: 'HSYSADMIN', name: null, description: `Integration system of ${feed.organisationName}`, scopes: integrationScopes,
    })),
  ];
}

function scopesOf({ readsOnly, role }: Pick<DemoPersona, 'readsOnly' | 'role'>): readonly string[] {
  return readsOnly ? readScopes : [...readScopes, ...(answerableRoles.includes(role) ? answerableScopes : []), ...(caringRoles.includes(role) ? caringScopes : [])];
}
