import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';

/** A version of a referral as it is stored, and whose it is. */
export interface StoredReferral {
  citizen: string;
  id: string;
  updatedAt: Date;
  custodian: OrganisationKey;
  body: string;
}

/** A referral that waits for a reply. */
export interface AwaitedReply {
  citizen: string;
  id: string;
  sender: OrganisationKey;
  /** the Task that asks the sender; null: not asked yet */
  task: string | null;
}

/** How far referrals were looked through, in the order they were stored. */
export interface ReferralCursor {
  updatedAt: string;
  id: string;
}

const cursorName = 'late-referrals';
const noId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Referrals stored after the cursor, in order, along the index of the newest; those of the last `lagMs` are left for
 * the next look, because another transaction may still bring one that was stored before them.
 */
export async function findStoredReferrals(database: Database, { lagMs, limit }: { lagMs: number; limit: number }): Promise<StoredReferral[]> {
  const [kept] = await database.query<{ value: Buffer }>('select value from setting where name = $1', [cursorName]);
  const after = kept ? (JSON.parse(kept.value.toString()) as ReferralCursor) : { updatedAt: '-infinity', id: noId };
  return database.query<StoredReferral & { [column: string]: unknown }>(
    `select r.citizen_id as citizen, r.id, r.updated_at as "updatedAt", s.custodian, v.body from (
       select * from citizen_row where type = 'ServiceRequest' and updated_at >= $1::timestamptz and (updated_at > $1::timestamptz or id < $2::uuid)
         and updated_at <= statement_timestamp() - make_interval(secs => $3) and not deleted order by updated_at, id desc limit $4) r
     join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version join sharing_class s on s.class_id = r.class_id
     order by r.updated_at, r.id desc`, [after.updatedAt, after.id, lagMs / 1000, limit]);
}

/** Keeps which of these wait, and since when they are late, and that they were looked at; one that waits no more is looked at at once. */
export async function saveAwaited(
  connection: Connection, awaited: readonly { citizen: string; id: string; sender: OrganisationKey; lateFrom: Date }[], over: readonly { citizen: string; id: string }[], cursor: ReferralCursor,
): Promise<void> {
  await connection.query(
    `insert into awaited_reply (citizen_id, id, sender, look_at) select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
     on conflict (citizen_id, id) do update set look_at = least(awaited_reply.look_at, excluded.look_at)`,
    [awaited.map(({ citizen }) => citizen), awaited.map(({ id }) => id), awaited.map(({ sender }) => sender), awaited.map(({ lateFrom }) => lateFrom)]);
  await connection.query(
    `update awaited_reply a set look_at = '-infinity' from unnest($1::uuid[], $2::uuid[]) as o(citizen_id, id) where a.citizen_id = o.citizen_id and a.id = o.id`,
    [over.map(({ citizen }) => citizen), over.map(({ id }) => id)]);
  await connection.query('insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value', [cursorName, Buffer.from(JSON.stringify(cursor))]);
}

/** Referrals whose next look is due, longest due first. */
export async function findDueReplies(database: Database, now: Date, limit: number): Promise<AwaitedReply[]> {
  return database.query<AwaitedReply & { [column: string]: unknown }>(
    'select citizen_id as citizen, id, sender, task_id as task from awaited_reply where look_at <= $1 order by look_at, id limit $2', [now, limit]);
}

/** Looks again at this moment. */
export async function waitOn(database: Database, { citizen, id }: AwaitedReply, lookAt: Date): Promise<void> {
  await database.query('update awaited_reply set look_at = $3 where citizen_id = $1 and id = $2', [citizen, id, lookAt]);
}

/** Takes the asking of a sender for oneself; false where another process has. Within the transaction that saves the Task. */
export async function takeAsking(connection: Connection, { citizen, id }: AwaitedReply, task: string, lookAt: Date): Promise<boolean> {
  const { rows } = await connection.query('update awaited_reply set task_id = $3, look_at = $4 where citizen_id = $1 and id = $2 and task_id is null returning id', [citizen, id, task, lookAt]);
  return rows.length > 0;
}

/** Asks no more and waits on; false where another process said so first. Within the transaction that ends the Task. */
export async function stopAsking(connection: Connection, { citizen, id, task }: AwaitedReply, lookAt: Date): Promise<boolean> {
  const { rows } = await connection.query('update awaited_reply set task_id = null, look_at = $4 where citizen_id = $1 and id = $2 and task_id = $3 returning id', [citizen, id, task, lookAt]);
  return rows.length > 0;
}

/** Waits no more; false where another process said so first. */
export async function endWaiting(connection: Connection, { citizen, id }: AwaitedReply): Promise<boolean> {
  const { rows } = await connection.query('delete from awaited_reply where citizen_id = $1 and id = $2 returning id', [citizen, id]);
  return rows.length > 0;
}

/** What is written anew of a row, or about it. */
interface CitizenRow {
  version: number;
  deleted: boolean;
  classId: number;
  body: string;
  origin: string | null;
}

/** Current version and body of one row of a citizen's, whatever its class and also when it is over: for writing it anew or about it, never for answering. */
export async function loadCitizenRow(connection: Connection, citizen: string, id: string): Promise<CitizenRow | undefined> {
  const { rows } = await connection.query<CitizenRow & { [column: string]: unknown }>(
    `select r.version, r.deleted, r.class_id as "classId", v.body, r.origin from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
     where r.citizen_id = $1 and r.id = $2`, [citizen, id]);
  return rows[0];
}
