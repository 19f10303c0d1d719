import type { AuditEvent, Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { askEmergency, castMember, codeIn, detailsOf, endEmergency, openEmergency, pause, population } from './emergency-asks.ts';
import { citizenOf, custodiansOf, wholeRecord } from './whole-record.ts';

describe.each(databases)('emergency access, on $kind', ({ open }) => {
  let gateway: Gateway;
  const neville = castMember('objected');
  const right = detailsOf(neville);
  beforeAll(async () => { gateway = await startGateway(await open(population.citizens), { environment: () => ({ ONESTORY_EMERGENCY_MINUTES: '50' }) }); });
  beforeEach(() => pause(gateway));
  afterAll(() => gateway.close());

  const ask = (given: Record<string, string>, who = 'social-worker'): Promise<Response> => askEmergency(gateway, given, who);
  const opened = (): ReturnType<typeof openEmergency> => openEmergency(gateway, right, 'social-worker');
  const end = (citizen: string): Promise<Response> => endEmergency(gateway, citizen, 'social-worker');

  it('opens a record closed by an objection to the person who asked, for the time it is set to, and to nobody else', async () => {
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe('');
    const { citizen } = await opened();
    const [{ minutes } = { minutes: 0 }] = await gateway.database.query<{ minutes: number }>('select extract(epoch from until - from_at)::int / 60 as minutes from emergency_access order by until desc limit 1');
    expect(minutes).toBe(50);
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe(citizen);
    expect(custodiansOf(await wholeRecord(gateway, 'social-worker', citizen))).toEqual(expect.arrayContaining(['RRK', 'RYW']));
    expect(await citizenOf(gateway, 'mental-health-nurse', right['nhs-number'])).toBe('');
    await end(citizen);
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe('');
  });

  it('is one for one person and citizen, and each look under it is marked in the log', async () => {
    const first = await opened();
    const again = await opened();
    expect(again).toEqual(first);
    await wholeRecord(gateway, 'social-worker', first.citizen);
    const log = (await (await gateway.search('AuditEvent', { patient: `Patient/${first.citizen}`, _count: '1' }, 'governance-lead')).json()) as Bundle<AuditEvent>;
    expect(JSON.stringify(log.entry?.[0]?.resource)).toContain('This person had emergency access to the record.');
    await end(first.citizen);
  });

  it('asks each privacy officer concerned to review it, by a reference that names nobody', async () => {
    const { citizen, reference } = await opened();
    const bodies = await gateway.database.query<{ body: string }>(
      `select v.body from shared_row r join shared_version v on v.id = r.id where r.scope = 'addressed' and v.body like '%' || $1 || '%'`, [reference]);
    const tasks = bodies.map(({ body }) => JSON.parse(body) as Task);
    expect(tasks.map(({ owner }) => owner?.identifier?.value).sort()).toEqual(['E08000025', 'RRK', 'RYW']);
    for (const told of [citizen, 'social-worker', 'Sukhdev', neville.name.family, right['nhs-number'], right.explanation]) expect(JSON.stringify(tasks)).not.toContain(told);
    await end(citizen);
  });

  it('tells the log what it tells nobody else', async () => {
    for (const given of [{ ...right, family: 'Somebody' }, { ...right, 'nhs-number': '9991000046' }]) await ask(given, 'community-nurse');
    const log = (await (await gateway.search('AuditEvent', { agent: 'community-nurse', _count: '10' }, 'governance-lead')).json()) as Bundle<AuditEvent>;
    const denied = (log.entry ?? []).filter(({ resource }) => JSON.stringify(resource).includes('break-glass'));
    expect(denied.length).toBe(2);
    expect(JSON.stringify(denied)).not.toContain(right.explanation);
  });

  it('is not given when it was refused too often', async () => {
    for (let i = 0; i < 10; i += 1) await ask({ ...right, family: 'Somebody' }, 'mental-health-nurse');
    const refused = await ask(right, 'mental-health-nurse');
    expect([refused.status, await codeIn(refused)]).toEqual([429, 'emergency-access-too-often']);
    const wait = Number(refused.headers.get('Retry-After'));
    expect([wait > 3000, wait <= 3600]).toEqual([true, true]);
    await gateway.database.query(`update emergency_attempt set at = at - interval '59 minutes 55 seconds'`);
    expect(Number((await ask(right, 'mental-health-nurse')).headers.get('Retry-After'))).toBeLessThan(10);
    await gateway.database.query(`update emergency_attempt set at = at - interval '10 seconds'`);
    expect((await ask(right, 'mental-health-nurse')).status).toBe(200);
  });

  it('is not given to whoever guesses all at once: what has no answer yet counts as refused', async () => {
    const wrong = Array.from({ length: 30 }, (_, i) => ask({ ...right, 'birth-date': `1946-05-${String(i + 1).padStart(2, '0')}` }, 'mental-health-nurse'));
    const answers = await Promise.all([...wrong, ask(right, 'mental-health-nurse')]);
    expect(answers.filter(({ status }) => status === 404).length).toBeLessThanOrEqual(10);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(new Set(await Promise.all(refused.map(codeIn)))).toEqual(new Set(['emergency-access-too-often']));
  });

  it('is given to one person a number of times within an hour, and then not', async () => {
    await ask(right);
    await gateway.database.query(
      `insert into emergency_access (citizen_id, id, organisation, person, from_at, until, reason, explanation, reference)
       select gen_random_uuid(), gen_random_uuid(), organisation, person, from_at - interval '30 minutes', now(), reason, explanation, gen_random_uuid()::text
       from emergency_access, generate_series(1, 19) where person = 'social-worker' and until > now()`);
    const refused = await ask(detailsOf(castMember('died')));
    expect([refused.status, await codeIn(refused)]).toEqual([429, 'emergency-access-too-many']);
    expect(Math.abs(Number(refused.headers.get('Retry-After')) - 1800)).toBeLessThan(600);
    expect((await ask(right, 'ward-doctor')).status).toBe(200);
    await gateway.database.query(`delete from emergency_access where id not in (select id from emergency_review)`);
  });

  it('is one even when it is asked for many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => opened()));
    expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1);
    expect(await gateway.database.query('select 1 from emergency_access where until > now()')).toHaveLength(1);
    expect(await gateway.database.query('select 1 from emergency_review v join emergency_access a on a.id = v.id where a.until > now()')).toHaveLength(3);
  });

  it.each([['privacy-officer', 403, 'emergency-access-role'], ['governance-lead', 403, 'emergency-access-role'], ['uhb-adt', 403, 'scope-missing']])('is not for %s', async (who, status, code) => {
    const refused = await ask(right, who);
    expect([refused.status, await codeIn(refused)]).toEqual([status, code]);
  });

  it('tells every mistake of its inputs at once, by place', async () => {
    const refused = await ask({ 'nhs-number': 'abc', 'birth-date': '1946', reason: 'because', explanation: 'too short', more: 'x' });
    const { issue } = (await refused.json()) as OperationOutcome;
    expect(refused.status).toBe(400);
    expect(issue.map(({ diagnostics }) => diagnostics).join(' ')).toMatch(/nhs-number.*birth-date.*family.*reason.*explanation/s);
    expect(JSON.stringify(issue)).not.toContain('too short');
  });

  it('ends by itself', async () => {
    const { citizen } = await opened();
    await gateway.database.query("update emergency_access set until = now() where citizen_id = $1", [citizen]);
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe('');
  });
});
