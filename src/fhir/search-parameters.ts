import { contactElements } from './fragments.ts';
import { definedParameters } from './search-definitions.ts';
import type { SearchParameterRow } from './search-parameter-row.ts';

/**
 * Every search parameter the gateway serves: R4's own of each type, those all types share, with `component`,
 * `discharge-ready` and AuditEvent's `purpose`, which are ours (profiles/SearchParameter-*.json). Indexing, parsing and the CapabilityStatement are made from it.
 */
export type { SearchParameterRow } from './search-parameter-row.ts';

export const componentExtension = 'https://fhir.bicp.example/StructureDefinition/component';
/** On a stay: since when the person is ready to leave. */
export const readyExtension = 'https://fhir.bicp.example/StructureDefinition/discharge-ready-date';

/** Shape the answer, not the match; every type has them. */
export const resultParameters = ['_count', '_include', '_revinclude', '_sort', '_summary', '_total'] as const;

/** Types that can be searched, each with the date its records are of: the one kept in columns of its own. */
const searched: Readonly<Record<string, string | null>> = {
  Patient: 'birthdate', CarePlan: 'date', EpisodeOfCare: 'date', ServiceRequest: 'authored', Organization: null, Device: null, Encounter: 'date', CareTeam: 'date',
  Task: null, Consent: null, Contract: null, AuditEvent: 'date', Observation: 'date', Condition: 'recorded-date', AllergyIntolerance: 'date', MedicationStatement: 'effective', Subscription: null,
};

/** Programme component: on the types of the programme's events. */
const withComponent = ['CarePlan', 'EpisodeOfCare', 'ServiceRequest'];
/** Since when somebody was ready to leave: on what may be a stay in a bed. */
const withReadyDate = ['Encounter', 'EpisodeOfCare'];
/** The log is looked up by its own words and columns: these are what it has some for. */
const ofTheLog = ['action', 'agent', 'agent-name', 'agent-role', 'date', 'entity', 'outcome', 'patient', 'policy', 'source', 'subtype', 'type'];
/** What entries of the log are about. */
const inTheLog = [
  'Patient', 'CarePlan', 'EpisodeOfCare', 'ServiceRequest', 'Encounter', 'CareTeam', 'Observation', 'Condition', 'AllergyIntolerance', 'MedicationStatement', 'Flag',
  'Task', 'Consent', 'Organization', 'Device', 'Contract', 'AuditEvent',
];

/** The type's parameters, in the order they are documented; undefined for a type that cannot be searched. */
export function searchParametersOf(type: string): readonly SearchParameterRow[] | undefined {
  if (!Object.hasOwn(searched, type)) return undefined;
  const known = tables.get(type) ?? new Map(rowsOf(type).map((row) => [row.name, row]));
  tables.set(type, known);
  return [...known.values()];
}

export function searchParameterOf(type: string, name: string): SearchParameterRow | undefined {
  searchParametersOf(type);
  return tables.get(type)?.get(name);
}

export function searchableTypes(): string[] {
  return Object.keys(searched);
}

/** The modifiers a parameter takes, as they are documented; `[Type]` stands for each type it may refer to. */
export function modifiersOf(type: string, row: SearchParameterRow): string[] {
  const missing = 'paths' in row && !row.name.startsWith('_') ? ['missing'] : [];
  if (type === 'AuditEvent') return row.kind === 'uri' ? ['below'] : row.kind === 'string' ? ['exact'] : row.kind === 'reference' ? ['[Type]', 'identifier'] : [];
  switch (row.kind) {
    case 'token': return ['not', 'in', 'not-in', 'below', 'above', ...(row.types.includes('Identifier') ? ['of-type'] : []), ...(row.words ? ['text'] : []), ...missing];
    case 'string': return row.sounds ? missing : ['exact', ...(row.contains ? ['contains'] : []), ...missing];
    case 'reference': return row.canonical ? missing : ['[Type]', 'identifier', ...missing];
    case 'uri': return ['below', 'above', ...missing];
    default: return missing;
  }
}

/** The parameter of the date that a type's records are of, if it has one. */
export function recordDateOf(type: string): string | null {
  return Object.hasOwn(searched, type) ? (searched[type] ?? null) : null;
}

/** The fragment a parameter's element is stored in, if any: `/address` for Patient.address.postalCode. */
export function fragmentOf(type: string, row: SearchParameterRow): string | undefined {
  if (type !== 'Patient' || !('paths' in row)) return undefined;
  const element = contactElements.find((name) => row.paths.some((path) => path.split('.')[0] === name));
  return element && `/${element}`;
}

/**
 * Whether a parameter's element may be kept apart from the body: because it names another record, or may tell where somebody
 * is (see names-place.ts), or is a part of an element that does. References to the person are never apart.
 */
