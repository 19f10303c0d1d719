import type { Database } from '../../src/store/database.ts';
import { checkAuditLog } from './check-audit-log.ts';
import { compareRecords } from './final-record.ts';
import type { PostLedger } from './post-ledger.ts';

/** A promise, how many things it was checked on, and everything that broke it. */
export interface Invariant {
  name: string;
  checked: string;
  violations: string[];
}

type Sizes = Record<string, number>;

export async function checkInvariants(
  database: Database, ledger: PostLedger, sizes: { once: Sizes; twice: Sizes }, records: { killed: Map<string, string>; undisturbed: Map<string, string> },
): Promise<Invariant[]> {
  return [
    await everyAcknowledgedPostIsKeptOnce(database, ledger),
    await nothingIsHalfWritten(database),
    sameAsUndisturbed(sizes, records),
    await nothingIsDoubledOrOrphaned(database),
    await everyPostIsAudited(database, ledger),
  ];
}

/** Acknowledged posts that are not there now, whatever is sent again later. */
export async function findLost(database: Database, ledger: PostLedger): Promise<string[]> {
  const kept = await countKept(database);
  return ledger.acknowledged.filter(({ post }) => !kept.has(keyOf(post))).map(({ requestId }) => `${requestId} was acknowledged and is lost`);
}

async function everyAcknowledgedPostIsKeptOnce(database: Database, ledger: PostLedger): Promise<Invariant> {
  const kept = await countKept(database);
  const violations = ledger.acknowledged.flatMap(({ post, taskId, requestId }) => {
    const records = kept.get(keyOf(post)) ?? [];
    const [record] = records;
    if (!record || records.length > 1) return [`${requestId}: kept ${records.length} times`];
    return [
      ...(record.task_id === taskId ? [] : [`${requestId}: answered with another Task`]),
      ...(record.stored_hash === post.sha256 ? [] : [`${requestId}: the stored hash is not the hash of the bytes`]),
    ];
  });
  return {
    name: 'every acknowledged post is kept exactly once, byte for byte, and no answer was wrong',
    checked: `${ledger.acknowledged.length} acknowledgements of ${new Set(ledger.acknowledged.map(({ post }) => keyOf(post))).size} posts, ${ledger.unanswered.length} unanswered`,
    violations: [...ledger.lost, ...violations, ...ledger.refused.map(({ feed, status }) => `${feed} was answered ${status}`)],
  };
}

interface KeptRecord {
  feed: string;
  part: string;
  /** computed now from the bytes */
  sha256: string;
  stored_hash: string;
  task_id: string;
}

async function countKept(database: Database): Promise<Map<string, KeptRecord[]>> {
  return Map.groupBy(await database.query<KeptRecord>(
    `select feed, part, encode(sha256(content), 'hex') as sha256, encode(sha256, 'hex') as stored_hash, task_id from source_record`), keyOf);
}

function keyOf({ feed, part, sha256 }: { feed: string; part: string; sha256: string }): string {
  return `${feed}/${part}/${sha256}`;
}

/** Each query names what must not be. */
const halfWritten: Record<string, string> = {
  'a record is not worked off': `select record_id::text as what from source_record where state not in ('done', 'rejected')`,
  'a record and its rows do not reconcile': `select record_id::text as what from source_record s where received_rows <> (select count(*) from intake_row r where r.record_id = s.record_id)`,
  'a row is still pending': `select record_id || '/' || row_no as what from intake_row where state = 'pending'`,
  'a settled row still holds its content': `select record_id || '/' || row_no as what from intake_row where state in ('stored', 'unchanged') and content is not null`,
  'a person is still queued': 'select feed as what from intake_person',
  // what is written through the API is answered at once, without a Task
  'a Task is not finished': `select s.task_id::text as what from source_record s left join shared_row r on r.id = s.task_id where r.version is distinct from 2 and s.feed <> 'api'`,
  'a Task says other counts than the rows': `
    select s.task_id::text as what from source_record s join shared_version v on v.id = s.task_id and v.version = 2,
      lateral (select jsonb_object_agg(o->'type'->'coding'->0->>'code', (o->>'valueInteger')::int) as told from jsonb_array_elements(v.body::jsonb->'output') o
        where o ? 'valueInteger') t
    where (told->>'received')::int <> (told->>'stored')::int + (told->>'unchanged')::int + (told->>'pending')::int + (told->>'quarantined')::int + (told->>'rejected')::int
      or (told->>'received')::int <> s.received_rows`,
  'a row says stored and stored nothing': `
    select record_id || '/' || row_no as what from intake_row r where state = 'stored'
      and not exists (select 1 from citizen_version v where v.record_id = r.record_id and v.row_no = r.row_no)`,
  'a row that stored something does not say so': `
    select distinct v.record_id || '/' || v.row_no as what from citizen_version v left join intake_row r using (record_id, row_no) where r.state is distinct from 'stored'`,
};

async function nothingIsHalfWritten(database: Database): Promise<Invariant> {
  const states = await database.query<{ state: string; n: number }>('select state, count(*)::int as n from intake_row group by state order by state');
  const [records] = await database.query<{ n: number; received: number }>('select count(*)::int as n, coalesce(sum(received_rows), 0)::int as received from source_record');
  return {
    name: 'counts reconcile, every row is settled once and every Task says so',
    checked: `${records?.n} records, ${records?.received} rows received = ${states.map(({ state, n }) => `${n} ${state}`).join(' + ')}`,
    violations: [
      ...(await violationsOf(database, halfWritten)),
      ...(records?.received === states.reduce((sum, { n }) => sum + n, 0) ? [] : ['received is not the sum of the others']),
    ],
  };
}

