import { Refusal } from '../../fhir/problem.ts';
import type { Connection, Database } from '../database.ts';
import type { ReplayRow } from './replays.ts';
import { arrivalLock, type IntakeRow, type NewRow, type UnsplitRecord } from './source-records.ts';

/**
 * Records of the feed up to this number are there for all to see: a number is drawn before its record is committed, and a
 * large one may come after a small one that drew a later number. Null while one takes long: a sender waits no longer than this.
 */
export async function arrivedTo(database: Database, feed: string): Promise<number | null> {
  try {
    return await database.transaction(async (connection) => {
      await connection.query("set local lock_timeout = '100ms'");
      const { rows: [drawn] } = await connection.query<{ last: string }>('select last_value as last from source_record_record_id_seq');
      await connection.query(`select pg_advisory_xact_lock(${arrivalLock}, hashtext($1))`, [feed]);
      return Number(drawn?.last);
    });
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** A raw record with what became of it so far. */
export interface KeptRecord extends UnsplitRecord {
  /** its bytes are no longer kept */
  erased: boolean;
}

/**
 * The feed's next raw records up to this one, in the order they came. In shadow only those that were worked off, up to the first that was
 * not: a record nobody has settled yet would differ from everything. A feed nobody sees settles none.
 */
export async function nextRecords(connection: Connection, replay: ReplayRow, upTo: number, limits: { records: number; bytes: number }): Promise<KeptRecord[]> {
  const settled = replay.swapTo === null && !replay.onboarding
    ? `and record_id < coalesce((select min(record_id) from source_record where feed = $1 and state in ('received', 'split')), 'infinity'::float8)` : '';
  const { rows } = await connection.query<KeptRecord & { recordId: string }>(
    `select record_id as "recordId", feed, part, content, size > 0 and octet_length(content) = 0 as erased from source_record where record_id in (
       select record_id from (select record_id, sum(size) over (order by record_id) - size as before from (
         select record_id, size from source_record where feed = $1 and record_id > $2 and record_id <= $3 ${settled} order by record_id limit $4) o) s where before < $5)
     order by record_id`, [replay.feed, replay.stagedTo, Math.min(upTo, replay.swapTo ?? upTo), limits.records, limits.bytes]);
  return rows.map((row) => ({ ...row, recordId: Number(row.recordId) }));
}

export interface StagedRecord {
  recordId: number;
  rows: number;
  problems: string;
}

/**
 * Lays records out for a replay. Whoever they are about is gone through once more: of a replay of added codes those whose rows may hold
 * one (`mayHold`), and those of whom it was told that a table lacks a code. The others stand at step 2.
 */
export async function stageRows(
  connection: Connection, { replayId, added }: ReplayRow, to: number, records: readonly StagedRecord[], rows: readonly (NewRow & { group: string; mayHold: boolean })[], erased: number,
): Promise<void> {
  await connection.query('insert into replay_record (replay_id, record_id, rows, problems) select $1, * from unnest($2::bigint[], $3::int[], $4::jsonb[])',
    [replayId, records.map((r) => r.recordId), records.map((r) => r.rows), records.map((r) => r.problems)]);
  await connection.query(
    `insert into replay_row (replay_id, person_key, record_id, row_no, line, part, content, message_id, problem)
     select $1, * from unnest($2::text[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::jsonb[])`,
    [replayId, rows.map((r) => r.group), rows.map((r) => r.recordId), rows.map((r) => r.row), rows.map((r) => r.line), rows.map((r) => r.part), rows.map((r) => r.content),
      rows.map((r) => r.messageId), rows.map((r) => (r.state === 'quarantined' ? r.problems : null))]);
  await connection.query(
    `insert into replay_person (replay_id, person_key, rows, step)
     select $1, k, count(*), case when bool_or(due) or exists (select 1 from intake_row i where i.record_id = any ($4::bigint[]) and i.person_key = k and i.problems @> '[{"code": "code-not-in-table"}]') then 0 else 2 end
     from unnest($2::text[], $3::boolean[]) as p(k, due) group by k
     on conflict (replay_id, person_key) do update set rows = replay_person.rows + excluded.rows, step = case when excluded.step = 0 or replay_person.step < 2 then 0 else 2 end`,
    [replayId, rows.map((r) => r.group), rows.map((r) => added === null || r.mayHold), added === null ? [] : records.map((r) => r.recordId)]);
  await connection.query('update replay set staged_to = $2, records = records + $3, rows = rows + $4, erased = erased + $5 where replay_id = $1',
    [replayId, to, records.length, rows.length, erased]);
}

/** A row laid out for a replay, beside what became of it so far. */
export interface StagedRow extends IntakeRow {
  /** the person, or the record for rows that name nobody */
  group: string;
  receivedAt: Date;
  /** Problem[] as JSON: it cannot even be laid out */
  problem: string | null;
  /** null: it was never laid out before */
  was: string | null;
  /** whom it was laid out for */
  wasOf: string | null;
  wasProblems: string | null;
  /** SHA-256 of the first message with this id */
  firstWithId: Buffer | null;
}

/** The next people to go through, these left out: so many, of so many rows together, or one person. */
export async function duePeople(connection: Connection, { replayId }: ReplayRow, limits: { people: number; rows: number }, but: readonly string[]): Promise<string[]> {
  const { rows } = await connection.query<{ key: string }>(
    `select person_key as key from (select person_key, sum(rows) over (order by person_key) - rows as before from (
       select person_key, rows from replay_person where replay_id = $1 and step = 0 and person_key <> all ($4::text[]) order by person_key limit $2) p) q where before < $3`, [replayId, limits.people, limits.rows, but]);
  return rows.map(({ key }) => key);
}

/** All rows of these people, in the order they came. */
export async function stagedRowsOf(connection: Connection, { replayId, feed }: ReplayRow, people: readonly string[]): Promise<StagedRow[]> {
  const { rows } = await connection.query<StagedRow & { recordId: string }>(
    `select r.person_key as "group", r.record_id as "recordId", r.row_no as row, r.line, $2::text as feed, r.part, r.content, r.message_id as "messageId", r.problem::text as problem, s.received_at as "receivedAt",
       case when r.person_key like E'\\x01%' then coalesce(i.person_key, '') else r.person_key end as "personKey",
       i.state as was, i.person_key as "wasOf", i.problems::text as "wasProblems", m.sha256 as "firstWithId"
     from replay_row r join source_record s on s.record_id = r.record_id
     left join intake_row i on i.record_id = r.record_id and i.row_no = r.row_no
     left join message_seen m on m.feed = $2 and m.message_id = r.message_id
     where r.replay_id = $1 and r.person_key = any ($3::text[])
     order by r.record_id, r.row_no`, [replayId, feed, people]);
  return rows.map((row) => ({ ...row, recordId: Number(row.recordId) }));
}

export async function markDone(connection: Connection, { replayId }: ReplayRow, groups: readonly string[]): Promise<void> {
  await connection.query('update replay_person set step = 1 where replay_id = $1 and person_key = any($2::text[])', [replayId, groups]);
}
