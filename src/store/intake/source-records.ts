import type { SearchIndex } from '../../fhir/index-resource.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Connection, Database } from '../database.ts';
import { saveSharedRows } from '../shared-rows.ts';

export interface ReceivedBytes {
  feed: string;
  part: string;
  sha256: Buffer;
  content: Uint8Array;
  receivedAt: Date;
  client: string;
}

export interface JobTask {
  id: string;
  body: string;
  index: SearchIndex;
}

/** Of a feed: held shared while one of its records gets its number and is on its way into the table. */
export const arrivalLock = 20140042;

/**
 * Keeps the bytes, immutable, with the job's Task, in one transaction: when this returns they are durable. The same
 * bytes for the same feed and part again give the first Task's id and `known`.
 */
export async function saveSourceRecord(
  database: Database, received: ReceivedBytes, task: JobTask,
): Promise<{ taskId: string; known: boolean }> {
  return database.transaction(async (connection) => {
    const { rows } = await connection.query<{ task_id: string }>(
      `with turn as materialized (select pg_advisory_xact_lock_shared(${arrivalLock}, hashtext($1)))
       insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state)
       select $1, $2::text, $3::bytea, $4::bytea, $5::int, $6::timestamptz, $7::text, $8::uuid, 'received' from turn on conflict (feed, part, sha256) do nothing returning task_id`,
      [received.feed, received.part, received.sha256, received.content, received.content.byteLength, received.receivedAt, received.client, task.id],
    );
    if (rows[0]) {
      await saveSharedRows(connection, [{ ...task, scope: 'job', owner: received.client, type: 'Task', version: 1, updatedAt: received.receivedAt }]);
      return { taskId: rows[0].task_id, known: false };
    }
    const known = await connection.query<{ task_id: string }>(
      'select task_id from source_record where feed = $1 and part = $2 and sha256 = $3', [received.feed, received.part, received.sha256]);
    return { taskId: known.rows[0]?.task_id ?? task.id, known: true };
  });
}

export interface UnsplitRecord {
  recordId: number;
  feed: string;
  part: string;
  content: Buffer;
}

/** Takes the oldest unsplit records, at most this much of them and none of held feeds, for this transaction; one splitter at a time keeps each feed in order. */
export async function claimUnsplit(connection: Connection, limits: { records: number; bytes: number; held: readonly string[] }): Promise<UnsplitRecord[]> {
  const { rows: [lock] } = await connection.query<{ held: boolean }>('select pg_try_advisory_xact_lock(20140002) as held');
  if (!lock?.held) return [];
  const { rows } = await connection.query<UnsplitRecord & { recordId: string }>(
    `select record_id as "recordId", feed, part, content from source_record where record_id in (
       select record_id from (select record_id, sum(size) over (order by record_id) - size as before from (
         select record_id, size from source_record where state = 'received' and feed <> all($3::text[]) order by record_id limit $1) o) s where before < $2)
     order by record_id`,
    [limits.records, limits.bytes, limits.held],
  );
  return rows.map((row) => ({ ...row, recordId: Number(row.recordId) }));
}

/** One row of a source record, as it was laid out. */
export interface IntakeRow {
  recordId: number;
  row: number;
  line: number;
  feed: string;
  part: string;
  personKey: string;
  content: string;
  messageId: string | null;
}

export interface NewRow extends IntakeRow {
  /** SHA-256 of the message, for its id */
  sha256: Buffer | null;
  /** where the row says its message's id */
  messageIdAt: string;
  state: 'pending' | 'quarantined';
  problems: string;
}

/**
 * Lays out a split record's rows and queues those to be worked on. A message id seen before with the same content is
 * `unchanged`; with other content it is quarantined, never overwritten.
 */
