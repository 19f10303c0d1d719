import type { AuditEvent, AuditEventEntity } from '@medplum/fhirtypes';
import { auditActionOf } from './audit-actions.ts';
import { application, clauseUrns, clientAgent, coded, destination, dicom, gatewayDevice, organisationAgent, personAgent, recipientOfData, source, tokenPrefix, tokenUser } from './audit-agents.ts';
import { citizensOf, decision, patient, transaction, versions, withheld } from './audit-entities.ts';
import { auditEventOf, balp, outcomeDescription, outcomeOf, placeOf, purposesOf, sourceOf, tokenProfileOf } from './audit-event.ts';
import type { AuditEntry } from './types.ts';
import { organisationReference } from '../fhir/organisation-reference.ts';

/**
 * What one entry of the log is, each time as an AuditEvent of its own: the request that was made, that something of one person
 * was disclosed by it, and what was decided about it. IHE BALP has a pattern for each, and no event is of two.
 */
export type AuditFacet = (typeof auditFacets)[number];
export const auditFacets = ['request', 'disclosure', 'decision'] as const;

/** `AuditEvent.type` of each. */
export const facetTypes: Readonly<Record<AuditFacet, { system: string; code: string; display: string }>> = {
  request: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest', display: 'Restful Operation' },
  disclosure: { system: dicom, code: '110106', display: 'Export' },
  decision: { system: dicom, code: '110113', display: 'Security Alert' },
};

type Gateway = Parameters<typeof auditEventOf>[1] & object;
type Told = AuditEntry & { seq: number };

/** The entry as this of what it is; null: it is none, or BALP's pattern asks for more than it says. */
export function facetOf(entry: Told, facet: AuditFacet, gateway: Gateway): AuditEvent | null {
  if (facet === 'request') return auditEventOf(entry, gateway);
  return facet === 'disclosure' ? disclosureOf(entry, gateway) : decisionOf(entry, gateway);
}

/** `{entry}` for the request, `{entry}.disclosure`, `{entry}.decision`. */
export function facetId(entry: string, facet: AuditFacet): string {
  return facet === 'request' ? entry : `${entry}.${facet}`;
}

/** An id as its entry's and which event of it; what follows a dot and is no facet belongs to no entry. */
export function readFacetId(id: string): { entry: string; facet: AuditFacet } {
  const [, entry = id, facet = 'request'] = /^([^.]*)\.(disclosure|decision)$/.exec(id) ?? [];
  return { entry, facet: facet as AuditFacet };
}

/** IHE.BasicAudit.PrivacyDisclosure.Source: records of one person left for a client. The gateway sends, the client receives. */
function disclosureOf(entry: Told, gateway: Gateway): AuditEvent | null {
  const [citizen, ...others] = citizensOf(entry);
  const out = auditActionOf(entry.interaction).moves === 'out';
  if (citizen === undefined || others.length > 0 || !out || entry.outcome !== 'permitted' || entry.disclosed.length === 0 || entry.who.address === undefined || gateway.base === undefined) return null;
  const [custodian, ...more] = entry.custodians;
  return {
    ...beginOf(entry, 'disclosure', [`${balp}PrivacyDisclosure.Source`, ...tokenProfileOf(entry)]),
    subtype: [{ system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'disclose', display: 'Disclose Record Lifecycle Event' }, ...auditActionOf(entry.interaction).subtype],
    action: 'R', recorded: entry.at, outcome: '0', ...purposesOf(entry),
    agent: [
      ...personAgent(entry, recipientOfData), clientAgent(entry, destination), ...organisationAgent(entry),
      { type: source, who: gatewayDevice, requestor: false, network: { address: gateway.base, type: '5' } },
      ...(custodian !== undefined && more.length === 0 ? [{ type: coded('http://snomed.info/sct', '159541003', 'Record keeping/library clerk'), who: organisationReference(custodian), requestor: false }] : []), // BALP has one at most
    ],
    source: sourceOf(gateway),
    entity: [transaction(entry), patient(citizen), ...versions(entry), ...(entry.withheld.length > 0 ? [withheld(entry)] : [])],
  };
}

/**
 * IHE.BasicAudit.AuthZconsent: what was decided of a person's request about one citizen, where a Consent bore on it. Where none did, it is the
 * plain alert that BALP asks for, which names the rules.
 */
function decisionOf(entry: Told, gateway: Gateway): AuditEvent | null {
  const { who, decisions, outcome } = entry;
  const [citizen, ...others] = citizensOf(entry);
  if (citizen === undefined || others.length > 0 || who.person === undefined || who.organisation === undefined || who.address === undefined || outcome === 'failed' || decisions.length === 0) return null;
  const consents = decisions.flatMap(({ choice, sentence }) => (choice === undefined ? [] : [consent(choice, sentence)]));
  const described = outcomeDescription(entry);
  return {
    ...beginOf(entry, 'decision', consents.length > 0 ? [`${balp}AuthZconsent`] : []),
    subtype: [{ system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType', code: consents.length > 0 ? 'AuthZ-Consent' : 'AuthZ-Role' }],
    action: 'E', recorded: entry.at, outcome: outcomeOf(entry), ...(described !== undefined && { outcomeDesc: described }), ...purposesOf(entry),
    agent: [
      ...personAgent(entry, recipientOfData).map((agent) => ({ ...agent, policy: [...(agent.policy ?? []), ...clauseUrns(decisions)] })), // the organisation has none in this pattern
      clientAgent(entry, application), ...organisationAgent(entry).map(({ policy: _, ...organisation }) => organisation),
      { type: coded('http://terminology.hl7.org/CodeSystem/extra-security-role-type', 'authserver', 'authorization server'), who: gatewayDevice, requestor: false },
    ],
    source: sourceOf(gateway),
    entity: [patient(citizen), ...(consents.length > 0 ? consents : decisions.map(decision)), ...(who.token === undefined ? [] : [token(who.token)])],
  };
}

function beginOf(entry: Told, facet: AuditFacet, profile: string[]): Pick<AuditEvent, 'resourceType' | 'id' | 'meta' | 'extension' | 'type'> {
  return { resourceType: 'AuditEvent', id: facetId(entry.id, facet), ...(profile.length > 0 && { meta: { profile } }), extension: placeOf(entry), type: facetTypes[facet] };
}

function consent(reference: string, description: string): AuditEventEntity {
  return { what: { reference, type: 'Consent' }, type: { system: 'http://hl7.org/fhir/resource-types', code: 'Consent' }, description };
}

function token(id: string): AuditEventEntity {
  return { what: { identifier: { value: `${tokenPrefix}${id}` } }, type: tokenUser };
}
