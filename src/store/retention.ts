import type { Connection, Database } from './database.ts';
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
const mark = `mark as materialized (select coalesce(max(at), '-infinity') as at, coalesce(max(seq), 0) as seq from retention_mark where rule = $1)`;

/** Entries about people (`ofPeople`), or all others; those of `never` stay. */
export async function findDueLooks(database: Database, { rule, before, limit }: DueQuery, { ofPeople, never }: { ofPeople: boolean; never: readonly string[] }): Promise<DueSlice> {
  return sliceOf(await database.query<DueRow>(
    `with ${mark}, ${held}
     select e.seq, e.at, e.salt is not null and (e.citizen_ids <> '{}') = $4 and not coalesce(e.words && array(select hashtextextended('interaction ' || i, 0) from unnest($5::text[]) i), false) as due,
       ${heldLook} as held
     from audit_entry e where (e.at, e.seq) > ((select at from mark), (select seq from mark)) and e.at < $2 order by e.at, e.seq limit $3`, [rule, before, limit, ofPeople, never]), limit);
}

/** Whether a legal hold in force keeps this entry. */
export async function isHeld(database: Database, seq: number): Promise<boolean> {
  const [row] = await database.query<{ held: boolean }>(`with ${held} select ${heldLook} as held from audit_entry e where e.seq = $1`, [seq]);
  return row?.held ?? false;
}

/** Files and messages of these feeds that are worked off; those of `heldFeeds`, and of people under a hold, are held. */
export async function findDueBytes(database: Database, { rule, before, limit }: DueQuery, feeds: readonly string[], feedsOf: ReadonlyMap<string, readonly string[]>): Promise<DueSlice> {
  const [organisations, owned] = [[...feedsOf].flatMap(([organisation, of]) => of.map(() => organisation)), [...feedsOf.values()].flat()];
  return sliceOf(await database.query<DueRow>(
    `with ${mark}, ${held},
       held_feed as materialized (select f.feed from held h join unnest($5::text[], $6::text[]) as f(organisation, feed) on f.organisation = h.organisation where h.everybody),
       young as materialized (select min(first.record_id) as record_id from unnest($4::text[]) f cross join lateral (
         select record_id from source_record s where s.feed = f and s.received_at >= $2 order by s.received_at limit 1) first),
       held_person as materialized (select p.feed, p.person_key from held h join source_person p on p.citizen_id = h.now_id)
     select s.record_id as seq, s.received_at as at, s.state in ('done', 'rejected') and octet_length(s.content) > 0 as due,
       s.feed in (select feed from held_feed) or exists (select 1 from held_person k join intake_row i on i.feed = k.feed and i.person_key = k.person_key and i.record_id = s.record_id) as held
     from source_record s where s.record_id > (select seq from mark) and s.record_id < coalesce((select record_id from young), 9223372036854775807) and s.received_at < $2 and s.feed = any ($4) order by s.record_id limit $3`, [rule, before, limit, feeds, organisations, owned]), limit);
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

/** Erases what entries say, as redactEntry does one; `recordedBy` says which, and is durable already. `tombstone` has the entry's own id and instant put in. */
export async function eraseLooks(database: Database, numbers: readonly number[], { rule, recordedBy, tombstone, upto }: { rule: string; recordedBy: string; tombstone: string; upto: DueSlice['upto'] }): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query('insert into audit_redaction (seq, recorded_by, rule) select s, $2, $3 from unnest($1::bigint[]) s on conflict do nothing', [numbers, recordedBy, rule]);
    await connection.query(
      `update audit_entry e set salt = null, citizen_ids = '{}', organisation = null, custodians = '{}', agent = 'redacted',
         entry = replace(replace($2, '{id}', e.id::text), '{at}', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) where e.seq = any ($1::bigint[]) and e.salt is not null`, [numbers, tombstone]);
    await keepMark(connection, rule, upto);
  });
}

/** Erases the bytes of records, and what was kept of their rows to try them again. Hash, size, Task and what became of them stay. */
export async function eraseBytes(database: Database, numbers: readonly number[], { rule, upto }: { rule: string; upto: DueSlice['upto'] }): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query(`update source_record set content = '' where record_id = any ($1::bigint[])`, [numbers]);
    await connection.query('update intake_row set content = null where record_id = any ($1::bigint[]) and content is not null', [numbers]);
    await keepMark(connection, rule, upto);
  });
}

/** What lies before was looked at. The end of what is due is no mark: more becomes due there tomorrow. */
async function keepMark(connection: Connection, rule: string, upto: DueSlice['upto']): Promise<void> {
  if (upto) await connection.query('insert into retention_mark (rule, at, seq) values ($1, $2, $3) on conflict (rule) do update set at = excluded.at, seq = excluded.seq', [rule, upto.at, upto.seq]);
}
