import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { entryOf } from '../../audit/log-of.ts';
import { databases, loadedPostgres } from '../../databases.ts';
import { checkAuditLog } from '../../faults/check-audit-log.ts';
import { readAtOnce } from '../../faults/read-at-once.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { until } from '../../patience.ts';
import { openPostgres } from '../../../src/store/database.ts';
import { routeTable } from '../../flow/route-table.ts';
import { ask, auditSince, citizenOf, codeOf, lastSeq, refusingEntries, type Question } from './asking.ts';

/** `ONESTORY_STALL_READS=10000` asks ten thousand at once. */
const reads = Number(process.env['ONESTORY_STALL_READS'] ?? 1_000);
const alice = '9990000743';
const nurse = 'community-nurse';
/** Words of the demo's records: none of them may leave without an entry. */
const ofTheRecord = /okafor|alice|9990000743|ods-organization-code|"resourceType":"(?!OperationOutcome)/i;

interface World {
  gateway: Gateway;
  /** the ways the record is read and written, each of which would answer with something; every other way in is asked below */
  questions: [name: string, question: Question][];
}

async function startWorld(gateway: Gateway): Promise<World> {
  const citizen = await citizenOf(gateway, nurse, alice);
  const everything = (await (await gateway.get(`/fhir/Patient/${citizen}/$everything?_count=1`, nurse)).json()) as { entry: { resource: { resourceType: string; id: string } }[]; link: { relation: string; url: string }[] };
  const row = everything.entry.find(({ resource: { resourceType } }) => !['Patient', 'Organization', 'Provenance'].includes(resourceType))?.resource;
  const path = `/fhir/${row?.resourceType ?? ''}/${row?.id ?? ''}`;
  const next = everything.link.find(({ relation }) => relation === 'next')?.url.slice(gateway.url.length) ?? '';
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const place = `/fhir/Organization/${everything.entry.find(({ resource: { resourceType } }) => resourceType === 'Organization')?.resource.id ?? ''}`; // nothing of it is kept apart
  const etag = (await gateway.get(place, nurse)).headers.get('ETag') ?? '';
  return {
    gateway,
    questions: [
      ['read', { path, who: nurse }],
      ['read of a composed Patient', { path: `/fhir/Patient/${citizen}`, who: nurse }],
      ['a conditional read', { path: place, who: nurse, headers: { 'If-None-Match': etag } }],
      ['HEAD', { method: 'HEAD', path, who: nurse }],
      ['vread', { path: `${path}/_history/1`, who: nurse }],
      ['history', { path: `${path}/_history`, who: nurse }],
      ['search by GET', { path: `/fhir/CarePlan?patient=${citizen}`, who: nurse }],
      ['search by POST', { method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: form, body: 'family=okafor' }],
      ['a count', { path: '/fhir/EpisodeOfCare?_count=0', who: nurse }],
      ['a work list', { path: '/fhir/EpisodeOfCare?status=active', who: nurse }],
      ['a directory search', { path: '/fhir/Organization', who: nurse }],
      ['$everything', { path: `/fhir/Patient/${citizen}/$everything`, who: nurse }],
      ['$everything by POST', { method: 'POST', path: `/fhir/Patient/${citizen}/$everything`, who: nurse }],
      ['a next page', { path: next, who: nurse }],
      ['agreements', { path: '/fhir/Contract', who: 'governance-lead' }],
      ['the audit trail', { path: '/fhir/AuditEvent', who: 'governance-lead' }],
      ['one\'s own tasks', { path: '/fhir/Task', who: 'uhb-adt' }],
      ['what does not exist', { path: '/fhir/Patient/00000000-0000-4000-8000-000000000001', who: nurse }],
      ['what is refused', { path: '/fhir/Patient?nonsense=1', who: nurse }],
      ['nobody', { path }],
      ['a choice', { method: 'POST', path: '/fhir/Consent', who: 'privacy-officer', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(objection(citizen)) }],
      ['intake', { method: 'POST', path: '/intake/uhb-adt', who: 'uhb-adt', body: 'MSH|^~\\&|never settled' }],
    ],
  };
}

