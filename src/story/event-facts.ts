import type { CodeableConcept, Extension, Identifier, Reference, Resource } from '@medplum/fhirtypes';
import { spanOf } from '../fhir/date-range.ts';
import type { EventKind } from '../fhir/event-kinds.ts';
import type { EventState, EventWindows } from './event-types.ts';
import type { StoryRow } from './story-row.ts';

/** What of a record counts for finding events. */
export interface RowFacts {
  row: StoryRow;
  kind: EventKind;
  from?: string;
  to?: string;
  /** the middle of `from`, ms, and half of what its precision leaves open */
  at?: { middle: number; half: number };
  status?: string;
  /** organisations as references or keys: who asked, who is asked or does it */
  senders: string[];
  receivers: string[];
  component?: string;
  identifiers: string[];
  /** those of its identifiers that name a whole pathway */
  pathways: string[];
  /** `system|code`: what sort of its kind it is */
  sorts: string[];
  /** `system|code`: where a request or an admission came from */
  origins: string[];
  /** `Type/id` of records this one takes the place of */
  replaces: string[];
  /** `Type/id` of what a Task is about */
  answers: string[];
}

const sourceUrl = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest';
const componentUrl = 'https://fhir.bicp.example/StructureDefinition/component';
/** v3-ActCode classes of encounters during which a person stays. */
const staying = new Set(['IMP', 'ACUTE', 'NONAC', 'SS', 'OBSENC']);
/** Not part of a story: who a person is, and what they chose about sharing. */
const noEvents = new Set(['Patient', 'RelatedPerson', 'Consent', 'Provenance', 'AuditEvent']);

/** The facts of every record that can be an event; what was entered in error never was one. */
export function factsOf(row: StoryRow, windows: EventWindows): RowFacts | undefined {
  const status = statusOf(row.resource);
  if (noEvents.has(row.type) || status === 'entered-in-error') return undefined;
  const [from, to] = whenOf(row.resource);
  const at = from === undefined ? undefined : momentOf(from);
  const component = componentOf(row.resource);
  const identifiers = identifiersOf(row.resource);
  return {
    row, kind: kindOf(row.resource, windows), ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(at && { at }), ...(status !== undefined && { status }),
    ...partiesOf(row), ...(component !== undefined && { component }), identifiers,
    pathways: identifiers.filter((identifier) => windows.pathways.some((system) => isOfSystem(identifier, system))), origins: originsOf(row.resource),
    sorts: row.resource.resourceType === 'CarePlan' ? (row.resource.category ?? []).flatMap(codesOf).filter((code) => !windows.anySort.includes(code)) : [],
    ...namedBy(row.resource),
  };
}

function kindOf(resource: Resource, windows: EventWindows): EventKind {
  switch (resource.resourceType) {
    case 'ServiceRequest': return 'referral';
    case 'Encounter': return staying.has(resource.class?.code ?? '') ? 'stay' : 'contact';
    case 'EpisodeOfCare': return 'episode';
    case 'CarePlan': return 'plan';
    case 'CareTeam': return 'team';
    case 'Appointment': return 'appointment';
    case 'QuestionnaireResponse': return 'assessment';
    case 'Task': return codesOf(resource.code).some((code) => windows.assessments.includes(code)) ? 'assessment' : 'task';
    case 'Condition': case 'AllergyIntolerance': case 'Flag': return 'condition';
    case 'Observation': return 'observation';
    case 'DocumentReference': case 'Composition': return 'document';
    default: return 'record';
  }
}

const states: Readonly<Record<string, EventState>> = {
  planned: 'planned', draft: 'planned', proposed: 'planned', requested: 'planned', received: 'planned', ready: 'planned', booked: 'planned', pending: 'planned', waitlist: 'planned',
  active: 'active', 'in-progress': 'active', accepted: 'active', arrived: 'active', triaged: 'active', onleave: 'active',
  'on-hold': 'on-hold', onhold: 'on-hold', suspended: 'on-hold',
  completed: 'ended', finished: 'ended', inactive: 'ended', resolved: 'ended', fulfilled: 'ended', final: 'ended', amended: 'ended', current: 'ended',
  revoked: 'cancelled', cancelled: 'cancelled', rejected: 'cancelled', stopped: 'cancelled', noshow: 'cancelled', failed: 'cancelled',
};

export function stateOf(status: string | undefined): EventState {
  return (status !== undefined && Object.hasOwn(states, status) ? states[status] : undefined) ?? 'unknown';
}

function statusOf(resource: Resource): string | undefined {
  if ('verificationStatus' in resource && codeOf(resource.verificationStatus) === 'entered-in-error') return 'entered-in-error';
  if ('status' in resource && typeof resource.status === 'string') return resource.status;
  return 'clinicalStatus' in resource ? codeOf(resource.clinicalStatus) : undefined;
}

