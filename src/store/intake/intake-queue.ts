import type { Connection, Database } from '../database.ts';
import type { IntakeRow } from './source-records.ts';

export interface PendingRow extends IntakeRow {
  /** when its bytes arrived, where that is not now: what it is evidence of counts from then */
  receivedAt?: Date;
}

export type RowOutcome = 'stored' | 'unchanged' | 'quarantined' | 'rejected' | 'awaiting-merge';

export interface FinishedRow {
  recordId: number;
  row: number;
  feed: string;
  personKey: string;
  outcome: RowOutcome;
  /** Problem[] as JSON */
  problems: string;
}

/**
 * Takes people with pending work for this transaction, oldest first, and their rows in order. A person taken by another
 * worker is skipped, so one person's rows are never worked on twice at once and nobody waits for somebody else. Held feeds wait.
 */
export async function claimRows(connection: Connection, limits: { people: number; rowsEach: number; held: readonly string[] }): Promise<PendingRow[]> {
  const { rows: people } = await connection.query<{ feed: string; person_key: string }>(
    `select feed, person_key from intake_person where pending > 0 and not_before <= now() and feed <> all($2::text[])
     order by first_record limit $1 for update skip locked`, [limits.people, limits.held]);
  if (people.length === 0) return [];
  // a statement of its own, whose snapshot is younger than the locks: what the last holder of a person settled is settled here too
  const { rows } = await connection.query<PendingRow & { recordId: string }>(
    `select r.record_id as "recordId", r.row_no as row, r.line, r.feed, r.part, r.person_key as "personKey", r.content, r.message_id as "messageId"
     from unnest($1::text[], $2::text[]) as due(feed, person_key) join lateral (select * from intake_row i
       where i.feed = due.feed and i.person_key = due.person_key and i.state = 'pending' order by record_id, row_no limit $3) r on true
     order by r.record_id, r.row_no`,
    [people.map((person) => person.feed), people.map((person) => person.person_key), limits.rowsEach],
  );
  return rows.map((row) => ({ ...row, recordId: Number(row.recordId) }));
}

/** Settles rows in the transaction that stored their effect. Content is kept only where it is still needed. */
export async function finishRows(connection: Connection, rows: readonly FinishedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await connection.query(
    `update intake_row i set state = f.state, problems = f.problems,
       content = case when f.state in ('stored', 'unchanged') then null else i.content end
     from unnest($1::bigint[], $2::int[], $3::text[], $4::jsonb[]) as f(record_id, row_no, state, problems)
     where i.record_id = f.record_id and i.row_no = f.row_no`,
    [rows.map((r) => r.recordId), rows.map((r) => r.row), rows.map((r) => r.outcome), rows.map((r) => r.problems)],
  );
  await connection.query(
    `with f as (select feed, person_key, count(*) as n, max(record_id) as last from unnest($1::text[], $2::text[], $3::bigint[]) as f(feed, person_key, record_id)
       group by feed, person_key)
     update intake_person p set pending = p.pending - f.n, first_record = f.last, attempts = 0
     from f where p.feed = f.feed and p.person_key = f.person_key`,
    [rows.map((r) => r.feed), rows.map((r) => r.personKey), rows.map((r) => r.recordId)],
  );
  await connection.query(
    `delete from intake_person p using (select distinct feed, person_key from unnest($1::text[], $2::text[]) as f(feed, person_key)) f
     where p.feed = f.feed and p.person_key = f.person_key and p.pending <= 0`,
    [rows.map((r) => r.feed), rows.map((r) => r.personKey)],
  );
}

/** A try failed: the person waits a little longer each time; the count of failed tries comes back. */
export async function postponePerson(database: Database, feed: string, personKey: string, seconds: number): Promise<number> {
  const [row] = await database.query<{ attempts: number }>(
    `update intake_person set attempts = attempts + 1, not_before = now() + make_interval(secs => $3 * power(2, attempts))
     where feed = $1 and person_key = $2 returning attempts`, [feed, personKey, seconds]);
  return row?.attempts ?? 0;
}

/** Records of which nothing is pending any more, taken once, with their counts: received = the sum of the others. */
export interface FinishedRecord {
  recordId: number;
  feed: string;
  part: string;
  taskId: string;
  client: string;
  receivedAt: Date;
  received: number;
  counts: Partial<Record<RowOutcome, number>>;
  /** Problem[]: of the file and the first of its rows */
  problems: string;
}

/**
 * Closes those of these records of which no row is pending. Workers settling the last rows of one record take turns here,
 * or each would still see the other's row as pending and none would close it. A record of which a row went back to the queue
 * while another worker closed it is closed again.
 */
export async function finishRecords(connection: Connection, recordIds: readonly number[]): Promise<FinishedRecord[]> {
  if (recordIds.length === 0) return [];
  await connection.query('select 1 from source_record where record_id = any($1::bigint[]) order by record_id for update', [recordIds]);
  const { rows } = await connection.query<FinishedRecord & { recordId: string }>(
    `with done as (update source_record s set state = case when s.state = 'rejected' then 'rejected' else 'done' end
       where s.record_id = any($1::bigint[]) and s.state <> 'received'
         and not exists (select 1 from intake_row r where r.record_id = s.record_id and r.state = 'pending')
       returning *),
     again as (update retention_mark m set seq = d.first - 1 from (select min(record_id) as first from done) d where m.of_records and m.seq >= d.first)
     select d.record_id as "recordId", d.feed, d.part, d.task_id as "taskId", d.client, d.received_at as "receivedAt", d.received_rows as received,
       coalesce((select jsonb_object_agg(state, n) from (select state, count(*) as n from intake_row r where r.record_id = d.record_id group by state) c), '{}') as counts,
       (d.problems || coalesce((select jsonb_agg(p.problem) from (
          select jsonb_set(e, '{at}', case when r.part = d.part then '{}' else jsonb_build_object('part', r.part) end
            || jsonb_build_object('row', r.row_no, 'line', r.line) || coalesce(e->'at', '{}')) as problem
          from intake_row r, jsonb_array_elements(r.problems) e where r.record_id = d.record_id order by r.row_no limit 100) p), '[]'))::text as problems
     from done d`,
    [recordIds],
  );
  return rows.map((row) => ({ ...row, recordId: Number(row.recordId) }));
}

/** Whether anything is left to work on, or a decision about who is who untold: the demo's and the tests' way to know that intake is quiet. */
export async function hasIntakeWork(database: Database): Promise<boolean> {
  const [row] = await database.query<{ busy: boolean }>(
    `with held as (select feed from feed_state where shadow or frozen)
     select exists (select 1 from source_record where state = 'received' and feed not in (table held))
       or exists (select 1 from intake_person where pending > 0 and feed not in (table held))
       or exists (select 1 from second_look)
       or exists (select 1 from link_decision where not told) as busy`);
  return row?.busy ?? false;
}

/** The reconciliation of everything ever received: received = stored + unchanged + pending + quarantined + rejected. */
export async function countIntake(database: Database): Promise<{ received: number; states: Record<string, number> }> {
  const rows = await database.query<{ state: string; n: string }>('select state, count(*) as n from intake_row group by state');
  const [records] = await database.query<{ received: string }>('select coalesce(sum(received_rows), 0) as received from source_record');
  return { received: Number(records?.received ?? 0), states: Object.fromEntries(rows.map((row) => [row.state, Number(row.n)])) };
}
