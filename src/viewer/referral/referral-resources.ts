import type { Consent, Encounter, Organization, Reference, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { SignedIn } from '../api/session.ts';
import { strings } from '../strings.ts';
import { componentExtension, type Destination } from './destinations.ts';

const words = strings.referral;
/** What is written here is found again by the number of its form, so that a second click, or another try after a lost answer, writes nothing twice. */
const numberSystem = 'https://fhir.bicp.example/Id/viewer-referral';
const answerSystem = 'https://fhir.bicp.example/Id/viewer-answer';
/** Tasks by which the gateway asks something about a record, and what people ask of those who keep it */
const notAnswers = ['https://fhir.bicp.example/CodeSystem/gateway-action', 'https://fhir.bicp.example/CodeSystem/story-item'];
const outcomeSystem = 'https://fhir.bicp.example/CodeSystem/referral-outcome';
const pathwaySystem = 'https://fhir.bicp.example/CodeSystem/discharge-pathway';
const pathwayExtension = 'https://fhir.bicp.example/StructureDefinition/discharge-pathway';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Who writes, for whom, and when. */
export interface Writer {
  session: Pick<SignedIn, 'person' | 'role'>;
  /** the organisation they act for */
  own: Organization;
  now: Date;
}

/** What somebody filled in. */
export interface Referring {
  citizen: string;
  /** new for each form */
  number: string;
  to: Destination;
  priority: 'routine' | 'urgent' | 'asap';
  reason: string;
  reach: string;
  /** code of discharge-pathway, or '' */
  pathway: string;
  /** `Type/id` of entries it points to; a stay is the one it was made in */
  along: readonly string[];
  /** the referral that is handed on */
  basedOn?: string;
}

export function referralFor({ session, own, now }: Writer, { citizen, number, to, priority, reason, reach, pathway, along, basedOn }: Referring): ServiceRequest {
  const stay = along.find((reference) => reference.startsWith('Encounter/'));
  const others = along.filter((reference) => reference !== stay);
  return {
    resourceType: 'ServiceRequest', status: 'active', intent: 'order', priority, authoredOn: now.toISOString(), identifier: [{ system: numberSystem, value: number }],
    extension: [{ url: componentExtension, valueCoding: to.component }, ...(pathway === '' ? [] : [{ url: pathwayExtension, valueCoding: { system: pathwaySystem, code: pathway } }])],
    subject: { reference: `Patient/${citizen}` }, code: { text: words.services[to.component.code] ?? to.component.display }, reasonCode: [{ text: reason }],
    requester: organisationOf(own), performer: [{ reference: `Organization/${to.organisation}`, display: to.name }],
    note: [{ authorString: session.person.name, time: now.toISOString(), text: words.by(session.person.name, strings.roles[session.role] ?? session.role, reach) }],
    ...(basedOn !== undefined && { basedOn: [{ reference: basedOn }] }), ...(stay !== undefined && { encounter: { reference: stay } }), ...(others.length > 0 && { supportingInfo: others.map((reference) => ({ reference })) }),
  };
}

/** How what a form writes is found again: `If-None-Exist`; undefined for what no form of the viewer wrote. */
export function conditionOf({ identifier = [] }: ServiceRequest | Task): string | undefined {
  const number = identifier.find(({ system }) => system === numberSystem || system === answerSystem);
  return number && new URLSearchParams({ identifier: `${number.system ?? ''}|${number.value ?? ''}` }).toString();
}

export interface Answering {
  status: 'accepted' | 'rejected' | 'completed';
  /** code of referral-outcome */
  outcome: string;
  /** what the sender reads beside it */
  note: string;
  /** new for each form */
  number: string;
}

/** The receiver's own Task about a referral. `focus`: `ServiceRequest/id`, or the name of an entry of the same Bundle. */
export function answerTo({ session, own, now }: Writer, citizen: string, focus: string, answering: Answering): Task {
  return withAnswer({
    resourceType: 'Task', identifier: [{ system: answerSystem, value: answering.number }], status: answering.status, intent: 'order', code: { text: words.taskCode }, for: { reference: `Patient/${citizen}` }, focus: { reference: focus }, owner: organisationOf(own), authoredOn: now.toISOString(),
  }, { session, own, now }, answering);
}

/** The same Task with another answer: what somebody else said in it before is kept. */
export function withAnswer(task: Task, { session, now }: Writer, { status, outcome, note }: Omit<Answering, 'number'>): Task {
  return {
    ...task, status, lastModified: now.toISOString(), executionPeriod: { ...task.executionPeriod, end: now.toISOString() },
    output: [{ type: { text: words.outcome }, valueCodeableConcept: { coding: [{ system: outcomeSystem, code: outcome, display: words.outcomes[outcome] ?? outcome }] } }],
    ...(status === 'rejected' && { statusReason: { text: note } }), ...(note !== '' && { note: [...(task.note ?? []), { authorString: session.person.name, time: now.toISOString(), text: note }] }),
  };
}

/** Whether a Task is what a receiver said to a referral: one that asks something, or was taken back, is none. */
export function isAnswer({ code, status }: Task): boolean {
  return !['requested', 'draft', 'cancelled', 'entered-in-error'].includes(status ?? '') && (code?.coding ?? []).every(({ system = '' }) => !notAnswers.includes(system));
}

/** What was said last, of answers in any order. */
export function latestAnswer(tasks: readonly Task[]): Task | undefined {
  const when = ({ lastModified, authoredOn = '', meta }: Task): number => Date.parse(lastModified ?? meta?.lastUpdated ?? authoredOn) || 0;
  return tasks.filter(isAnswer).sort((a, b) => when(b) - when(a))[0];
}

/** That somebody says yes to one organisation's learning who they are: agreements with explicit consent open by it. */
export function yesTo(citizen: string, to: Destination, decided: string): Consent {
  return {
    resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] }, category: [{ coding: [{ system: actCode, code: 'INFA' }] }],
    patient: { reference: `Patient/${citizen}` }, dateTime: decided, policyRule: { coding: [{ system: actCode, code: 'OPTIN' }] },
    provision: { type: 'permit', actor: [{ role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }, reference: { type: 'Organization', identifier: to.identifier } }] },
  };
}

