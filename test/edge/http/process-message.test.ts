import type { Bundle, BundleEntry, OperationOutcome, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { QueryResultRow } from 'pg';
import { oneDatabase } from '../../databases.ts';
import { exampleBundle, resourceIn } from '../../flow/fhir-examples.ts';
import { citizenCount, storedRows } from '../../flow/intake-outcome.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import type { Database } from '../../../src/store/database.ts';
import { loadRecordOutcome, loadStanding } from '../../../src/store/intake/record-outcome.ts';

const target = Buffer.from(JSON.stringify({ system: 'https://fhir.nhs.uk/Id/dos-service-id', value: '999000001' })).toString('base64');
const headers = { 'X-Request-ID': '60e0b220-8136-4ca5-ae46-1d97ef59d068', 'X-Correlation-ID': '11c46f5f-cdef-4865-94b2-0ee0edcc26da', 'NHSD-Target-Identifier': target };
let messages = 0;
/** what virus scanners agreed to take for a virus */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!', '$H+H*'].join('');

/** A message of the examples about a referral of its own. */
function message(example: string, referral: number, change: (bundle: Bundle) => void = () => undefined): Bundle {
  messages += 1;
  const text = JSON.stringify(exampleBundle('bars', example)).replaceAll('00000000-0000-4000-8000-', `${String(referral).padStart(8, '0')}-0000-4000-8000-`);
  const bundle = { ...(JSON.parse(text) as Bundle), id: `20000000-0000-4000-8000-${String(messages).padStart(12, '0')}` };
  change(bundle);
  return bundle;
}

const appointment: BundleEntry = { fullUrl: 'urn:uuid:00000000-0000-4000-8000-0000000000a1', resource: { resourceType: 'Appointment', id: '00000000-0000-4000-8000-0000000000a1', status: 'booked', start: '2026-11-23T10:00:00Z', end: '2026-11-23T10:15:00Z', participant: [{ status: 'accepted' }] } };

describe.each(oneDatabase)('BaRS messages, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const post = async (body: unknown, changes: Record<string, string> = {}, who = 'wmas-bars', spaces = 0): Promise<Response> => fetch(`${gateway.url}/fhir/$process-message`, {
    method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json', ...headers, ...changes }, body: JSON.stringify(body, null, spaces),
  });
  const refusal = async (response: Response): Promise<[number, string | undefined, string | undefined, string | undefined]> => {
    const [issue] = ((await response.json()) as OperationOutcome).issue;
    return [response.status, issue?.code, issue?.details?.coding?.[0]?.code, issue?.details?.coding?.[1]?.code];
  };
  const requests = async (referral: number): Promise<{ version: number; resource: ServiceRequest }[]> =>
    (await storedRows(gateway, 'ServiceRequest')).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${String(referral).padStart(8, '0')}-`)) as unknown as { version: number; resource: ServiceRequest }[];

  it('a referral of somebody nobody knows is taken in and answered with a response message', async () => {
    const known = await citizenCount(gateway);
    const sent = message('falls-referral-from-999', 1);
    const response = await post(sent);
    expect([response.status, response.headers.get('X-Request-ID'), response.headers.get('X-Correlation-ID')]).toEqual([200, headers['X-Request-ID'], headers['X-Correlation-ID']]);
    const answer = (await response.json()) as Bundle;
    const header = resourceIn(answer, 'MessageHeader');
    expect([answer.type, header.response, header.eventCoding?.code]).toEqual(['message', { identifier: sent.id, code: 'ok' }, 'servicerequest-response']);
    expect(JSON.stringify(answer)).not.toContain('Fallon');
    expect(await citizenCount(gateway)).toBe(known + 1);
    const [request] = await requests(1);
    expect(request?.resource).toMatchObject({ status: 'active', performer: [{ display: 'Urgent community response' }, { reference: expect.stringContaining('Organization/') as string }] });
  });

  it('what became of it is read by index, however much is stored of others', async () => {
    expect((await post(message('falls-referral-from-999', 7))).status).toBe(200);
    const [request] = await requests(7);
    const [record] = await gateway.database.query<{ id: string; task: string }>("select record_id as id, task_id as task from source_record where feed = 'wmas-bars' order by record_id desc limit 1");
    const plans: string[] = [];
    await gateway.database.transaction(async (connection) => {
      await connection.query('set local enable_seqscan = off');
      const explained: Database = {
        ...gateway.database,
        query: async <Row extends QueryResultRow>(text: string, values?: unknown[]) => {
          plans.push(...(await connection.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)).rows.map((row) => row['QUERY PLAN']));
          return (await connection.query<Row>(text, values)).rows;
        },
      };
      expect((await loadRecordOutcome(explained, 'wmas-bars', record?.task ?? ''))?.id).toBe(record?.id);
      const id = request?.resource.id ?? '';
      expect([await loadStanding(explained, record?.id ?? '', [id]), await loadStanding(explained, '0', [id])]).toEqual([[{ id, version: 1, created: true }], [{ id, version: 1, created: false }]]);
    });
    expect(plans.filter((line) => /Seq Scan|Function Scan/.test(line))).toEqual([]);
    expect(plans.filter((line) => /citizen_row_id|citizen_version_pkey/.test(line)).length).toBeGreaterThan(1);
  });

  it('the same message again is a duplicate, told so and not taken twice; laid out otherwise it is the same message', async () => {
    const sent = message('falls-referral-from-999', 2);
    expect((await post(sent)).status).toBe(200);
    expect(await refusal(await post(sent))).toEqual([409, 'duplicate', 'REC_CONFLICT', 'message-already-processed']);
    expect(await refusal(await post(sent, {}, 'wmas-bars', 2))).toEqual([409, 'duplicate', 'REC_CONFLICT', 'message-already-processed']);
    expect(await requests(2)).toHaveLength(1);
  });

  it('a message that was refused is refused again, laid out otherwise too', async () => {
    const sent = message('falls-referral-from-999', 5, (bundle) => { delete (resourceIn(bundle, 'ServiceRequest') as Partial<ServiceRequest>).status; });
    const told = [400, 'invalid', 'REC_BAD_REQUEST', 'element-missing'];
    expect(await refusal(await post(sent))).toEqual(told);
    expect(await refusal(await post(sent))).toEqual(told);
    expect(await refusal(await post(sent, {}, 'wmas-bars', 1))).toEqual(told);
  });

  it('the id of a message with other content is refused', async () => {
    const sent = message('falls-referral-from-999', 3);
    expect((await post(sent)).status).toBe(200);
    resourceIn(sent, 'ServiceRequest').priority = 'stat';
    expect(await refusal(await post(sent))).toEqual([409, 'conflict', 'REC_CONFLICT', 'message-id-reused']);
  });

  const orders = [['falls-referral-from-999', 'referral-updated', 'referral-cancelled'], ['referral-cancelled', 'referral-updated', 'falls-referral-from-999'], ['referral-updated', 'falls-referral-from-999', 'referral-cancelled'],
    ['referral-cancelled', 'falls-referral-from-999', 'referral-updated'], ['referral-updated', 'referral-cancelled', 'falls-referral-from-999'], ['falls-referral-from-999', 'referral-cancelled', 'referral-updated']];
  it('request, update and cancellation end the same in whatever order they arrive', async () => {
    const ends: unknown[] = [];
    for (const [index, order] of orders.entries()) {
      for (const example of order) expect((await post(message(example, 10 + index))).status).toBe(200);
      const found = await requests(10 + index);
      expect(found).toHaveLength(1);
      const { id: _id, meta: _meta, identifier: _identifier, subject: _subject, ...end } = found[0]?.resource ?? ({} as ServiceRequest);
      ends.push(JSON.parse(JSON.stringify(end).replaceAll(/(CarePlan|Encounter)\/[0-9a-f-]{36}/g, '$1/its own')));
    }
    expect(ends[0]).toMatchObject({ status: 'revoked' });
    expect(ends).toEqual(ends.map(() => ends[0]));
  });

  it('what an attachment holds stays text inside its resource: nothing of it is served as a page or a program', async () => {
    const data = (text: string): string => Buffer.from(text).toString('base64');
    const sent = message('falls-referral-from-999', 6, (bundle) => {
      Object.assign(resourceIn(bundle, 'CarePlan'), { description: `<svg onload="alert(1)"></svg> ${eicar}`, contained: [{ resourceType: 'DocumentReference', id: 'd', status: 'current', content: [
        { attachment: { contentType: 'text/html', data: data('<script>alert(1)</script>') } }, { attachment: { contentType: 'image/svg+xml', data: data('<svg onload="alert(1)"/>') } }, { attachment: { contentType: 'application/octet-stream', data: data(eicar) } },
      ] }] });
    });
    expect((await post(sent)).status).toBe(200);
    const plan = (await storedRows(gateway, 'CarePlan')).find(({ resource }) => JSON.stringify(resource['identifier']).includes('"00000006-'))?.resource;
    expect(JSON.stringify(plan)).not.toMatch(/"contained"|"attachment"/);
    const read = (accept: string): Promise<Response> => gateway.get(`/fhir/CarePlan/${plan?.['id'] as string}`, 'community-nurse', { Accept: accept });
    for (const accept of ['application/fhir+json', 'application/fhir+xml']) {
      const answer = await read(accept);
      expect([answer.headers.get('content-type')?.split(';')[0], answer.headers.get('x-content-type-options'), answer.headers.get('content-security-policy')?.split(';')[0]]).toEqual([accept, 'nosniff', "default-src 'none'"]);
    }
    for (const accept of ['text/html', 'image/svg+xml', 'application/octet-stream']) expect((await read(accept)).status).toBe(406);
  });

  it('a file that is nothing but a test virus is kept as the bytes it is, refused with a reason, and served by nothing', async () => {
    const sent = await gateway.send('bcc-cld', '', eicar);
    const task = (await sent.json()) as Task;
    expect(await gateway.database.query("select convert_from(content, 'UTF8') as text, state from source_record where feed = 'bcc-cld'")).toEqual([{ text: eicar, state: 'rejected' }]);
    const told = await gateway.get(`/fhir/Task/${task.id}`, 'bcc-cld');
    expect([((await told.json()) as Task).status, told.headers.get('x-content-type-options')]).toEqual(['failed', 'nosniff']);
    expect((await gateway.get('/intake/bcc-cld', 'bcc-cld')).status).toBe(405);
  });

  it('an answer is a Task on the request, and changes nothing of the request', async () => {
    expect((await post(message('validation-request-with-objection', 4))).status).toBe(200);
    const [before] = await requests(4);
    expect((await post(message('validation-answered', 4))).status).toBe(200);
    expect(await requests(4)).toEqual([before]);
    const task = (await storedRows(gateway, 'Task')).map(({ resource }) => resource as unknown as Task).find(({ identifier }) => JSON.stringify(identifier).includes('"00000004-'));
    expect(task).toMatchObject({ status: 'completed', focus: { reference: `ServiceRequest/${before?.resource.id}` } });
  });

  const bad: [name: string, body: () => unknown, changes: Record<string, string>, told: unknown[]][] = [
    ['no X-Correlation-ID', () => message('falls-referral-from-999', 30), { 'X-Correlation-ID': '' }, [400, 'invalid', 'REC_BAD_REQUEST', 'message-http-header-missing']],
    ['a target that is no base64', () => message('falls-referral-from-999', 30), { 'NHSD-Target-Identifier': '?' }, [400, 'invalid', 'REC_BAD_REQUEST', 'message-target-unreadable']],
    ['a version nobody knows', () => message('falls-referral-from-999', 30), { Accept: 'application/fhir+json; version=2.0.0' }, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'message-version']],
    ['no header', () => message('bad-no-header', 31), {}, [400, 'invalid', 'REC_BAD_REQUEST', 'message-header-missing']],
    ['an event of another sort', () => message('bad-unknown-event-and-no-focus', 32), {}, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'message-event-unknown']],
    ['a booking, which is no use case of this gateway', () => message('falls-referral-from-999', 41, (bundle) => { Object.assign(resourceIn(bundle, 'MessageHeader').eventCoding ?? {}, { code: 'booking-request' }); bundle.entry?.push(appointment); }), {}, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'entry-type']],
    ['a referral with a booked appointment beside it', () => message('falls-referral-from-999', 42, (bundle) => { bundle.entry?.push(appointment); }), {}, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'entry-type']],
    ['two people', () => message('bad-two-people', 33), {}, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'bundle-two-people']],
    ['a referral of STU3', () => message('bad-written-in-stu3', 34), {}, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'fhir-version']],
    ['a Bundle of another type', () => ({ ...message('falls-referral-from-999', 35), type: 'collection' }), {}, [400, 'invalid', 'REC_BAD_REQUEST', 'bundle-type']],
    ['a use case nobody agreed', () => message('falls-referral-from-999', 36, (bundle) => { (resourceIn(bundle, 'ServiceRequest').category ?? [])[1] = { coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/usecases-categories-bars', code: 'z9t9' }] }; }), {}, [400, 'invalid', 'REC_BAD_REQUEST', 'invariant-failed']],
    ['another organisation\'s name', () => message('falls-referral-from-999', 37, (bundle) => { for (const { resource } of bundle.entry ?? []) if (resource?.resourceType === 'Organization' && resource.identifier?.[0]?.value === 'RYA') resource.identifier[0].value = 'RRK'; }), {}, [422, 'processing', 'REC_UNPROCESSABLE_ENTITY', 'check-failed']],
    ['an attachment beyond the limit', () => message('falls-referral-from-999', 38, (bundle) => { Object.assign(resourceIn(bundle, 'CarePlan'), { contained: [{ resourceType: 'DocumentReference', id: 'd', status: 'current', content: [{ attachment: { data: 'AAAA'.repeat(400_000) } }] }] }); }), {}, [413, 'too-long', 'REC_UNPROCESSABLE_ENTITY', 'attachment-too-large']],
    ['more entries than a message may have', () => message('falls-referral-from-999', 39, (bundle) => { bundle.entry = Array.from({ length: 10_000 }, () => ({ resource: { resourceType: 'Basic', code: { text: 'x' } } })); }), {}, [413, 'too-long', 'REC_UNPROCESSABLE_ENTITY', 'bundle-too-many-entries']],
    ['text that is no JSON', () => undefined, {}, [400, 'structure', 'REC_BAD_REQUEST', 'source-empty']],
  ];
  it.each(bad)('%s: refused, told in the standard\'s words, and nothing of it is stored', async (_, body, changes, told) => {
    const before = await storedRows(gateway);
    expect(await refusal(await post(body(), changes))).toEqual(told);
    expect(await storedRows(gateway)).toEqual(before);
  });

  it('is for the clients of message feeds only', async () => {
    expect(await refusal(await post(message('falls-referral-from-999', 40), {}, 'roh-fhir'))).toEqual([403, 'forbidden', 'REC_FORBIDDEN', 'bundle-not-taken']);
    expect(await refusal(await post(message('falls-referral-from-999', 40), {}, 'ward-doctor'))).toEqual([403, 'forbidden', 'REC_FORBIDDEN', 'bundle-not-taken']);
  });
});
