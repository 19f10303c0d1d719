import type { Connection, Database } from '../database.ts';
import { takeErasureTurn } from './erasure-turn.ts';
import { liveHolds } from './legal-holds.ts';

/** A slice of what is due under a rule, in the order it came. */
export interface DueSlice {
  /** entries by their numbers, or source records: to be erased, ascending */
  numbers: number[];
  /** due, and under a legal hold */
  held: number;
  /** where the slice ends; null: nothing is left to be looked at */
  upto: { at: Date; seq: number } | null;
}

/** Which entries or records a rule is about, and which of them are due. */
export interface DueQuery {
  rule: string;
  before: Date;
  /** at most so many are looked at */
  limit: number;
}

interface DueRow {
  seq: string;
  at: Date;
  due: boolean;
  held: boolean;
}

/** Holds in force with every id of their citizen; nobody's is everybody's. */
const held = `held as materialized (
  select h.organisation, h.citizen_id = '00000000-0000-0000-0000-000000000000' as everybody, n.id as now_id, array_append(array(select a.citizen_id from citizen_alias a where a.now_id = n.id), n.id) as ids
  from (select * from ${liveHolds}) h cross join lateral (select coalesce((select a.now_id from citizen_alias a where a.citizen_id = h.citizen_id), h.citizen_id) as id) n)`;
const heldLook = `exists (select 1 from held h where (h.everybody or h.ids && e.citizen_ids) and (h.organisation is null or h.organisation = e.organisation or h.organisation = any (e.custodians)))`;
const heldCase = `exists (select 1 from held h where (h.everybody or exists (select 1 from odd_look o where o.case_id = c.id and o.citizen_id = any (h.ids))) and (h.organisation is null or h.organisation in (c.keeper, c.organisation)))`;
const mark = `mark as materialized (select coalesce(max(at), '-infinity') as at, coalesce(max(seq), 0) as seq from retention_mark where rule = $1)`;

/** Entries about people (`ofPeople`), or all others; those of `never` stay. */
export async function findDueLooks(database: Database, { rule, before, limit }: DueQuery, { ofPeople, never }: { ofPeople: boolean; never: readonly string[] }): Promise<DueSlice> {
  return sliceOf(await database.query<DueRow>(
    `with ${mark}, ${held}
     select e.seq, e.at, e.salt is not null and (e.citizen_ids <> '{}') = $4 and not coalesce(e.words && array(select hashtextextended('interaction ' || i, 0) from unnest($5::text[]) i), false) as due,
       ${heldLook} as held
     from audit_entry e where (e.at, e.seq) > ((select at from mark), (select seq from mark)) and e.at < $2 order by e.at, e.seq limit $3`, [rule, before, limit, ofPeople, never]), limit);
}

/** Held are files and messages of feeds an organisation sends, and of a person whatever feed of the same sender speaks of them. */
const heldRecords = (organisations: string, feeds: string): string => `${held},
  owner as materialized (select * from unnest(${organisations}::text[], ${feeds}::text[]) as f(organisation, feed)),
  held_feed as materialized (select f.feed from held h join owner f on f.organisation = h.organisation where h.everybody),
  held_person as materialized (select distinct coalesce(o.feed, p.feed) as feed, p.person_key from held h join source_person p on p.citizen_id = h.now_id
    left join owner f on f.feed = p.feed left join owner o on o.organisation = f.organisation)`;
const heldRecord = `(s.feed in (select feed from held_feed) or exists (select 1 from held_person k join intake_row i on i.feed = k.feed and i.person_key = k.person_key and i.record_id = s.record_id))`;
/** What others send, or decide of who is who, may do away with why it waits: then its bytes are needed. */
const settled = `(s.state in ('done', 'rejected') and not exists (select from intake_row i where i.record_id = s.record_id and i.state = 'pending')
  and not exists (select from intake_row i where i.record_id = s.record_id and i.state in ('awaiting-merge', 'quarantined')
    and (i.state = 'awaiting-merge' or i.problems @> '[{"code":"person-not-known"}]' or i.problems @> '[{"code":"record-of-another-person"}]')))`;

/** Feeds by the organisation that sends them. */
export type FeedsOf = ReadonlyMap<string, readonly string[]>;

function ownersOf(feedsOf: FeedsOf): [organisations: string[], feeds: string[]] {
  return [[...feedsOf].flatMap(([organisation, of]) => of.map(() => organisation)), [...feedsOf.values()].flat()];
}

