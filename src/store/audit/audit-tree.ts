import type { Frontier, Subtree } from '../../audit/tree.ts';
import type { Connection, Database } from '../database.ts';

interface HeadRow {
  seq: string;
  peaks: Buffer;
}

const hashBytes = 32;

/** How far the log reaches now. */
export async function readHead(database: Database): Promise<Frontier> {
  return headOf(await database.query<HeadRow>('select seq, peaks from audit_head'));
}

/** The same, and nobody else moves it before this transaction ends; waits for whoever holds it, but not for long. */
export async function lockHead(connection: Connection): Promise<Frontier> {
  await connection.query("set local lock_timeout = '4s'; set local statement_timeout = '30s'");
  return headOf((await connection.query<HeadRow>('select seq, peaks from audit_head for update')).rows);
}

function headOf([row]: readonly HeadRow[]): Frontier {
  if (!row) throw new Error('the audit log has no head');
  const peaks = Array.from({ length: row.peaks.length / hashBytes }, (_, i) => row.peaks.subarray(i * hashBytes, (i + 1) * hashBytes));
  return { size: Number(row.seq), peaks };
}

/**
 * Hashes of whole subtrees, in the order asked; null where the log does not reach or lacks one. Each is kept with the entry
 * that completes it, at the place of its level, so each is one row by its key, however long the log is.
 */
export async function readSubtrees(database: Database, asked: readonly (Subtree & { completedBy: number })[]): Promise<Uint8Array[] | null> {
  const rows = await database.query<{ hash: Buffer | null }>(
    `select (select substring(e.tree from a.level * ${hashBytes} + 1 for ${hashBytes}) from audit_entry e where e.seq = a.seq) as hash
     from unnest($1::bigint[], $2::int[]) with ordinality as a(seq, level, place) order by a.place`,
    [asked.map(({ completedBy }) => completedBy), asked.map(({ level }) => level)], 'read-subtrees');
  const hashes = rows.flatMap(({ hash }) => (hash?.length === hashBytes ? [hash] : []));
  return hashes.length === asked.length ? hashes : null;
}
