import type { Bundle, CapabilityStatement, OperationOutcome, Patient } from '@medplum/fhirtypes';

/** One answer of the sandbox. */
export interface Answered {
  status: number;
  header: (name: string) => string | null;
  /** null where it is no JSON */
  body: unknown;
}

export interface Question {
  method: string;
  /** below the sandbox's FHIR base, or an absolute link it gave */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** without the client's token */
  anonymous?: true;
}

/** What checks work with, and hand on to those after them. */
export interface Checked {
  ask: (question: Question) => Promise<Answered>;
  /** unlike any other of any run */
  key: string;
  patient?: Patient | undefined;
  next?: string | undefined;
  plan?: { id: string; body: object } | undefined;
  statement?: CapabilityStatement | undefined;
}

/** null: as it should be; otherwise why not, in a few words. */
export type Finding = null | { kind: 'failed' | 'not-allowed' | 'not-offered'; why: string };

export interface Check {
  level: 1 | 2 | 3 | 4 | 5;
  name: string;
  run: (checked: Checked) => Promise<Finding>;
}

export const levels = ['Sign-in', 'Read and search', 'Write', 'Errors understood', 'Subscriptions and export'] as const;

const failed = (why: string): Finding => ({ kind: 'failed', why });
const nothingBefore = failed('what comes before it did not work');

/** What a token does not cover is no fault of the program that sends it. */
function expectStatus({ status, body }: Answered, ...expected: number[]): Finding {
  if (expected.includes(status)) return null;
  const { issue } = (body ?? {}) as Partial<OperationOutcome>;
  const told = issue?.[0]?.details?.coding?.[0]?.code;
  return status === 403 ? { kind: 'not-allowed', why: told ?? 'forbidden' } : failed(`status ${status}${told === undefined ? '' : ` (${told})`} and not ${expected.join(' or ')}`);
}

const component = { url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'community-team' } };

/** A plan as small as the gateway takes one. */
function planFor({ patient, key }: Checked): object {
  return { resourceType: 'CarePlan', status: 'active', intent: 'plan', title: 'first', extension: [component], identifier: [{ system: 'urn:onestory:conformance', value: key }], subject: { reference: `Patient/${patient?.id ?? ''}` } };
}

function refusal(name: string, status: number, question: (checked: Checked) => Question): Check {
  return { level: 4, name, run: async (checked) => {
    const answer = await checked.ask(question(checked));
    const { resourceType, issue } = (answer.body ?? {}) as Partial<OperationOutcome>;
    return expectStatus(answer, status) ?? (resourceType === 'OperationOutcome' && issue?.[0]?.details?.coding?.[0]?.code !== undefined && issue[0].details.text !== undefined ? null : failed('the answer is no OperationOutcome with a code and a sentence'));
  } };
}

/** One that is begun is ended again: a client has few. */
async function beginExport(ask: Checked['ask']): Promise<Finding> {
  const begun = await ask({ method: 'GET', path: '$export', headers: { Prefer: 'respond-async' } });
  const address = begun.header('Content-Location');
  return expectStatus(begun, 202) ?? (address === null ? failed('no Content-Location') : expectStatus(await ask({ method: 'DELETE', path: address }), 202));
}