export function mayBeApart(type: string, row: SearchParameterRow): boolean {
  if (typesAboutNobody.has(type) || row.name.startsWith('_') || isAboutPerson(type, row) || fragmentOf(type, row) !== undefined) return false;
  if (row.kind === 'reference') return !row.canonical && row.targets.some((target) => target !== 'Patient');
  return apartByName.has(`${type}.${row.name}`) || (row.kind === 'token' && row.paths.some((path) => listsWithReferences.has(`${type}.${path.split('.')[0] ?? ''}`)));
}

/** Parameters whose value is the person the record is about: compared with whose row it is. */
export function isAboutPerson(type: string, row: SearchParameterRow): boolean {
  return row.kind === 'reference' && (row.name === 'patient' || row.name === 'subject') && !typesAboutNobody.has(type);
}

/** Searched, and no part of anybody's record: the directory, the register, the log and what systems asked to be told. */
export const typesAboutNobody: ReadonlySet<string> = new Set(['Organization', 'Device', 'Contract', 'AuditEvent', 'Subscription']);

/** Names of teams and of services stand in these. */
const apartByName: ReadonlySet<string> = new Set(['EpisodeOfCare.type', 'ServiceRequest.order-detail']);
/** Elements of which one part may name another record or a place, so that all of it is kept apart. */
const listsWithReferences: ReadonlySet<string> = new Set(['CarePlan.activity', 'CareTeam.participant', 'Encounter.participant', 'Encounter.hospitalization', 'Consent.provision', 'Condition.evidence', 'Condition.stage']);

/**
 * Values that name or describe somebody, or may: they never reach the audit log or a link as they are. Texts may hold
 * anything; identifiers are of people, or lead to them.
 */
export function identifiesSomebody(type: string, row: SearchParameterRow): boolean {
  if (identifying.has(row.name) || row.kind === 'string' || row.kind === 'id') return true;
  return row.kind === 'token' && !(type === 'Organization' && row.name !== 'identifier') && row.types.some((each) => ['Identifier', 'ContactPoint', 'string'].includes(each));
}

const identifying: ReadonlySet<string> = new Set(['patient', 'subject', 'birthdate', 'death-date', 'link']);

const tables = new Map<string, ReadonlyMap<string, SearchParameterRow>>();

function rowsOf(type: string): SearchParameterRow[] {
  const defined = definedParameters(type).map((row) => withPeopleOnly(type, row));
  if (type === 'AuditEvent') return [...defined.filter(({ name }) => ofTheLog.includes(name)).map(withLogTargets), auditPurpose];
  return [...common, ...defined, ...(withComponent.includes(type) ? [component] : []), ...(withReadyDate.includes(type) ? [dischargeReady] : [])];
}

/** R4 lets records be about groups, places and devices too; the gateway keeps records about people only. */
function withPeopleOnly(type: string, row: SearchParameterRow): SearchParameterRow {
  return row.kind === 'reference' && isAboutPerson(type, row) ? { ...row, targets: ['Patient'] } : row;
}

function withLogTargets(row: SearchParameterRow): SearchParameterRow {
  if (row.kind !== 'reference') return row;
  if (row.name === 'entity') return { ...row, targets: inTheLog };
  return row.name === 'source' ? { ...row, targets: ['Device'] } : row;
}

const ofAll = (name: string): string => `http://hl7.org/fhir/SearchParameter/Resource-${name}`;

const common: readonly SearchParameterRow[] = [
  { name: '_id', url: ofAll('id'), kind: 'id' },
  { name: '_lastUpdated', url: ofAll('lastUpdated'), kind: 'updated' },
  { name: '_profile', url: ofAll('profile'), kind: 'uri', paths: ['meta.profile'], types: ['canonical'], ofType: true },
  { name: '_security', url: ofAll('security'), kind: 'token', paths: ['meta.security'], types: ['Coding'], ofClass: 'labels' },
  { name: '_source', url: ofAll('source'), kind: 'uri', paths: ['meta.source'], types: ['uri'] },
  { name: '_tag', url: ofAll('tag'), kind: 'token', paths: ['meta.tag'], types: ['Coding'], ofClass: 'custodian' },
];

const auditPurpose: SearchParameterRow = {
  name: 'purpose', url: 'https://fhir.bicp.example/SearchParameter/audit-purpose', kind: 'token', paths: ['purposeOfEvent'], types: ['CodeableConcept'],
};
const component: SearchParameterRow = {
  name: 'component', url: 'https://fhir.bicp.example/SearchParameter/component', kind: 'token', paths: ['extension'], types: ['Coding'], extension: componentExtension,
};
const dischargeReady: SearchParameterRow = {
  name: 'discharge-ready', url: 'https://fhir.bicp.example/SearchParameter/discharge-ready', kind: 'date', paths: ['extension'], types: ['dateTime'], extension: readyExtension,
};
