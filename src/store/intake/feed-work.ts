import type { Connection, Database } from '../database.ts';
import { queueAgain, type RequeuedRow } from './source-records.ts';

/** The newest thousand at most: whoever sends more has another problem. */
const mostRefused = 1000;

/** How much of a feed waits, and since when. */
export interface FeedQueue {
  feed: string;
  /** kept and not laid out in rows yet */
  received: number;
  /** rows to be worked on, and people whose rows failed and wait for the next try */
  pending: number;
  retrying: number;
  quarantined: number;
  /** files refused whole in the last week */
  rejected: number;
  awaitingMerge: number;
  unmappedCodes: number;
  /** of the oldest record that is not worked off */
  waitingSince: Date | null;
  lastReceived: Date | null;
}

/** Of these feeds; one that nobody may know the size of yet is not among them. */
export async function countFeedWork(database: Database, feeds: readonly string[]): Promise<Map<string, FeedQueue>> {
  const rows = await database.query<FeedQueue>(
    `select f.feed,
       (select count(*) from source_record s where s.feed = f.feed and s.state = 'received')::int as received,
       (select coalesce(sum(pending), 0) from intake_person p where p.feed = f.feed)::int as pending,
       (select count(*) from intake_person p where p.feed = f.feed and p.attempts > 0)::int as retrying,
       (select count(*) from intake_row r where r.feed = f.feed and r.state = 'quarantined')::int as quarantined,
       (select count(*) from (select received_at from source_record s where s.feed = f.feed and s.state = 'rejected' order by record_id desc limit ${mostRefused}) r where r.received_at > now() - interval '7 days')::int as rejected,
       (select count(*) from intake_row r where r.feed = f.feed and r.state = 'awaiting-merge')::int as "awaitingMerge",
       (select count(*) from unmapped_code u where u.feed = f.feed)::int as "unmappedCodes",
       (select min(received_at) from source_record s where s.feed = f.feed and s.state in ('received', 'split')) as "waitingSince",
       (select max(received_at) from source_record s where s.feed = f.feed) as "lastReceived"
     from unnest($1::text[]) as f(feed)`, [feeds]);
  return new Map(rows.map((row) => [row.feed, row]));
}

/** Quarantined rows with the same problem in the same field. */
export interface QuarantineGroup {
  code: string;
  field: string;
  text: string;
  expected: string | null;
  fix: string | null;
  count: number;
  firstSeen: Date;
  lastSeen: Date;
  /** `record/row`, its part and the row itself, with its line in the file and the example's own place */
  example: string;
  part: string;
  content: string | null;
  rowLine: number;
  line: number | null;
  pointer: string | null;
}

/** Files refused whole for one reason. */
export interface RefusedFiles {
  code: string;
  text: string;
  count: number;
  firstSeen: Date;
  lastSeen: Date;
  /** the newest of them, by its record */
  example: string;
}

/** What a problem is about: its field, or of a document its place, or else the element of what was made, whichever repeat it is in. */
const fieldOf = String.raw`coalesce(e->'at'->>'field', regexp_replace(coalesce(e->'at'->>'pointer', e->'at'->>'element'), '/[0-9]+(?=/|$)|\[[0-9]+\]', '', 'g'), '')`;

/** A feed's files that were refused whole, by reason, most frequent first. */
export async function groupRefusedFiles(database: Database, feed: string, limit: number): Promise<RefusedFiles[]> {
  return database.query<RefusedFiles>(
    `select e->>'code' as code, min(e->>'text') as text, count(distinct s.record_id)::int as count, min(s.received_at) as "firstSeen", max(s.received_at) as "lastSeen", max(s.record_id)::text as example
     from (select record_id, received_at, problems from source_record where feed = $1 and state = 'rejected' order by record_id desc limit ${mostRefused}) s, jsonb_array_elements(s.problems) e
     where coalesce(e->>'severity', 'error') = 'error' group by 1 order by count desc, code limit $2`, [feed, limit]);
}

/** A feed's quarantine by reason, most frequent first. A row with several problems is in several groups. */
export async function groupQuarantine(database: Database, feed: string, page: { limit: number; offset: number }): Promise<QuarantineGroup[]> {
  return database.query<QuarantineGroup>(
    `with problem as (
       select r.record_id, r.row_no, r.part, e->>'code' as code, ${fieldOf} as field, e->'at'->>'pointer' as pointer, (e->'at'->>'line')::int as line, e->>'text' as text, e->>'expected' as expected, e->>'fix' as fix, s.received_at
       from intake_row r join source_record s on s.record_id = r.record_id, jsonb_array_elements(r.problems) e
       where r.feed = $1 and r.state in ('quarantined', 'awaiting-merge') and coalesce(e->>'severity', 'error') = 'error'),
     grouped as (
       select code, field, count(*)::int as count, min(received_at) as first_seen, max(received_at) as last_seen
       from problem group by code, field)
     select g.code, g.field, g.count, g.first_seen as "firstSeen", g.last_seen as "lastSeen", p.text, p.expected, p.fix, p.record_id || '/' || p.row_no as example, p.part, r.content, r.line as "rowLine", p.line, p.pointer
     from grouped g join lateral (select * from problem p where p.code = g.code and p.field = g.field order by record_id, row_no limit 1) p on true
     join intake_row r on r.record_id = p.record_id and r.row_no = p.row_no
     order by g.count desc, g.code, g.field limit $2 offset $3`, [feed, page.limit, page.offset]);
}

/** What must be so of a problem for its row to be tried again: a code, a field, or a map or table that its advice names. */
export interface RequeueChoice {
  code: string | null;
  field: string | null;
  file: string | null;
}

/**
 * Puts quarantined rows with such a problem back in the queue, and rows of the same people that came after them and wait in
 * quarantine for another reason stay there. Their records are open again. Returns how many rows.
 */
export async function requeueQuarantined(connection: Connection, feed: string, { code, field, file }: RequeueChoice): Promise<number> {
  const { rows } = await connection.query<RequeuedRow>(
    `update intake_row r set state = 'pending', problems = '[]' where r.feed = $1 and r.state in ('quarantined', 'awaiting-merge') and r.person_key <> '' and r.content is not null
       and exists (select 1 from jsonb_array_elements(r.problems) e where ($2::text is null or e->>'code' = $2) and ($3::text is null or ${fieldOf} = $3)
         and ($4::text is null or position($4 || ' ' in coalesce(e->>'fix', '') || ' ') > 0 or position($4 || ' ' in coalesce(e->>'text', '') || ' ') > 0))
     returning r.feed, r.person_key, r.record_id`, [feed, code, field, file]);
  await queueAgain(connection, rows);
  return rows.length;
}
