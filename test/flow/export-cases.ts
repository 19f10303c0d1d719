import { randomUUID } from 'node:crypto';
import type { Bundle, Consent, Patient, Resource } from '@medplum/fhirtypes';
import type { Requester } from '../../src/fhir/sharing.ts';
import { exportSizes } from '../../src/store/partners/export-jobs.ts';
import { ask, auditSince, codeOf, lastSeq, refusingEntries, type Answer } from '../edge/http/asking.ts';
import { planOf, sending } from '../edge/http/writing.ts';
import { communitySystem, type SystemWorld } from './system-world.ts';
import { fileChoiceAbout, fileObjection } from './whole-record.ts';

interface Manifest { transactionTime: string; request: string; requiresAccessToken: boolean; output: { type: string; url: string }[]; deleted?: { type: string; url: string }[]; error: { type: string; url: string }[] }

const system = 'bchc-integration';
const respondAsync = { Prefer: 'respond-async', Accept: 'application/fhir+json' };

/** What docs/bulk-export.md promises. */
export function exportCases(current: () => SystemWorld): void {
  let world: SystemWorld;
  beforeAll(() => { world = current(); });

  const get = (path: string, who: string = system, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> => ask(world.gateway, { path: path.replace(world.gateway.url, ''), who, headers, method });
  /** The manifest, asked for until it is there. */
  async function manifestOf(address: string): Promise<Manifest> {
    for (;;) {
      const answer = await get(address);
      if (answer.status === 200) return JSON.parse(answer.text) as Manifest;
      expect([answer.status, typeof answer.headers['x-progress'], answer.headers['retry-after']]).toEqual([202, 'string', '2']);
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
  }
  async function exported(path: string, headers: Record<string, string> = {}): Promise<{ address: string; manifest: Manifest }> {
    const started = await get(path, system, { ...respondAsync, ...headers });
    expect([started.status, started.text]).toEqual([202, '']);
    const address = String(started.headers['content-location']);
    return { address, manifest: await manifestOf(address) };
  }
  const linesOf = <T extends Resource>({ text }: Answer): T[] => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);

  it('is asked for, waited for, fetched and deleted, as docs/bulk-export.md says', async () => {
    const before = await lastSeq(world.gateway);
    const { address, manifest } = await exported('/fhir/$export?_type=Patient,EpisodeOfCare,Organization&_outputFormat=application/fhir%2Bndjson');
    expect(manifest).toMatchObject({ requiresAccessToken: true, error: [], request: `${world.gateway.url}/fhir/$export?_type=Patient%2CEpisodeOfCare%2COrganization&_outputFormat=application%2Ffhir%2Bndjson` });
    expect(manifest.output.map(({ type }) => type)).toEqual(['Patient', 'EpisodeOfCare', 'Organization']);
    const files = await Promise.all(manifest.output.map(({ url }) => get(url, system, { Accept: 'application/fhir+ndjson' })));
    expect(files.map(({ status, headers }) => [status, headers['content-type']])).toEqual(files.map(() => [200, 'application/fhir+ndjson']));
    const looked = await lastSeq(world.gateway);
    const heads = await Promise.all(manifest.output.map(({ url }) => get(url, system, {}, 'HEAD')));
    expect(heads.map(({ status, text }) => [status, text])).toEqual(files.map(() => [200, '']));
    expect((await auditSince(world.gateway, looked)).map(({ entry: { interaction, disclosed } }) => [interaction, disclosed])).toEqual(files.map(() => ['export-status', []]));
    const [people = [], episodes = [], organisations = []] = files.map((file) => linesOf(file));
    expect([people.length > 0, episodes.length > 0, organisations.length > 5]).toEqual([true, true, true]);
    const references = new Set(people.map(({ id = '' }) => `Patient/${id}`));
    for (const episode of episodes as { patient?: { reference?: string }; meta?: { tag?: { code: string }[] } }[]) {
      expect(references.has(episode.patient?.reference ?? '')).toBe(true);
      expect(episode.meta?.tag?.map(({ code }) => code)).toContain('RYW');
    }
    const entries = (await auditSince(world.gateway, before)).map(({ entry }) => entry);
    expect(entries.map(({ interaction }) => interaction)).toEqual(expect.arrayContaining(['export', 'export-status', 'export-file']));
    const sent = entries.filter(({ interaction, query }) => interaction === 'export-file' && query.includes('EpisodeOfCare'));
    expect(sent.flatMap(({ disclosed }) => disclosed.map((version) => version.split('/')[1]))).toEqual(episodes.map(({ id }) => id));
    expect(sent.flatMap(({ listed = [] }) => listed).length).toBeGreaterThan(0);
    expect((await get(address, system, {}, 'DELETE')).status).toBe(202);
    const [gone, never] = [await get(address), await get('/fhir/_export/00000000-0000-4000-8000-000000000000')];
    expect([gone.status, gone.text]).toEqual([404, never.text]);
    expect((await get(manifest.output[0]?.url ?? '')).status).toBe(404);
  });

  it('is posted as well, of what is newer, in part, and leaves out leniently what it does not know', async () => {
    const body = JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: '_type', valueString: 'Patient' }, { name: '_elements', valueString: 'Patient.birthDate' }, { name: '_typeFilter', valueString: 'Patient?gender=male' }] });
    const post = (prefer: string): Promise<Answer> => ask(world.gateway, { method: 'POST', path: '/fhir/Patient/$export', who: system, headers: { 'Content-Type': 'application/fhir+json', Prefer: prefer }, body });
    const strict = await post('respond-async');
    expect([strict.status, codeOf(strict)]).toEqual([400, 'search-parameter-unknown']);
    const lenient = await post('respond-async, handling=lenient');
    expect([lenient.status, lenient.headers['preference-applied']]).toEqual([202, 'handling=lenient']);
    const address = String(lenient.headers['content-location']);
    const manifest = await manifestOf(address);
    const [patient] = linesOf<Patient>(await get(manifest.output[0]?.url ?? ''));
    expect([typeof patient?.birthDate, patient?.name, patient?.meta?.tag?.map(({ code }) => code)]).toEqual(['string', undefined, expect.arrayContaining(['SUBSETTED'])]);
    expect((await get(manifest.error[0]?.url ?? '')).text).toContain('_typeFilter');
    await get(address, system, {}, 'DELETE');
    const { address: next, manifest: nothingNew } = await exported(`/fhir/$export?_type=Patient&_since=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`);
    expect(nothingNew.output).toEqual([]);
    await get(next, system, {}, 'DELETE');
    const { address: past, manifest: nothingYet } = await exported(`/fhir/$export?_type=Patient&_until=2020-01-01T00:00:00Z`);
    expect([nothingYet.output, nothingYet.transactionTime]).toEqual([[], '2020-01-01T00:00:00.000Z']);
    await get(past, system, {}, 'DELETE');
  });

  it.each([
    ['without Prefer', '$export', system, {}, 400, 'export-async-only'], ['by a person', '$export', 'community-nurse', respondAsync, 403, 'export-systems-only'], ['by nobody', '$export', null, respondAsync, 401, 'token-missing'],
    ['of a type there is not', '$export?_type=Basic', system, respondAsync, 400, 'operation-input-invalid'], ['of a type beyond the scopes', '$export?_type=Patient', 'uhb-adt', respondAsync, 403, 'scope-missing'],
    ['in another form', '$export?_outputFormat=text/csv', system, respondAsync, 400, 'operation-input-invalid'], ['of an element below an element', '$export?_elements=CarePlan.status.value', system, respondAsync, 400, 'operation-input-invalid'], ['since no instant', '$export?_since=2026', system, respondAsync, 400, 'operation-input-invalid'],
    ['of a group there is not', 'Group/x/$export', system, respondAsync, 404, 'not-found'], ['with a filter', '$export?_typeFilter=x', system, respondAsync, 400, 'search-parameter-unknown'],
    ['later, strictly, of anything else', 'Organization', system, { Prefer: 'respond-async, handling=strict' }, 400, 'respond-async-unsupported'],
  ] as const)('%s is refused', async (_, path, who, headers, status, code) => {
    const answer = await ask(world.gateway, { path: `/fhir/${path}`, who, headers });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  it('is the only thing that is answered later: all else at once', async () => {
    expect((await get('/fhir/Organization?_count=1', system, { Prefer: 'respond-async' })).status).toBe(200);
  });

  it('of another client is not there, and one client has so many and no more', async () => {
    const addresses: string[] = [];
    for (let i = 0; i < 5; i += 1) addresses.push((await exported('/fhir/$export?_type=Organization')).address);
    const more = await get('/fhir/$export?_type=Organization', system, respondAsync);
    expect([more.status, codeOf(more), more.headers['retry-after']]).toEqual([429, 'export-too-many', '300']);
    for (const path of [addresses[0] ?? '', `${addresses[0] ?? ''}/Organization-1.ndjson`]) {
      const others = await get(path, 'uhb-integration');
      expect([others.status, codeOf(others)]).toEqual([404, 'not-found']);
    }
    expect((await get(addresses[0] ?? '', 'uhb-integration', {}, 'DELETE')).status).toBe(404);
    for (const name of ['Organization-2.ndjson', 'Patient-1.ndjson', 'Organization-0.ndjson', 'x', 'OperationOutcome-1.ndjson']) expect([name, (await get(`${addresses[0] ?? ''}/${name}`)).status]).toEqual([name, 404]);
    for (const address of addresses) expect((await get(address, system, {}, 'DELETE')).status).toBe(202);
  });

  describe('of what agreements open', () => {
    const facts = { id: 'export-test' };
    /** The resources of a type, listed and sent under this purpose; `between` happens after the list. */
    async function taken(purpose: 'CAREMGT' | 'HRESCH', level: 'group' | 'patient', type: string, between: (before: Resource[]) => Promise<void> = () => Promise.resolve()): Promise<Resource[]> {
      const { services } = world.gateway;
      const requester = communitySystem(purpose);
      const [organisation] = linesFound(await world.gateway.get('/fhir/Organization?identifier=RYW', 'community-nurse').then((answer) => answer.json()));
      const id = await services.exports.start(requester, { level, types: [type], since: null, until: null, elements: [], ignored: [], request: 'x' }, level === 'group' ? organisation ?? '' : null, facts);
      for (;;) {
        const found = await services.exports.status(requester, id, facts);
        if ('files' in found) break;
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
      const send = async (): Promise<Resource[]> => {
        const lines: string[] = [];
        for await (const batch of await services.exports.file(requester, id, `${type}-1.ndjson`, facts)) lines.push(...batch);
        return lines.map((line) => JSON.parse(line) as Resource);
      };
      await between(await send());
      const sent = await send();
      await services.exports.delete(requester, id, facts);
      return sent;
    }
    const linesFound = (bundle: unknown): string[] => ((bundle as { entry?: { resource: { id: string } }[] }).entry ?? []).map(({ resource }) => resource.id);
    const custodians = (resources: Resource[]): string[] => [...new Set(resources.flatMap(({ meta }) => meta?.tag?.map(({ code }) => code ?? '') ?? []))].sort();

    it('holds the group\'s records of others; who objects after the list was made is left out when it is sent', async () => {
      let closed = '';
      const after = await taken('CAREMGT', 'group', 'Encounter', async (before) => {
        expect(custodians(before)).toEqual(['RRK', 'RYW']);
        const [theirs] = before.filter(({ meta }) => meta?.tag?.some(({ code }) => code === 'RRK')) as unknown as { subject: { reference: string } }[];
        closed = theirs?.subject.reference ?? '';
        expect((await fileObjection(world.gateway, closed.replace('Patient/', ''))).status).toBe(201);
      });
      const ofClosed = (after as unknown as (Resource & { subject: { reference: string } })[]).filter(({ subject }) => subject.reference === closed);
      expect([custodians(after), ofClosed.filter(({ meta }) => meta?.tag?.some(({ code }) => code === 'RRK'))]).toEqual([['RRK', 'RYW'], []]);
    });

    it('is of nobody else\'s for research, without the person\'s explicit consent', async () => {
      expect(custodians(await taken('HRESCH', 'patient', 'Encounter'))).toEqual(['RYW']);
    });

    it('for research is of others\' records with the person\'s yes, and of nobody\'s, its own neither, once they opted out', async () => {
      const about = (resources: Resource[], reference: string): string[] => custodians((resources as (Resource & { subject?: { reference?: string } })[]).filter(({ subject }) => subject?.reference === reference));
      const [both = ''] = [...Map.groupBy(await taken('CAREMGT', 'group', 'Encounter') as (Resource & { subject: { reference: string } })[], ({ subject }) => subject.reference)].filter(([, of]) => custodians(of).length === 2).map(([reference]) => reference);
      const say = async (changes: Partial<Consent>): Promise<number> => (await fileChoiceAbout(world.gateway, both.replace('Patient/', ''), changes)).status;
      const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
      expect(await say({ policyRule: { coding: [{ system: actCode, code: 'OPTIN' }] }, provision: { type: 'permit' } })).toBe(201);
      const after = await taken('HRESCH', 'patient', 'Encounter', async (before) => {
        expect(about(before, both)).toEqual(['RRK', 'RYW']);
        expect(await say({ category: [{ coding: [{ system: actCode, code: 'RESEARCH' }] }, { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/opt-out', code: 'national-opt-out' }] }] })).toBe(201);
      });
      expect([about(after, both), custodians(after)]).toEqual([[], ['RYW']]);
      expect(about(await taken('CAREMGT', 'group', 'Encounter'), both)).toEqual(['RRK', 'RYW']);
    });

    it('is not of everybody for the care of single people', async () => {
      await expect(taken('CAREMGT', 'patient', 'Encounter')).rejects.toMatchObject({ message: 'export-purpose' });
    });
  });

  it('comes in batches, each with its entry before its first byte', async () => {
    const { database } = world.gateway;
    const { address, manifest } = await exported('/fhir/$export?_type=Task,EpisodeOfCare');
    const [job = ''] = /[0-9a-f-]{36}$/.exec(address) ?? [];
    const [{ ids } = { ids: [] }] = await database.query<{ ids: string[] }>('select ids from export_batch where job_id = $1 and type = $2', [job, 'EpisodeOfCare']);
    expect(ids.length).toBeLessThanOrEqual(exportSizes.batch);
    await database.query('delete from export_batch where job_id = $1', [job]);
    for (const [n, id] of ids.entries()) await database.query('insert into export_batch (job_id, type, n, ids) values ($1, $2, $3, $4)', [job, 'EpisodeOfCare', n, [id]]);
    const before = await lastSeq(world.gateway);
    const url = manifest.output.find(({ type }) => type === 'EpisodeOfCare')?.url ?? '';
    expect(linesOf(await get(url)).map(({ id }) => id)).toEqual(ids);
    expect((await auditSince(world.gateway, before)).map(({ entry }) => entry.disclosed.length)).toEqual(ids.map(() => 1));
    const { text } = await refusingEntries(world.gateway, `%/${ids[1]}/%`, () => get(url));
    expect([ids.filter((id) => text.includes(id)), text.trimEnd().split('\n').at(-1)]).toEqual([ids.slice(0, 1), expect.stringContaining('audit-unavailable')]); // the second could not be written down
    await database.query('delete from export_batch where job_id = $1 and n = 1', [job]);
    const [first, last, ...more] = linesOf(await get(url));
    expect([first?.id, JSON.stringify(last), more]).toEqual([ids[0], expect.stringContaining('export-ended'), []]);
    const [{ requester } = { requester: communitySystem('CAREMGT') }] = await database.query<{ requester: Requester }>('select requester from export_job where id = $1', [job]);
    const file = await world.gateway.services.exports.file({ ...requester, token: 'x' }, job, 'EpisodeOfCare-1.ndjson', { id: 'export-test' });
    await file.next();
    await database.query(`insert into token_stop (name, issued_before, until) values ($1, 'infinity', 'infinity')`, [`client ${system}`]);
    await expect(file.next()).rejects.toMatchObject({ message: 'token-revoked' });
    await database.query('delete from token_stop');
    await get(address, system, {}, 'DELETE');
  });

  it('says what ended since, to whom could see it, and zips its files', async () => {
    const send = sending(world.gateway, system);
    const [citizen = ''] = (await world.gateway.database.query<{ id: string }>(`select citizen_id as id from relationship where organisation like '%|RYW' and until > now() limit 1`)).map(({ id }) => id);
    const since = new Date(Date.now() - 1000).toISOString();
    const [kept, ended] = [await send('POST', 'CarePlan', planOf(citizen, randomUUID())), await send('POST', 'CarePlan', planOf(citizen, randomUUID()))];
    expect((await send('DELETE', `CarePlan/${ended.id}`)).status).toBe(204);
    const { address, manifest } = await exported(`/fhir/$export?_type=CarePlan,Patient&_since=${encodeURIComponent(since)}`);
    expect(manifest.deleted?.map(({ type }) => type)).toEqual(['Bundle']);
    const [bundle, ...others] = linesOf<Bundle>(await get(manifest.deleted?.[0]?.url ?? ''));
    expect([bundle?.type, bundle?.entry?.filter(({ request }) => request?.url.endsWith(ended.id)).map(({ request }) => request), others]).toEqual(['transaction', [{ method: 'DELETE', url: `CarePlan/${ended.id}` }], []]);
    const url = manifest.output.find(({ type }) => type === 'CarePlan')?.url ?? '';
    const asked = async (encoding: string): Promise<[string | null, boolean]> => {
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${await world.gateway.token(system)}`, 'Accept-Encoding': encoding } });
      return [answer.headers.get('Content-Encoding'), (await answer.text()).includes(kept.id)];
    };
    expect([await asked('gzip, br'), await asked('gzip;q=0, identity')]).toEqual([['gzip', true], [null, true]]);
    await get(address, system, {}, 'DELETE');
    const { address: all, manifest: whole } = await exported('/fhir/$export?_type=CarePlan');
    expect(whole.deleted).toBeUndefined();
    await get(all, system, {}, 'DELETE');
  });

  it('is listed while another process lists another one, which is deleted meanwhile', async () => {
    const { database } = world.gateway;
    if (database.kind === 'pglite') return; // one connection
    const { address: before } = await exported('/fhir/$export?_type=Organization');
    const other = randomUUID();
    await database.transaction(async (process) => {
      await process.query('select pg_advisory_xact_lock(hashtextextended($1, 24))', [other]);
      await database.query(`insert into export_job (id, client, organisation, role, purpose, requester, level, types, elements, ignored, request, expires_at)
        select $1, client, organisation, role, purpose, requester, level, types, elements, ignored, request, expires_at from export_job where id = $2`, [other, before.slice(-36)]);
      await process.query('insert into export_batch (job_id, type, n, ids) values ($1, $2, 0, $3)', [other, 'Organization', []]);
      const { address } = await exported('/fhir/$export?_type=Organization');
      const [theirs, ended] = [await get(`/fhir/_export/${other}`), await get(`/fhir/_export/${other}`, system, {}, 'DELETE')];
      expect([theirs.status, ended.status, (await get(`/fhir/_export/${other}`)).status]).toEqual([202, 202, 404]);
      for (const each of [before, address]) await get(each, system, {}, 'DELETE');
    });
  });
}