function objection(citizen: string): object {
  const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
  return {
    resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: act, code: 'IDSCL' }] }], patient: { reference: `Patient/${citizen}` }, policyRule: { coding: [{ system: act, code: 'OPTOUT' }] },
    provision: { type: 'deny' }, dateTime: '2026-06-30',
  };
}

/** Each question is asked at once: all must be refused alike, and nothing of the record may be in any answer. */
async function refusesAll({ gateway, questions }: World): Promise<void> {
  const answers = await Promise.all(questions.map(async ([name, question]) => ({ name, question, answer: await ask(gateway, question) })));
  expect(answers.map(({ name, answer, question }) => [name, answer.status, question.method === 'HEAD' ? 'audit-unavailable' : codeOf(answer), answer.headers['retry-after']]))
    .toEqual(questions.map(([name]) => [name, 503, 'audit-unavailable', '5']));
  expect(answers.filter(({ answer }) => ofTheRecord.test(answer.text) || answer.headers.etag !== undefined || answer.headers.location !== undefined)).toEqual([]);
}

const breakages: [name: string, broken: string, mended: string][] = [
  ['the table is gone', 'alter table audit_entry rename to audit_entry_away', 'alter table audit_entry_away rename to audit_entry'],
  ['a column is gone', 'alter table audit_entry rename column salt to pepper', 'alter table audit_entry rename column pepper to salt'],
  ['the head is gone', 'alter table audit_head rename to audit_head_away', 'alter table audit_head_away rename to audit_head'],
  ['the store refuses every entry', "alter table audit_entry add constraint full_up check (seq < 0) not valid", 'alter table audit_entry drop constraint full_up'],
];

describe.each(databases)('without the audit trail, on $kind', ({ open }) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(await startGateway(await open(3)));
  });
  afterAll(() => world.gateway.close());

  it('every one of these questions has an answer while the trail works (what is tested below is not empty)', async () => {
    const { gateway, questions } = world;
    const statuses = await Promise.all(questions.filter(([name]) => !['a choice', 'intake'].includes(name)).map(async ([name, question]) => [name, (await ask(gateway, question)).status]));
    const expected: Record<string, number> = { 'what does not exist': 404, 'what is refused': 400, nobody: 401, 'a conditional read': 304 };
    expect(statuses).toEqual(statuses.map(([name = '']) => [name, expected[name] ?? 200]));
  });

  it.each(breakages)('nothing leaves when %s, and it all comes back', async (_, broken, mended) => {
    const { gateway } = world;
    const before = await lastSeq(gateway);
    await gateway.database.query(broken);
    try {
      await refusesAll(world);
    } finally {
      await gateway.database.query(mended);
    }
    expect(await auditSince(gateway, before)).toEqual([]);
    expect((await gateway.get('/fhir/Organization', nurse)).status).toBe(200);
    expect(await auditSince(gateway, before)).toHaveLength(1);
  });

  it('a choice that could not be written down was not made', async () => {
    expect(await world.gateway.database.query("select 1 from choice_rule union all select 1 from source_record where feed = 'api'")).toEqual([]);
  });
});

interface SmallPlace {
  fill: () => void;
  empty: () => void;
  remove: () => void;
}

