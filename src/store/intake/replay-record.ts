import type { Connection } from '../database.ts';
import type { RowOutcome } from './intake-queue.ts';
import type { ReplayRow } from './replays.ts';
import type { IntakeRow } from './source-records.ts';

/** A current row of the record with everything in it and the feed that said it last. */
export interface StandingRow {
  citizen: string;
  id: string;
  type: string;
  version: number;
  deleted: boolean;
  feed: string;
  /** the bytes it was made from are no longer kept */
  erased: boolean;
  recordId: number;
  row: number;
  body: string;
  fragments: [path: string, text: string][] | null;
}

const standing = `select r.citizen_id as citizen, r.id, r.type, r.version, r.deleted, s.feed, s.size > 0 and octet_length(s.content) = 0 as erased,
    v.record_id::int as "recordId", v.row_no as row, v.body,
    (select json_agg(json_build_array(f.path, f.body)) from citizen_fragment f where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version) as fragments
  from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version join source_record s on s.record_id = v.record_id`;

export async function loadStanding(connection: Connection, ids: readonly string[]): Promise<Map<string, StandingRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await connection.query<StandingRow>(`${standing} where r.id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** A row of the record by its name, and where in what was sent it was said last. */
export type SaidRow = Pick<StandingRow, 'id' | 'type' | 'erased' | 'recordId' | 'row'>;

/**
 * What a feed said last about these people of its own: of the citizens they are now, or were by their Patients' ids. Without
 * contents: most of it is said again.
 */
export async function loadSaidOf(connection: Connection, feed: string, people: { keys: readonly string[]; citizens: readonly string[]; patients: readonly string[] }): Promise<SaidRow[]> {
  const { rows } = await connection.query<SaidRow>(
    `with who as materialized (select unnest($3::uuid[]) as citizen_id union select citizen_id from citizen_row where id = any($4::uuid[])),
       latest as materialized (select r.id, r.type, v.record_id, v.row_no from who join citizen_row r using (citizen_id)
         join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version where not r.deleted)
     select l.id, l.type, l.record_id::int as "recordId", l.row_no as row, (select s.size > 0 and octet_length(s.content) = 0 from source_record s where s.record_id = l.record_id) as erased
     from latest l join intake_row i on i.record_id = l.record_id and i.row_no = l.row_no where i.feed = $1 and i.person_key = any($2::text[])`,
    [feed, people.keys, people.citizens, people.patients]);
  return rows;
}

/**
 * Ends rows nobody says any more: a last version without content, and no evidence of a relationship. Older versions stay, and so
 * do the tokens and dates, which no search reads any more: what hid the row from somebody hides it still.
 */
export async function endRows(connection: Connection, rows: readonly { citizen: string; id: string; version: number; body: string; at: Date; recordId: number; row: number }[]): Promise<void> {
  if (rows.length === 0) return;
  const [citizens, ids] = [rows.map((r) => r.citizen), rows.map((r) => r.id)];
  await connection.query(
    `insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no)
     select citizen_id, id, version, body, true, updated_at, record_id, row_no
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::bigint[], $7::int[]) as v(citizen_id, id, version, body, updated_at, record_id, row_no)`,
    [citizens, ids, rows.map((r) => r.version), rows.map((r) => r.body), rows.map((r) => r.at), rows.map((r) => r.recordId), rows.map((r) => r.row)]);
  await connection.query(
    `update citizen_row r set version = v.version, deleted = true, updated_at = v.updated_at, directory_ids = '{}', content_hash = ''
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[]) as v(citizen_id, id, version, updated_at) where r.citizen_id = v.citizen_id and r.id = v.id`,
    [citizens, ids, rows.map((r) => r.version), rows.map((r) => r.at)]);
  await connection.query('delete from relationship r using unnest($1::uuid[], $2::uuid[]) as e(citizen_id, id) where r.citizen_id = e.citizen_id and r.id = e.id', [citizens, ids]);
}

export interface SettledRow extends IntakeRow {
  sha256: Buffer | null;
  outcome: RowOutcome;
  problems: string;
  /** it was pending when it was read */
  waited: boolean;
}

/**
 * Writes what became of rows where it is not what became of them before, and of these people's work leaves in the queue what
 * somebody put there meanwhile.
 */
export async function settleReplayed(connection: Connection, { replayId, feed }: ReplayRow, rows: readonly SettledRow[], people: readonly string[]): Promise<void> {
  if (rows.length > 0) await connection.query(
    `insert into intake_row (record_id, row_no, line, feed, part, person_key, content, message_id, state, problems)
     select * from unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])
     on conflict (record_id, row_no) do update set person_key = excluded.person_key, content = excluded.content, message_id = excluded.message_id,
       state = excluded.state, problems = excluded.problems
     where intake_row.state <> 'pending' or (intake_row.record_id, intake_row.row_no) in (select * from unnest($11::bigint[], $12::int[]))`,
    [rows.map((r) => r.recordId), rows.map((r) => r.row), rows.map((r) => r.line), rows.map((r) => r.feed), rows.map((r) => r.part), rows.map((r) => r.personKey),
      rows.map((r) => (r.outcome === 'stored' || r.outcome === 'unchanged' ? null : r.content)), rows.map((r) => r.messageId), rows.map((r) => r.outcome), rows.map((r) => r.problems),
      rows.filter(({ waited }) => waited).map((r) => r.recordId), rows.filter(({ waited }) => waited).map((r) => r.row)]);
  const named = rows.filter(({ messageId, sha256 }) => messageId !== null && sha256 !== null);
  await connection.query(
    `insert into message_seen (feed, message_id, sha256) select distinct on (feed, message_id) feed, message_id, sha256
     from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality as m(feed, message_id, sha256, n) order by feed, message_id, n on conflict do nothing`,
    [named.map((r) => r.feed), named.map((r) => r.messageId), named.map((r) => r.sha256)]);
  await connection.query('update replay_record set touched = true where replay_id = $1 and record_id = any($2::bigint[])', [replayId, [...new Set(rows.map((r) => r.recordId))]]);
  await requeuePending(connection, feed, people);
}

/** These people stand in the queue with the rows of theirs that are pending, or not at all. */
async function requeuePending(connection: Connection, feed: string, people: readonly string[]): Promise<void> {
  await connection.query('select from intake_person where feed = $1 and person_key = any($2::text[]) order by person_key for update', [feed, people]);
  await connection.query( // a statement of its own, which sees what whoever held them put there
    `with due as materialized (select person_key, count(*) as pending, min(record_id) as first from intake_row where feed = $1 and person_key = any($2::text[]) and state = 'pending' group by person_key),
       left_over as (update intake_person p set pending = d.pending, first_record = d.first from due d where p.feed = $1 and p.person_key = d.person_key)
     delete from intake_person p where p.feed = $1 and p.person_key = any($2::text[]) and not exists (select from due d where d.person_key = p.person_key)`, [feed, people]);
}

/**
 * Takes up to `limit` records of a swap whose rows are all settled, and gives those of them that are now otherwise than
 * before the layout they have now. Returns their ids, and null when there are none left.
 */
export async function closeReplayed(connection: Connection, { replayId }: ReplayRow, limit: number): Promise<number[] | null> {
  const { rows } = await connection.query<{ record_id: string }>(
    `delete from replay_record where (replay_id, record_id) in (select replay_id, record_id from replay_record where replay_id = $1 order by record_id limit $2) returning record_id, rows, problems, touched`,
    [replayId, limit]);
  if (rows.length === 0) return null;
  const laid = rows as unknown as { record_id: string; rows: number; problems: unknown; touched: boolean }[];
  await connection.query('delete from intake_row i using unnest($1::bigint[], $2::int[]) as l(record_id, rows) where i.record_id = l.record_id and i.row_no > l.rows',
    [laid.map((l) => l.record_id), laid.map((l) => l.rows)]);
  const { rows: changed } = await connection.query<{ record_id: string }>(
    `update source_record s set state = case when l.rows = 0 and l.problems <> '[]' then 'rejected' else 'split' end, received_rows = l.rows, problems = l.problems
     from unnest($1::bigint[], $2::int[], $3::jsonb[], $4::boolean[]) as l(record_id, rows, problems, touched)
     where s.record_id = l.record_id and (l.touched or s.state not in ('done', 'rejected') or s.received_rows <> l.rows or s.problems <> l.problems) returning s.record_id`,
    [laid.map((l) => l.record_id), laid.map((l) => l.rows), laid.map((l) => JSON.stringify(l.problems)), laid.map((l) => l.touched)]);
  return changed.map(({ record_id: id }) => Number(id));
}