export async function saveSplit(
  connection: Connection, records: readonly { recordId: number; rows: number; problems: string; state: 'split' | 'rejected' }[], rows: readonly NewRow[],
): Promise<void> {
  const settled = await settleMessageIds(connection, rows);
  await connection.query(
    `insert into intake_row (record_id, row_no, line, feed, part, person_key, content, message_id, state, problems)
     select * from unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])`,
    [
      settled.map((r) => r.recordId), settled.map((r) => r.row), settled.map((r) => r.line), settled.map((r) => r.feed), settled.map((r) => r.part),
      settled.map((r) => r.personKey), settled.map((r) => (r.state === 'unchanged' ? null : r.content)), settled.map((r) => r.messageId),
      settled.map((r) => r.state), settled.map((r) => r.problems),
    ],
  );
  const pending = settled.filter((row) => row.state === 'pending');
  await queuePeople(connection, pending.map((row) => ({ feed: row.feed, personKey: row.personKey, recordId: row.recordId })));
  await connection.query(
    `update source_record s set state = u.state, received_rows = u.rows, problems = u.problems
     from unnest($1::bigint[], $2::text[], $3::int[], $4::jsonb[]) as u(record_id, state, rows, problems)
     where s.record_id = u.record_id and s.state = 'received'`,
    [records.map((r) => r.recordId), records.map((r) => r.state), records.map((r) => r.rows), records.map((r) => r.problems)],
  );
}

/** Adds work for people, one queue row per feed and person, which stands in the queue by its oldest record. */
export async function queuePeople(connection: Connection, rows: readonly { feed: string; personKey: string; recordId: number }[]): Promise<void> {
  await connection.query(
    `insert into intake_person (feed, person_key, pending, first_record, not_before)
     select feed, person_key, count(*), min(record_id), now() from unnest($1::text[], $2::text[], $3::bigint[]) as p(feed, person_key, record_id)
     group by feed, person_key order by feed, person_key
     on conflict (feed, person_key) do update set pending = intake_person.pending + excluded.pending, first_record = least(intake_person.first_record, excluded.first_record)`,
    [rows.map((r) => r.feed), rows.map((r) => r.personKey), rows.map((r) => r.recordId)],
  );
}

type SettledRow = Omit<NewRow, 'state'> & { state: 'pending' | 'quarantined' | 'unchanged' };

async function settleMessageIds(connection: Connection, rows: readonly NewRow[]): Promise<SettledRow[]> {
  const named = rows.filter((row) => row.messageId !== null && row.sha256 !== null && row.state === 'pending');
  if (named.length === 0) return [...rows];
  const { rows: fresh } = await connection.query<{ feed: string; message_id: string }>(
    `insert into message_seen (feed, message_id, sha256) select distinct on (feed, message_id) feed, message_id, sha256
     from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality as m(feed, message_id, sha256, n) order by feed, message_id, n
     on conflict do nothing returning feed, message_id`,
    [named.map((r) => r.feed), named.map((r) => r.messageId), named.map((r) => r.sha256)],
  );
  const { rows: seen } = await connection.query<{ feed: string; message_id: string; sha256: Buffer }>(
    `select s.feed, s.message_id, s.sha256 from message_seen s join (select distinct feed, message_id from unnest($1::text[], $2::text[]) as m(feed, message_id)) m
       using (feed, message_id)`,
    [named.map((r) => r.feed), named.map((r) => r.messageId)],
  );
  const firstTime = new Set(fresh.map((row) => `${row.feed}\u0000${row.message_id}`));
  const known = new Map(seen.map((row) => [`${row.feed}\u0000${row.message_id}`, row.sha256]));
  return rows.map((row) => {
    if (row.messageId === null || row.sha256 === null || row.state !== 'pending') return row;
    const key = `${row.feed}\u0000${row.messageId}`;
    if (firstTime.delete(key)) return row;
    const same = known.get(key)?.equals(row.sha256) ?? false;
    return same ? { ...row, state: 'unchanged' as const } : { ...row, state: 'quarantined' as const, problems: JSON.stringify(reusedMessageId(row.messageIdAt)) };
  });
}

/** The problems of a row whose message id, said at this place, was used for something else before. */
export function reusedMessageId(field: string): Problem[] {
  return [{
    category: 'conflict', code: 'message-id-reused', text: 'A message with this id and other content was received before.',
    at: { field }, expected: 'a new id for every message', fix: 'Send the changed message under an id of its own.',
  }];
}

/** Reasons of quarantine that what others send, or what is decided of who is who, can do away with. */
export type RefusedFor = 'person-not-known' | 'record-of-another-person';

