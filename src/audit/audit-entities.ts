import type { AuditEventEntity, AuditEventEntityDetail, Coding, Patient, Reference } from '@medplum/fhirtypes';
import { organisationIdentifier } from '../fhir/organisation-reference.ts';
import type { AuditAction } from './audit-actions.ts';
import type { AuditEntry } from './types.ts';

const entityType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role';
const own = 'https://fhir.bicp.example/CodeSystem/audit-entity';

const person: Coding = { system: entityType, code: '1', display: 'Person' };
const systemObject: Coding = { system: entityType, code: '2', display: 'System Object' };
const patientRole: Coding = { system: objectRole, code: '1', display: 'Patient' };
const domainResource: Coding = { system: objectRole, code: '4', display: 'Domain Resource' };
const queryRole: Coding = { system: objectRole, code: '24', display: 'Query' };
const securityResource: Coding = { system: objectRole, code: '13', display: 'Security Resource' };

/** What it was about: the request's id, the citizen, emergency access, the query or the thing read, each version sent, each decision, and what was kept back. */
export function auditEntities(entry: AuditEntry, action: AuditAction): AuditEventEntity[] {
  return [
    transaction(entry),
    ...citizensOf(entry).map(patient),
    ...(entry.emergency ?? []).map(emergencyAccess),
    ...(action.asks === 'query' ? [query(entry), ...versions(entry)] : thing(entry)),
    ...entry.decisions.map(decision),
    ...(entry.withheld.length > 0 ? [withheld(entry)] : []),
  ];
}

export function patient(citizen: string): AuditEventEntity {
  return { what: citizenReference(citizen), type: person, role: patientRole };
}

/** Whom it was about: the citizen asked for, and those a list that named nobody showed. */
export function citizensOf({ citizen, listed = [] }: AuditEntry): string[] {
  return [...new Set([...(citizen === undefined ? [] : [citizen]), ...listed])];
}

function emergencyAccess(reference: string): AuditEventEntity {
  return { what: { identifier: { system: 'https://fhir.bicp.example/Id/emergency-access', value: reference } }, type: { system: own, code: 'emergency-access' }, role: securityResource };
}

/** The request as it was understood is kept here too: BALP has a query entity in queries only. */
export function transaction({ request, correlation, shape, query: asked, interaction, status, code, who: { within } }: AuditEntry): AuditEventEntity {
  return {
    what: { identifier: { value: request } },
    type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
    detail: [detail('interaction', interaction), detail('query', asked), ...(shape === undefined ? [] : [detail('shape', shape)]), ...(within === undefined ? [] : [detail('within', `Patient/${within}`)]), detail('status', String(status)), ...(code === undefined ? [] : [detail('code', code)]), ...(correlation === undefined ? [] : [detail('correlation', correlation)])],
  };
}

function query({ query: asked }: AuditEntry): AuditEventEntity {
  return { type: systemObject, role: queryRole, description: asked, query: Buffer.from(asked, 'utf8').toString('base64') };
}

/** One record sent is the data entity itself; of a composed one the citizen's Patient is, and each source version stands beside it. */
function thing(entry: AuditEntry): AuditEventEntity[] {
  const { citizen } = entry;
  const [only, ...more] = versions(entry);
  if (only === undefined) return [];
  if (more.length === 0) return [{ ...only, type: systemObject }];
  const composed: AuditEventEntity[] = citizen === undefined ? [] : [{ what: citizenReference(citizen), type: systemObject, role: domainResource }];
  return [...composed, only, ...more];
}

/** Each typed by its resource type, which leaves the one "System Object" BALP expects to the query or the thing read; with the parts kept apart that went along. */
export function versions({ disclosed, parts = [] }: AuditEntry): AuditEventEntity[] {
  const paths = Map.groupBy(parts.map((part) => part.split('#')), ([reference]) => reference);
  return disclosed.map((reference) => {
    const along = (paths.get(reference) ?? []).map(([, path = '']) => detail('part', path));
    return { what: { reference }, type: { system: 'http://hl7.org/fhir/resource-types', code: reference.slice(0, reference.indexOf('/')) }, role: domainResource, ...(along.length > 0 && { detail: along }) };
  });
}

export function decision({ effect, rule, agreement, version: edition, clause, choice, sentence, count }: AuditEntry['decisions'][number]): AuditEventEntity {
  return {
    ...(agreement !== undefined ? { what: { type: 'Contract', identifier: { system: 'https://fhir.bicp.example/Id/agreement', value: agreement } } } : choice === undefined ? {} : { what: { reference: choice, type: 'Consent' } }),
    type: { system: own, code: 'decision' },
    role: securityResource,
    description: sentence,
    detail: [
      detail('effect', effect), detail('rule', rule),
      ...(agreement === undefined ? [] : [detail('agreement', agreement)]),
      ...(edition === undefined ? [] : [detail('version', edition)]),
      ...(clause === undefined ? [] : [detail('clause', clause)]),
      ...(choice === undefined ? [] : [detail('choice', choice)]),
      detail('sentence', sentence), detail('count', String(count)),
    ],
  };
}

/** How many rows of which category and custodian: never which. */
export function withheld({ withheld: lines }: AuditEntry): AuditEventEntity {
  return {
    type: { system: own, code: 'withheld' },
    description: `${lines.reduce((sum, { count }) => sum + count, 0)} kept back`,
    detail: lines.map(({ custodian, category, count }) => detail(category, `${count} of ${organisationIdentifier(custodian).value}`)),
  };
}

function citizenReference(citizen: string): Reference<Patient> {
  return { reference: `Patient/${citizen}`, type: 'Patient' };
}

function detail(type: string, valueString: string): AuditEventEntityDetail {
  return { type, valueString };
}
