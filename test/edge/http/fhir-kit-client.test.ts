import { MedplumClient } from '@medplum/core';
import type { Bundle, CapabilityStatement, CarePlan, Resource } from '@medplum/fhirtypes';
import { Client, type FhirResource } from 'fhir-kit-client';
import { oneDatabase } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { planOf } from './writing.ts';

const nhsNumber = 'https://fhir.nhs.uk/Id/nhs-number';

describe.each(oneDatabase)('fhir-kit-client as it comes, on $kind', ({ open }) => {
  let gateway: Gateway;
  let nurse: Client;
  let citizen: string;

  const clientOf = async (who: string): Promise<Client> => new Client({ baseUrl: `${gateway.url}/fhir`, bearerToken: await gateway.token(who) });
  const matchesOf = (bundle: unknown): Resource[] => ((bundle as Bundle).entry ?? []).flatMap(({ resource, search }) => (resource && search?.mode === 'match' ? [resource] : []));

  beforeAll(async () => {
    gateway = await startGateway(await open(12));
    nurse = await clientOf('community-nurse');
    const [found] = matchesOf(await nurse.search({ resourceType: 'Patient', searchParams: { identifier: `${nhsNumber}|9990000743` } }));
    citizen = found?.id ?? '';
  });
  afterAll(() => gateway.close());

  /** Every page of a result, followed as the client follows it. */
  async function pages(first: unknown): Promise<Resource[][]> {
    const all = [matchesOf(first)];
    for (let bundle = first; ;) {
      const next = await nurse.nextPage({ bundle: bundle as Parameters<Client['nextPage']>[0]['bundle'] });
      if (!next) return all;
      all.push(matchesOf(next));
      if (all.length > 100) throw new Error('a result without an end');
      bundle = next;
    }
  }

  it('reads what the gateway can do', async () => {
    const statement = (await nurse.capabilityStatement()) as unknown as CapabilityStatement;
    expect(statement.resourceType).toBe('CapabilityStatement');
    const patient = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Patient');
    expect(patient?.interaction?.map(({ code }) => code)).toEqual(expect.arrayContaining(['read', 'vread', 'history-instance', 'search-type']));
    expect(patient?.operation?.map(({ name }) => name)).toEqual(['validate', 'explain-access', 'everything', 'summary', 'ihe-pix', 'presence', 'match', 'story', 'confirm', 'correct', 'timeline', 'break-glass', 'end-break-glass', 'access-report', 'export']);
  });

  it('finds the token issuer', async () => {
    const response = await fetch(`${gateway.url}/fhir/.well-known/smart-configuration`);
    expect(((await response.json()) as { token_endpoint: string }).token_endpoint).toContain('/oauth/');
  });

  it('reads, and searches by GET and by POST alike', async () => {
    expect(await nurse.read({ resourceType: 'Patient', id: citizen })).toMatchObject({ resourceType: 'Patient', id: citizen });
    const searchParams = { identifier: `${nhsNumber}|9990000743` };
    const got = await nurse.search({ resourceType: 'Patient', searchParams });
    const posted = await nurse.search({ resourceType: 'Patient', searchParams, options: { postSearch: true } });
    expect(matchesOf(got).map(({ id }) => id)).toEqual([citizen]);
    expect(matchesOf(posted)).toEqual(matchesOf(got));
  });

  it.each([1, 2, 3, 7])('follows a work list to its end, %i at a time, without a repeat or a gap', async (count) => {
    const searchParams = { status: ['active,planned,finished,waitlist,onhold,cancelled'], _sort: '-_lastUpdated,_id' };
    const whole = (await nurse.resourceSearch({ resourceType: 'EpisodeOfCare', searchParams: { ...searchParams, _count: '200' } })) as unknown as Bundle;
    const all = matchesOf(whole).map(({ id }) => id);
    const paged = await pages(await nurse.resourceSearch({ resourceType: 'EpisodeOfCare', searchParams: { ...searchParams, _count: String(count) } }));
    expect(all.length).toBeGreaterThan(7);
    expect(whole.total).toBe(all.length);
    expect(paged.flat().map(({ id }) => id)).toEqual(all);
    expect(paged.slice(0, -1).every((page) => page.length === count)).toBe(true);
  });

  it.each(['_lastUpdated', '-_lastUpdated', 'date', '-date', '_id', '-date,_lastUpdated', '-_id', 'status', '-status,date'])('pages in the order asked for: _sort=%s', async (sort) => {
    const ask = (count: number): ReturnType<Client['resourceSearch']> => nurse.resourceSearch({ resourceType: 'EpisodeOfCare', searchParams: { _sort: sort, _count: String(count) } });
    const all = matchesOf(await ask(200)).map(({ id }) => id);
    expect((await pages(await ask(4))).flat().map(({ id }) => id)).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(['family', '-family', 'birthdate', '-birthdate', '_lastUpdated', '-gender'])('pages through people too: _sort=%s', async (sort) => {
    const ask = (count: number): ReturnType<Client['resourceSearch']> => nurse.resourceSearch({ resourceType: 'Patient', searchParams: { _sort: sort, _count: String(count) } });
    const all = matchesOf(await ask(200)).map(({ id }) => id);
    expect(all.length).toBeGreaterThan(5);
    expect((await pages(await ask(2))).flat().map(({ id }) => id)).toEqual(all);
  });

  it('reads a version and the history of a row', async () => {
    const [episode] = matchesOf(await nurse.resourceSearch({ resourceType: 'EpisodeOfCare', searchParams: { patient: citizen, _count: '1' } }));
    const id = episode?.id ?? '';
    const history = (await nurse.history({ resourceType: 'EpisodeOfCare', id })) as unknown as Bundle;
    expect([history.type, history.entry?.[0]?.resource]).toEqual(['history', episode]);
    expect(await nurse.vread({ resourceType: 'EpisodeOfCare', id, version: episode?.meta?.versionId ?? '' })).toEqual(episode);
    expect(await nurse.vread({ resourceType: 'EpisodeOfCare', id, version: '1' })).toMatchObject({ id, meta: { versionId: '1' } });
  });

  it('asks for everything by POST, as it does by default, and by GET, to the last page', async () => {
    const posted = await nurse.operation({ name: 'everything', resourceType: 'Patient', id: citizen });
    const got = await nurse.operation({ name: '$everything', resourceType: 'Patient', id: citizen, method: 'GET' });
    expect(posted).toEqual(got);
    const whole = matchesOf(await nurse.operation({ name: 'everything', resourceType: 'Patient', id: citizen, method: 'GET', input: { _count: '200' } }));
    const paged = await pages(await nurse.operation({ name: 'everything', resourceType: 'Patient', id: citizen, method: 'GET', input: { _count: '2' } }));
    expect(paged.flat().map(({ resourceType, id }) => `${resourceType}/${id ?? ''}`)).toEqual(whole.map(({ resourceType, id }) => `${resourceType}/${id ?? ''}`));
    expect(whole[0]).toMatchObject({ resourceType: 'Patient', id: citizen });
    expect(paged.length).toBeGreaterThan(3);
  });

  it('resolves references it is given', async () => {
    const [episode] = matchesOf(await nurse.resourceSearch({ resourceType: 'EpisodeOfCare', searchParams: { patient: citizen, _count: '1' } })) as { patient?: { reference?: string }; managingOrganization?: { reference?: string } }[];
    expect(await nurse.resolve({ reference: episode?.patient?.reference ?? '' })).toMatchObject({ resourceType: 'Patient', id: citizen });
    expect(await nurse.resolve({ reference: episode?.managingOrganization?.reference ?? '' })).toMatchObject({ resourceType: 'Organization' });
  });

  it('files a choice and learns where it is', async () => {
    const officer = await clientOf('privacy-officer');
    const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    const created = await officer.create({ resourceType: 'Consent', body: {
      resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: act, code: 'IDSCL' }] }], patient: { reference: `Patient/${citizen}` }, dateTime: '2026-06-30T10:00:00+01:00',
      policyRule: { coding: [{ system: act, code: 'OPTOUT' }] }, provision: { type: 'deny' },
    } });
    const { response } = Client.httpFor(created);
    expect(response?.status).toBe(201);
    const [, id = ''] = /\/Consent\/([^/]+)\/_history\/1$/.exec(response?.headers.get('Location') ?? '') ?? [];
    expect(await officer.read({ resourceType: 'Consent', id })).toMatchObject({ resourceType: 'Consent', id, provision: { type: 'deny' } });
  });

  it('creates, updates, patches and deletes, and sends a transaction', async () => {
    const body = planOf(citizen, 'kit-client') as unknown as FhirResource & { [name: string]: unknown };
    const created = await nurse.create({ resourceType: 'CarePlan', body, options: { headers: { 'If-None-Exist': 'identifier=urn:test|kit-client' } } });
    const [, id = ''] = /\/CarePlan\/([^/]+)\/_history\/1$/.exec(Client.httpFor(created).response?.headers.get('Location') ?? '') ?? [];
    const updated = await nurse.update({ resourceType: 'CarePlan', id, body: { ...body, id, title: 'second' }, options: { headers: { 'If-Match': 'W/"1"', Prefer: 'return=representation' } } });
    expect(updated).toMatchObject({ id, title: 'second', meta: { versionId: '2' } });
    await nurse.patch({ resourceType: 'CarePlan', id, jsonPatch: [{ op: 'replace', path: '/title', value: 'third' }], options: { headers: { 'If-Match': 'W/"2"' } } });
    const answer = await nurse.transaction({ body: { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { ...body, id, title: 'fourth' }, request: { method: 'PUT', url: `CarePlan/${id}`, ifMatch: 'W/"3"' } }] } });
    expect(answer).toMatchObject({ type: 'transaction-response', entry: [{ response: { status: '200 OK', etag: 'W/"4"' } }] });
    await nurse.delete({ resourceType: 'CarePlan', id });
    await expect(nurse.read({ resourceType: 'CarePlan', id })).rejects.toMatchObject({ response: { status: 410 } });
    expect(matchesOf(await nurse.search({ resourceType: 'CarePlan', searchParams: { identifier: 'urn:test|kit-client' } }))).toEqual([]);
  });

  describe('MedplumClient as it comes', () => {
    let medplum: MedplumClient;
    beforeAll(async () => {
      medplum = new MedplumClient({ baseUrl: gateway.url, fhirUrlPath: 'fhir', cacheTime: 0 });
      medplum.setAccessToken(await gateway.token('community-nurse'));
    });

    it('searches, reads, asks for everything and for a summary', async () => {
      const [found] = await medplum.searchResources('Patient', { identifier: `${nhsNumber}|9990000743` });
      expect(found?.id).toBe(citizen);
      expect(await medplum.readResource('Patient', citizen)).toMatchObject({ resourceType: 'Patient', id: citizen });
      expect((await medplum.readPatientEverything(citizen)).entry?.[0]?.resource?.id).toBe(citizen);
      expect((await medplum.readPatientSummary(citizen)).type).toBe('document');
      const episode = await medplum.searchOne('EpisodeOfCare', { patient: citizen });
      expect(await medplum.readReference({ reference: episode?.patient?.reference ?? '' })).toMatchObject({ id: citizen });
      expect((await medplum.readHistory('EpisodeOfCare', episode?.id ?? '')).type).toBe('history');
      const paged: string[] = [];
      for await (const page of medplum.searchResourcePages('EpisodeOfCare', { patient: citizen, _count: '1' })) paged.push(...page.filter(({ resourceType }) => resourceType === 'EpisodeOfCare').map(({ id }) => id ?? '')); // notices are among what it gives
      expect(new Set(paged).size).toBe(paged.length);
      expect(paged.length).toBeGreaterThan(1);
    });

    it('creates, updates, patches, sends a batch and deletes', async () => {
      const body = planOf(citizen, 'medplum') as unknown as CarePlan;
      const made = await medplum.createResource(body, { headers: { Prefer: 'return=representation' } });
      const id = made.id ?? '';
      expect(made).toMatchObject({ title: 'first', meta: { versionId: '1' } });
      expect(await medplum.createResource({ ...body, identifier: [{ system: 'urn:test', value: 'medplum-2' }] }, { followRedirectOnCreated: true })).toMatchObject({ resourceType: 'CarePlan', title: 'first' });
      expect(await medplum.updateResource({ ...made, title: 'second' }, { headers: { 'If-Match': 'W/"1"', Prefer: 'return=representation' } })).toMatchObject({ id, title: 'second', meta: { versionId: '2' } });
      await medplum.patchResource('CarePlan', id, [{ op: 'replace', path: '/title', value: 'third' }], { headers: { Prefer: 'return=representation' } });
      expect(await medplum.readResource('CarePlan', id)).toMatchObject({ title: 'third', meta: { versionId: '3' } });
      const batch = await medplum.executeBatch({ resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `CarePlan/${id}` } }, { request: { method: 'GET', url: 'CarePlan/nobody' } }] });
      expect(batch.entry?.map(({ response }) => response?.status?.slice(0, 3))).toEqual(['200', '404']);
      await medplum.deleteResource('CarePlan', id);
      await expect(medplum.readResource('CarePlan', id)).rejects.toMatchObject({ outcome: { resourceType: 'OperationOutcome', issue: [{ code: 'deleted' }] } });
    });
  });

  it('gets an OperationOutcome for what is refused', async () => {
    await expect(nurse.read({ resourceType: 'Patient', id: 'nobody' })).rejects.toMatchObject({ response: { status: 404, data: { resourceType: 'OperationOutcome' } } });
    await expect(nurse.update({ resourceType: 'Patient', id: citizen, body: { resourceType: 'Patient' } })).rejects.toMatchObject({ response: { status: 405 } });
  });
});
