import type { AuditEvent, AuditEventAgent, AuditEventEntity } from '@medplum/fhirtypes';

/**
 * IHE BALP 1.1 (Basic Audit Log Patterns), its RESTful profiles as a table: what an event that claims one must hold. Its
 * StructureDefinitions are differentials over R4 AuditEvent, so the base is validated apart.
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
    const [, patient, verb = ''] = /^(Patient)?([A-Z][a-z]+)$/.exec(profile.replace(prefix, '')) ?? [];
    const pattern = Object.hasOwn(patterns, verb) ? patterns[verb] : undefined;
    if (!pattern) return [{ element: 'profile', found: profile }];
    const checks = { ...wholeOf(event, pattern), ...agentsOf(event, pattern), ...entitiesOf(event, verb === 'Query', patient !== undefined) };
    return Object.entries(checks).flatMap(([element, holds]) => (holds ? [] : [{ element, found: event }]));
  });
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
