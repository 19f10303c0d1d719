import { contactElements } from './fragments.ts';

/**
 * Every search parameter the gateway supports: one table from which indexing, parsing and the CapabilityStatement are
 * made. Names, types and elements are those of FHIR R4; `component` and AuditEvent's `purpose` are ours (profiles/SearchParameter-*.json).
 */
export type SearchParameterRow =
  | { name: string; kind: 'token'; paths: readonly string[]; system?: string; extension?: string }
  | { name: string; kind: 'reference'; paths: readonly string[]; targets: readonly string[] }
  | { name: string; kind: 'string'; paths: readonly string[] }
  | { name: string; kind: 'uri'; paths: readonly string[] }
  | { name: string; kind: 'date'; paths: readonly string[] }
  | { name: '_id'; kind: 'id' }
  | { name: '_lastUpdated'; kind: 'updated' };

export const componentExtension = 'https://fhir.bicp.example/StructureDefinition/component';

/** Shape the answer, not the match; every type has them. */
export const resultParameters = ['_count', '_sort'] as const;

/** Their values identify a person: they never reach the audit log or a link as they are. */
export const identifyingParameters: ReadonlySet<string> = new Set([
  'identifier', 'name', 'family', 'given', 'birthdate', 'address-postalcode', 'patient', 'subject', '_id', 'agent-name',
]);

/** The type's parameters, in the order they are documented; undefined for a type that cannot be searched. */
export function searchParametersOf(type: string): readonly SearchParameterRow[] | undefined {
  return Object.hasOwn(table, type) ? table[type] : undefined;
}

export function searchParameterOf(type: string, name: string): SearchParameterRow | undefined {
  return searchParametersOf(type)?.find((row) => row.name === name);
}

export function searchableTypes(): string[] {
  return Object.keys(table);
}

/** The fragment a parameter's element is stored in, if any: `/address` for Patient.address.postalCode. */
export function fragmentOf(type: string, row: SearchParameterRow): string | undefined {
  if (type !== 'Patient' || !('paths' in row)) return undefined;
  const element = contactElements.find((name) => row.paths.some((path) => path.split('.')[0] === name));
  return element && `/${element}`;
}

/**
 * Whether a parameter's element may tell where somebody is, and so be kept apart for people whose location is hidden
 * (see names-place.ts): whatever refers to something else than a person, and the types of episodes, which name teams.
 */
export function mayBeApart(type: string, row: SearchParameterRow): boolean {
  if (typesAboutNobody.has(type)) return false;
  return row.kind === 'reference' ? row.targets.some((target) => target !== 'Patient') : type === 'EpisodeOfCare' && row.name === 'type';
}

/** Searched, and no part of anybody's record: the directory, the register and the log. */
export const typesAboutNobody: ReadonlySet<string> = new Set(['Organization', 'Device', 'Contract', 'AuditEvent']);

const fhir = (name: string) => `http://hl7.org/fhir/${name}`;

const id: SearchParameterRow = { name: '_id', kind: 'id' };
const lastUpdated: SearchParameterRow = { name: '_lastUpdated', kind: 'updated' };
const identifier = token('identifier', 'identifier');
const component: SearchParameterRow = { name: 'component', kind: 'token', paths: ['extension'], extension: componentExtension };

const organisations = ['Organization', 'Practitioner', 'PractitionerRole', 'HealthcareService', 'CareTeam'];
const people = [...organisations, 'Patient', 'RelatedPerson', 'Device'];

/** What entries of the log are about. */
const inTheLog = [
  'Patient', 'CarePlan', 'EpisodeOfCare', 'ServiceRequest', 'Encounter', 'CareTeam', 'Observation', 'Condition', 'AllergyIntolerance', 'MedicationStatement', 'Flag',
  'Task', 'Consent', 'Organization', 'Device', 'Contract', 'AuditEvent',
];

