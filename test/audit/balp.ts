import type { AuditEvent, AuditEventAgent, AuditEventEntity } from '@medplum/fhirtypes';

/**
 * IHE BALP 1.1 (Basic Audit Log Patterns) as data: what an event that claims one of its profiles must hold, for a RESTful request, a
 * disclosure at its source, an authorization decision by consent, and the token it came with. Its StructureDefinitions are
 * differentials over R4 AuditEvent, so the base is validated apart.
 */
const prefix = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const provenance = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

interface Pattern {
  action: string;
  subtypes: readonly string[];
  client: string;
  server: string;
  user: readonly string[];
}

const [source, destination] = [`${dicom}|110153`, `${dicom}|110152`];
const writers = ['AUT', 'INF', 'CST'].map((code) => `${participation}|${code}`);
const patterns: Readonly<Record<string, Pattern>> = {
  Create: { action: 'C', subtypes: ['create'], client: source, server: destination, user: writers },
  Read: { action: 'R', subtypes: ['read', 'vread'], client: destination, server: source, user: [`${participation}|IRCP`] },
  Update: { action: 'U', subtypes: ['update', 'patch'], client: source, server: destination, user: writers },
  Delete: { action: 'D', subtypes: ['delete'], client: `${dicom}|110150`, server: `${provenance}|custodian`, user: writers },
  Query: { action: 'E', subtypes: ['search', 'search-type', 'search-system'], client: source, server: destination, user: [`${participation}|IRCP`] },
};

/** What an event that claims a profile lacks of it; nothing for one that claims none. */
export function balpFaults(event: AuditEvent): { element: string; found: unknown }[] {
  return (event.meta?.profile ?? []).flatMap((profile): { element: string; found: unknown }[] => {
    const other = others[profile.replace(prefix, '')];
    if (other) return faultsIn(other(event), event);
    const [, patient, verb = ''] = /^(Patient)?([A-Z][a-z]+)$/.exec(profile.replace(prefix, '')) ?? [];
    const pattern = Object.hasOwn(patterns, verb) ? patterns[verb] : undefined;
    if (!pattern) return [{ element: 'profile', found: profile }];
    const checks = { ...wholeOf(event, pattern), ...agentsOf(event, pattern), ...entitiesOf(event, verb === 'Query', patient !== undefined) };
    return faultsIn(checks, event);
  });
}

function faultsIn(checks: Record<string, boolean>, event: AuditEvent): { element: string; found: unknown }[] {
  return Object.entries(checks).flatMap(([element, holds]) => (holds ? [] : [{ element, found: event }]));
}

function wholeOf(event: Partial<AuditEvent>, { action, subtypes }: Pattern): Record<string, boolean> {
  return {
    type: event.type?.system === 'http://terminology.hl7.org/CodeSystem/audit-event-type' && event.type.code === 'rest',
    subtype: (event.subtype ?? []).some(({ system, code = '' }) => system === 'http://hl7.org/fhir/restful-interaction' && subtypes.includes(code)),
    action: event.action === action, outcome: event.outcome === '0', recorded: event.recorded !== undefined, source: event.source?.observer !== undefined,
    'agent count': (event.agent ?? []).length >= 2, 'agent.requestor': (event.agent ?? []).every(({ requestor }) => typeof requestor === 'boolean'),
  };
}

function agentsOf({ agent }: AuditEvent, { client, server, user }: Pattern): Record<string, boolean> {
  const typed = (code: string): AuditEventAgent[] => agent.filter(({ type }) => type?.coding?.some((coding) => `${coding.system}|${coding.code}` === code));
  const whole = (agents: AuditEventAgent[]): boolean => agents.length === 1 && agents.every(({ who, network, media }) => who !== undefined && network !== undefined && media === undefined);
  const users = user.flatMap(typed);
  return { client: whole(typed(client)), server: whole(typed(server)), user: users.length <= 1 && users.every(({ who, requestor, network }) => who !== undefined && requestor && network === undefined) };
}

