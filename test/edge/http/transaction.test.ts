import type { Bundle, BundleEntry, CarePlan, OperationOutcome, ServiceRequest } from '@medplum/fhirtypes';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { readXml } from '../../../src/fhir/xml/read-xml.ts';
import { writeXml } from '../../../src/fhir/xml/write-xml.ts';
import { databases } from '../../databases.ts';
import { exampleBundle, resourceIn } from '../../flow/fhir-examples.ts';
import { storedRows } from '../../flow/intake-outcome.ts';
import { startGateway, type Gateway } from '../../gateway.ts';

/** An example with its people and records renamed, so that each test has its own. */
function bundleOf(example: string, suffix: string, change: (bundle: Bundle) => void = () => undefined): Bundle {
  const bundle = JSON.parse(JSON.stringify(exampleBundle('fhir-r4', example)).replaceAll(/\b(P|REF|EP|CP|X)-(\d+)\b/g, `$1-$2${suffix}`)) as Bundle;
  if (bundle.id) bundle.id += suffix;
  change(bundle);
  return bundle;
}

describe.each(databases)('transactions of a partner who speaks FHIR, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const post = async (body: unknown, who = 'roh-fhir'): Promise<Response> => fetch(`${gateway.url}/fhir`, {
    method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(body),
  });
  const answerOf = async (response: Response): Promise<Bundle> => {
    expect(response.status).toBe(200);
    return (await response.json()) as Bundle;
  };
  const codesOf = async (response: Response): Promise<[number, (string | undefined)[]]> => [response.status, ((await response.json()) as OperationOutcome).issue.map(({ details }) => details?.coding?.[0]?.code)];
  const stored = async (key: string): Promise<Awaited<ReturnType<typeof storedRows>>> => (await storedRows(gateway)).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${key}"`));

  it('is stored whole: ids of ours, references resolved, the source kept, an answer for each entry in order', async () => {
    const answer = await answerOf(await post(bundleOf('whole-transaction', 'a')));
    expect(answer.type).toBe('transaction-response');
    expect(answer.entry?.map(({ response }) => response?.status)).toEqual(['201 Created', '201 Created', '201 Created', '201 Created', '200 OK', '200 OK']);
    const [patient] = await stored('P-1a');
    const [episode] = await stored('EP-1a');
    const [request] = await stored('REF-1a');
    expect(answer.entry?.[2]?.response?.location).toBe(`${gateway.url}/fhir/EpisodeOfCare/${episode?.id}/_history/1`);
    expect(episode?.resource).toMatchObject({
      patient: { reference: `Patient/${patient?.citizen}` }, meta: { source: `urn:onestory:roh:roh-fhir#${episode?.recordId}/1`, tag: [{ code: 'RRJ' }] },
    });
    expect(request?.resource).toMatchObject({ requester: { identifier: { value: '999555000222' }, display: 'Mr Max Setter' }, performer: [{ reference: expect.stringContaining('Organization/') as string }] });
    expect(answer.entry?.[5]?.response?.outcome).toMatchObject({ issue: [{ severity: 'information', details: { coding: [{ code: 'directory-not-written' }] } }] });
  });

  it('is answered the same when it is sent again, and changes nothing', async () => {
    const first = await answerOf(await post(bundleOf('whole-transaction', 'b')));
    const before = await storedRows(gateway);
    expect(await answerOf(await post(bundleOf('whole-transaction', 'b')))).toEqual(first);
    expect(await storedRows(gateway)).toEqual(before);
  });

  it('comes as XML as well, is kept as it came, and is answered in XML', async () => {
    const xml = writeXml(bundleOf('whole-transaction', 'x') as unknown as JsonObject);
    const response = await fetch(`${gateway.url}/fhir`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token('roh-fhir')}`, 'Content-Type': 'application/fhir+xml' }, body: xml });
    const read = readXml(new Uint8Array(await response.arrayBuffer()), { maxBytes: 1_000_000 });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/fhir+xml; charset=utf-8']);
    expect('value' in read && read.value).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response', entry: [{ response: { status: '201 Created' } }, {}, {}, {}, {}, {}] });
    await answerOf(await post(bundleOf('whole-transaction', 'y')));
    const [[request], [sameInJson]] = [await stored('REF-1x'), await stored('REF-1y')];
    for (const element of ['status', 'code', 'authoredOn', 'requester']) expect([element, request?.resource[element]]).toEqual([element, sameInJson?.resource[element]]);
    const [kept] = await gateway.database.query<{ content: Uint8Array }>('select content from source_record where record_id = $1', [request?.recordId]);
    expect(Buffer.from(kept?.content ?? []).toString('utf8')).toBe(xml);
  });

  it('updates what the writer named before, by its identifier', async () => {
    await answerOf(await post(bundleOf('whole-transaction', 'c')));
    const answer = await answerOf(await post(bundleOf('conditional-update', 'c')));
    expect(answer.entry?.map(({ response }) => [response?.status, response?.etag])).toEqual([['200 OK', 'W/"1"'], ['200 OK', 'W/"2"']]);
    expect((await stored('REF-1c')).map(({ version, resource }) => [version, resource['status']])).toEqual([[2, 'completed']]);
  });

  it('a conditional create makes what is not there, and leaves what is there as it is', async () => {
    await answerOf(await post(bundleOf('whole-transaction', 'd')));
    const made = await answerOf(await post(bundleOf('conditional-create', 'd')));
    expect(made.entry?.[0]?.response?.status).toBe('201 Created');
    const again = await answerOf(await post(bundleOf('conditional-create', 'd', (bundle) => { resourceIn(bundle, 'ServiceRequest').status = 'revoked'; })));
    expect(again.entry?.[0]?.response).toMatchObject({ status: '200 OK', etag: 'W/"1"' });
    expect((await stored('REF-9d')).map(({ version, resource }) => [version, (resource as unknown as ServiceRequest).status])).toEqual([[1, 'active']]);
  });

  it('one wrong entry refuses all of them, and tells which', async () => {
    const before = await storedRows(gateway);
    const response = await post(bundleOf('whole-transaction', 'e', (bundle) => { delete (resourceIn(bundle, 'CarePlan') as Partial<CarePlan>).intent; }));
    expect(await codesOf(response)).toEqual([400, expect.arrayContaining(['element-missing'])]);
    expect(await storedRows(gateway)).toEqual(before);
  });

  it('a batch stands entry by entry', async () => {
    const answer = await answerOf(await post(bundleOf('batch-of-two-people', 'f', (bundle) => { delete (resourceIn(bundle, 'CarePlan') as Partial<CarePlan>).intent; })));
    expect([answer.type, answer.entry?.map(({ response }) => response?.status)]).toEqual(['batch-response', ['201 Created', '201 Created', '400']]);
    expect([(await stored('P-2f')).length, (await stored('P-3f')).length, (await stored('CP-3f')).length]).toEqual([1, 1, 0]);
  });

  it('a record of somebody else is never taken over, under whichever name', async () => {
    const named = (bundle: Bundle, ...keys: string[]): void => { // a referral for each key
      const [first] = (bundle.entry ?? []).filter(({ resource }) => resource?.resourceType === 'ServiceRequest');
      const made = keys.map((key, n) => structuredClone({ ...first, fullUrl: n === 0 ? first?.fullUrl : 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', resource: { ...first?.resource, identifier: [{ ...resourceIn(bundle, 'ServiceRequest').identifier?.[0], value: key }] } }) as BundleEntry);
      bundle.entry = [...(bundle.entry ?? []).filter((entry) => entry !== first), ...made];
    };
    await answerOf(await post(bundleOf('whole-transaction', 'g', (bundle) => named(bundle, 'REF-1g', 'REF-2g'))));
    const before = await storedRows(gateway);
    const taken = bundleOf('whole-transaction', 'h', (bundle) => { // another person, and the keys of the first one's referrals
      Object.assign(resourceIn(bundle, 'Patient'), { name: [{ family: 'Other', given: ['Olaf'] }], gender: 'male', birthDate: '1933-03-03' });
      resourceIn(bundle, 'Patient').identifier?.splice(1);
      named(bundle, 'REF-1g', 'REF-2g');
    });
    expect(await codesOf(await post(taken))).toEqual([422, ['record-of-another-person', 'record-of-another-person']]);
    expect(await codesOf(await post(bundleOf('bad-about-somebody-else', 'g')))).toEqual([422, ['record-about-another', 'record-about-another']]);
    expect(await storedRows(gateway)).toEqual(before);
  });

  const bad: [example: string, told: [number, string[]]][] = [
    ['bad-instructions', [400, ['request-missing', 'request-method', 'request-condition', 'request-address', 'request-condition', 'request-condition']]],
    ['bad-without-names', [422, ['own-identifier-missing', 'own-identifier-missing']]],
    ['bad-references', [400, ['contained-nested', 'reference-nowhere', 'reference-nowhere', 'reference-foreign', 'reference-foreign']]],
    ['bad-plans-in-a-circle', [422, ['reference-cycle']]],
    ['bad-written-in-stu3', [422, ['fhir-version']]],
    ['bad-not-a-transaction', [400, ['bundle-type']]],
    ['bad-nobody', [422, ['bundle-person-missing']]],
  ];
  it.each(bad)('%s: every mistake is told, and nothing of it is stored', async (example, told) => {
    const before = await storedRows(gateway);
    expect(await codesOf(await post(bundleOf(example, 'i')))).toEqual(told);
    expect(await storedRows(gateway)).toEqual(before);
  });

  it('10,000 entries are refused before they are looked at', async () => {
    expect(await codesOf(await post({ resourceType: 'Bundle', type: 'transaction', entry: Array.from({ length: 10_000 }, () => ({ resource: {} })) }))).toEqual([413, ['bundle-too-many-entries']]);
  });

  it('nobody sends one but a client of such a feed, and who may write anything', async () => {
    for (const who of ['care-home-nurse', 'uhb-adt', 'wmas-bars']) expect(await codesOf(await post(bundleOf('whole-transaction', 'j'), who))).toEqual([403, ['bundle-not-taken']]);
  });
});