function sameAsUndisturbed(sizes: { once: Sizes; twice: Sizes }, records: { killed: Map<string, string>; undisturbed: Map<string, string> }): Invariant {
  const grown = Object.keys(sizes.once).filter((name) => sizes.once[name] !== sizes.twice[name]);
  return {
    name: 'the record is that of the same input undisturbed, and sending everything again changes nothing',
    checked: `${records.killed.size} resources, citizens and folds; ${Object.entries(sizes.twice).map(([name, n]) => `${n} ${name}`).join(', ')}`,
    violations: [...compareRecords(records.killed, records.undisturbed), ...grown.map((name) => `${name}: ${sizes.once[name]}, then ${sizes.twice[name]}`)],
  };
}

const doubledOrOrphaned: Record<string, string> = {
  'version numbers have a gap or repeat': `
    select r.type || '/' || r.id as what from citizen_row r join citizen_version v using (citizen_id, id) group by r.citizen_id, r.id, r.type, r.version
    having count(*) <> r.version or min(v.version) <> 1 or max(v.version) <> r.version`,
  'an id belongs to two citizens': 'select id::text as what from citizen_row group by id having count(*) > 1',
  'two versions in a row say the same': `
    select id::text || '/' || version as what from (select id, version, body, record_id, row_no,
      lag(record_id) over w as before_record, lag(row_no) over w as before_row from citizen_version v window w as (partition by citizen_id, id order by version)) o
    where record_id = before_record and row_no = before_row`,
  'a row has no version': 'select id::text as what from citizen_row r where not exists (select 1 from citizen_version v where v.citizen_id = r.citizen_id and v.id = r.id)',
  'a version has no row': 'select id::text as what from citizen_version v where not exists (select 1 from citizen_row r where r.citizen_id = v.citizen_id and r.id = v.id)',
  'a fragment has no version': `
    select id::text as what from citizen_fragment f where not exists (select 1 from citizen_version v where v.citizen_id = f.citizen_id and v.id = f.id and v.version = f.version)`,
  'a relationship has no evidence': 'select id::text as what from relationship e where not exists (select 1 from citizen_row r where r.citizen_id = e.citizen_id and r.id = e.id)',
  'a choice has no Consent': `
    select id::text as what from choice_rule c where not exists (select 1 from citizen_row r where r.citizen_id = c.citizen_id and r.id = c.id and r.type = 'Consent')`,
  'a rule has no choice': 'select id::text as what from choice_rule r where not exists (select 1 from choice c where c.citizen_id = r.citizen_id and c.id = r.id)',
  'a person key has no person': 'select id::text as what from person_key k where not exists (select 1 from source_person p where p.citizen_id = k.citizen_id and p.id = k.id)',
  'a person cannot be found by any key': 'select id::text as what from source_person p where not exists (select 1 from person_key k where p.citizen_id = k.citizen_id and p.id = k.id)',
  'a person has no source Patient': `
    select id::text as what from source_person p where not exists (select 1 from citizen_row r where r.citizen_id = p.citizen_id and r.id = p.id and r.type = 'Patient')`,
  'a citizen is nobody': 'select citizen_id::text as what from citizen c where not exists (select 1 from source_person p where p.citizen_id = c.citizen_id)',
  'a resource is of no citizen': 'select distinct citizen_id::text as what from citizen_row r where not exists (select 1 from citizen c where c.citizen_id = r.citizen_id)',
  'an NHS number names two citizens': `
    select count(distinct citizen_id) || ' citizens' as what from source_person where facts ? 'nhsNumber' group by facts->>'nhsNumber' having count(distinct citizen_id) > 1`,
  'a source Patient belongs to two citizens': 'select id::text as what from source_person group by id having count(*) > 1',
};

async function nothingIsDoubledOrOrphaned(database: Database): Promise<Invariant> {
  const [sizes] = await database.query<Sizes>(
    `select (select count(*) from citizen_row)::int as resources, (select count(*) from citizen_version)::int as versions, (select count(*) from citizen)::int as citizens,
       (select count(distinct facts->>'nhsNumber') from source_person)::int as "NHS numbers", (select count(*) from citizen_fragment)::int as fragments`);
  return {
    name: 'no gap or repeat in versions, no orphan, no citizen doubled',
    checked: Object.entries(sizes ?? {}).map(([name, n]) => `${n} ${name}`).join(', '),
    violations: await violationsOf(database, doubledOrOrphaned),
  };
}

async function everyPostIsAudited(database: Database, ledger: PostLedger): Promise<Invariant> {
  const audited = new Map((await database.query<{ request: string; n: number }>(
    `select entry::jsonb->>'request' as request, count(*)::int as n from audit_entry
     where entry::jsonb->>'interaction' = 'intake' and entry::jsonb->>'outcome' = 'permitted' group by 1`)).map(({ request, n }) => [request, n]));
  const log = await checkAuditLog(database);
  return {
    name: 'the audit log is whole and holds every acknowledged post once',
    checked: `${log.entries} entries, ${ledger.acknowledged.length} acknowledged posts`,
    violations: [
      ...log.violations,
      ...ledger.acknowledged.filter(({ requestId }) => audited.get(requestId) !== 1).map(({ requestId }) => `${requestId} has ${audited.get(requestId) ?? 0} entries`),
    ],
  };
}

async function violationsOf(database: Database, queries: Record<string, string>): Promise<string[]> {
  const violations: string[] = [];
  for (const [name, query] of Object.entries(queries)) {
    for (const { what } of await database.query<{ what: string }>(query)) violations.push(`${name}: ${what}`);
  }
  return violations;
}
