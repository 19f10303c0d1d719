import { createLog } from '../../../src/edge/log.ts';
import { createMetrics } from '../../../src/edge/metrics/metrics.ts';
import { message } from '../../intake/adt.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { ask, auditSince, citizenOf, type Question } from './asking.ts';

/** Words that stand for a person: whoever reads a log, an error or a question in the audit trail must not learn them. */
const canaries = { family: 'Canarybird', given: 'Tweetabella', number: '9990000743', spaced: '999 000 0743', local: 'CANARY-77', postcode: 'B97 7XX', phone: '07700 900777', visit: 'VCANARY9' };
const canary = /canary|tweetabella|999[ .-]?000[ .-]?0743|B97 ?7XX|07700 ?900777/i;
const nurse = 'community-nurse';

const pid = { 3: `${canaries.number}^^^NHS~${canaries.local}^^^RRK`, 5: `${canaries.family}^${canaries.given}`, 7: '19380211', 11: `1 CANARY LANE^^^^${canaries.postcode}`, 13: `${canaries.phone}^PRN^PH`, 32: 'NSTS01' };
const good = message({ id: 'CAN1', event: 'A01', pid, pv1: { 2: 'I', 3: 'RRK^W1', 19: canaries.visit } });
const badMessages = [
  message({ id: 'CAN2', event: 'A31', pv1: null, pid: { ...pid, 7: 'Tweetabella 19380211' } }),
  message({ id: 'CAN3', event: 'A31', pv1: null, pid: { ...pid, 3: `9990000744^^^NHS~${canaries.local}2^^^RRK` } }),
  `${message({ id: 'CAN4', event: 'A31', pv1: null, pid })}ZZ9|Canarybird\r`,
  message({ id: canaries.family, event: 'A31', pv1: null, pid, msh: { 3: canaries.given } }),
  message({ id: 'CAN5', event: 'A31', pv1: null, pid: { ...pid, 16: 'CANARYBIRD' } }),
];

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const lenient = { Prefer: 'handling=lenient' };

