import type { AuditEventAgent, CodeableConcept, Coding, Device, Reference } from '@medplum/fhirtypes';
import { organisationReference } from '../fhir/organisation-reference.ts';
import type { AuditAction } from './audit-actions.ts';
import type { AuditEntry } from './types.ts';

export const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

export const source = coded(dicom, '110153', 'Source Role ID');
export const destination = coded(dicom, '110152', 'Destination Role ID');
export const application = coded(dicom, '110150', 'Application');

/** BALP's word for whoever an OAuth token is of. */
export const tokenUser: Coding = { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', code: 'UserOauthAgent' };
export const recipientOfData: Coding = { system: participation, code: 'IRCP', display: 'information recipient' };
const author: Coding = { system: participation, code: 'AUT', display: 'author (originator)' };

/**
 * Who took part, as IHE BALP has it: the person who asked (the requestor, if there is one), the client and the server by
 * the part they play, and beside them the organisation asked for and the custodians whose data was sent. The gateway is
 * only ever the server: never the one who asked.
 */
export function auditAgents(entry: AuditEntry, action: AuditAction, base: string | undefined): AuditEventAgent[] {
  const { custodians } = entry;
  const [client, server] = parts(action);
  const agents: AuditEventAgent[] = [
    ...personAgent(entry, action.moves === 'out' ? recipientOfData : author), clientAgent(entry, client), ...organisationAgent(entry),
  ];
  agents.push({ type: server, who: gatewayDevice, requestor: false, ...(base === undefined ? {} : { network: { address: base, type: '5' } }) });
  const deleted = action.pattern === 'Delete'; // BALP's one custodian is the server then; only its custodian deletes a record, and asked
  for (const custodian of deleted ? [] : custodians) {
    agents.push({ type: coded('http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian', 'Custodian'), who: organisationReference(custodian), requestor: false });
  }
  return agents;
}

/** The person who asked, if there is one: the token they came with is their only policy. */
export function personAgent({ who, purpose }: AuditEntry, part: Coding): AuditEventAgent[] {
  if (!who.person) return [];
  return [{
    type: { coding: [part, ...(who.token === undefined ? [] : [tokenUser])] }, ...roleOf(who),
    who: { type: 'Practitioner', identifier: { value: who.person.id }, display: who.person.name }, name: who.person.name, requestor: true, ...policyOf(tokenUrn(who)), ...useOf(purpose),
  }];
}

/** The program that asked; for itself, where there is no person. */
export function clientAgent({ who, purpose, decisions }: AuditEntry, type: CodeableConcept): AuditEventAgent {
  const alone = who.person === undefined;
  return {
    type, ...(alone && { ...roleOf(who), ...policyOf([...tokenUrn(who), ...(who.organisation === undefined ? clauseUrns(decisions) : [])]), ...useOf(purpose) }),
    who: { type: 'Device', identifier: { value: who.client }, display: who.client }, requestor: alone, ...(who.address !== undefined && { network: { address: who.address, type: '2' } }),
  };
}

/** The organisation asked for, and the clauses it was judged by. */
export function organisationAgent({ who, purpose, decisions }: AuditEntry): AuditEventAgent[] {
  if (who.organisation === undefined) return [];
  return [{ type: coded('http://terminology.hl7.org/CodeSystem/v3-RoleClass', 'PROV', 'healthcare provider'), who: organisationReference(who.organisation, who.organisationName), requestor: false, ...policyOf(clauseUrns(decisions)), ...useOf(purpose) }];
}

export const gatewayIdentifier = { system: 'https://fhir.bicp.example/Id/gateway', value: 'onestory' } as const;
export const gatewayDevice: Reference<Device> = { type: 'Device', identifier: gatewayIdentifier, display: 'OneStory gateway' };

export function purposeConcept(purpose: string): CodeableConcept {
  return { coding: [{ system: actReason, code: purpose }] };
}

/** In a query the parameters move, in a read the record does, so BALP names client and server the other way round. */
function parts({ pattern, asks, moves }: AuditAction): [client: CodeableConcept, server: CodeableConcept] {
  if (pattern === 'Delete') return [application, coded('http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian', 'Custodian')];
  return moves === 'in' || asks === 'query' ? [source, destination] : [destination, source];
}

function roleOf({ role }: AuditEntry['who']): { role?: CodeableConcept[] } {
  return role === undefined ? {} : { role: [coded('https://fhir.bicp.example/CodeSystem/sharing-role', role)] };
}

/** The token by its id only, as BALP's minimal OAuth pattern. */
export function tokenUrn({ token }: AuditEntry['who']): string[] {
  return token === undefined ? [] : [`${tokenPrefix}${token}`];
}
export const tokenPrefix = 'urn:ietf:params:oauth:jti:';

/** Every clause a decision cites, whether it permitted or not. */
export function clauseUrns(decisions: AuditEntry['decisions']): string[] {
  return [...new Set(decisions.flatMap((decision) => clauseUrn(decision) ?? []))];
}

function policyOf(policy: string[]): { policy?: string[] } {
  return policy.length === 0 ? {} : { policy };
}

function useOf(purpose: string | undefined): { purposeOfUse?: CodeableConcept[] } {
  return purpose === undefined ? {} : { purposeOfUse: [purposeConcept(purpose)] };
}

/** A clause of an agreement as a URI: `urn:onestory:agreement:{id}:{version}:{clause}`. */
export function clauseUrn({ agreement, version, clause }: Partial<Record<'agreement' | 'version' | 'clause', string>>): string | undefined {
  return agreement === undefined || version === undefined || clause === undefined ? undefined : `${agreementUrn}:${agreement}:${version}:${clause}`;
}

export const agreementUrn = 'urn:onestory:agreement';

export function coded(system: string, code: string, display?: string): CodeableConcept {
  return { coding: [{ system, code, ...(display ? { display } : {}) }] };
}