/** A tablespace on a disk of eight megabytes; null where nobody lets this process mount one, which it says. */
async function smallPlace(admin: pg.Client): Promise<SmallPlace | null> {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-small-'));
  const mounted = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]).status === 0;
  const remove = (): void => {
    if (mounted) spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  if (!mounted) {
    process.stderr.write('No disk was filled: mounting a small one takes root.\n');
    remove();
    return null;
  }
  const { rows: [row] } = await admin.query<{ data_directory: string }>('show data_directory');
  const { uid, gid } = statSync(row?.data_directory ?? '');
  const [data, filler] = [join(folder, 'data'), join(folder, 'filler')];
  mkdirSync(data);
  chownSync(data, uid, gid);
  await admin.query(`create tablespace small_place location '${data}'`);
  return {
    fill: () => { expect(() => { writeFileSync(filler, Buffer.alloc(8 * 2 ** 20)); }).toThrow('ENOSPC'); },
    empty: () => { rmSync(filler, { force: true }); },
    remove,
  };
}

/** They tell of nobody, and of nothing anybody said: what the gateway is, its pages, its issuer, the log's own hashes. */
const ofNobody = /^(?:GET|POST|OPTIONS) \/(?:|intake\/:feed\/uploads|(?:fhir\/)?\.well-known\/.+|app\/launch|audit\/(?:checkpoint|keys|consistency)|fhir\/(?:metadata|openapi\.json)|integrate|livez|readyz|oauth\/.+|session.*|start\.css)$/;

