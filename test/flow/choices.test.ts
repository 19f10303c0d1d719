import type { Bundle, Consent, ConsentProvision } from '@medplum/fhirtypes';
import { countChoices } from '../../src/store/sharing/choices.ts';
import { yesesOfTheirOwn } from '../../src/store/schema/028-yeses-of-their-own.ts';
import { narrowYeses } from '../../src/store/schema/037-narrow-yeses.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, custodiansOf, objectionOf, people, wholeRecord } from './whole-record.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const example = 'https://fhir.bicp.example/Id/example-code';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const recipient = (value: string, system = ods): NonNullable<ConsentProvision['actor']>[number] => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }, reference: { type: 'Organization', identifier: { system, value } },
});

describe.each(databases)('a citizen\'s choice, on $kind', ({ open }) => {
  let gateway: Gateway;
  let citizen = '';
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
    citizen = await citizenOf(gateway, 'privacy-officer', people.alice);
  });
  afterAll(() => gateway.close());

  const send = async (method: 'POST' | 'PUT', path: string, consent: Consent, who = 'privacy-officer', headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}/fhir/${path}`, { method, headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json', ...headers }, body: JSON.stringify(consent) });
  const choice = (policyRule: string, provision: ConsentProvision, changes: Partial<Consent> = {}): Consent =>
    ({ ...objectionOf(citizen), policyRule: { coding: [{ system: actCode, code: policyRule }] }, provision, ...changes });
  const idOf = (response: Response): string => /Consent\/([^/]+)\/_history/.exec(response.headers.get('Location') ?? '')?.[1] ?? '';
  const seenBy = async (who: string): Promise<string[]> => custodiansOf(await wholeRecord(gateway, who, citizen));
  const nobody: string[] = [];

  it('closes the record to one organisation and nobody else, from its commit on, until it is changed or ended', async () => {
    const before = { nurse: await seenBy('community-nurse'), doctor: await seenBy('ward-doctor') };
    expect(before.nurse.length).toBeGreaterThan(1);
    const filed = await send('POST', 'Consent', choice('OPTOUTE', { type: 'deny', actor: [recipient('RRK')] }));
    expect(filed.status).toBe(201);
    expect(await seenBy('ward-doctor')).toEqual(['RRK']);
    expect(await seenBy('community-nurse')).toEqual(before.nurse);

    const changed = await send('PUT', `Consent/${idOf(filed)}`, { ...choice('OPTOUTE', { type: 'deny', actor: [recipient('RYW')] }), id: idOf(filed) }, 'privacy-officer', { 'If-Match': 'W/"1"' });
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, 'W/"2"']);
    expect(await seenBy('ward-doctor')).toEqual(before.doctor);
    expect(await seenBy('community-nurse')).toEqual(['RYW']);

    const ended = await send('PUT', `Consent/${idOf(filed)}`, { ...choice('OPTOUTE', { type: 'deny', actor: [recipient('RYW')] }), id: idOf(filed), status: 'inactive' });
    expect(ended.status).toBe(200);
    expect(await seenBy('community-nurse')).toEqual(before.nurse);
    const versions = (await (await gateway.get(`/fhir/Consent/${idOf(filed)}/_history`, 'privacy-officer')).json()) as Bundle;
    expect(versions.entry?.map(({ resource }) => (resource as Consent).status)).toEqual(['inactive', 'active', 'active']);
    for (const { resource } of versions.entry ?? []) expect(resource?.meta?.source).toMatch(/^urn:onestory:uhb:api#\d+\/1$/);
  });

  it('with an exception keeps everybody out but that one', async () => {
    const before = { nurse: await seenBy('community-nurse') };
    const filed = await send('POST', 'Consent', choice('OPTOUTE', { provision: [{ type: 'permit', actor: [recipient('RYW')] }] }));
    expect(filed.status).toBe(201);
    expect(await seenBy('community-nurse')).toEqual(before.nurse);
    expect(await seenBy('ward-doctor')).toEqual(['RRK']);
    const refused = (await wholeRecord(gateway, 'ward-doctor', citizen)).find(({ resourceType }) => resourceType === 'OperationOutcome');
    expect(JSON.stringify(refused)).toContain('Some information is not shown');
    await send('PUT', `Consent/${idOf(filed)}`, { ...choice('OPTOUTE', { provision: [{ type: 'permit', actor: [recipient('RYW')] }] }), id: idOf(filed), status: 'inactive' });
  });

  it('about one sort of information leaves the rest', async () => {
    const filed = await send('POST', 'Consent', choice('OPTOUTE', { type: 'deny', class: [{ system: 'https://fhir.bicp.example/CodeSystem/sharing-category', code: 'mental-health' }] }));
    expect(filed.status).toBe(201);
    const seen = await seenBy('community-nurse');
    expect(seen).toContain('RRK');
    expect((await wholeRecord(gateway, 'community-nurse', citizen)).filter(({ meta, resourceType }) => resourceType === 'EpisodeOfCare' && meta?.tag?.some(({ code }) => code === 'RXT'))).toEqual([]);
    await send('PUT', `Consent/${idOf(filed)}`, { ...choice('OPTOUTE', { type: 'deny', class: [{ system: 'https://fhir.bicp.example/CodeSystem/sharing-category', code: 'mental-health' }] }), id: idOf(filed), status: 'inactive' });
  });

  it('with a yes of the ward to one organisation leaves the objection of the same trust as it was, and yeses stand side by side', async () => {
    const before = await seenBy('community-nurse');
    const objection = choice('OPTOUT', { type: 'deny' });
    const filed = await send('POST', 'Consent', objection);
    const yes = (value: string, changes: Partial<Consent> = {}): Consent => choice('OPTIN', { type: 'permit', actor: [recipient(value, example)] }, { dateTime: '2026-07-02', ...changes });
    const yeses = [await send('POST', 'Consent', yes('nns-edgbaston'), 'ward-doctor'), await send('POST', 'Consent', yes('nns-ladywood', { dateTime: '2026-07-03' }), 'ward-doctor')];
    expect([filed, ...yeses].map(({ status }) => status)).toEqual([201, 201, 201]);
    const closed = await seenBy('community-nurse');
    expect(closed).not.toEqual(before);
    expect(await citizenOf(gateway, 'voluntary-worker', people.alice)).toBe('');

    // a yes narrowed by anything else is no word about the rest of the record either
    const coding = (system: string, code: string) => ({ system, code });
    const plans: ConsentProvision = { type: 'permit', class: [coding('https://fhir.bicp.example/CodeSystem/sharing-category', 'plan'), coding('https://fhir.bicp.example/CodeSystem/sharing-category', 'episode')] };
    const research: ConsentProvision = { type: 'permit', purpose: [coding('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'HRESCH')] };
    const narrow = [choice('OPTIN', plans, { dateTime: '2026-07-02' }), choice('IMPLIED', { provision: [research, { ...plans, provision: [{ type: 'deny', actor: [recipient('RYW')] }] }] }, { dateTime: '2026-07-03' })];
    const narrowed = await Promise.all(narrow.map((each) => send('POST', 'Consent', each)));
    expect(narrowed.map(({ status }) => status)).toEqual([201, 201]);
    expect(await seenBy('community-nurse')).toEqual(closed);

    // what was stored before yeses were a source of their own is mended by the step of the schema
    const counted = async (): Promise<unknown[]> => gateway.database.query('select c.signal, r.live::text from choice c join choice_rule r using (citizen_id, id) where c.citizen_id = $1 order by c.signal, c.id, r.n', [citizen]);
    const asSaid = await counted();
    await gateway.database.query("update choice set signal = '' where signal like 'yes:%'");
    await gateway.database.transaction((connection) => countChoices(connection, [citizen]));
    expect(await counted()).not.toEqual(asSaid);
    await gateway.database.query(yesesOfTheirOwn);
    await gateway.database.query(narrowYeses);
    expect(await counted()).toEqual(asSaid);
    for (const [n, each] of narrow.entries()) expect((await send('PUT', `Consent/${idOf(narrowed[n] ?? filed)}`, { ...each, id: idOf(narrowed[n] ?? filed), status: 'inactive' })).status).toBe(200);

    await send('PUT', `Consent/${idOf(filed)}`, { ...objection, id: idOf(filed), status: 'entered-in-error' });
    expect(await citizenOf(gateway, 'voluntary-worker', people.alice)).not.toBe('');
    const again = idOf(await send('POST', 'Consent', objection));
    for (const [n, value] of [['0', 'nns-edgbaston'], ['1', 'nns-ladywood']] as const) {
      const id = idOf(yeses[Number(n)] ?? filed);
      expect((await send('PUT', `Consent/${id}`, { ...yes(value, { dateTime: '2026-07-04', status: 'inactive' }), id })).status).toBe(200);
      expect(await seenBy('community-nurse')).toEqual(closed);
    }
    expect((await send('POST', 'Consent', yes('nns-ladywood', { dateTime: '2026-07-05', status: 'inactive' }), 'ward-doctor')).status).toBe(201);
    expect(await seenBy('community-nurse')).toEqual(closed);
    await send('PUT', `Consent/${again}`, { ...objection, id: again, status: 'inactive' });
    expect([await citizenOf(gateway, 'voluntary-worker', people.alice), await seenBy('community-nurse')]).toEqual(['', before]);
  });

  it('about one sort of information is taken back by a later yes to it, and by no yes to less', async () => {
    const told = async (): Promise<string[]> => (await wholeRecord(gateway, 'community-nurse', citizen)).map(({ resourceType }) => resourceType).sort();
    const before = await told();
    const category = (code: string) => ({ system: 'https://fhir.bicp.example/CodeSystem/sharing-category', code });
    const said = [
      choice('OPTOUTE', { type: 'deny', class: [category('encounter'), category('referral')] }, { dateTime: '2026-07-01' }),
      choice('OPTIN', { type: 'permit', class: [category('referral')] }, { dateTime: '2026-07-02' }),
      choice('OPTIN', { type: 'permit', class: [category('encounter'), category('referral'), category('plan')] }, { dateTime: '2026-07-03' }),
    ];
    const filed: string[] = [];
    const after: string[][] = [];
    for (const each of said) {
      const answer = await send('POST', 'Consent', each);
      expect(answer.status).toBe(201);
      filed.push(idOf(answer));
      after.push(await told());
    }
    expect(after[0]).not.toEqual(before);
    expect([after[1], after[2]]).toEqual([after[0], before]);
    for (const [n, each] of said.entries()) expect((await send('PUT', `Consent/${filed[n] ?? ''}`, { ...each, id: filed[n] ?? '', status: 'entered-in-error' })).status).toBe(200);
  });

  it('of the past or of the future counts for nothing now', async () => {
    const before = await seenBy('community-nurse');
    for (const period of [{ start: '2020-01-01', end: '2020-12-31' }, { start: '2090-01-01' }]) {
      const filed = await send('POST', 'Consent', choice('OPTOUT', { type: 'deny', period }));
      expect(filed.status).toBe(201);
      expect(await seenBy('community-nurse')).toEqual(before);
    }
  });

  it.each<[string, (id: string) => Consent, string, number, Record<string, string>]>([
    ['from a version that is no longer', (id) => ({ ...choice('OPTOUT', { type: 'deny' }), id }), 'privacy-officer', 412, { 'If-Match': 'W/"7"' }],
    ['of another address', () => ({ ...choice('OPTOUT', { type: 'deny' }), id: 'another' }), 'privacy-officer', 400, {}],
    ['by an organisation that did not record it', (id) => ({ ...choice('OPTOUT', { type: 'deny' }), id }), 'governance-lead', 404, {}],
    ['by somebody who may not', (id) => ({ ...choice('OPTOUT', { type: 'deny' }), id }), 'community-nurse', 403, {}],
    ['into somebody else\'s', (id) => ({ ...choice('OPTOUT', { type: 'deny' }), id, patient: { reference: 'Patient/00000000-0000-4000-8000-000000000000' } }), 'privacy-officer', 404, {}],
    ['into one about an organisation nobody knows', (id) => ({ ...choice('OPTOUTE', { type: 'deny', actor: [recipient('RRX')] }), id }), 'privacy-officer', 422, {}],
    ['into what cannot be applied', (id) => ({ ...choice('OPTOUT', { type: 'deny', data: [{ meaning: 'instance', reference: { reference: 'CarePlan/1' } }] }), id }), 'privacy-officer', 422, {}],
  ])('is not changed %s, and stays as it was', async (_how, change, who, status, headers) => {
    const filed = await send('POST', 'Consent', choice('IMPLIED', { provision: [{ type: 'deny', actor: [recipient('RXT')] }] }));
    const id = idOf(filed);
    expect((await send('PUT', `Consent/${id}`, change(id), who, headers)).status).toBe(status);
    const read = (await (await gateway.get(`/fhir/Consent/${id}`, 'privacy-officer')).json()) as Consent;
    expect([read.meta?.versionId, read.policyRule?.coding?.[0]?.code]).toEqual(['1', 'IMPLIED']);
    await send('PUT', `Consent/${id}`, { ...choice('IMPLIED', { provision: [{ type: 'deny', actor: [recipient('RXT')] }] }), id, status: 'entered-in-error' });
  });

  it('changed by two at once is changed by one of them at a time, and nobody is told of a fault of ours', async () => {
    const id = idOf(await send('POST', 'Consent', choice('IMPLIED', { provision: [{ type: 'deny', actor: [recipient('RXT')] }] })));
    const change = (headers: Record<string, string>): Promise<Response> => send('PUT', `Consent/${id}`, { ...choice('IMPLIED', { provision: [{ type: 'deny', actor: [recipient('RYA')] }] }), id }, 'privacy-officer', headers);
    const stated = await Promise.all(Array.from({ length: 4 }, () => change({ 'If-Match': 'W/"1"' })));
    expect(stated.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const unstated = await Promise.all(Array.from({ length: 4 }, () => change({})));
    const done = unstated.filter(({ status }) => status === 200).length;
    expect([done > 0, unstated.every(({ status }) => status === 200 || status === 409)]).toEqual([true, true]);
    const read = (await (await gateway.get(`/fhir/Consent/${id}`, 'privacy-officer')).json()) as Consent;
    expect(read.meta?.versionId).toBe(String(2 + done));
    await send('PUT', `Consent/${id}`, { ...choice('IMPLIED', { provision: [{ type: 'deny', actor: [recipient('RYA')] }] }), id, status: 'entered-in-error' });
  });

  it('in the end nothing of all that is left', async () => {
    const before = await seenBy('mental-health-nurse');
    expect(before).not.toEqual(nobody);
    const [row] = await gateway.database.query<{ count: number }>("select count(*)::int as count from choice_rule where citizen_id = $1 and valid_until > now() and valid_from <= now()", [citizen]);
    expect(row?.count).toBe(0);
  });
});