/** When it began and when it ended, in the words of the record. */
function whenOf(resource: Resource): [from: string | undefined, to: string | undefined] {
  switch (resource.resourceType) {
    case 'ServiceRequest': return [resource.authoredOn ?? receivedOf(resource.extension) ?? resource.occurrenceDateTime ?? resource.occurrencePeriod?.start, undefined];
    case 'Task': return [resource.authoredOn ?? resource.executionPeriod?.start, resource.executionPeriod?.end];
    case 'CarePlan': return [resource.period?.start ?? resource.created, resource.period?.end];
    case 'Encounter': case 'EpisodeOfCare': case 'CareTeam': case 'Flag': return [resource.period?.start, resource.period?.end];
    case 'Appointment': return [resource.start, resource.end];
    case 'Condition': return [resource.onsetDateTime ?? resource.recordedDate, resource.abatementDateTime];
    case 'AllergyIntolerance': return [resource.onsetDateTime ?? resource.recordedDate, undefined];
    case 'Observation': return [resource.effectiveDateTime ?? resource.effectivePeriod?.start ?? resource.issued, resource.effectivePeriod?.end];
    case 'QuestionnaireResponse': return [resource.authored, undefined];
    case 'DocumentReference': case 'Composition': return [resource.date, undefined];
    case 'Procedure': return [resource.performedDateTime ?? resource.performedPeriod?.start, resource.performedPeriod?.end];
    case 'Communication': return [resource.sent ?? resource.received, undefined];
    case 'Goal': return [resource.startDate, undefined];
    case 'MedicationStatement': return [resource.effectiveDateTime ?? resource.effectivePeriod?.start ?? resource.dateAsserted, resource.effectivePeriod?.end];
    case 'MedicationRequest': return [resource.authoredOn, undefined];
    case 'Immunization': return [resource.occurrenceDateTime, undefined];
    default: return [undefined, undefined];
  }
}

/** Undefined for what is no date. */
export function momentOf(value: string): { middle: number; half: number } | undefined {
  const span = spanOf(value);
  return span && { middle: (span.from + span.to) / 2, half: (span.to - span.from) / 2 };
}

function receivedOf(extensions: readonly Extension[] | undefined): string | undefined {
  return extensions?.find(({ url }) => url === 'https://fhir.bicp.example/StructureDefinition/received')?.valueDateTime;
}

/** When a receiver says that it received a request. */
export function receivedAt(resource: Resource): string | undefined {
  return resource.resourceType === 'ServiceRequest' ? receivedOf(resource.extension) : undefined;
}

/** Who asks and who is asked, or who does it. Where a record names nobody, whoever keeps it. */
function partiesOf({ resource, custodianReference }: StoryRow): { senders: string[]; receivers: string[] } {
  const named = (...references: (Reference | undefined)[]): string[] => references.flatMap((reference) => organisationOf(reference) ?? []);
  switch (resource.resourceType) {
    case 'ServiceRequest': return { senders: named(resource.requester), receivers: named(...(resource.performer ?? [])) };
    case 'Encounter': return { senders: [], receivers: or(named(resource.serviceProvider), custodianReference) };
    case 'EpisodeOfCare': return { senders: [], receivers: or(named(resource.managingOrganization), custodianReference) };
    case 'CarePlan': return { senders: [], receivers: or(named(resource.author, ...(resource.contributor ?? [])), custodianReference) };
    default: return { senders: [], receivers: [custodianReference] };
  }
}

function or(named: string[], custodian: string): string[] {
  return named.length > 0 ? named : [custodian];
}

/** An organisation as records name it: where it is in the directory by reference, else by identifier. */
export function organisationOf(reference: Reference | undefined): string | undefined {
  if (reference?.reference?.startsWith('Organization/')) return reference.reference;
  const { system, value } = reference?.identifier ?? {};
  return reference?.type === 'Organization' && system !== undefined && value !== undefined ? `${system}|${value}` : undefined;
}

export function componentOf(resource: Resource): string | undefined {
  return 'extension' in resource ? resource.extension?.find(({ url }) => url === componentUrl)?.valueCoding?.code : undefined;
}

function identifiersOf(resource: Resource): string[] {
  const own = 'identifier' in resource ? [resource.identifier].flat() : [];
  const group = resource.resourceType === 'ServiceRequest' ? [resource.requisition] : resource.resourceType === 'Task' ? [resource.groupIdentifier] : [];
  return [...own, ...group].flatMap((identifier: Identifier | undefined) => (identifier?.system !== undefined && identifier.value !== undefined ? `${identifier.system}|${identifier.value}` : []));
}

/** Whether `system|value` is of this system, in which `*` stands for one part of the path. */
export function isOfSystem(identifier: string, system: string): boolean {
  const [head = '', tail] = system.split('*');
  if (tail === undefined) return identifier.startsWith(`${system}|`);
  const end = identifier.indexOf(`${tail}|`, head.length);
  return identifier.startsWith(head) && end > head.length && !/[/|]/.test(identifier.slice(head.length, end));
}

function originsOf(resource: Resource): string[] {
  if (resource.resourceType === 'ServiceRequest') return codesOf(resource.extension?.find(({ url }) => url === sourceUrl)?.valueCodeableConcept);
  return resource.resourceType === 'Encounter' ? codesOf(resource.hospitalization?.admitSource) : [];
}

function namedBy(resource: Resource): { replaces: string[]; answers: string[] } {
  const names = (list: readonly Reference[] | undefined): string[] => (list ?? []).flatMap(({ reference }) => reference ?? []);
  return {
    replaces: resource.resourceType === 'ServiceRequest' || resource.resourceType === 'CarePlan' ? names(resource.replaces) : [],
    answers: resource.resourceType === 'Task' ? names([...(resource.focus ? [resource.focus] : []), ...(resource.basedOn ?? [])]) : [],
  };
}

export function codesOf(concept: CodeableConcept | undefined): string[] {
  return (concept?.coding ?? []).map(({ system, code }) => `${system ?? ''}|${code ?? ''}`);
}

function codeOf(concept: CodeableConcept | undefined): string | undefined {
  return concept?.coding?.[0]?.code;
}
