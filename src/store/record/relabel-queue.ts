import type { Connection, Database } from '../database.ts';
import { arrayText } from '../shared-rows.ts';

/** A listed code, as rows keep it, and a label it gives. */
export interface TokenLabel {
  token: bigint;
  label: string;
}

/** A row found to carry a code listed since it was stored. */
export interface QueuedRow {
  citizen: string;
  id: string;
  classId: number;
  codes: bigint[];
}

const settingName = 'sensitive-codes';

/**
 * The code sets this record is under: from this commit on no process writes under others. Waits for writes under way, so
 * that whatever they stored is looked through afterwards. Returns whether they are others than before.
 */
export async function setCodeSets(connection: Connection, hash: Buffer): Promise<boolean> {
  await connection.query("insert into setting (name, value) values ($1, '') on conflict do nothing", [settingName]);
  const { rows } = await connection.query<{ value: Buffer }>('select value from setting where name = $1 for update', [settingName]);
  if (rows[0]?.value.equals(hash)) return false;
  await connection.query('update setting set value = $2 where name = $1', [settingName, hash]);
  return true;
}

/** Whether the record is under these code sets; if so it stays so until the transaction ends. */
export async function holdCodeSets(connection: Connection, hash: Buffer): Promise<boolean> {
  const { rows } = await connection.query<{ value: Buffer }>('select value from setting where name = $1 for share', [settingName]);
  return rows[0]?.value.equals(hash) ?? false;
}

/** What every row has been looked through for. */
export async function loadApplied(connection: Connection): Promise<TokenLabel[]> {
  const { rows } = await connection.query<{ token: string; label: string }>('select token::text, label from applied_code');
  return rows.map(({ token, label }) => ({ token: BigInt(token), label }));
}

/** Codes that are listed no more: listed again, they are looked for again. */
export async function forgetApplied(connection: Connection, gone: readonly TokenLabel[]): Promise<void> {
  if (gone.length === 0) return;
  await connection.query('delete from applied_code a using unnest($1::bigint[], $2::text[]) as g(token, label) where a.token = g.token and a.label = g.label',
    [gone.map(({ token }) => String(token)), gone.map(({ label }) => label)]);
}

/** Queues every row that ever said one of these codes, found by index, and notes that they have been looked for. */
export async function queueRowsSaying(connection: Connection, codes: readonly TokenLabel[]): Promise<void> {
  await connection.query('insert into relabel_queue (citizen_id, id) select citizen_id, id from citizen_row where codes && $1::bigint[] on conflict do nothing',
    [arrayText([...new Set(codes.map(({ token }) => token))])]);
  await connection.query('insert into applied_code (token, label) select * from unnest($1::bigint[], $2::text[]) on conflict do nothing',
    [codes.map(({ token }) => String(token)), codes.map(({ label }) => label)]);
}

/** Takes up to `limit` rows out of the queue, holding their citizens first, as intake does, so that the two never wait for each other in a circle. */
export async function takeQueuedRows(connection: Connection, limit: number): Promise<QueuedRow[]> {
  const { rows: next } = await connection.query<{ citizen_id: string; id: string }>('select citizen_id, id from relabel_queue order by citizen_id, id limit $1', [limit]);
  const names = [next.map((row) => row.citizen_id), next.map((row) => row.id)];
  await connection.query('select 1 from citizen where citizen_id = any($1::uuid[]) order by citizen_id for update', [names[0]]);
  await connection.query('delete from relabel_queue q using unnest($1::uuid[], $2::uuid[]) as n(citizen_id, id) where q.citizen_id = n.citizen_id and q.id = n.id', names);
  const { rows } = await connection.query<{ citizen: string; id: string; classId: number; codes: string[] }>(
    `select r.citizen_id as citizen, r.id, r.class_id as "classId", r.codes::text[] as codes
     from unnest($1::uuid[], $2::uuid[]) as n(citizen_id, id) join citizen_row r on r.citizen_id = n.citizen_id and r.id = n.id`, names);
  return rows.map((row) => ({ ...row, codes: row.codes.map(BigInt) }));
}

export async function countQueuedRows(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>('select count(*)::int as n from relabel_queue');
  return row?.n ?? 0;
}
