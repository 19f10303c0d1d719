import { randomUUID } from 'node:crypto';
import type { CapabilityStatement } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { sending } from '../edge/http/writing.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { subscriptionTo } from './subscription-cases.ts';
import { fillWithHidden, storedRows, type StoredRow } from './twin-worlds.ts';

const unknownId = '01234567-89ab-8cde-8f01-23456789abcd';
const callers = ['ward-doctor', 'community-nurse', 'social-worker', 'privacy-officer', 'governance-lead'];
const ways = ['', '/_history/1', '/_history/2', '/_history'];

describe.each(databases)('what a caller may not know of, on $kind', ({ open }) => {
  let gateway: Gateway;
  let types: string[];
  let hidden: StoredRow[];
  let shared: { id: string; type: string; scope: string }[];
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
    const before = new Set((await storedRows(gateway.database)).map(({ id }) => id));
    await fillWithHidden(gateway.database);
    hidden = (await storedRows(gateway.database)).filter(({ id }) => !before.has(id));
    expect((await sending(gateway, 'bchc-integration')('POST', 'Subscription', subscriptionTo('died', 'https://hooks.example/of-bchc'))).status).toBe(201);
    shared = await gateway.database.query('select id, type, scope from shared_row');
    const statement = (await (await fetch(`${gateway.url}/fhir/metadata`)).json()) as CapabilityStatement;
    types = (statement.rest?.[0]?.resource ?? []).filter(({ interaction }) => interaction?.some(({ code }) => code === 'vread')).map(({ type = '' }) => type);
  });
  afterAll(() => gateway.close());

  /** Everything an answer says but when it was given and which request it answers. */
  async function answer(path: string, who: string, headers: Record<string, string> = {}): Promise<string> {
    const response = await gateway.get(path, who, headers);
    const told = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
    return JSON.stringify([response.status, told, await response.text()]);
  }

  it('has a row of every stored type there is', () => {
    const stored = new Set([...hidden.map(({ type }) => type), ...shared.map(({ type }) => type)]);
    expect(types.filter((type) => !stored.has(type))).toEqual([]);
  });

  it.each(callers)('answers %s byte for byte as what never existed: read, vread and history of every type', async (who) => {
    const told: unknown[] = [];
    for (const type of types) {
      const ids = [hidden.find((row) => row.type === type)?.id, hidden.find((row) => row.type !== type)?.id, randomUUID()];
      for (const way of ways) {
        const nothing = await answer(`/fhir/${type}/${unknownId}${way}`, who);
        expect(JSON.parse(nothing)[0]).toBe(404);
        for (const id of ids) if (id !== undefined && (await answer(`/fhir/${type}/${id}${way}`, who)) !== nothing) told.push({ type, way, id });
      }
    }
    expect(told).toEqual([]);
  });

  it.each(['x', 'a'.repeat(64), '0', '-', '1.2.3', 'AUX', unknownId.toUpperCase(), `${unknownId}a`])('answers so to an id that is none: %s', async (id) => {
    for (const way of ways) expect(await answer(`/fhir/CarePlan/${id}${way}`, 'ward-doctor')).toBe(await answer(`/fhir/CarePlan/${unknownId}${way}`, 'ward-doctor'));
  });

  it.each(callers)('answers %s so with a version to compare, too', async (who) => {
    for (const { type, id } of hidden.slice(0, 3)) {
      for (const etag of ['W/"1"', '*']) expect(await answer(`/fhir/${type}/${id}`, who, { 'If-None-Match': etag })).toBe(await answer(`/fhir/${type}/${unknownId}`, who));
    }
  });

  it.each(callers)('answers %s so to the whole record of somebody hidden, and of what is no citizen', async (who) => {
    const nothing = await answer(`/fhir/Patient/${unknownId}/$everything`, who);
    expect(JSON.parse(nothing)[0]).toBe(404);
    const known = new Set((await gateway.database.query<{ citizen: string }>('select distinct citizen_id as citizen from source_person')).map(({ citizen }) => citizen));
    const strangers = [...new Set(hidden.map(({ citizen }) => citizen))].filter((citizen) => !known.has(citizen));
    expect(strangers.length).toBeGreaterThan(0);
    for (const id of [...strangers.slice(0, 3), hidden[0]?.id ?? '', hidden.find(({ type }) => type === 'Patient')?.id ?? '', 'x']) {
      expect([id, await answer(`/fhir/Patient/${id}/$everything`, who)]).toEqual([id, nothing]);
    }
  });

  it('answers so to rows without a citizen: contracts for who does not govern, jobs for who did not send them', async () => {
    const rows = ['governance', 'job'].flatMap((scope) => shared.filter((row) => row.scope === scope).slice(0, 4));
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['Contract', 'Task']));
    for (const { type, id } of rows) {
      for (const way of ways) expect(await answer(`/fhir/${type}/${id}${way}`, 'ward-doctor')).toBe(await answer(`/fhir/${type}/${unknownId}${way}`, 'ward-doctor'));
    }
  });
});