export interface AdviceCall {
  citizen: string;
  number: string;
  to: Destination;
  caller: { organisation: string; name: string };
  callerName: string;
  asked: string;
  advised: string;
  outcome: string;
}

/** A call for advice as its two records: what was asked of this organisation, and what came of it. */
export function adviceCall(writer: Writer, { citizen, number, to, caller, callerName, asked, advised, outcome }: AdviceCall): [ServiceRequest, Task] {
  const { session, now } = writer;
  const request = referralFor(writer, { citizen, number, to, priority: 'urgent', reason: asked, reach: '', pathway: '', along: [] });
  const who = callerName === '' ? caller.name : `${callerName}, ${caller.name}`;
  return [
    { ...request, status: 'completed', code: { text: words.advice.code }, requester: { reference: `Organization/${caller.organisation}`, display: caller.name }, note: [{ authorString: session.person.name, time: now.toISOString(), text: words.advice.by(who) }] },
    { ...answerTo(writer, citizen, requestName, { status: 'completed', outcome, note: advised, number }), code: { text: words.advice.task } },
  ];
}

/** What an entry of a transaction is called until it has an address. */
export const requestName = 'urn:uuid:6b1d5c1e-7f0a-4a57-9d4c-52b0d3f4a001';

/** One transaction: either all of it is written or nothing. The request comes first, under its name and its condition. */
export function together(request: ServiceRequest, task: Task) {
  const once = (resource: ServiceRequest | Task) => {
    const ifNoneExist = conditionOf(resource);
    return { method: 'POST' as const, url: resource.resourceType, ...(ifNoneExist !== undefined && { ifNoneExist }) };
  };
  return {
    resourceType: 'Bundle' as const, type: 'transaction' as const, entry: [
      { fullUrl: requestName, resource: request, request: once(request) },
      { resource: task, request: task.id === undefined ? once(task) : { method: 'PUT' as const, url: `Task/${task.id}`, ifMatch: `W/"${task.meta?.versionId ?? ''}"` } },
    ],
  };
}

function organisationOf({ id = '', name }: Organization): Reference<Organization> {
  return { reference: `Organization/${id}`, ...(name !== undefined && { display: name }) };
}

/** Whether a referral was sent to an organisation that is not the one keeping it: then it is theirs to answer. */
export function isForUs(request: Resource, own: Organization): boolean {
  if (request.resourceType !== 'ServiceRequest' || !['active', 'on-hold'].includes(request.status ?? '')) return false;
  const keys = (own.identifier ?? []).map(({ system, value }) => `${system ?? ''}|${value ?? ''}`);
  const named = (request.performer ?? []).some(({ reference, identifier }) => reference === `Organization/${own.id ?? ''}` || keys.includes(`${identifier?.system ?? ''}|${identifier?.value ?? ''}`));
  return named && !isKeptBy(request, keys);
}

/** Whether one of these organisations is its custodian. */
export function isKeptBy({ meta }: Resource, keys: readonly string[]): boolean {
  return (meta?.tag ?? []).some(({ system, code }) => keys.includes(`${system ?? ''}|${code ?? ''}`));
}

/** A stay somebody is in now. */
export function isGoingOn({ status, period }: Encounter): boolean {
  return ['in-progress', 'onleave', 'arrived'].includes(status ?? '') && period?.end === undefined;
}
