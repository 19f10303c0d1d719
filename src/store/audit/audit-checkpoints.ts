import type { Connection, Database } from '../database.ts';

/** A checkpoint as it was made and never changes. */
export interface KeptCheckpoint {
  size: number;
  /** 32 bytes */
  root: Uint8Array;
  /** the signed note, with what witnesses signed under it */
  note: string;
}

/** What the log itself signed first. */
const columns = `c.size, c.root, c.note || coalesce((select string_agg(w.line || E'\\n', '' order by w.witness) from audit_cosignature w where w.size = c.size), '') as note`;

const newest = `select ${columns} from audit_checkpoint c order by c.size desc limit 1`;

interface CheckpointRow {
  size: string;
  root: Buffer;
  note: string;
}

/** Keeps a checkpoint; of one size the first stays. Returns the one that is kept. */
export async function saveCheckpoint(database: Database, { size, root, note }: KeptCheckpoint): Promise<KeptCheckpoint> {
  await database.query('insert into audit_checkpoint (size, root, note) values ($1, $2, $3) on conflict do nothing', [size, root, note]);
  const kept = await findCheckpoint(database, size);
  if (!kept) throw new Error('a checkpoint that was kept is gone');
  return kept;
}

export async function findCheckpoint(database: Database, size: number): Promise<KeptCheckpoint | null> {
  return keptOf(await database.query<CheckpointRow>(`select ${columns} from audit_checkpoint c where c.size = $1`, [size]));
}

/** The largest there is. */
export async function newestCheckpoint(database: Database): Promise<KeptCheckpoint | null> {
  return keptOf(await database.query<CheckpointRow>(newest));
}

/** The same as this transaction sees it. */
export async function newestCheckpointIn(connection: Connection): Promise<KeptCheckpoint | null> {
  return keptOf((await connection.query<CheckpointRow>(newest)).rows);
}

/** The smallest ones beyond a size, at most `limit`. */
export async function checkpointsAfter(database: Database, size: number, limit: number): Promise<KeptCheckpoint[]> {
  const rows = await database.query<CheckpointRow>(`select ${columns} from audit_checkpoint c where c.size > $1 order by c.size limit $2`, [size, limit]);
  return rows.flatMap((row) => keptOf([row]) ?? []);
}

/** Whether none of any entries was made in the last `minutes`. One dated in the future was made before the clock was put right, and counts for nothing. */
export async function checkpointDue(database: Database, minutes: number): Promise<boolean> {
  const [row] = await database.query<{ due: boolean }>(
    `select coalesce((select size = 0 or made_at not between clock_timestamp() - make_interval(mins => $1) and clock_timestamp() from audit_checkpoint order by size desc limit 1), true) as due`, [minutes]);
  return row?.due ?? true;
}

/** Seconds since the newest was made, by the database's clock; null = none yet. */
export async function newestMadeAgo(database: Database): Promise<number | null> {
  const [row] = await database.query<{ ago: number }>('select extract(epoch from clock_timestamp() - made_at)::float8 as ago from audit_checkpoint order by size desc limit 1');
  return row?.ago ?? null;
}

/** Keeps what a witness signed under a checkpoint; its first signature stays. */
export async function saveCosignature(database: Database, size: number, witness: string, line: string): Promise<void> {
  await database.query('insert into audit_cosignature (size, witness, line) values ($1, $2, $3) on conflict do nothing', [size, witness, line]);
}

/** Entries of the largest checkpoint this witness signed; 0 = none. */
export async function witnessedSize(database: Database, witness: string): Promise<number> {
  const [row] = await database.query<{ size: string | null }>('select max(size) as size from audit_cosignature where witness = $1', [witness]);
  return Number(row?.size ?? 0);
}

function keptOf([row]: readonly CheckpointRow[]): KeptCheckpoint | null {
  return row ? { size: Number(row.size), root: row.root, note: row.note } : null;
}