/** Each names the canary wherever a caller can put words, rightly or wrongly. */
const questions = (citizen: string): Question[] => [
  { path: `/fhir/Patient?family=${canaries.family}&given=${canaries.given}`, who: nurse },
  { path: `/fhir/Patient?name=${canaries.family}&birthdate=1938-02-11&address-postalcode=${encodeURIComponent(canaries.postcode)}`, who: nurse },
  { method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: form, body: `identifier=https://fhir.nhs.uk/Id/nhs-number|${canaries.number}` },
  { path: `/fhir/Patient?identifier=${canaries.local}`, who: nurse },
  { path: `/fhir/EpisodeOfCare?patient=${canaries.number}`, who: nurse },
  { path: `/fhir/EpisodeOfCare?patient=${citizen}`, who: nurse },
  { path: `/fhir/EpisodeOfCare?identifier=${canaries.visit}`, who: nurse },
  { path: `/fhir/EpisodeOfCare?organization:identifier=x|${canaries.number}`, who: nurse },
  { path: `/fhir/ServiceRequest?performer=Practitioner/${canaries.number}`, who: nurse },
  { path: `/fhir/CarePlan?category=${encodeURIComponent(canaries.spaced)}`, who: nurse },
  { path: `/fhir/Patient/${citizen}`, who: nurse },
  { path: `/fhir/Patient/${citizen}/$everything`, who: nurse },
  { path: `/fhir/Patient/${canaries.number}`, who: nurse },
  { path: `/fhir/Patient/${canaries.family}/$everything`, who: nurse },
  { path: `/fhir/Patient/${canaries.family}/_history/${canaries.number}`, who: nurse },
  { path: `/fhir/${canaries.family}/${canaries.number}`, who: nurse },
  { path: `/fhir/Patient/${canaries.family}/a/b/c/d`, who: nurse },
  { method: 'DELETE', path: `/fhir/Patient?identifier=${canaries.number}`, who: nurse },
  { path: `/fhir/Patient?birthdate=${canaries.family}`, who: nurse },
  { path: `/fhir/Patient?nhs-number=${canaries.number}`, who: nurse },
  { path: `/fhir/Patient?nhs-number=${canaries.number}`, who: nurse, headers: lenient },
  { path: `/fhir/Patient?_count=${canaries.family}`, who: nurse },
  { path: `/fhir/Patient?_sort=${canaries.family}`, who: nurse },
  { path: `/fhir/Patient?_page=${canaries.family}`, who: nurse },
  { path: `/fhir/EpisodeOfCare?patient=https://${canaries.family}.example/Patient/1`, who: nurse },
  { path: `/fhir/Patient?family=${canaries.family}%E9`, who: nurse },
  { path: `/fhir/Patient/${canaries.family}%E9`, who: nurse },
  { path: '/fhir/Patient', who: nurse, headers: { 'X-Request-ID': canaries.number } },
  { path: '/fhir/Patient', who: nurse, headers: { 'X-Request-ID': canaries.spaced.replaceAll(' ', '-') } },
  { path: '/fhir/Patient', who: nurse, headers: { Accept: canaries.family } },
  { path: '/fhir/Patient', headers: { Authorization: `Bearer ${canaries.family}` } },
  { path: '/fhir/Patient', headers: { Authorization: `Basic ${Buffer.from(`${canaries.family}:${canaries.number}`).toString('base64')}` } },
  { method: 'POST', path: '/fhir/Consent', who: 'privacy-officer', headers: { 'Content-Type': 'application/fhir+json' }, body: `{"resourceType":"Consent","id":"${canaries.family} ${canaries.number}` },
  { method: 'POST', path: '/fhir/Consent', who: 'privacy-officer', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'Consent', status: canaries.family, patient: { reference: `Patient/${canaries.number}`, display: canaries.family } }) },
  { method: 'POST', path: '/fhir/Consent', who: 'privacy-officer', headers: { 'Content-Type': `application/${canaries.family}` }, body: 'x' },
  { method: 'POST', path: `/intake/${canaries.family}`, who: 'uhb-adt', body: 'x' },
  { method: 'POST', path: `/intake/uhb-adt/${canaries.number}`, who: 'uhb-adt', body: 'x' },
  { path: `/fhir/AuditEvent?patient=${canaries.number}`, who: 'governance-lead' },
  { path: `/${canaries.family}?nhs=${canaries.number}` },
  { path: `/fhir/metadata?${canaries.family}=${canaries.number}` },
];