/** Files and messages of these feeds that are worked off and of which no row waits. */
export async function findDueBytes(database: Database, { rule, before, limit }: DueQuery, feedsOf: FeedsOf): Promise<DueSlice> {
  const [organisations, feeds] = ownersOf(feedsOf);
  return sliceOf(await database.query<DueRow>(
    `with ${mark}, ${heldRecords('$5', '$4')},
       young as materialized (select min(first.record_id) as record_id from unnest($4::text[]) f cross join lateral (
         select record_id from source_record s where s.feed = f and s.received_at >= $2 order by s.received_at limit 1) first)
     select s.record_id as seq, s.received_at as at, octet_length(s.content) > 0 and ${settled} as due, ${heldRecord} as held
     from source_record s where s.record_id > (select seq from mark) and s.record_id < coalesce((select record_id from young), 9223372036854775807) and s.received_at < $2 and s.feed = any ($4) order by s.record_id limit $3`, [rule, before, limit, feeds, organisations]), limit);
}

/** Cases closed before then, the longest closed first; those about people or organisations under a hold are held. */
export async function findDueCases(database: Database, before: Date, limit: number): Promise<{ cases: { id: string; reference: string }[]; held: number; more: boolean }> {
  const cases = await database.query<{ id: string; reference: string }>(
    `with ${held} select c.id, c.reference from access_case c where c.state = 'closed' and c.closed_at < $1 and not ${heldCase} order by c.closed_at, c.id limit $2`, [before, limit]);
  const [kept] = await database.query<{ n: number }>(
    `with ${held} select count(*)::int as n from (select from access_case c where c.state = 'closed' and c.closed_at < $1 and ${heldCase} limit $2) k`, [before, limit]);
  return { cases, held: kept?.n ?? 0, more: cases.length === limit };
}

function sliceOf(rows: readonly DueRow[], limit: number): DueSlice {
  const last = rows.at(-1);
  return {
    numbers: rows.filter((row) => row.due && !row.held).map(({ seq }) => Number(seq)), held: rows.filter((row) => row.due && row.held).length,
    upto: last && rows.length === limit ? { at: last.at, seq: Number(last.seq) } : null,
  };
}

/** Ends holds whose last day is over; what they held is looked at again. */
export async function endLapsedHolds(database: Database): Promise<void> {
  await database.query(
    `with lapsed as (update legal_hold set ended_at = now(), ended_by = 'calendar', ended_name = 'its last day', ended_reason = 'The last day is over'
       where ended_at is null and until < (now() at time zone 'Europe/London')::date returning 1)
     delete from retention_mark where exists (select 1 from lapsed)`);
}

/** By which rule and entry of the log something is erased, and where the next slice begins. */
interface Erasure {
  rule: string;
  /** the entry that says so, durable already */
  recordedBy: string;
  upto: DueSlice['upto'];
}

/**
 * Erases what entries say, and by what they were found, cases of odd looks included; number, instant, commitment and tree
 * stay. Not those that came under a hold since they were found due. How many were erased. `tombstone` has the entry's own id and instant put in.
 */
export async function eraseLooks(database: Database, numbers: readonly number[], { rule, recordedBy, upto, tombstone }: Erasure & { tombstone: string }): Promise<number> {
  return database.transaction(async (connection) => {
    await takeErasureTurn(connection);
    const erased = await eraseEntries(connection, numbers, { rule, recordedBy, tombstone });
    await keepMark(connection, rule, upto, false);
    return erased;
  });
}

/** The same of one entry. `held`: a hold keeps it; `before`: it was erased already. */
export async function redactEntry(database: Database, seq: number, redaction: { rule: string; recordedBy: string; tombstone: string }): Promise<'erased' | 'held' | 'before'> {
  return database.transaction(async (connection) => {
    await takeErasureTurn(connection);
    if (await eraseEntries(connection, [seq], redaction) > 0) return 'erased';
    return (await isHeld(connection, seq)) ? 'held' : 'before';
  });
}

/** Whether a legal hold in force keeps this entry. */
export async function isHeld(connection: Pick<Connection, 'query'>, seq: number): Promise<boolean> {
  const { rows: [row] } = await connection.query<{ held: boolean }>(`with ${held} select e.salt is not null and ${heldLook} as held from audit_entry e where e.seq = $1`, [seq]);
  return row?.held ?? false;
}