export const checks: readonly Check[] = [
  { level: 1, name: 'without a token nothing is answered', run: async ({ ask }) => {
    const answer = await ask({ method: 'GET', path: 'Patient', anonymous: true });
    return expectStatus(answer, 401) ?? (answer.header('WWW-Authenticate')?.startsWith('Bearer') ? null : failed('no WWW-Authenticate: Bearer'));
  } },
  { level: 1, name: 'the client\'s token is accepted, and the capability statement is read', run: async (checked) => {
    const answer = await checked.ask({ method: 'GET', path: 'metadata' });
    const statement = answer.body as CapabilityStatement | null;
    if (statement?.resourceType === 'CapabilityStatement') checked.statement = statement;
    return expectStatus(answer, 200) ?? (statement?.fhirVersion === '4.0.1' ? null : failed('it is not FHIR 4.0.1'));
  } },
  { level: 2, name: 'people are found, in pages', run: async (checked) => {
    const answer = await checked.ask({ method: 'GET', path: 'Patient?_count=1' });
    const bundle = answer.body as Bundle | null;
    checked.patient = bundle?.entry?.flatMap(({ resource }) => (resource?.resourceType === 'Patient' ? [resource] : []))[0];
    checked.next = bundle?.link?.find(({ relation }) => relation === 'next')?.url;
    return expectStatus(answer, 200) ?? (checked.patient ? null : failed('nobody is found: no agreement lets this client see anybody'));
  } },
  { level: 2, name: 'the link to the next page is followed as it is', run: async ({ ask, next }) => (next === undefined ? nothingBefore : expectStatus(await ask({ method: 'GET', path: next }), 200)) },
  { level: 2, name: 'a person is read by id, with an ETag', run: async ({ ask, patient }) => {
    if (!patient?.id) return nothingBefore;
    const answer = await ask({ method: 'GET', path: `Patient/${patient.id}` });
    return expectStatus(answer, 200) ?? (answer.header('ETag') === null ? failed('no ETag') : null);
  } },
  { level: 2, name: 'what identifies somebody is searched by POST', run: async ({ ask, patient }) => {
    const [{ system = '', value = '' } = {}] = patient?.identifier ?? [];
    if (value === '') return nothingBefore;
    const answer = await ask({ method: 'POST', path: 'Patient/_search', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ identifier: `${system}|${value}` }).toString() });
    return expectStatus(answer, 200) ?? ((answer.body as Bundle).total === 1 ? null : failed('not exactly one is found'));
  } },
  { level: 2, name: 'a person\'s summary is a document', run: async ({ ask, patient }) => {
    if (!patient?.id) return nothingBefore;
    const answer = await ask({ method: 'GET', path: `Patient/${patient.id}/$summary` });
    return expectStatus(answer, 200) ?? ((answer.body as Bundle).type === 'document' ? null : failed('no Bundle of type document'));
  } },
  { level: 3, name: 'a record is made, once for one identifier', run: async (checked) => {
    if (!checked.patient) return nothingBefore;
    const body = planFor(checked);
    const make = (): Promise<Answered> => checked.ask({ method: 'POST', path: 'CarePlan', body, headers: { 'If-None-Exist': `identifier=urn:onestory:conformance|${checked.key}` } });
    const [first, second] = [await make(), await make()];
    const id = /\/CarePlan\/([^/]+)\/_history\/1$/.exec(first.header('Location') ?? '')?.[1];
    if (id !== undefined) checked.plan = { id, body: { ...body, id } };
    return expectStatus(first, 201) ?? expectStatus(second, 200) ?? (first.header('Location') === second.header('Location') ? null : failed('sent twice it has two addresses'));
  } },
  { level: 3, name: 'it is changed from the version that was read', run: async ({ ask, plan }) => (plan ? expectStatus(await ask({ method: 'PUT', path: `CarePlan/${plan.id}`, body: { ...plan.body, title: 'second' }, headers: { 'If-Match': 'W/"1"' } }), 200) : nothingBefore) },
  { level: 3, name: 'it is patched', run: async ({ ask, plan }) => (plan ? expectStatus(await ask({ method: 'PATCH', path: `CarePlan/${plan.id}`, body: [{ op: 'replace', path: '/title', value: 'third' }], headers: { 'Content-Type': 'application/json-patch+json' } }), 200) : nothingBefore) },
  refusal('a change from an old version is refused: 412', 412, ({ plan }) => ({ method: 'PUT', path: `CarePlan/${plan?.id ?? 'none'}`, body: { ...plan?.body, resourceType: 'CarePlan', id: plan?.id ?? 'none' }, headers: { 'If-Match': 'W/"1"' } })),
  refusal('a change that names no version is refused: 428', 428, ({ plan }) => ({ method: 'PUT', path: `CarePlan/${plan?.id ?? 'none'}`, body: { ...plan?.body, resourceType: 'CarePlan', id: plan?.id ?? 'none' } })),
  refusal('a search parameter nobody knows is refused: 400', 400, () => ({ method: 'GET', path: 'Patient?unheard-of=1' })),
  refusal('a body that is no JSON is refused: 400', 400, () => ({ method: 'POST', path: 'CarePlan', body: '{' })),
  refusal('who is not there, and who may not be seen, is one answer: 404', 404, () => ({ method: 'GET', path: 'Patient/00000000-0000-4000-8000-000000000000' })),
  { level: 3, name: 'it is deleted, and its readers are told that it is gone', run: async ({ ask, plan }) => (plan ? expectStatus(await ask({ method: 'DELETE', path: `CarePlan/${plan.id}` }), 204) ?? expectStatus(await ask({ method: 'GET', path: `CarePlan/${plan.id}` }), 410, 404) : nothingBefore) },
  { level: 5, name: 'subscriptions are read', run: async ({ ask, statement }) => (statement?.rest?.[0]?.resource?.some(({ type }) => type === 'Subscription') ? expectStatus(await ask({ method: 'GET', path: 'Subscription?_count=1' }), 200) : notOffered) },
  { level: 5, name: 'an export is begun', run: async ({ ask, statement }) => (statement?.rest?.[0]?.operation?.some(({ name }) => name === 'export') ? beginExport(ask) : notOffered) },
];

const notOffered: Finding = { kind: 'not-offered', why: 'the capability statement does not name it' };
