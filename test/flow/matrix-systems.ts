import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Bundle } from '@medplum/fhirtypes';
import { indexResource } from '../../src/fhir/index-resource.ts';
import { saveRows } from '../../src/store/record/record-writer.ts';
import { classKey, openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { bchc } from '../consent/sharing-cases.ts';
import { askToken, changeClients, partnerKey } from '../edge/oauth/partner.ts';
import type { Gateway } from '../gateway.ts';
import { openReceiver, type HookReceiver } from './hook-receiver.ts';
import { paths, type Cell, type Path } from './matrix-paths.ts';
import type { MatrixCitizen } from './matrix-world.ts';
import { subscriptionTo } from './subscription-cases.ts';

/** The community trust's system, registered with a purpose of care: no person stands behind it. */
export interface MatrixSystem {
  /** asks as the system, whoever is named */
  gateway: Gateway;
  /** a file of an export of the group of people the trust cares for */
  file: string;
  subscription: string;
  receiver: HookReceiver;
  /** the stay that was stored to be told of, by citizen */
  stays: Map<string, string>;
}

const client = 'bchc-matrix';
const scope = 'system/*.cruds';
const fhirJson = { 'Content-Type': 'application/fhir+json' };

export async function openMatrixSystem(gateway: Gateway): Promise<MatrixSystem> {
  const key = await partnerKey();
  const registered = await changeClients(gateway, '', { id: client, kind: 'system', name: 'Matrix', contact: 'it@bchc.example', organisation: bchc, purpose: 'TREAT', scopes: scope.split(' '), keys: { keys: [key.open] } });
  if (registered.status !== 201) throw new Error(JSON.stringify(registered));
  let held = { token: '', until: 0 };
  const token = async (): Promise<string> => {
    if (Date.now() > held.until) held = { token: String((await askToken(gateway.url, client, key, scope)).body['access_token']), until: Date.now() + 60_000 };
    return held.token;
  };
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => fetch(path.startsWith('http') ? path : `${gateway.url}${path}`, { ...init, headers: { Authorization: `Bearer ${await token()}`, ...(init.headers as Record<string, string> | undefined) } });
  const asSystem: Gateway = { ...gateway, token, get: (path, _who, headers = {}) => request(path, { headers }), search: (type, form) => request(`/fhir/${type}/_search`, { method: 'POST', body: new URLSearchParams(form) }) };
  const receiver = await openReceiver();
  const subscribed = await request('/fhir/Subscription', { method: 'POST', headers: fhirJson, body: JSON.stringify(subscriptionTo('admitted', `${receiver.url}/hook`)) });
  if (subscribed.status !== 201) throw new Error(`${subscribed.status} ${await subscribed.text()}`);
  await untilTold(gateway);
  return { gateway: asSystem, file: await exportedFile(asSystem), subscription: /Subscription\/([^/]+)/.exec(subscribed.headers.get('Location') ?? '')?.[1] ?? '', receiver, stays: new Map() };
}

/** Listed once: every fetch of the file reads what it lists through the door again. */
async function exportedFile(asSystem: Gateway): Promise<string> {
  const group = ((await (await asSystem.get('/fhir/Organization?identifier=RYW', '')).json()) as Bundle).entry?.[0]?.resource?.id ?? '';
  const started = await asSystem.get(`/fhir/Group/${group}/$export?_type=EpisodeOfCare`, '', { Prefer: 'respond-async', Accept: 'application/fhir+json' });
  if (started.status !== 202) throw new Error(`${started.status} ${await started.text()}`);
  const job = (started.headers.get('Content-Location') ?? '').slice(asSystem.url.length);
  for (;;) {
    const status = await asSystem.get(job, '');
    if (status.status === 200) return `${job}/EpisodeOfCare-1.ndjson`;
    await setTimeout(20);
  }
}

async function untilTold({ database, services }: Gateway): Promise<void> {
  const waits = async (): Promise<boolean> => (await database.query('select 1 from happened union all select 1 from subscription where leased_until is not null or due_at <= statement_timestamp()')).length > 0;
  while (await waits()) {
    await services.subscribers.look();
    await setTimeout(5);
  }
}

/** A stay in the class of what the row asks for, as the gateway's own writer stores one. */
async function admit({ database, services }: Gateway, { citizen, outcome: { row } }: MatrixCitizen): Promise<string> {
  const id = randomUUID();
  const classes = await openSharingClasses(database);
  await database.transaction(async (connection) => {
    const body = { resourceType: 'Encounter', id, meta: { versionId: '1' }, status: 'in-progress', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' }, subject: { reference: `Patient/${citizen}` } };
    const classId = (await classes.intern(connection, [row])).get(classKey(row)) ?? 0;
    await saveRows(connection, [{ citizen, id, type: 'Encounter', version: 1, classId, contentHash: Buffer.alloc(0), body: JSON.stringify(body), updatedAt: services.clock(), recordId: 0, row: 0, index: indexResource(body), directoryIds: [], fragments: [] }]);
  });
  return id;
}

const cell = (shown: boolean): Cell => (shown ? 'shown' : 'hidden');

/** What only systems are told; the first stores what the second asks for. */
const ofSystems: readonly (Omit<Path, 'ask'> & { ask: (system: MatrixSystem, about: MatrixCitizen) => Promise<Cell> })[] = [
  { name: 'export', asks: 'GET Group/{id}/$export?_type=EpisodeOfCare, the file', ask: async ({ gateway, file }, { target }) => {
    const response = await gateway.get(file, '');
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    return cell((await response.text()).includes(`"id":"${target}"`));
  } },
  { name: 'notification', asks: 'POST to the subscriber of admissions, of a stay that is as the row says', ask: async (system, about) => {
    const id = await admit(system.gateway, about);
    system.stays.set(about.citizen, id);
    await untilTold(system.gateway);
    return cell(JSON.stringify(system.receiver.received).includes(id));
  } },
  { name: '$events', asks: 'GET Subscription/{id}/$events, of the same stay', ask: async ({ gateway, subscription, stays }, { citizen }) => {
    const response = await gateway.get(`/fhir/Subscription/${subscription}/$events`, '');
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    return cell((await response.text()).includes(stays.get(citizen) ?? 'none'));
  } },
];

const alsoAsked = ['read', 'vread', 'history of the type', 'posted', 'kept list', 'count', 'batch', '$everything', '$story', '$summary', '$presence', '$docref', '$timeline', '$match'];

/** The ways a system has to the record. */
export const systemPaths: readonly { name: string; asks: string; ask: (system: MatrixSystem, about: MatrixCitizen) => Promise<Cell> }[] = [
  ...paths.filter(({ name }) => alsoAsked.includes(name)).map(({ name, asks, ask }) => ({ name, asks, ask: (system: MatrixSystem, about: MatrixCitizen) => ask(system.gateway, about) })),
  ...ofSystems,
];