async function eraseEntries(connection: Connection, numbers: readonly number[], { rule, recordedBy, tombstone }: { rule: string; recordedBy: string; tombstone: string }): Promise<number> {
  const { rows } = await connection.query<{ seq: string }>(
    `with ${held}, due as materialized (select e.seq from audit_entry e where e.seq = any ($1::bigint[]) and e.salt is not null and not ${heldLook})
     insert into audit_redaction (seq, recorded_by, rule) select seq, $2, $3 from due on conflict do nothing returning seq`, [numbers, recordedBy, rule]);
  const erased = rows.map(({ seq }) => seq);
  if (erased.length === 0) return 0;
  const { rows: entries } = await connection.query<{ id: string }>(
    `update audit_entry e set salt = null, citizen_ids = '{}', organisation = null, custodians = '{}', agent = 'redacted', about_person = null,
       entry = replace(replace($2, '{id}', e.id::text), '{at}', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) where e.seq = any ($1::bigint[]) and e.salt is not null returning e.id`, [erased, tombstone]);
  await eraseFromCases(connection, entries.map(({ id }) => id));
  return erased.length;
}

/** What was odd about looks is forgotten with the last of the entries it rests on. */
async function eraseFromCases(connection: Connection, entries: readonly string[]): Promise<void> {
  await connection.query(
    `with rest as materialized (select o.citizen_id, o.id, array(select e from unnest(o.entries) e where e <> all ($1::uuid[])) as entries from odd_look o where o.entries && $1::uuid[]),
       gone as (delete from odd_look o using rest r where o.citizen_id = r.citizen_id and o.id = r.id and r.entries = '{}')
     update odd_look o set entries = r.entries from rest r where o.citizen_id = r.citizen_id and o.id = r.id and r.entries <> '{}'`, [entries]);
}

/** Erases the bytes of records, and what was kept of their rows to try them again. Hash, size, Task and what became of them stay. Not those that came under a hold, or wait again, since they were found due. How many were erased. */
export async function eraseBytes(database: Database, numbers: readonly number[], { rule, upto }: Omit<Erasure, 'recordedBy'>, feedsOf: FeedsOf): Promise<number> {
  const [organisations, feeds] = ownersOf(feedsOf);
  return database.transaction(async (connection) => {
    await takeErasureTurn(connection);
    const { rows } = await connection.query<{ id: string }>(
      `with ${heldRecords('$2', '$3')}, due as materialized (select s.record_id from source_record s where s.record_id = any ($1::bigint[]) and ${settled} and not ${heldRecord} order by s.record_id for update)
       update source_record s set content = '' from due where s.record_id = due.record_id returning s.record_id as id`, [numbers, organisations, feeds]);
    const erased = rows.map(({ id }) => id);
    await connection.query(`update intake_row set content = null where record_id = any ($1::bigint[]) and content is not null and state not in ('pending', 'awaiting-merge')`, [erased]);
    await keepMark(connection, rule, upto, true);
    return erased.length;
  });
}

/** Erases closed cases with what made them odd and what became of them. `recordedBy` names each, and is durable already. Not those that came under a hold, or were reopened, since. */
export async function eraseCases(database: Database, ids: readonly string[], { rule, recordedBy }: { rule: string; recordedBy: string }): Promise<number> {
  return database.transaction(async (connection) => {
    await takeErasureTurn(connection);
    const { rows } = await connection.query<{ id: string }>(
      `with ${held}, due as materialized (select c.id from access_case c where c.id = any ($1::uuid[]) and c.state = 'closed' and not ${heldCase} for update)
       insert into case_erasure (case_id, recorded_by, rule) select id, $2, $3 from due on conflict do nothing returning case_id as id`, [ids, recordedBy, rule]);
    const erased = rows.map(({ id }) => id);
    await connection.query('delete from access_case_event where case_id = any ($1::uuid[])', [erased]);
    await connection.query('delete from odd_look where case_id = any ($1::uuid[])', [erased]);
    await connection.query('delete from access_case where id = any ($1::uuid[])', [erased]);
    return erased.length;
  });
}

/** What lies before was looked at. The end of what is due is no mark: more becomes due there tomorrow. A record that is settled later moves its mark back: see finishRecords. */
async function keepMark(connection: Connection, rule: string, upto: DueSlice['upto'], ofRecords: boolean): Promise<void> {
  if (upto) await connection.query('insert into retention_mark (rule, at, seq, of_records) values ($1, $2, $3, $4) on conflict (rule) do update set at = excluded.at, seq = excluded.seq, of_records = excluded.of_records', [rule, upto.at, upto.seq, ofRecords]);
}