describe.each(databases)('nobody is named where nobody needs to be, on $kind', ({ open }) => {
  let gateway: Gateway;
  const lines: string[] = [];
  const metrics = createMetrics();
  const refused: { question: string; text: string }[] = [];
  let statuses: number[];

  beforeAll(async () => {
    const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    gateway = await startGateway(await open(), { log: metrics.counted(log) });
    metrics.measure(gateway.services.operation);
    await gateway.send('uhb-adt', '', good);
    await gateway.send('uhb-adt', '', badMessages.join(''));
    await gateway.send('bchc-rio', 'client', `Client_ID,${canaries.family}\r\n1,${canaries.number}`);
    const citizen = await citizenOf(gateway, nurse, canaries.number);
    statuses = await Promise.all(questions(citizen).map(async (question) => {
      const { status, text } = await ask(gateway, question);
      if (status >= 400) refused.push({ question: `${question.method ?? 'GET'} ${question.path}`, text });
      return status;
    }));
    await breakAndAsk(citizen);
  });
  afterAll(() => gateway.close());

  /** The database fails with the person's name in its message, in a request and in intake. */
  async function breakAndAsk(citizen: string): Promise<void> {
    await gateway.database.query(`create function tell() returns trigger language plpgsql as $$ begin raise exception 'Canarybird 9990000743 %', new.body using detail = 'Tweetabella'; end $$`);
    await gateway.database.query('create trigger tell before insert on citizen_version for each row execute function tell()');
    const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    const body = JSON.stringify({
      resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: act, code: 'IDSCL' }] }], patient: { reference: `Patient/${citizen}` }, policyRule: { coding: [{ system: act, code: 'OPTOUT' }] }, provision: { type: 'deny' }, dateTime: '2026-06-30',
    });
    const { status, text } = await ask(gateway, { method: 'POST', path: '/fhir/Consent', who: 'privacy-officer', headers: { 'Content-Type': 'application/fhir+json' }, body });
    refused.push({ question: 'a failing write', text });
    statuses.push(status);
    const hurry = setInterval(() => void gateway.database.query('update intake_person set not_before = now()'), 50);
    await gateway.send('uhb-adt', '', message({ id: 'CAN9', event: 'A31', at: '20240309081000', pv1: null, pid: { ...pid, 16: 'W' } })).finally(() => clearInterval(hurry));
    await gateway.database.query('drop trigger tell on citizen_version');
  }

  it('the questions reached what they were for: answers, refusals and failures', () => {
    expect(new Set(statuses)).toEqual(new Set([200, 400, 401, 403, 404, 405, 406, 415, 422, 500]));
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.filter((line) => line.includes('request-failed'))).toHaveLength(1);
    expect(lines.some((line) => line.includes('intake-retried'))).toBe(true);
  });

  it('not in the log', () => {
    expect(lines.filter((line) => canary.test(line))).toEqual([]);
    expect(lines.filter((line) => /Bearer|eyJ[\w-]{10}/.test(line))).toEqual([]);
  });

  it('not in the metrics, whose labels are routes, methods, statuses, events, parts and feeds', async () => {
    const told = (await metrics.text()).split('\n').filter((line) => line.startsWith('onestory_') && !/^onestory_(process|nodejs)_/.test(line));
    expect(told.filter((line) => canary.test(line))).toEqual([]);
    const labels = new Map<string, Set<string>>();
    for (const line of told) for (const [, name = '', value = ''] of line.matchAll(/(\w+)="([^"]*)"/g)) labels.set(name, (labels.get(name) ?? new Set()).add(value));
    expect([...labels.keys()].sort()).toEqual(['event', 'feed', 'le', 'method', 'part', 'route', 'status']);
    expect([...labels.get('route') ?? []].filter((route) => /[0-9a-f]{8}-|\d{5}|\?/.test(route))).toEqual([]);
    expect(labels.get('feed')?.size).toBe(gateway.services.mappings.feeds.length);
    expect(told).toContain('onestory_up{part="audit trail"} 1');
  });

  it('a number typed in as a patient of the audit trail is nobody', async () => {
    const answer = await ask(gateway, { path: `/fhir/AuditEvent?patient=${canaries.number}`, who: 'governance-lead' });
    expect([answer.status, (JSON.parse(answer.text) as { entry?: unknown[] }).entry]).toEqual([200, undefined]);
  });

  it('every line of the log is one JSON object of known fields', () => {
    const known = ['level', 'time', 'event', 'msg', 'requestId', 'method', 'route', 'status', 'durationMs', 'error', 'errorCode', 'errorAt', 'code', 'count', 'feed', 'sourceRecord', 'row', 'attempt'];
    for (const line of lines) expect(Object.keys(JSON.parse(line) as object).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('not in any refusal', () => {
    expect(refused.filter(({ text }) => canary.test(text))).toEqual([]);
  });

  it('not in the question of any audit entry, nor anywhere else in one', async () => {
    const entries = await auditSince(gateway, 0);
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.filter(({ text }) => canary.test(text)).map(({ entry }) => entry.query)).toEqual([]);
  });

  it('not in a Task, which names rows and fields only', async () => {
    const tasks = await (await gateway.get('/fhir/Task?_count=200', 'uhb-adt')).text();
    expect(tasks).toContain('nhs-number-invalid');
    expect(canary.exec(tasks)?.[0]).toBeUndefined();
    const others = await (await gateway.get('/fhir/Task?_count=200', 'bchc-rio')).text();
    expect(others).toContain('csv-');
    expect(canary.exec(others)?.[0]).toBeUndefined();
  });
});