/** Puts rows of these people that are in quarantine for this reason back in the queue: it may be none any more. */
export async function requeueRefused(connection: Connection, code: RefusedFor, people: readonly { feed: string; personKey: string }[]): Promise<void> {
  if (people.length === 0) return;
  const { rows } = await connection.query<RequeuedRow>(
    `update intake_row r set state = 'pending', problems = '[]' from (select distinct * from unnest($1::text[], $2::text[]) as p(feed, person_key)) p
     where r.feed = p.feed and r.person_key = p.person_key and r.state = 'quarantined' and r.content is not null and r.problems @> jsonb_build_array(jsonb_build_object('code', $3::text))
     returning r.feed, r.person_key, r.record_id`,
    [people.map((each) => each.feed), people.map((each) => each.personKey), code],
  );
  await queueAgain(connection, rows);
}

/** Puts the messages that wait back in the queue, where they take their old places; of one feed, or of all (null). */
export async function requeueWaiting(connection: Connection, feed: string | null): Promise<void> {
  const { rows } = await connection.query<RequeuedRow>(
    `update intake_row set state = 'pending', problems = '[]' where ($1::text is null or feed = $1) and state = 'awaiting-merge' and content is not null returning feed, person_key, record_id`, [feed]);
  await queueAgain(connection, rows);
}

/** The same for messages that wait, or were refused, until something happens to one of these: source Patients, visits, accounts. */
export async function requeueJoinings(connection: Connection, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await connection.query<RequeuedRow>(
    `with known as (delete from joining_wait where id = any ($1::uuid[]) returning record_id, row_no)
     update intake_row r set state = 'pending', problems = '[]' from (select distinct * from known) k
     where r.record_id = k.record_id and r.row_no = k.row_no and r.state in ('awaiting-merge', 'quarantined') and r.content is not null returning r.feed, r.person_key, r.record_id`, [ids]);
  await queueAgain(connection, rows);
}

/** The same for messages that wait for these people. */
export async function requeueWaitingAbout(connection: Connection, people: readonly { feed: string; personKey: string }[]): Promise<void> {
  if (people.length === 0) return;
  const { rows } = await connection.query<RequeuedRow>(
    `update intake_row r set state = 'pending', problems = '[]' from (select distinct * from unnest($1::text[], $2::text[]) as p(feed, person_key)) p
     where r.feed = p.feed and r.person_key = p.person_key and r.state = 'awaiting-merge' and r.content is not null returning r.feed, r.person_key, r.record_id`,
    [people.map((each) => each.feed), people.map((each) => each.personKey)]);
  await queueAgain(connection, rows);
}

export interface RequeuedRow {
  feed: string;
  person_key: string;
  record_id: string;
}

/** Rows that are pending again: their people are queued, their records open. */
export async function queueAgain(connection: Connection, rows: readonly RequeuedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await queuePeople(connection, rows.map((row) => ({ feed: row.feed, personKey: row.person_key, recordId: Number(row.record_id) })));
  await connection.query(`update source_record set state = 'split' where record_id = any($1::bigint[]) and state = 'done'`, [[...new Set(rows.map((row) => row.record_id))]]);
}

/** What was written by API is a source record of its own, already worked off: as many rows as it has resources. */
export async function saveApiRecord(
  connection: Connection, written: { client: string; content: Uint8Array; sha256: Buffer; at: Date; taskId: string; rows?: number },
): Promise<number> {
  const { rows = 1 } = written;
  const { rows: [record] } = await connection.query<{ record_id: string }>(
    `with record as (insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state, received_rows)
         values ('api', $1::text, $2, $3, $4, $5, $6, $1::text::uuid, 'done', $7::int) returning record_id),
       its_rows as (insert into intake_row (record_id, row_no, line, feed, part, person_key, state)
         select record_id, n, n, 'api', $1::text, '', 'stored' from record, generate_series(1, $7::int) n)
     select record_id from record`,
    [written.taskId, written.sha256, written.content, written.content.byteLength, written.at, written.client, rows]);
  return Number(record?.record_id ?? 0);
}
