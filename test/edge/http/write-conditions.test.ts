import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { moveRows } from '../../../src/store/record/move-rows.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { codesOf, organisation, planOf, referralOf, sending, type Answer, type Send } from './writing.ts';

const asJsonPatch = { 'Content-Type': 'application/json-patch+json' };

describe.each(databases)('what a write finds, names and ends, on $kind', ({ open }) => {
  let gateway: Gateway;
  /** as another process: writers of one organisation take turns in one only */
  let second: Gateway;
  let hospital: Send;
  let community: Send;
  let nurse: Send;
  let doctor: Send;
  let citizen: string;
  let other: string;

  beforeAll(async () => {
    const database = await open(6);
    gateway = await startGateway(database);
    second = await startGateway({ ...database, close: () => Promise.resolve() });
    for (const { services } of [gateway, second]) await services.corrections.stop(); // a round of its own may end a Task between a deletion and the answer
    [hospital, community, nurse, doctor] = ['uhb-integration', 'bchc-integration', 'community-nurse', 'ward-doctor'].map((who) => sending(gateway, who)) as [Send, Send, Send, Send];
    const both = await gateway.database.query<{ citizen: string }>(
      `select r.citizen_id as citizen from citizen_row r join sharing_class c on c.class_id = r.class_id where r.type = 'Patient' group by 1 having bool_or(c.custodian like '%|RRK') and bool_or(c.custodian like '%|RYW')
         and not exists (select from choice_rule x where x.citizen_id = r.citizen_id) order by 1`);
    [citizen = '', other = ''] = both.map((row) => row.citizen);
    expect(other).not.toBe('');
  });
  afterAll(async () => {
    await second.close();
    await gateway.close();
  });

  const taskOf = (focus: string, more: object = {}): unknown => ({ resourceType: 'Task', status: 'requested', intent: 'order', code: { text: 'Asks about a referral' }, for: { reference: `Patient/${citizen}` }, focus: { reference: `ServiceRequest/${focus}` }, ...more });
  const bundle = (...entry: unknown[]): unknown => ({ resourceType: 'Bundle', type: 'transaction', entry });
  const entriesOf = ({ body }: Answer): BundleEntry[] => (body as unknown as Bundle).entry ?? [];
  const idIn = (entry: BundleEntry | undefined): string => /\/([^/]+)\/_history\//.exec(entry?.response?.location ?? '')?.[1] ?? '';
  const post = (resource: JsonObject, more: object = {}): object => ({ resource, request: { method: 'POST', url: resource.resourceType, ...more } });
  const lastEntry = async (): Promise<{ citizen?: string; disclosed: string[] }> => JSON.parse((await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 1'))[0]?.entry ?? '{}') as { citizen?: string; disclosed: string[] };

  it('a condition on what a record refers to finds it, though references are kept apart', async () => {
    const { id: referral } = await community('POST', 'ServiceRequest', referralOf(citizen, 'focused', organisation('RRK')));
    const byFocus = `focus=ServiceRequest/${referral}`;
    const made = await community('POST', 'Task', taskOf(referral), { 'If-None-Exist': byFocus });
    expect(made.status).toBe(201);
    expect(await community('POST', 'Task', taskOf(referral), { 'If-None-Exist': byFocus })).toMatchObject({ status: 200, id: made.id, version: 1 });
    expect(await community('PUT', `Task?${byFocus}&status=requested`, taskOf(referral, { status: 'accepted' }))).toMatchObject({ status: 200, id: made.id, version: 2 });
    const { id: plan } = await community('POST', 'CarePlan', planOf(citizen, 'based-upon'));
    const based = { ...referralOf(citizen, 'based', organisation('RRK')), basedOn: [{ reference: `CarePlan/${plan}` }] };
    const first = await community('POST', 'ServiceRequest', based, { 'If-None-Exist': `based-on=CarePlan/${plan}` });
    expect([first.status, (await community('POST', 'ServiceRequest', based, { 'If-None-Exist': `based-on=CarePlan/${plan}` })).id]).toEqual([201, first.id]);
    expect(await hospital('POST', 'ServiceRequest', { ...based, basedOn: [] }, { 'If-None-Exist': `based-on=CarePlan/${plan}` })).toMatchObject({ status: 422 });
    expect((await community('DELETE', `Task?${byFocus}`)).status).toBe(204);
    expect((await community('GET', `Task/${made.id}`)).status).toBe(410);
    expect(await community('POST', 'Task', taskOf(referral), { 'If-None-Exist': byFocus })).toMatchObject({ status: 201, version: 1 });
  });

  it('a condition by an id a citizen had before finds what names the citizen of now', async () => {
    const former = '01234567-89ab-4cde-8f01-23456789abcd';
    await gateway.database.query('insert into citizen_alias (citizen_id, now_id) values ($1, $2)', [former, citizen]);
    const { id: referral } = await community('POST', 'ServiceRequest', referralOf(citizen, 'owned', organisation('RRK')));
    const owned = taskOf(referral, { owner: { reference: `Patient/${citizen}` } });
    const { id, status } = await community('POST', 'Task', owned);
    expect([status, (await community('POST', 'Task', owned, { 'If-None-Exist': `owner=Patient/${former}` })).id]).toEqual([201, id]);
  });

  it('conditional creates at the same time make one, through whichever process they come', async () => {
    const elsewhere = sending(second, 'bchc-integration');
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? community : elsewhere)('POST', 'CarePlan', planOf(citizen, 'at-once'), { 'If-None-Exist': 'identifier=urn:test|at-once' })));
    expect([new Set(made.map(({ id }) => id)).size, made.filter(({ status }) => status === 201).length]).toEqual([1, 1]);
  });

  it('entries name what a conditional create found as if it had been made', async () => {
    const plan = { ...post(planOf(citizen, 'sent-again'), { ifNoneExist: 'identifier=urn:test|sent-again' }), fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' };
    const based = (key: string, of = citizen): object => post({ ...referralOf(of, key, organisation('RRK')), basedOn: [{ reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' }] });
    const [made] = entriesOf(await community('POST', '', bundle(plan, based('sent-again-1'))));
    const again = entriesOf(await community('POST', '', bundle(plan, based('sent-again-2'))));
    expect(again.map(({ response }) => response?.status)).toEqual(['200 OK', '201 Created']);
    expect(idIn(again[0])).toBe(idIn(made));
    expect((await community('GET', `ServiceRequest/${idIn(again[1])}`)).body?.['basedOn']).toEqual([{ reference: `CarePlan/${idIn(made)}`, type: 'CarePlan' }]);
    expect((await lastEntry()).citizen).toBe(citizen);
    expect(await community('POST', '', bundle(plan, based('sent-again-3', other)))).toMatchObject({ status: 422, codes: ['reference-nowhere'] });
  });

  it('what a conditional create found is told of the person it is about', async () => {
    const only = { 'If-None-Exist': 'identifier=urn:test|filed' };
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'filed'), only);
    expect((await community('POST', 'CarePlan', planOf(citizen, 'filed'), only)).status).toBe(200);
    expect(await lastEntry()).toMatchObject({ citizen, disclosed: [`CarePlan/${id}/_history/1`] });
  });

  it('bytes of a condition are UTF-8, percent-encoded or not', async () => {
    const plan = planOf(citizen, 'Zoë');
    const sent = await Promise.all(['Zoë', 'Zo%C3%AB'].map(async (key) => community('POST', 'CarePlan', plan, { 'If-None-Exist': Buffer.from(`identifier=urn:test|${key}`).toString('latin1') })));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(await community('POST', 'CarePlan', plan, { 'If-None-Exist': 'identifier=urn:test|Zo\u00eb' })).toMatchObject({ status: 400, codes: ['parameters-unreadable'] });
  });

  it('more conditions than are looked for are refused, in a Bundle of either type', async () => {
    const entries = Array.from({ length: 501 }, (_, n) => post(planOf(citizen, `many-${n}`), { ifNoneExist: `identifier=urn:test|many-${n}` }));
    expect(await community('POST', '', bundle(...entries))).toMatchObject({ status: 413, codes: ['conditions-too-many'] });
  });

  it('a Bundle may be XML; its reads are of records, whole, and not without end', async () => {
    const { id } = await community('POST', 'CarePlan', planOf(citizen, 'read-in-bundle'));
    const read = (url: string): object => ({ request: { method: 'GET', url } });
    const xml = `<Bundle xmlns="http://hl7.org/fhir"><type value="batch"/><entry><request><method value="GET"/><url value="CarePlan/${id}"/></request></entry></Bundle>`;
    expect(entriesOf(await community('POST', '', xml, { 'Content-Type': 'application/fhir+xml', Accept: 'application/fhir+json' }))).toMatchObject([{ resource: { id }, response: { status: '200 OK' } }]);
    const answers = entriesOf(await community('POST', '', bundle(...['ValueSet/programme', `CarePlan/${id}?_elements=status`, 'CarePlan?_summary=text', 'CarePlan?identifier=urn:test|read-in-bundle&_summary=count'].map(read))));
    expect(answers.map(({ response }) => [response?.status, ...codesOf(response?.outcome)])).toEqual([['400 Bad Request', 'request-read'], ['400 Bad Request', 'request-read-part'], ['400 Bad Request', 'request-read-part'], ['200 OK']]);
    expect(await community('POST', '', bundle(...Array.from({ length: 101 }, () => read(`CarePlan/${id}`))))).toMatchObject({ status: 413, codes: ['bundle-too-many-reads'] });
  });

  it('a conditional reference looks at what others hold only where the scopes allow searching for it', async () => {
    await community('POST', 'CarePlan', planOf(citizen, 'of-the-community'));
    const writer = { client: 'onestory-viewer', token: 'test', person: { id: 'ward-doctor', name: 'Dr Leila Haddad' }, organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisationName: 'UHB', role: 'doctor', purpose: 'TREAT' } as const;
    const write = (scopes: string[]): Promise<unknown> => gateway.services.write({ ...writer, scopes }, {
      asks: [{ method: 'create', type: 'CarePlan', resource: planOf(citizen, 'refers', { basedOn: [{ reference: 'CarePlan?identifier=urn:test|of-the-community' }] }), pointer: '' }], bytes: Buffer.from('{}'), base: `${gateway.url}/fhir`, bundle: false,
    }, { id: 'test' });
    await expect(write(['user/CarePlan.cud'])).rejects.toThrow('reference-condition');
    await expect(write(['user/CarePlan.cuds'])).resolves.toMatchObject([{ outcome: 'created' }]);
  });

  it('a record is changed although another one it named before became another person\'s', async () => {
    const [{ id: moved }, { id: stays }] = [await community('POST', 'CarePlan', planOf(citizen, 'moves')), await community('POST', 'CarePlan', planOf(citizen, 'stays'))];
    const addresses = { activity: [{ reference: { reference: `CarePlan/${moved}` }, outcomeReference: [{ reference: `CarePlan/${stays}` }] }], basedOn: [{ reference: `CarePlan/${moved}` }] };
    const { id, status } = await community('POST', 'CarePlan', planOf(citizen, 'names-moved', addresses));
    expect(status).toBe(201);
    await gateway.database.transaction((connection) => moveRows(connection, { from: citizen, into: other, origins: null, rows: { ids: [moved], of: other }, at: new Date(), tokens: { from: [], into: [] } }));
    expect(await community('PATCH', `CarePlan/${id}`, [{ op: 'replace', path: '/title', value: 'second' }], asJsonPatch)).toMatchObject({ status: 200, version: 2 });
    expect(await community('POST', 'CarePlan', planOf(citizen, 'names-moved-anew', { basedOn: addresses.basedOn }))).toMatchObject({ status: 422, codes: ['reference-nowhere'] });
  });

  /** Asks for a correction of a new record, and returns the Tasks of both sides. */
  async function correctionOf(key: string): Promise<{ plan: string; mine: JsonObject & { id: string }; theirs: JsonObject & { id: string } }> {
    const { id: plan } = await community('POST', 'CarePlan', planOf(citizen, key));
    const parameter = [{ name: 'reference', valueReference: { reference: `CarePlan/${plan}/_history/1` } }, { name: 'element', valueString: 'title' }, { name: 'value', valueString: 'second' }];
    expect((await doctor('POST', `Patient/${citizen}/$correct`, { resourceType: 'Parameters', parameter })).status).toBe(200);
    const [mine, theirs] = await Promise.all([nurse, doctor].map(async (send) => ((await send('GET', `Task?focus=CarePlan/${plan}`)).body as unknown as Bundle).entry?.[0]?.resource as unknown as JsonObject & { id: string }));
    if (!mine || !theirs) throw new Error('no Task for one of the sides');
    return { plan, mine, theirs };
  }

  it('a Task about a record that was deleted is answered, or ends by itself', async () => {
    const [answered, left] = [await correctionOf('deleted-and-answered'), await correctionOf('deleted-and-left')];
    for (const { plan } of [answered, left]) expect((await community('DELETE', `CarePlan/${plan}`)).status).toBe(204);
    expect(await nurse('PATCH', `Task/${answered.mine.id}`, [{ op: 'replace', path: '/status', value: 'rejected' }], asJsonPatch)).toMatchObject({ status: 200, version: 2 });
    expect((await doctor('GET', `Task/${answered.theirs.id}`)).body).toMatchObject({ status: 'rejected' });
    await gateway.services.corrections.look();
    for (const [send, { id }] of [[nurse, left.mine], [doctor, left.theirs]] as const) expect((await send('GET', `Task/${id}`)).body).toMatchObject({ status: 'completed', meta: { versionId: '2' } });
  });

  it('an answer holds no references, and its audit entry names the versions of both sides', async () => {
    const { mine, theirs } = await correctionOf('answered-with-care');
    const [id, followed] = [mine.id, theirs.id];
    const answer = (said: object): Promise<Answer> => nurse('PUT', `Task/${id}`, { ...mine, status: 'rejected', ...said }, { 'If-Match': 'W/"1"' });
    expect(await answer({ note: [{ authorReference: { reference: 'Practitioner/1' }, text: 'x' }] })).toMatchObject({ status: 422, codes: ['reference-nowhere'] });
    expect(await answer({ statusReason: { extension: [{ url: 'urn:test', valueReference: { reference: `Patient/${other}` } }], text: 'x' } })).toMatchObject({ status: 422, codes: ['reference-nowhere'] });
    expect((await answer({ note: [{ authorString: 'G. M.', text: 'It is right as it is.' }] })).status).toBe(200);
    expect((await lastEntry()).disclosed).toEqual([`Task/${id}/_history/2`, `Task/${followed}/_history/2`]);
  });

  it('a receiver finishes its own Task when the referral is no longer there for it, and makes no new one', async () => {
    const { id: referral } = await community('POST', 'ServiceRequest', referralOf(citizen, 'withdrawn', organisation('RRK')));
    const task = taskOf(referral, { status: 'accepted', owner: organisation('RRK') });
    const { id, status } = await doctor('POST', 'Task', task);
    expect(status).toBe(201);
    expect((await community('DELETE', `ServiceRequest/${referral}`)).status).toBe(204);
    const { body } = await doctor('GET', `Task/${id}`);
    expect(await doctor('PUT', `Task/${id}`, { ...body, focus: { reference: `ServiceRequest/${referral}` }, status: 'completed' }, { 'If-Match': 'W/"1"' })).toMatchObject({ status: 200, version: 2 });
    expect(await doctor('PATCH', `Task/${id}`, [{ op: 'replace', path: '/owner', value: organisation('RYW') }], asJsonPatch)).toMatchObject({ status: 422, codes: ['task-focus'] });
    expect((await doctor('POST', 'Task', task)).codes).toEqual(['reference-nowhere']);
  });
});