function entitiesOf({ entity = [] }: AuditEvent, query: boolean, patient: boolean): Record<string, boolean> {
  const typed = (code: string): AuditEventEntity[] => entity.filter(({ type }) => type?.code === code && (type.system ?? '').startsWith('http://terminology.hl7.org/CodeSystem/audit-entity-type'));
  const [data, patients, transactions] = [typed('2'), typed('1'), entity.filter(({ type }) => type?.code === 'XrequestId')];
  const [only] = data;
  return {
    'transaction entity': transactions.length <= 1 && transactions.every(({ what }) => what?.identifier?.value !== undefined),
    'patient entity': patient ? patients.length === 1 && patients.every(({ role, what }) => role?.code === '1' && /^Patient\//.test(what?.reference ?? '')) : patients.length === 0,
    'data entity': data.length === 1 && (query
      ? only?.role?.code === '24' && only.query !== undefined && only.what === undefined && only.detail === undefined && only.lifecycle === undefined
      : ['4', '3', '20'].includes(only?.role?.code ?? '') && only?.what !== undefined),
  };
}

/** How many agents or entities of one type there are, and what of each must be there, be so, or not be there. */
interface Slice {
  type: string;
  count: readonly [least: number, most: number];
  needs?: readonly string[];
  never?: readonly string[];
  requestor?: boolean;
  is?: (each: AuditEventAgent & AuditEventEntity, event: AuditEvent) => boolean;
}

interface Profile {
  type: string;
  subtypes: readonly string[];
  action: string;
  outcomes: readonly string[];
  agents: readonly Slice[];
  entities: readonly Slice[];
  leastEntities: number;
  /** no entity of another type */
  closed?: true;
}

const isSource: NonNullable<Slice['is']> = ({ who }, { source: { observer } }) => JSON.stringify(who) === JSON.stringify(observer);
const patientSlice: Slice = { type: 'http://terminology.hl7.org/CodeSystem/audit-entity-type|1', count: [1, 1], needs: ['role', 'what'], is: ({ role, what }) => role?.code === '1' && /^Patient\//.test(what?.reference ?? '') };
const jti = /^urn:ietf:params:oauth:jti:./;
const unlikely = ['altId', 'location', 'media'];
const userAgents = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes|UserOauthAgent';

const disclosure: Profile = {
  type: `${dicom}|110106`, subtypes: ['http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle|disclose'], action: 'R', outcomes: ['0', '4', '8', '12'], leastEntities: 2, entities: [patientSlice],
  agents: [
    { type: source, count: [1, 1], needs: ['who', 'network'], is: isSource }, { type: destination, count: [1, 1], needs: ['who', 'network'] },
    { type: 'http://snomed.info/sct|159541003', count: [0, 1], needs: ['who'] }, { type: 'http://snomed.info/sct|429577009', count: [0, 1], needs: ['who'] },
  ],
};
const decision: Profile = {
  type: `${dicom}|110113`, subtypes: ['AuthZ-Consent', 'AuthZ-Role'].map((code) => `https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType|${code}`), action: 'E', outcomes: ['0', '8'], leastEntities: 2, closed: true,
  agents: [
    { type: `${dicom}|110150`, count: [1, 1], needs: ['who', 'network'], never: ['role', 'name', 'purposeOfUse', ...unlikely] },
    { type: `${participation}|IRCP`, count: [1, 1], needs: ['who'], requestor: true, never: ['network', ...unlikely] },
    { type: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass|PROV', count: [1, 1], needs: ['who'], requestor: false, never: ['role', 'name', 'policy', 'network', ...unlikely] },
    { type: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type|authserver', count: [1, 1], needs: ['who'], requestor: false, is: isSource, never: ['role', 'name', 'policy', 'network', 'purposeOfUse', ...unlikely] },
  ],
  entities: [
    patientSlice, { type: 'http://hl7.org/fhir/resource-types|Consent', count: [1, Infinity], needs: ['what'] },
    { type: userAgents, count: [0, 1], needs: ['what'], is: ({ what }) => jti.test(what?.identifier?.value ?? '') },
  ],
};

const others: Readonly<Record<string, (event: AuditEvent) => Record<string, boolean>>> = {
  'PrivacyDisclosure.Source': (event) => profileHolds(event, disclosure),
  'AuthZconsent': (event) => profileHolds(event, decision),
  'OAUTHaccessTokenUse.Minimal': (event) => sliceHolds(event, event.agent, {
    type: userAgents, count: [1, Infinity], requestor: true, never: ['network', 'media'], is: ({ policy }) => policy?.length === 1 && jti.test(policy[0] ?? ''),
  }),
};

type Sliced = AuditEventAgent & AuditEventEntity;

function profileHolds(event: AuditEvent, { type, subtypes, action, outcomes, agents, entities, leastEntities, closed }: Profile): Record<string, boolean> {
  const entity = (event.entity ?? []) as Sliced[];
  return {
    type: `${event.type.system}|${event.type.code}` === type, subtype: (event.subtype ?? []).some(({ system, code }) => subtypes.includes(`${system}|${code}`)),
    action: event.action === action, outcome: outcomes.includes(event.outcome ?? ''), modifierExtension: event.modifierExtension === undefined,
    'agent count': event.agent.length >= 2, 'entity count': entity.length >= leastEntities,
    'entity type': closed !== true || entity.every((each) => entities.some((slice) => isOf(each, slice.type))),
    ...Object.assign({}, ...agents.map((slice) => sliceHolds(event, event.agent as Sliced[], slice)), ...entities.map((slice) => sliceHolds(event, entity, slice))) as Record<string, boolean>,
  };
}

function sliceHolds(event: AuditEvent, all: readonly Sliced[], { type, count: [least, most], needs = [], never = [], requestor, is = () => true }: Slice): Record<string, boolean> {
  const found = all.filter((each) => isOf(each, type));
  const has = (each: Sliced, name: string): boolean => (each as unknown as Record<string, unknown>)[name] !== undefined;
  return { [type]: found.length >= least && found.length <= most && found.every((each) => needs.every((name) => has(each, name)) && !never.some((name) => has(each, name)) && (requestor === undefined || each.requestor === requestor) && is(each, event)) };
}

/** An agent's type is a concept, an entity's a coding. */
function isOf({ type }: { type?: unknown }, wanted: string): boolean {
  const codings = (type as { coding?: { system?: string; code?: string }[] } | undefined)?.coding ?? [type as { system?: string; code?: string }];
  return codings.some((coding) => `${coding?.system}|${coding?.code}` === wanted);
}