describe('without the audit trail, on postgresql', () => {
  let world: World;
  let other: pg.Client;
  beforeAll(async () => {
    const url = await loadedPostgres(3);
    world = await startWorld(await startGateway(await openPostgres(url)));
    other = new pg.Client({ connectionString: url });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await world.gateway.close();
  });

  it('nothing leaves while somebody holds the table, answers do not wait for it, and the trail goes on afterwards', async () => {
    const { gateway } = world;
    await other.query('begin');
    await other.query('lock table audit_entry in access exclusive mode');
    await refusesAll(world); // while it is held: nobody waits for it to be let go
    await other.query('commit');
    const before = await lastSeq(gateway);
    expect((await gateway.get('/fhir/Organization', nurse)).status).toBe(200);
    expect((await auditSince(gateway, before)).length).toBeGreaterThanOrEqual(1);
  });

  it(`nothing leaves while the head is held and ${reads} ask at once: they are told soon, what waits is bounded, and it all goes on`, async () => {
    const { gateway, questions } = world;
    const { path = '' } = questions[0]?.[1] ?? {};
    const before = await lastSeq(gateway);
    await other.query('begin');
    await other.query('update audit_head set seq = seq');
    const asked = readAtOnce(gateway.url, path, { Authorization: `Bearer ${await gateway.token(nurse)}` }, { sockets: 50, each: reads / 50 });
    await until(() => gateway.services.audit.waiting() > 0, 'an entry that waits', 5);
    const crowd = Array.from({ length: 20_000 }, (_, i) => gateway.services.audit.append(entryOf(i)).then(() => 'kept', (error: Error) => error.message));
    const answers = await asked;
    expect(answers).toHaveLength(reads);
    expect(answers.filter(({ status, headers, body }) => status !== 503 || !/retry-after: 5/i.test(headers) || ofTheRecord.test(body))).toEqual([]);
    const refusals = await Promise.all(crowd);
    expect([refusals.includes('kept'), refusals.includes('too many entries wait for the audit store'), gateway.services.audit.waiting()]).toEqual([false, true, 0]);
    const ready = await fetch(`${gateway.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', missing: ['audit trail'] }]);
    await other.query('rollback');
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    const late = await auditSince(gateway, before); // a statement nobody waited for any more may still have been written down: an entry without an answer
    expect([late.length <= 500, late.filter(({ entry }) => entry.interaction === 'audit-checkpoint')]).toEqual([true, []]); // trying left nothing
    const recovered = await lastSeq(gateway);
    const served = await readAtOnce(gateway.url, path, { Authorization: `Bearer ${await gateway.token(nurse)}` }, { sockets: 20, each: 10 });
    expect(new Set(served.map(({ status }) => status))).toEqual(new Set([200]));
    expect([(await auditSince(gateway, recovered)).length, (await checkAuditLog(gateway.database)).violations]).toEqual([served.length, []]);
  });

  it('nothing leaves when the disk is full, and it is told as the others', async () => {
    const { gateway } = world;
    await other.query("create function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$");
    await other.query('create trigger refuse_entry before insert on audit_entry for each row execute function refuse_entry()');
    await refusesAll(world);
    await other.query('drop trigger refuse_entry on audit_entry');
    expect((await gateway.get('/fhir/Organization', nurse)).status).toBe(200);
  });

  it('nothing leaves when the disk below the log really is full, no entry is half there, and it goes on once there is room', async () => {
    const { gateway } = world;
    const place = await smallPlace(other);
    if (place === null) return; // the one above says the same by SQLSTATE
    try {
      await other.query('alter table audit_entry set tablespace small_place');
      place.fill();
      for (let left = 2_000; left > 0 && (await ask(gateway, { path: '/fhir/Organization' })).status !== 503; left -= 1); // the pages there are take a little, least of all an entry that names nobody
      await refusesAll(world);
      expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
      place.empty();
      const before = await lastSeq(gateway);
      expect((await gateway.get('/fhir/Organization', nurse)).status).toBe(200);
      expect([(await auditSince(gateway, before)).length, (await checkAuditLog(gateway.database)).violations]).toEqual([1, []]);
    } finally {
      place.empty();
      await other.query('alter table audit_entry set tablespace pg_default');
      await other.query('drop tablespace small_place');
      place.remove();
    }
  });

  it('no way in that the app has a handler for answers with anything but that, unless it tells of nobody', async () => {
    const { gateway, questions } = world;
    const row = questions[0]?.[1].path?.split('/') ?? [];
    const routes = routeTable(gateway.app).filter((route) => !/^(?:USE|ALL) /.test(route)); // pages of the viewer, and what says which methods an address has
    const addressed = (path: string): string => path.replace(':type', row[2] ?? '').replace(':id', path.includes('/Patient/:id') ? questions[1]?.[1].path?.split('/')[3] ?? '' : row[3] ?? '').replace(/:\w+/g, '1').replace(/[{}*?]/g, '');
    const answered = await refusingEntries(gateway, '%', () => Promise.all(routes.flatMap((route) => {
      const [method = '', path = ''] = route.split(' ');
      return ['governance-lead', nurse, 'uhb-adt'].map(async (who) => {
        const body = ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method) ? {} : { body: '{}', headers: { 'Content-Type': path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json' } };
        const answer = await ask(gateway, { method, path: addressed(path), who, ...body }).catch((error: Error) => ({ status: 0, headers: {}, text: error.message }));
        return { route, answer };
      });
    })));
    const others = answered.filter(({ route, answer }) => !ofNobody.test(route) && (answer.status !== 503 || (answer.text !== '' && !answer.text.includes('audit-unavailable'))));
    expect([...new Set(others.map(({ route, answer }) => `${route} ${answer.status}`))]).toEqual([]);
    expect(routes.length).toBeGreaterThan(80);
  });

  it('nothing leaves when the connections are cut in the middle of it', async () => {
    const { gateway } = world;
    await other.query('begin');
    await other.query('lock table audit_entry in access exclusive mode');
    const pending = ask(gateway, { path: '/fhir/Organization', who: nurse });
    for (;;) {
      await other.query('select pg_stat_clear_snapshot()'); // inside a transaction the view stands still
      const { rows } = await other.query<{ pid: number }>("select pid from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%audit_entry%' and pid <> pg_backend_pid() and datname = current_database()");
      for (const { pid } of rows) await other.query('select pg_terminate_backend($1)', [pid]);
      if (rows.length > 0) break;
      await wait(20);
    }
    const answer = await pending;
    expect([answer.status, codeOf(answer)]).toEqual([503, 'audit-unavailable']);
    await other.query('commit');
    expect((await gateway.get('/fhir/Organization', nurse)).status).toBe(200);
  });
});
