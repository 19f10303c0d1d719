import type { AuditEventAgent, CodeableConcept, Device, Reference } from '@medplum/fhirtypes';
import { organisationReference } from '../fhir/organisation-reference.ts';
import type { AuditAction } from './audit-actions.ts';
import type { AuditEntry } from './types.ts';

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

const source = coded(dicom, '110153', 'Source Role ID');
const destination = coded(dicom, '110152', 'Destination Role ID');
const application = coded(dicom, '110150', 'Application');

/**
 * Who took part, as IHE BALP has it: the person who asked (the requestor, if there is one), the client and the server by
 * the part they play, and beside them the organisation asked for and the custodians whose data was sent. The gateway is
 * only ever the server: never the one who asked.
 */
export function auditAgents(entry: AuditEntry, action: AuditAction, base: string | undefined): AuditEventAgent[] {
  const { who, purpose, custodians } = entry;
  const purposeOfUse = purpose === undefined ? {} : { purposeOfUse: [purposeConcept(purpose)] };
  const [client, server] = parts(action);
  const agents: AuditEventAgent[] = [];
  if (who.person) {
    agents.push({
      type: action.moves === 'out' ? coded(participation, 'IRCP', 'information recipient') : coded(participation, 'AUT', 'author (originator)'),
      ...roleOf(who),
      who: { type: 'Practitioner', identifier: { value: who.person.id }, display: who.person.name },
      name: who.person.name,
      requestor: true,
      ...policyOf(entry),
      ...purposeOfUse,
    });
  }
  agents.push({
    type: client,
    ...(who.person ? {} : { ...roleOf(who), ...policyOf(entry), ...purposeOfUse }),
    who: { type: 'Device', identifier: { value: who.client }, display: who.client },
    requestor: who.person === undefined,
    ...(who.address === undefined ? {} : { network: { address: who.address, type: '2' } }),
  });
  if (who.organisation !== undefined) {
    agents.push({
      type: coded('http://terminology.hl7.org/CodeSystem/v3-RoleClass', 'PROV', 'healthcare provider'),
      who: organisationReference(who.organisation, who.organisationName),
      requestor: false,
      ...purposeOfUse,
    });
  }
  agents.push({ type: server, who: gatewayDevice, requestor: false, ...(base === undefined ? {} : { network: { address: base, type: '5' } }) });
  const deleted = action.pattern === 'Delete'; // BALP's one custodian is the server then; only its custodian deletes a record, and asked
  for (const custodian of deleted ? [] : custodians) {
    agents.push({ type: coded('http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian', 'Custodian'), who: organisationReference(custodian), requestor: false });
  }
  return agents;
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

/** The token by its id only, as BALP's minimal OAuth pattern, and every clause a decision cites, whether it permitted or not. */
function policyOf({ who: { token }, decisions }: AuditEntry): { policy?: string[] } {
  const clauses = decisions.flatMap((decision) => clauseUrn(decision) ?? []);
  const policy = [...(token === undefined ? [] : [`urn:ietf:params:oauth:jti:${token}`]), ...new Set(clauses)];
  return policy.length === 0 ? {} : { policy };
}

/** A clause of an agreement as a URI: `urn:onestory:agreement:{id}:{version}:{clause}`. */
export function clauseUrn({ agreement, version, clause }: Partial<Record<'agreement' | 'version' | 'clause', string>>): string | undefined {
  return agreement === undefined || version === undefined || clause === undefined ? undefined : `${agreementUrn}:${agreement}:${version}:${clause}`;
}

export const agreementUrn = 'urn:onestory:agreement';

function coded(system: string, code: string, display?: string): CodeableConcept {
  return { coding: [{ system, code, ...(display ? { display } : {}) }] };
}