const table: Record<string, readonly SearchParameterRow[]> = {
  Patient: [
    id, lastUpdated, identifier,
    string('name', 'name'), string('family', 'name.family'), string('given', 'name.given'),
    date('birthdate', 'birthDate'), code('gender', 'gender', fhir('administrative-gender')),
    string('address-postalcode', 'address.postalCode'),
    reference('organization', ['Organization'], 'managingOrganization'),
  ],
  CarePlan: [
    id, lastUpdated, identifier, patient('subject'), subject('subject'),
    code('status', 'status', fhir('request-status')), token('category', 'category'), date('date', 'period'),
    reference('performer', people, 'activity.detail.performer'), component,
  ],
  EpisodeOfCare: [
    id, lastUpdated, identifier, patient('patient'),
    code('status', 'status', fhir('episode-of-care-status')), token('type', 'type'), date('date', 'period'),
    reference('organization', ['Organization'], 'managingOrganization'),
    reference('care-manager', ['Practitioner'], 'careManager'), component,
  ],
  ServiceRequest: [
    id, lastUpdated, identifier, patient('subject'), subject('subject'),
    code('status', 'status', fhir('request-status')), token('category', 'category'), token('code', 'code'),
    date('authored', 'authoredOn'), reference('performer', people, 'performer'),
    reference('requester', people, 'requester'), component,
  ],
  Organization: [
    id, lastUpdated, identifier, string('name', 'name', 'alias'), token('type', 'type'),
    string('address-postalcode', 'address.postalCode'),
  ],
  Device: [
    id, lastUpdated, identifier,
    reference('organization', ['Organization'], 'owner'), code('status', 'status', fhir('device-status')),
  ],
  Encounter: [
    id, lastUpdated, identifier, patient('subject'), subject('subject'),
    code('status', 'status', fhir('encounter-status')), date('date', 'period'),
  ],
  CareTeam: [
    id, lastUpdated, identifier, patient('subject'), subject('subject'),
    code('status', 'status', fhir('care-team-status')), date('date', 'period'),
  ],
  Task: [
    id, lastUpdated, identifier, patient('for'),
    code('status', 'status', fhir('task-status')), token('code', 'code'),
  ],
  Consent: [id, lastUpdated, patient('patient'), code('status', 'status', fhir('consent-state-codes'))],
  Contract: [id, lastUpdated, identifier, code('status', 'status', fhir('contract-status'))],
  AuditEvent: [
    patient('agent.who', 'entity.what'), reference('agent', people, 'agent.who'), string('agent-name', 'agent.name'), date('date', 'recorded'),
    code('agent-role', 'agent.role', 'https://fhir.bicp.example/CodeSystem/sharing-role'), code('action', 'action', fhir('audit-event-action')), token('subtype', 'subtype'), code('outcome', 'outcome', fhir('audit-event-outcome')),
    code('purpose', 'purposeOfEvent', 'http://terminology.hl7.org/CodeSystem/v3-ActReason'), { name: 'policy', kind: 'uri', paths: ['agent.policy'] },
    reference('entity', inTheLog, 'entity.what'), reference('source', ['Device'], 'source.observer'),
  ],
};

function token(name: string, ...paths: string[]): SearchParameterRow {
  return { name, kind: 'token', paths };
}

/** A `code` element: its code system is implied by its binding. */
function code(name: string, path: string, system: string): SearchParameterRow {
  return { name, kind: 'token', paths: [path], system };
}

function string(name: string, ...paths: string[]): SearchParameterRow {
  return { name, kind: 'string', paths };
}

function date(name: string, path: string): SearchParameterRow {
  return { name, kind: 'date', paths: [path] };
}

function reference(name: string, targets: readonly string[], ...paths: string[]): SearchParameterRow {
  return { name, kind: 'reference', paths, targets };
}

function patient(...paths: string[]): SearchParameterRow {
  return reference('patient', ['Patient'], ...paths);
}

/** R4 allows Group, Location and Device too; the gateway keeps records about people only. */
function subject(path: string): SearchParameterRow {
  return reference('subject', ['Patient'], path);
}
