import type { Bundle, BundleEntry, Patient } from '@medplum/fhirtypes';
import { auditEventOf } from '../../../src/audit/audit-event.ts';
import type { AuditEntry } from '../../../src/audit/types.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { writeXml } from '../../../src/fhir/xml/write-xml.ts';
import { balpFaults } from '../../audit/balp.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { codesOf, organisation, planOf, referralOf, sending, type Answer, type Send } from './writing.ts';

const unknownId = '01234567-89ab-8cde-8f01-23456789abcd';

describe.each(databases)('writing through the API, on $kind', ({ open }) => {
  let gateway: Gateway;
  let hospital: Send;
  let community: Send;
  let nurse: Send;
  let doctor: Send;
  let citizen: string;
  let other: string;

  beforeAll(async () => {
    gateway = await startGateway(await open(6));
    [hospital, community, nurse, doctor] = ['uhb-integration', 'bchc-integration', 'community-nurse', 'ward-doctor'].map((who) => sending(gateway, who)) as [Send, Send, Send, Send];
    const both = await gateway.database.query<{ citizen: string }>(
      `select r.citizen_id as citizen from citizen_row r join sharing_class c on c.class_id = r.class_id where r.type = 'Patient' group by 1 having bool_or(c.custodian like '%|RRK') and bool_or(c.custodian like '%|RYW')
         and not exists (select from choice_rule x where x.citizen_id = r.citizen_id) order by 1`);
    [citizen = '', other = ''] = both.map((row) => row.citizen);
    expect(other).not.toBe('');
  });
  afterAll(() => gateway.close());

  it('makes a record of the writer\'s organisation, with its source, its category and nothing of the caller\'s own marks', async () => {
    const made = await community('POST', 'CarePlan', planOf(citizen, 'made', { id: 'mine', text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }, meta: { versionId: '9', tag: [{ code: 'x' }], source: 'urn:me' } }));
    expect([made.status, made.version, made.body, made.headers.get('ETag')]).toEqual([201, 1, null, 'W/"1"']);
    expect(made.id).not.toBe('mine');
    const read = await community('GET', `CarePlan/${made.id}`);
    expect(read.body).toMatchObject({ meta: { versionId: '1', source: expect.stringMatching(/^urn:onestory:bchc:api#\d+\/1$/) as string, tag: [{ code: 'RYW' }] }, subject: { reference: `Patient/${citizen}` } });
    expect(read.body).not.toHaveProperty('text');
    const [kept] = await gateway.database.query<{ feed: string; client: string; body: string; category: string }>(
      `select s.feed, s.client, convert_from(s.content, 'UTF8') as body, c.category from citizen_version v join source_record s on s.record_id = v.record_id
       join citizen_row r on r.id = v.id join sharing_class c on c.class_id = r.class_id where v.id = $1`, [made.id]);
    expect(kept).toMatchObject({ feed: 'api', client: 'bchc-integration', category: 'plan', body: expect.stringContaining('"mine"') as string });
  });

  it('is seen by whoever the agreements let see plans, and answers how it was asked to', async () => {
    const made = await nurse('POST', 'CarePlan', planOf(citizen, 'seen'), { Prefer: 'return=representation' });
    expect([made.status, made.body?.['title'], made.headers.get('Preference-Applied')]).toEqual([201, 'first', 'return=representation']);
    expect((await doctor('GET', `CarePlan/${made.id}`)).status).toBe(200);
    expect((await nurse('POST', 'CarePlan', planOf(citizen, 'seen-2'), { Prefer: 'return=OperationOutcome' })).body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'information' }] });
  });

  it('updates from a version that is named, and only from that', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'updated'));
    const changed = { ...planOf(citizen, 'updated', { title: 'second' }), id };
    expect((await community('PUT', `CarePlan/${id}`, changed)).codes).toEqual(['if-match-required']);
    expect((await community('PUT', `CarePlan/${id}`, changed)).status).toBe(428);
    expect(await community('PUT', `CarePlan/${id}`, changed, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 200, version: 2 });
    expect(await community('PUT', `CarePlan/${id}`, changed, { 'If-Match': '"1"' })).toMatchObject({ status: 412, codes: ['version-differs'] });
    expect(await community('PUT', `CarePlan/${id}`, changed, { 'If-Match': 'W/"2"' })).toMatchObject({ status: 200, version: 2 });
    expect((await community('GET', `CarePlan/${id}/_history/1`)).body).toMatchObject({ title: 'first' });
    expect((await community('PUT', `CarePlan/${id}`, { ...changed, id: unknownId }, { 'If-Match': 'W/"2"' })).codes).toEqual(['resource-id-differs']);
    expect((await community('PUT', `CarePlan/${id}`, changed, { 'If-Match': 'two' })).codes).toEqual(['header-invalid']);
  });

  it('patches by both languages, and checks what comes of it', async () => {
    const { id } = await nurse('POST', 'CarePlan', planOf(citizen, 'patched'));
    const asJson = { 'Content-Type': 'application/json-patch+json' };
    expect(await nurse('PATCH', `CarePlan/${id}`, [{ op: 'replace', path: '/title', value: 'second' }], asJson)).toMatchObject({ status: 200, version: 2 });
    expect(await nurse('PATCH', `CarePlan/${id}`, [{ op: 'replace', path: '/title', value: 'x' }], { ...asJson, 'If-Match': 'W/"1"' })).toMatchObject({ status: 412 });
    const fhirPath = { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ name: 'type', valueCode: 'replace' }, { name: 'path', valueString: 'CarePlan.title' }, { name: 'value', valueString: 'third' }] }] };
    expect(await nurse('PATCH', `CarePlan/${id}`, fhirPath)).toMatchObject({ status: 200, version: 3 });
    expect((await nurse('GET', `CarePlan/${id}`)).body).toMatchObject({ title: 'third', subject: { reference: `Patient/${citizen}` } });
    for (const [operations, status, code] of [
      [[{ op: 'test', path: '/title', value: 'x' }], 422, 'patch-test-failed'], [[{ op: 'replace', path: '/id', value: unknownId }], 422, 'patch-changes-identity'], [[{ op: 'remove', path: '/status' }], 422, 'element-missing'],
      [[{ op: 'replace', path: '/subject', value: { reference: `Patient/${other}` } }], 422, 'record-of-another-person'], [[{ op: 'x' }], 400, 'patch-invalid'],
    ] as const) expect(await nurse('PATCH', `CarePlan/${id}`, operations, asJson)).toMatchObject({ status, codes: expect.arrayContaining([code]) as string[] });
    expect((await nurse('PATCH', `CarePlan/${id}`, {}, asJson)).codes).toEqual(['json-not-list']);
    const asResource = await nurse('PATCH', `CarePlan/${id}`, [{ op: 'remove', path: '/title' }], { 'Content-Type': 'application/fhir+json' });
    expect([asResource.codes, JSON.stringify(asResource.body)]).toEqual([['json-not-object'], expect.stringContaining('application/json-patch+json')]);
    expect((await nurse('PATCH', `CarePlan/${id}`, '[]', { 'Content-Type': 'text/plain' })).status).toBe(415);
  });

  it('takes a patch and a transaction in XML as it takes them in JSON', async () => {
    const { id } = await nurse('POST', 'CarePlan', planOf(citizen, 'in-xml'));
    const xml = { 'Content-Type': 'application/fhir+xml', Accept: 'application/fhir+json' };
    const fhirPath = { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ name: 'type', valueCode: 'replace' }, { name: 'path', valueString: 'CarePlan.title' }, { name: 'value', valueString: 'second' }] }] };
    expect(await nurse('PATCH', `CarePlan/${id}`, writeXml(fhirPath), xml)).toMatchObject({ status: 200, version: 2 });
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { ...planOf(citizen, 'in-xml'), id, title: 'third' }, request: { method: 'PUT', url: `CarePlan/${id}`, ifMatch: 'W/"2"' } }] };
    const answer = await nurse('POST', '', writeXml(bundle), xml);
    expect([answer.status, (answer.body as unknown as Bundle).entry?.[0]?.response?.etag]).toEqual([200, 'W/"3"']);
    expect((await nurse('GET', `CarePlan/${id}`)).body).toMatchObject({ title: 'third' });
    expect((await nurse('POST', '', '<Bundle xmlns="http://hl7.org/fhir"><nonsense/></Bundle>', xml)).status).toBe(400);
  });

  it('deletes softly: gone to who could see it, with its history; once more changes nothing; a new version brings it back', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'deleted'));
    const deleted = await community('DELETE', `CarePlan/${id}`);
    expect([deleted.status, deleted.headers.get('ETag')]).toEqual([204, 'W/"2"']);
    expect((await community('DELETE', `CarePlan/${id}`)).status).toBe(204);
    expect(await nurse('GET', `CarePlan/${id}`)).toMatchObject({ status: 410, codes: ['resource-deleted'] });
    expect(await nurse('GET', `CarePlan/${id}/_history/2`)).toMatchObject({ status: 410 });
    expect(await sending(gateway, 'voluntary-worker')('GET', `CarePlan/${id}`)).toMatchObject({ status: 404, codes: ['not-found'] });
    expect((await community('GET', 'CarePlan?identifier=urn:test%7Cdeleted')).body).toMatchObject({ total: 0 });
    const history = (await nurse('GET', `CarePlan/${id}/_history`)).body as unknown as Bundle;
    expect(history.entry?.map(({ request, resource }) => [request?.method, resource?.resourceType])).toEqual([['DELETE', undefined], ['POST', 'CarePlan']]);
    expect(await community('PUT', `CarePlan/${id}`, { ...planOf(citizen, 'deleted'), id }, { 'If-Match': 'W/"2"' })).toMatchObject({ status: 201, version: 3 });
    expect((await nurse('GET', `CarePlan/${id}`)).status).toBe(200);
  });

  it('conditions look among the writer\'s own records only', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'conditional'), { 'If-None-Exist': 'identifier=urn:test|conditional' });
    expect(await community('POST', 'CarePlan', planOf(citizen, 'conditional', { title: 'not taken' }), { 'If-None-Exist': 'identifier=urn:test|conditional' })).toMatchObject({ status: 200, id, version: 1 });
    const theirs = await hospital('POST', 'CarePlan', planOf(citizen, 'conditional'), { 'If-None-Exist': 'identifier=urn:test|conditional' });
    expect(theirs).toMatchObject({ status: 201 });
    expect(theirs.id).not.toBe(id);
    expect(await community('PUT', 'CarePlan?identifier=urn:test|conditional', planOf(citizen, 'conditional', { title: 'second' }))).toMatchObject({ status: 200, id, version: 2 });
    expect(await community('PUT', 'CarePlan?identifier=urn:test|new-by-put', planOf(citizen, 'new-by-put'))).toMatchObject({ status: 201 });
    expect(await community('PUT', 'CarePlan?identifier=urn:test|unheard-of', { ...planOf(citizen, 'unheard-of'), id: unknownId })).toMatchObject({ status: 405, codes: ['update-as-create'] });
    expect(await community('PATCH', 'CarePlan?identifier=urn:test|conditional', [{ op: 'replace', path: '/title', value: 'third' }], { 'Content-Type': 'application/json-patch+json' })).toMatchObject({ status: 200, id, version: 3 });
    expect(await community('PATCH', 'CarePlan?identifier=urn:test|unheard-of', [], { 'Content-Type': 'application/json-patch+json' })).toMatchObject({ status: 404 });
    expect(await community('DELETE', 'CarePlan?identifier=urn:test|unheard-of')).toMatchObject({ status: 204 });
    expect(await community('DELETE', `CarePlan?patient=Patient/${citizen}`)).toMatchObject({ status: 412, codes: ['condition-several'] });
    for (const [query, code] of [['', 'condition-empty'], ['?_count=1', 'condition-empty'], ['?colour=red', 'search-parameter-unknown']]) expect((await community('DELETE', `CarePlan${query}`)).codes).toEqual([code]);
    expect(await community('DELETE', 'CarePlan?identifier=urn:test|conditional')).toMatchObject({ status: 204 });
    expect((await hospital('GET', `CarePlan/${theirs.id}`)).status).toBe(200);
  });

  it('somebody else\'s record and none are answered with the same words, whatever is tried', async () => {
    const { id } = await hospital('POST', 'CarePlan', planOf(citizen, 'theirs'));
    const asJson = { 'Content-Type': 'application/json-patch+json' };
    const tries = (of: string): Promise<unknown[]> => Promise.all([
      community('PUT', `CarePlan/${of}`, { ...planOf(citizen, 'theirs'), id: of }, { 'If-Match': 'W/"1"' }), community('PUT', `CarePlan/${of}`, { ...planOf(citizen, 'theirs'), id: of }, { 'If-Match': 'W/"7"' }),
      community('PATCH', `CarePlan/${of}`, [], asJson), community('DELETE', `CarePlan/${of}`), community('DELETE', `CarePlan/${of}`, undefined, { 'If-Match': 'W/"1"' }),
    ].map(async (answer) => { const { status, body } = await answer; return [status, body]; }));
    const met = await tries(id);
    expect(met).toEqual(await tries(unknownId));
    expect(met.map((each) => (each as unknown[])[0])).toEqual([404, 404, 404, 404, 404]);
    expect((await hospital('GET', `CarePlan/${id}`)).body).toMatchObject({ meta: { versionId: '1' } });
  });

  it('refuses what is not theirs to write, or is not right, each with its code', async () => {
    const [{ id: ofFeed = '' } = {}] = await gateway.database.query<{ id: string }>(
      `select r.id from citizen_row r join sharing_class c on c.class_id = r.class_id where r.type = 'EpisodeOfCare' and c.custodian like '%|RYW' and not r.deleted limit 1`);
    const { id: theirReferral } = await hospital('POST', 'ServiceRequest', referralOf(other, 'of-another', organisation('RRK')));
    const plan = (more: Parameters<typeof planOf>[2] = {}): unknown => planOf(citizen, 'wrong', more);
    for (const [send, method, path, body, status, code] of [
      [nurse, 'POST', 'EpisodeOfCare', { resourceType: 'EpisodeOfCare' }, 403, 'scope-missing'],
      [sending(gateway, 'care-home-nurse'), 'POST', 'CarePlan', plan(), 403, 'scope-missing'],
      [sending(gateway, 'voluntary-worker'), 'POST', 'CarePlan', plan(), 403, 'write-role'],
      [sending(gateway, 'governance-lead'), 'POST', 'CarePlan', plan(), 403, 'scope-missing'],
      [nurse, 'POST', 'Patient', { resourceType: 'Patient' }, 405, 'interaction-unsupported'],
      [community, 'DELETE', `EpisodeOfCare/${ofFeed}`, undefined, 409, 'record-of-a-feed'],
      [community, 'DELETE', 'Consent/x', undefined, 405, 'interaction-unsupported'],
      [community, 'POST', 'CarePlan', plan({ subject: { reference: `Patient/${unknownId}` } }), 422, 'patient-unknown'],
      [community, 'POST', 'CarePlan', plan({ subject: { reference: 'Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018' } }), 422, 'patient-unknown'],
      [community, 'POST', 'CarePlan', plan({ subject: { display: 'somebody' } }), 422, 'patient-unknown'],
      [community, 'POST', 'CarePlan', plan({ replaces: [{ reference: `CarePlan/${unknownId}` }] }), 422, 'reference-nowhere'],
      [community, 'POST', 'CarePlan', plan({ supportingInfo: [{ reference: `ServiceRequest/${theirReferral}` }] }), 422, 'reference-nowhere'],
      [community, 'POST', 'CarePlan', plan({ author: { reference: 'https://elsewhere.example/Practitioner/1' } }), 422, 'reference-foreign'],
      [community, 'POST', 'CarePlan', plan({ author: { reference: 'Practitioner/1' } }), 422, 'reference-nowhere'],
      [community, 'POST', 'CarePlan', plan({ contained: [{ resourceType: 'Condition', id: 'c', subject: { reference: '#' } }] }), 422, 'contained-record'],
      [community, 'POST', 'CarePlan', plan({ status: 'happy' }), 422, 'code-not-in-value-set'],
      [community, 'POST', 'CarePlan', plan({ meta: { tag: [{ code: 'SUBSETTED' }] } }), 422, 'resource-subsetted'],
      [community, 'POST', 'CarePlan', { resourceType: 'Patient' }, 400, 'resource-type-differs'],
      [community, 'POST', 'CarePlan', '{', 400, 'json-syntax'],
    ] as const) {
      const answer = await send(method, path, body, method === 'DELETE' ? {} : { 'If-Match': 'W/"1"' });
      expect([path, answer.status, answer.codes.includes(code) ? code : answer.codes]).toEqual([path, status, code]);
    }
  });

  it('finds the person by an identifier, in what the writer holds or may see', async () => {
    const { body } = await nurse('GET', `Patient/${citizen}`);
    const number = (body as unknown as Patient).identifier?.find(({ system }) => system?.endsWith('nhs-number'))?.value ?? '';
    const identifier = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: number };
    for (const [n, subject] of [{ type: 'Patient', identifier }, { identifier }, { reference: `Patient?identifier=${identifier.system}|${number}` }, { reference: `${gateway.url}/fhir/Patient/${citizen}` }].entries()) {
      const { status, id, codes } = await nurse('POST', 'CarePlan', planOf('', `by-${n}`, { subject }));
      expect([status, codes, ((await nurse('GET', `CarePlan/${id}`)).body as unknown as { subject: unknown } | null)?.subject]).toEqual([201, [], { reference: `Patient/${citizen}`, type: 'Patient' }]);
    }
  });

  it('a person\'s word opens nobody\'s records to their own organisation, and a referral opens it to who it is sent to', async () => {
    const { id } = await nurse('POST', 'ServiceRequest', referralOf(citizen, 'opens', organisation('RRK')));
    const rows = await gateway.database.query<{ organisation: string }>('select organisation from relationship where id = $1', [id]);
    expect(rows.map((row) => row.organisation)).toEqual(['https://fhir.nhs.uk/Id/ods-organization-code|RRK']);
  });

  it('a receiver answers a referral with a Task of its own, and nobody else does', async () => {
    const { id } = await community('POST', 'ServiceRequest', referralOf(citizen, 'answered', organisation('RRK')));
    const task = (more: object = {}): unknown => ({ resourceType: 'Task', status: 'accepted', intent: 'order', code: { text: 'Answer to a referral' }, for: { reference: `Patient/${citizen}` }, focus: { reference: `ServiceRequest/${id}` }, ...more });
    const answer = await doctor('POST', 'Task', task({ owner: organisation('RRK') }));
    expect(answer.status).toBe(201);
    const story = (await nurse('GET', `Patient/${citizen}/$timeline?kind=referral`)).body as unknown as Bundle;
    expect(JSON.stringify(story)).toContain(`Task/${answer.id}`);
    expect(await doctor('POST', 'Task', task({ owner: organisation('RYW') }))).toMatchObject({ status: 422, codes: ['task-owner'] });
    expect(await sending(gateway, 'mental-health-nurse')('POST', 'Task', task())).toMatchObject({ status: 422, codes: ['task-not-receiver'] });
    expect(await doctor('POST', 'Task', task({ focus: undefined }))).toMatchObject({ status: 422, codes: ['task-focus'] });
    expect(await nurse('POST', 'Task', task({ status: 'requested', owner: organisation('RRK') }))).toMatchObject({ status: 201 });
  });

  const bundle = (type: string, ...entry: unknown[]): unknown => ({ resourceType: 'Bundle', type, entry });
  const entriesOf = ({ body }: Answer): BundleEntry[] => (body as unknown as Bundle).entry ?? [];
  const post = (resource: JsonObject, more: object = {}): object => ({ resource, request: { method: 'POST', url: resource.resourceType, ...more } });
  const stored = async (): Promise<unknown> => gateway.database.query('select count(*)::int as rows, sum(version)::int as versions, (select count(*)::int from source_record) as records from citizen_row');

  it('a transaction is written whole, with its references resolved, and its reads come last', async () => {
    const { id: changed } = await community('POST', 'CarePlan', planOf(citizen, 'in-bundle'));
    const { id: ended } = await community('POST', 'CarePlan', planOf(citizen, 'ended-in-bundle'));
    const answer = await community('POST', '', bundle('transaction',
      { request: { method: 'GET', url: 'CarePlan?identifier=urn:test|bundled' } },
      { ...post({ ...referralOf(citizen, 'bundled', organisation('RRK')), basedOn: [{ reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' }, { reference: 'CarePlan?identifier=urn:test|in-bundle' }] }), fullUrl: 'urn:uuid:1c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' },
      { ...post(planOf(citizen, 'bundled')), fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' },
      { resource: { ...planOf(citizen, 'in-bundle', { title: 'second' }), id: changed }, request: { method: 'PUT', url: `CarePlan/${changed}`, ifMatch: 'W/"1"' } },
      post(planOf(citizen, 'in-bundle', { title: 'not taken' }), { ifNoneExist: 'identifier=urn:test|in-bundle-not-there' }),
      { request: { method: 'DELETE', url: `CarePlan/${ended}` } },
    ));
    const entries = entriesOf(answer);
    expect([answer.status, answer.body?.['type'], entries.map(({ response }) => response?.status)]).toEqual([200, 'transaction-response', ['200 OK', '201 Created', '201 Created', '200 OK', '201 Created', '204 No Content']]);
    expect(entries[0]?.resource).toMatchObject({ resourceType: 'Bundle', total: 1 });
    const [, referral = ''] = /ServiceRequest\/([^/]+)\/_history\/1$/.exec(entries[1]?.response?.location ?? '') ?? [];
    const [, made = ''] = /CarePlan\/([^/]+)\/_history\/1$/.exec(entries[2]?.response?.location ?? '') ?? [];
    expect((await community('GET', `ServiceRequest/${referral}`)).body?.['basedOn']).toEqual([{ reference: `CarePlan/${made}`, type: 'CarePlan' }, { reference: `CarePlan/${changed}`, type: 'CarePlan' }]);
    const sources = await Promise.all([referral, made, changed].map(async (id) => ((await gateway.database.query<{ record_id: string }>('select record_id from citizen_version where id = $1 order by version desc limit 1', [id]))[0]?.record_id)));
    expect(new Set(sources).size).toBe(1);
  });

  it.each<[string, () => unknown[] | Promise<unknown[]>, number, string]>([
    ['a record nobody has', () => [{ resource: { ...planOf(citizen, 'seen'), id: unknownId }, request: { method: 'PUT', url: `CarePlan/${unknownId}`, ifMatch: 'W/"1"' } }], 404, 'not-found'],
    ['an entry that is not valid', () => [post(planOf(citizen, 'x')), post(planOf(citizen, 'x', { status: 'happy' }))], 422, 'code-not-in-value-set'],
    ['a version that differs', async () => {
      const { id } = await community('POST', 'CarePlan', planOf(citizen, 'differs'));
      return [{ resource: { ...planOf(citizen, 'differs'), id }, request: { method: 'PUT', url: `CarePlan/${id}`, ifMatch: 'W/"7"' } }];
    }, 412, 'version-differs'],
    ['an update without a version', () => [{ resource: { ...planOf(citizen, 'x'), id: unknownId }, request: { method: 'PUT', url: `CarePlan/${unknownId}` } }], 428, 'if-match-required'],
    ['a type not written', () => [post(planOf(citizen, 'x')), post({ resourceType: 'Patient' })], 405, 'interaction-unsupported'],
    ['a reference to no entry', () => [post(planOf(citizen, 'x', { basedOn: [{ reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e9' }] }))], 422, 'reference-nowhere'],
    ['a conditional reference to nobody', () => [post(planOf(citizen, 'x', { basedOn: [{ reference: 'CarePlan?identifier=urn:test|unheard-of' }] }))], 412, 'reference-condition'],
    ['an entry about another person by reference', () => [{ ...post(planOf(other, 'x')), fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' }, post(planOf(citizen, 'x', { basedOn: [{ reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' }] }))], 422, 'reference-nowhere'],
    ['two entries of one fullUrl', () => ['x', 'y'].map((key) => ({ ...post(planOf(citizen, key)), fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' })), 400, 'entry-twice'],
    ['a method in small letters', () => [{ ...post(planOf(citizen, 'x')), request: { method: 'post', url: 'CarePlan' } }], 422, 'request-method'],
    ['one condition twice', () => [post(planOf(citizen, 'x'), { ifNoneExist: 'identifier=urn:test|twice' }), post(planOf(citizen, 'x'), { ifNoneExist: 'identifier=urn:test|twice' })], 400, 'entry-twice'],
    ['no request', () => [{ resource: planOf(citizen, 'x') }], 400, 'request-missing'],
    ['another method', () => [{ resource: planOf(citizen, 'x'), request: { method: 'MERGE', url: `CarePlan/${unknownId}` } }], 422, 'request-method'],
    ['an address that does not fit', () => [{ resource: planOf(citizen, 'x'), request: { method: 'POST', url: 'Task' } }], 400, 'request-address'],
    ['no patch', () => [{ resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: 'e30=' }, request: { method: 'PATCH', url: `CarePlan/${unknownId}` } }], 400, 'patch-invalid'],
  ])('a transaction with %s writes nothing', async (_, entries, status, code) => {
    const asked = await entries();
    const before = await stored();
    const answer = await community('POST', '', bundle('transaction', post(planOf(citizen, 'beside')), ...asked));
    expect([answer.status, answer.codes]).toEqual([status, expect.arrayContaining([code])]);
    expect(await stored()).toEqual(before);
  });

  it('a batch stands entry by entry, patches among them', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'in-batch'));
    const patch = Buffer.from('[{"op":"replace","path":"/title","value":"patched"}]').toString('base64');
    const answer = await community('POST', '', bundle('batch', post(planOf(citizen, 'batched')), post(planOf(citizen, 'batched', { status: 'happy' })), { request: { method: 'GET', url: `CarePlan/${unknownId}` } },
      { resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: patch }, request: { method: 'PATCH', url: `CarePlan/${id}` } }, { request: { method: 'GET', url: `CarePlan/${id}` } }));
    expect(entriesOf(answer).map(({ response }) => [response?.status, codesOf(response?.outcome)])).toEqual([['201 Created', []], ['422 Unprocessable Entity', ['code-not-in-value-set']], ['404 Not Found', ['not-found']], ['200 OK', []], ['200 OK', []]]);
    expect(entriesOf(answer)[4]?.resource).toMatchObject({ title: 'patched', meta: { versionId: '2' } });
  });

  it('Bundles that are none, or too large, are refused before anything is looked at', async () => {
    for (const [body, status, code] of [[bundle('document'), 400, 'bundle-type'], [{ resourceType: 'CarePlan' }, 400, 'bundle-missing'], [bundle('batch', ...Array.from({ length: 5_001 }, () => ({}))), 413, 'bundle-too-many-entries']] as const) {
      expect(await community('POST', '', body)).toMatchObject({ status, codes: [code] });
    }
    expect((await sending(gateway, 'care-home-nurse')('POST', '', bundle('transaction'))).codes).toEqual(['bundle-not-taken']);
    expect((await community('POST', '', bundle('transaction'), { Prefer: 'respond-async' })).codes).toEqual(['respond-async-unsupported']);
  });

  it('a keeper declines a correction, and who asked for it is told why', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'corrected'));
    const asked = await doctor('POST', `Patient/${citizen}/$correct`, { resourceType: 'Parameters', parameter: [{ name: 'reference', valueReference: { reference: `CarePlan/${id}/_history/1` } }, { name: 'element', valueString: 'title' }, { name: 'value', valueString: 'second' }] });
    expect(asked.status).toBe(200);
    const taskOf = async (send: Send): Promise<{ id: string; resource: Record<string, unknown> }> => {
      const found = (await send('GET', 'Task?code=correction&status=requested&_sort=-_lastUpdated&_count=1')).body as unknown as Bundle;
      return { id: found.entry?.[0]?.resource?.id ?? '', resource: found.entry?.[0]?.resource as unknown as Record<string, unknown> };
    };
    const [mine, theirs] = [await taskOf(nurse), await taskOf(doctor)];
    expect(await nurse('PUT', `Task/${mine.id}`, { ...mine.resource, intent: 'plan' }, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 422, codes: ['task-answer-only'] });
    expect(await nurse('PUT', `Task/${mine.id}`, { ...mine.resource, status: 'draft' }, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 422, codes: ['task-answer-status'] });
    expect(await nurse('PUT', `Task/${mine.id}`, { ...mine.resource, status: 'rejected' }, { 'If-Match': 'W/"9"' })).toMatchObject({ status: 412 });
    expect(await nurse('PUT', `Task/${mine.id}`, { ...mine.resource, status: 'rejected' })).toMatchObject({ status: 428 });
    expect(await doctor('PUT', `Task/${theirs.id}`, { ...theirs.resource, status: 'completed' }, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 409, codes: ['task-followed'] });
    expect(await doctor('PUT', `Task/${mine.id}`, { ...mine.resource, status: 'completed' }, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 404 });
    expect(await community('DELETE', `Task/${mine.id}`)).toMatchObject({ status: 409, codes: ['task-of-the-gateway'] });
    expect(await nurse('PUT', `Task/${mine.id}`, { ...mine.resource, status: 'rejected', statusReason: { text: 'It is right as it is.' } }, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 200, version: 2 });
    expect((await doctor('GET', `Task/${theirs.id}`)).body).toMatchObject({ status: 'rejected', statusReason: { text: 'It is right as it is.' }, focus: { reference: `CarePlan/${id}` } });
    expect(await nurse('PATCH', `Task/${mine.id}`, [{ op: 'replace', path: '/status', value: 'accepted' }], { 'Content-Type': 'application/json-patch+json' })).toMatchObject({ status: 409, codes: ['task-closed'] });
    await community('PATCH', `CarePlan/${id}`, [{ op: 'replace', path: '/title', value: 'second' }], { 'Content-Type': 'application/json-patch+json' });
    await gateway.services.corrections.look();
    expect((await doctor('GET', `Task/${theirs.id}`)).body).toMatchObject({ status: 'rejected', meta: { versionId: '2' } });
  });

  it('the history of a type and of everything is newest first, page by page, of what the caller may see', async () => {
    const since = new Date().toISOString();
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'history'));
    await community('PATCH', `CarePlan/${id}`, [{ op: 'replace', path: '/title', value: 'second' }], { 'Content-Type': 'application/json-patch+json' });
    await hospital('POST', 'ServiceRequest', referralOf(citizen, 'history', organisation('RYW')));
    await community('DELETE', `CarePlan/${id}`);
    const page = async (path: string): Promise<Bundle> => (await nurse('GET', path)).body as unknown as Bundle;
    const told = ({ entry }: Bundle): string[] => (entry ?? []).map(({ request, response }) => `${request?.method} ${request?.url.split('/')[0]} ${response?.etag}`);
    expect(told(await page(`CarePlan/_history?_since=${since}`))).toEqual(['DELETE CarePlan W/"3"', 'PUT CarePlan W/"2"', 'POST CarePlan W/"1"']);
    expect(told(await page(`CarePlan/${id}/_history?_since=${since}`))).toEqual(['DELETE CarePlan W/"3"', 'PUT CarePlan W/"2"', 'POST CarePlan W/"1"']);
    expect([await page(`CarePlan/${id}/_history?_since=2999-01-01T00:00:00Z`)].map(({ type, entry }) => [type, entry])).toEqual([['history', undefined]]);
    expect((await nurse('GET', 'CarePlan/00000000-0000-4000-8000-000000000009/_history?_since=2999-01-01T00:00:00Z')).status).toBe(404);
    const all: string[] = [];
    let next: string | undefined = `_history?_since=${since}&_count=1&_format=json`;
    while (next !== undefined && all.length < 9) {
      const bundle: Bundle = await page(next);
      all.push(...told(bundle));
      next = bundle.link?.find(({ relation }) => relation === 'next')?.url.split('/fhir/')[1];
      expect(next ?? '_format=json').toContain('_format=json');
    }
    expect(all).toEqual(['DELETE CarePlan W/"3"', 'POST ServiceRequest W/"1"', 'PUT CarePlan W/"2"', 'POST CarePlan W/"1"']);
    const [, second] = (await page(`CarePlan/_history?_since=${since}&_elements=status`)).entry ?? [];
    expect([second?.resource?.meta?.tag?.at(-1)?.code, second?.resource]).toEqual(['SUBSETTED', expect.not.objectContaining({ title: 'second' })]);
    expect((await page('CarePlan/_history?_since=2024')).resourceType).toBe('OperationOutcome');
    expect((await sending(gateway, 'uhb-adt')('GET', '_history')).codes).toEqual(['scope-missing']);
  });

  it('the audit trail names every version, and every refusal', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'logged'));
    await community('DELETE', `CarePlan/${id}`);
    const entries = (await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 2')).map(({ entry }) => JSON.parse(entry) as { interaction: string; query: string; disclosed: string[]; citizen: string });
    expect(entries.map(({ interaction, query, disclosed, citizen: of }) => [interaction, query, disclosed, of])).toEqual([
      ['delete', `CarePlan/${id}`, [`CarePlan/${id}/_history/2`], citizen], ['create', 'CarePlan', [`CarePlan/${id}/_history/1`], citizen]]);
  });

  it('the audit trail tells of writing as IHE BALP has it', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'told'));
    const plan = { ...planOf(citizen, 'told'), id };
    expect((await community('PUT', `CarePlan/${id}`, plan, { 'If-Match': 'W/"1"' })).status).toBe(200);
    expect((await community('PATCH', `CarePlan/${id}`, [{ op: 'replace', path: '/title', value: 'Told' }], { 'Content-Type': 'application/json-patch+json', 'If-Match': 'W/"2"' })).status).toBe(200);
    await community('DELETE', `CarePlan/${id}`);
    const entries = (await gateway.database.query<{ entry: string }>('select entry from (select seq, entry from audit_entry order by seq desc limit 4) e order by seq')).map(({ entry }) => JSON.parse(entry) as AuditEntry);
    const events = entries.map((entry) => auditEventOf({ ...entry, seq: 1 }, { base: `${gateway.url}/fhir` }));
    expect(events.map(({ meta }) => meta?.profile?.[0]?.split('.').at(-1))).toEqual(['PatientCreate', 'PatientUpdate', 'PatientUpdate', 'PatientDelete']);
    expect(events.flatMap(balpFaults)).toEqual([]);
  });
});
