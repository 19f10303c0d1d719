import { randomUUID } from 'node:crypto';
import type { Bundle, Encounter, Subscription } from '@medplum/fhirtypes';
import { indexResource } from '../../src/fhir/index-resource.ts';
import { textOf, type JsonObject } from '../../src/fhir/json.ts';
import type { Purpose } from '../../src/fhir/sharing.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { saveDecision } from '../../src/store/linkage/link-decisions.ts';
import { saveRows } from '../../src/store/record/record-writer.ts';
import { classKey, openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { ask, auditSince, codeOf, lastSeq, type Answer } from '../edge/http/asking.ts';
import { planOf, sending, type Send } from '../edge/http/writing.ts';
import { until } from '../patience.ts';
import { openReceiver, type HookReceiver, type Notification } from './hook-receiver.ts';
import { communitySystem, type SystemWorld } from './system-world.ts';
import { fileObjection } from './whole-record.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const system = 'bchc-integration';
const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';
export const subscriptionTo = (topic: string, endpoint: string, more: JsonObject = {}): JsonObject => ({
  resourceType: 'Subscription', status: 'requested', reason: 'work list', criteria: `https://fhir.bicp.example/SubscriptionTopic/${topic}`,
  channel: { type: 'rest-hook', endpoint, payload: 'application/fhir+json', _payload: { extension: [{ url: `${backport}/backport-payload-content`, valueCode: 'id-only' }] }, header: ['Authorization: Bearer of-the-receiver'] }, ...more,
});

/** What docs/subscriptions.md promises. */
export function subscriptionCases(current: () => SystemWorld): void {
  let world: SystemWorld;
  let receiver: HookReceiver;
  let send: Send;
  beforeAll(async () => {
    receiver = await openReceiver();
    world = current();
    send = sending(world.gateway, system);
  });
  afterAll(() => receiver.close());
  beforeEach(() => { receiver.received.length = 0; });
  afterEach(async () => {
    receiver.answers.length = 0;
    await world.gateway.database.query('delete from subscription');
  });

  /** Until the gateway has nothing more to tell. */
  async function told(): Promise<Notification[]> {
    const idle = async (): Promise<boolean> => (await world.gateway.database.query(`select 1 from happened union all select 1 from subscription where leased_until is not null or due_at <= statement_timestamp()`)).length === 0;
    await until(async () => {
      if (await idle()) return true;
      await world.gateway.services.subscribers.look();
      return false;
    }, async () => `the end of ${JSON.stringify(await world.gateway.database.query('select status, failures, due_at, leased_until, now() from subscription'))} ${world.failures.map(String).join(' ')}`, 5);
    return receiver.received;
  }
  const dueNow = (id: string): Promise<unknown> => world.gateway.database.query('update subscription set due_at = statement_timestamp() where id = $1 and status in (\'requested\', \'active\')', [id]);
  const standing = async (id: string): Promise<Subscription> => (await send('GET', `Subscription/${id}`)).body as unknown as Subscription;
  async function subscribe(topic: string, more: JsonObject = {}): Promise<string> {
    const { status, id } = await send('POST', 'Subscription', subscriptionTo(topic, `${receiver.url}/hook`, more));
    expect(status).toBe(201);
    await told();
    receiver.received.length = 0;
    return id;
  }
  /** Somebody the community trust cares for and the hospital knows. */
  async function patient(): Promise<string> {
    const [row] = await world.gateway.database.query<{ citizen: string }>(
      `select r.citizen_id as citizen from citizen_row r join sharing_class s on s.class_id = r.class_id where r.type = 'Patient' and s.custodian = $1 and s.labels = '{}'
         and exists (select from relationship x where x.citizen_id = r.citizen_id and x.organisation = $2 and x.until > now() and x.kind in (1, 2))
         and not exists (select from choice_rule c where c.citizen_id = r.citizen_id) order by r.citizen_id limit 1`, [`${ods}|RRK`, `${ods}|RYW`]);
    return row?.citizen ?? '';
  }
  /** A version of a hospital's record, as the gateway's own writer stores one. */
  async function store(citizen: string, resource: JsonObject, category: 'encounter' | 'referral' | 'administration', version = 1): Promise<string> {
    const id = textOf(resource['id']) || randomUUID();
    const { database, services } = world.gateway;
    const classes = await openSharingClasses(database);
    const facts = { custodian: `${ods}|RRK`, category, labels: [] } as const;
    await database.transaction(async (connection) => {
      const classId = (await classes.intern(connection, [{ ...facts, labels: [] }])).get(classKey({ ...facts, labels: [] })) ?? 0;
      const body = { ...resource, id, meta: { versionId: String(version) } };
      await saveRows(connection, [{ citizen, id, type: textOf(resource['resourceType']), version, classId, contentHash: Buffer.alloc(0), body: JSON.stringify(body), updatedAt: services.clock(), recordId: 0, row: 0, index: indexResource(body), directoryIds: [], fragments: [] }]);
    });
    return id;
  }
  const stay = (citizen: string, status: Encounter['status'], more: JsonObject = {}): JsonObject => ({ resourceType: 'Encounter', status, class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' }, subject: { reference: `Patient/${citizen}` }, ...more });
  /** The same with a purpose the agreement for systems opens: tokens of the demo have none of these. */
  async function subscribeFor(purpose: Purpose, topic: string): Promise<string> {
    const { id } = await world.gateway.services.subscriptions.create(communitySystem(purpose), subscriptionTo(topic, `${receiver.url}/${purpose}`), { id: 'test' });
    await told();
    receiver.received.length = 0;
    return id;
  }

  it('begins with a handshake, is read and searched by its client alone, changed and deleted, as docs/subscriptions.md says', async () => {
    const created = await send('POST', 'Subscription', subscriptionTo('plan-changed', `${receiver.url}/hook`));
    expect([created.status, created.version]).toEqual([201, 1]);
    const [shaken] = await told();
    expect([shaken?.type, shaken?.count, shaken?.headers.authorization, shaken?.headers['content-type'], shaken?.path]).toEqual(['handshake', '0', 'Bearer of-the-receiver', 'application/fhir+json', '/hook']);
    expect(problemsOf(shaken)).toEqual([]);
    const kept = await standing(created.id);
    expect([kept.status, kept.meta?.versionId, kept.channel.header]).toEqual(['active', '2', ['Authorization: *']]);
    expect(((await send('GET', 'Subscription?status=active')).body as unknown as Bundle).entry?.map(({ resource }) => resource?.id)).toContain(created.id);
    const changed = await send('PUT', `Subscription/${created.id}`, { ...kept, status: 'requested', reason: 'another' }, { 'If-Match': 'W/"2"' });
    expect([changed.status, changed.version]).toEqual([200, 3]);
    expect((await told()).at(-1)?.headers.authorization).toBe('Bearer of-the-receiver');
    expect((await send('PUT', `Subscription/${created.id}`, { ...kept, status: 'requested' }, { 'If-Match': 'W/"2"' })).codes).toEqual(['version-differs']);
    expect((await send('PUT', `Subscription/${created.id}`, { ...kept, criteria: 'https://fhir.bicp.example/SubscriptionTopic/died' })).codes).toEqual(['subscription-topic']);
    const elsewhere = { ...kept, status: 'requested', channel: { ...kept.channel, endpoint: 'https://elsewhere.example.org/hook' } };
    expect((await send('PUT', `Subscription/${created.id}`, elsewhere as unknown as JsonObject)).codes).toEqual(['subscription-header-kept']);
    expect((await send('PUT', `Subscription/${created.id.toUpperCase()}`, { ...kept, id: created.id.toUpperCase(), status: 'requested' })).status).toBe(404);
    const status = (await send('GET', `Subscription/${created.id}/$status`)).body as unknown as Bundle;
    expect([status.type, status.total]).toEqual(['searchset', 1]);
    const others = sending(world.gateway, 'uhb-integration');
    for (const path of [`Subscription/${created.id}`, `Subscription/${created.id}/_history/1`, `Subscription/${created.id}/$events`]) expect([path, (await others('GET', path)).status]).toEqual([path, 404]);
    expect([(await others('DELETE', `Subscription/${created.id}`)).status, (await others('PUT', `Subscription/${created.id}`, { ...kept, status: 'requested' })).status]).toEqual([404, 404]);
    for (const path of ['Subscription', 'Subscription/$status', `Subscription/${created.id}/$status`]) expect([path, ((await others('GET', path)).body as unknown as Bundle).total]).toEqual([path, 0]);
    expect((await send('DELETE', `Subscription/${created.id}`)).status).toBe(204);
    expect([(await send('GET', `Subscription/${created.id}`)).status, (await send('DELETE', `Subscription/${created.id}`)).status]).toEqual([410, 404]);
  });

  it('tells what happened by ids alone, after an entry that lists the versions, with numbers that have no gap', async () => {
    const id = await subscribe('plan-changed');
    const citizen = await patient();
    const before = await lastSeq(world.gateway);
    const plan = await send('POST', 'CarePlan', planOf(citizen, randomUUID()));
    const [first] = await told();
    expect([first?.type, first?.count, first?.events]).toEqual(['event-notification', '1', [{ n: '1', focus: `${world.gateway.url}/fhir/CarePlan/${plan.id}` }]]);
    expect([JSON.stringify(first?.bundle).includes('first'), problemsOf(first)]).toEqual([false, []]);
    const [entry] = (await auditSince(world.gateway, before)).map((each) => each.entry).filter(({ interaction }) => interaction === 'notify');
    expect([entry?.disclosed, entry?.listed, entry?.who.client]).toEqual([[`CarePlan/${plan.id}/_history/1`], [citizen], system]);
    await send('PUT', `CarePlan/${plan.id}`, { ...planOf(citizen, randomUUID()), id: plan.id, title: 'second' }, { 'If-Match': 'W/"1"' });
    expect((await told()).map(({ count }) => count)).toEqual(['1', '2']);
    const events = (await send('GET', `Subscription/${id}/$events?eventsSinceNumber=2`)).body as unknown as Bundle;
    expect([events.type, events.entry?.length, JSON.stringify(events).includes('"query-event"')]).toEqual(['history', 2, true]);
  });

  it('is tried again with the same numbers, later and later, until it is in error; asked for again, it goes on', async () => {
    const id = await subscribe('plan-changed');
    await send('POST', 'CarePlan', planOf(await patient(), randomUUID()));
    receiver.answers.push(500, `${receiver.url}/elsewhere`);
    await told();
    await dueNow(id);
    await told();
    expect(receiver.received.map(({ path, events }) => [path, events.map(({ n }) => n)])).toEqual([['/hook', ['1']], ['/hook', ['1']]]);
    const [{ failures, later } = { failures: 0, later: false }] = await world.gateway.database.query<{ failures: number; later: boolean }>('select failures, due_at > statement_timestamp() as later from subscription where id = $1', [id]);
    expect([failures, later]).toEqual([2, true]);
    await world.gateway.database.query('update subscription set failures = 9 where id = $1', [id]);
    receiver.answers.push(500);
    await dueNow(id);
    await told();
    expect([(await standing(id)).status, (await standing(id)).error]).toEqual(['error', 'hook-refused']);
    await send('POST', 'CarePlan', planOf(await patient(), randomUUID()));
    expect(await told()).toHaveLength(3);
    expect((await send('PUT', `Subscription/${id}`, { ...(await standing(id)), status: 'requested' })).status).toBe(200);
    expect((await told()).slice(3).map(({ type, events }) => [type, events.map(({ n }) => n)])).toEqual([['handshake', []], ['event-notification', ['1', '2']]]);
    expect((await standing(id)).status).toBe('active');
  });

  it('tells at once what happened while a failed notification was tried again', async () => {
    const id = await subscribe('plan-changed');
    const citizen = await patient();
    await send('POST', 'CarePlan', planOf(citizen, randomUUID()));
    receiver.answers.push(500, async () => {
      await send('POST', 'CarePlan', planOf(citizen, randomUUID()));
      await world.gateway.services.subscribers.look();
      return 200;
    });
    await told();
    await dueNow(id);
    await told();
    expect(receiver.received.map(({ events }) => events.map(({ n }) => n))).toEqual([['1'], ['1'], ['2']]);
  });

  it.each<[string, (id: string) => Promise<unknown>, string[][]]>([
    ['ended', (id) => send('DELETE', `Subscription/${id}`), []],
    ['asked for again', async (id) => send('PUT', `Subscription/${id}`, { ...(await standing(id)), status: 'requested' }), [[], ['1']]],
  ])('%s while somebody is about to tell, is told nothing by them', async (_, change, numbers) => {
    const id = await subscribe('plan-changed');
    const { audit } = world.gateway.services;
    const { append } = audit;
    audit.append = async (entry) => {
      if (entry.interaction === 'notify') {
        audit.append = append;
        await change(id);
      }
      return append(entry);
    };
    await send('POST', 'CarePlan', planOf(await patient(), randomUUID()));
    expect((await told()).map(({ events }) => events.map(({ n }) => n))).toEqual(numbers);
  });

  it('to receivers that are silent holds up its own client alone: two wait at a time', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<number>((resolve) => { answer = () => { resolve(200); }; });
    receiver.answers.push(() => answered, () => answered);
    const others = sending(world.gateway, 'uhb-integration');
    const received = (count: number): Promise<void> => until(() => receiver.received.length >= count, `notification ${count}`, 5);
    for (const path of ['one', 'two', 'three']) await send('POST', 'Subscription', subscriptionTo('died', `${receiver.url}/${path}`));
    await received(2);
    await others('POST', 'Subscription', subscriptionTo('died', `${receiver.url}/other`));
    await received(3);
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(['/one', '/other', '/two']);
    answer();
    expect((await told()).map(({ path }) => path).sort()).toEqual(['/one', '/other', '/three', '/two']);
  });

  it('is not given to a token that could read nothing of it', async () => {
    const narrow = { ...communitySystem('CAREMGT'), scopes: ['system/Subscription.cruds'] };
    await expect(world.gateway.services.subscriptions.create(narrow, subscriptionTo('died', receiver.url), { id: 'test' })).rejects.toMatchObject({ message: 'subscription-scope' });
  });

  it('is silent while its client is disabled, and goes on when it is enabled again', async () => {
    await subscribe('plan-changed');
    const { database, services } = world.gateway;
    await database.query(`insert into oauth_client (id, kind, name, organisation, scopes, redirect_uris, contact, enabled) values ($1, 'system', 'x', 'x', '{}', '{}', 'x', false)`, [system]);
    await send('POST', 'CarePlan', planOf(await patient(), randomUUID()));
    await until(async () => { // a round of the gateway's own may hold what happened
      await services.subscribers.look();
      return (await database.query('select 1 from happened')).length === 0;
    }, 'the end of what happened');
    expect(receiver.received).toEqual([]);
    await database.query('delete from oauth_client where id = $1', [system]);
    expect((await told()).map(({ count }) => count)).toEqual(['1']);
  });

  it('sends a heartbeat when it was quiet for so long, and ends when its time is over', async () => {
    const id = await subscribe('died', { end: new Date(Date.now() + 3_600_000).toISOString(), channel: { ...(subscriptionTo('died', `${receiver.url}/hook`)['channel'] as JsonObject), extension: [{ url: `${backport}/backport-heartbeat-period`, valueUnsignedInt: 60 }] } });
    await dueNow(id);
    expect(await told()).toEqual([]);
    await world.gateway.database.query(`update subscription set sent_at = sent_at - interval '1 minute' where id = $1`, [id]);
    await dueNow(id);
    expect((await told()).map(({ type, count }) => [type, count])).toEqual([['heartbeat', '0']]);
    await world.gateway.database.query('update subscription set ends_at = statement_timestamp() where id = $1', [id]);
    await world.gateway.services.subscribers.look();
    expect((await standing(id)).status).toBe('off');
  });

  it('of other organisations\' records is told as far as agreements open them at that moment; what they do not leaves no number', async () => {
    const citizen = await patient();
    const [, discharged] = [await subscribeFor('CAREMGT', 'admitted'), await subscribeFor('CAREMGT', 'discharged')];
    const encounter = await store(citizen, stay(citizen, 'in-progress'), 'encounter');
    expect((await told()).map(({ events }) => events)).toEqual([[{ n: '1', focus: `${world.gateway.url}/fhir/Encounter/${encounter}` }]]);
    await store(citizen, stay(citizen, 'in-progress', { id: encounter, reasonCode: [{ text: 'x' }] }), 'encounter', 2);
    const hidden = await store(citizen, stay(citizen, 'in-progress'), 'administration');
    const next = await store(citizen, stay(citizen, 'in-progress'), 'encounter');
    expect((await told()).slice(1).map(({ count, events }) => [count, events.map(({ focus }) => focus?.slice(-36))])).toEqual([['2', [next]]]);
    expect(JSON.stringify(receiver.received)).not.toContain(hidden);
    expect((await fileObjection(world.gateway, citizen)).status).toBe(201);
    await store(citizen, stay(citizen, 'finished', { id: encounter }), 'encounter', 3);
    expect(await told()).toHaveLength(2);
    const status = await world.gateway.services.subscriptions.events(communitySystem('CAREMGT'), { id: discharged, since: 0, until: 10 }, 'https://x', { id: 'test' });
    expect(JSON.stringify(status)).toContain('"events-since-subscription-start","valueString":"0"');
  });

  it('tells of people who were made one, and of referrals to the organisation alone', async () => {
    const [merged] = [await subscribeFor('CAREMGT', 'citizens-merged'), await subscribeFor('CAREMGT', 'referral-received')];
    const citizen = await patient();
    const { database, services } = world.gateway;
    const [person] = await database.query<{ id: string }>(`select r.id from citizen_row r join sharing_class s on s.class_id = r.class_id where r.citizen_id = $1 and r.type = 'Patient' and s.custodian = $2`, [citizen, `${ods}|RYW`]);
    await database.transaction((connection) => saveDecision(connection, { id: randomUUID(), kind: 'merge', from: randomUUID(), into: citizen, persons: [person?.id ?? ''], aliases: [], rule: 'test', organisation: null, person: null, personName: null, role: null, reason: null, evidence: null, at: services.clock() }));
    expect((await told()).map(({ bundle, events }) => [JSON.stringify(bundle).includes(merged), events])).toEqual([[true, [{ n: '1', focus: `${world.gateway.url}/fhir/Patient/${citizen}` }]]]);
    const referral = (code: string): JsonObject => ({ resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject: { reference: `Patient/${citizen}` }, performer: [{ type: 'Organization', identifier: { system: ods, value: code } }] });
    const [ours] = [await store(citizen, referral('RYW'), 'referral'), await store(citizen, referral('RXT'), 'referral')];
    expect((await told()).slice(1).map(({ events }) => events.map(({ focus }) => focus?.slice(-36)))).toEqual([[ours]]);
  });

  it.each<[string, string, JsonObject, number, string]>([
    ['of a topic there is not', system, { criteria: 'Patient?name=x' }, 422, 'subscription-unsupported'], ['by e-mail', system, { channel: { type: 'email', endpoint: 'mailto:x@example.org' } }, 422, 'subscription-unsupported'],
    ['to this machine', system, { channel: hook('https://127.0.0.2/') }, 422, 'subscription-endpoint'], ['to where clouds keep secrets', system, { channel: hook('https://[::ffff:169.254.169.254]/') }, 422, 'subscription-endpoint'],
    ['without TLS', system, { channel: hook('http://receiver.example.org/') }, 422, 'subscription-endpoint'], ['with a password in the address', system, { channel: hook('https://a:b@receiver.example.org/') }, 422, 'subscription-unsupported'],
    ['with whole resources', system, { channel: hook('https://receiver.example.org/', 'full-resource') }, 422, 'subscription-unsupported'], ['that has ended', system, { end: '2020-01-01T00:00:00Z' }, 422, 'subscription-ended'],
    ['with a header that is no list', system, { channel: { ...hook('https://receiver.example.org/'), header: 'Authorization: x' } }, 422, 'subscription-unsupported'], ['with a header nobody sent', system, { channel: { ...hook('https://receiver.example.org/'), header: ['Authorization: *'] } }, 422, 'subscription-header-kept'],
    ['that is not R4', system, { reason: 5 }, 422, 'element-type'], ['by a person', 'community-nurse', {}, 403, 'scope-missing'],
  ])('%s is refused', async (_, who, more, status, code) => {
    const answer: Answer = await ask(world.gateway, { method: 'POST', path: '/fhir/Subscription', who, headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(subscriptionTo('died', 'https://receiver.example.org/hook', more)) });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
}

/** What is wrong with it as R4, beside the profiles it claims, which are not ours. */
function problemsOf(notification: Notification | undefined): unknown[] {
  return validateResource(JSON.parse(JSON.stringify(notification?.bundle ?? {}, (name, value: unknown) => (name === 'meta' ? undefined : value))) as JsonObject);
}

function hook(endpoint: string, content = 'id-only'): JsonObject {
  return { type: 'rest-hook', endpoint, payload: 'application/fhir+json', _payload: { extension: [{ url: `${backport}/backport-payload-content`, valueCode: content }] } };
}
