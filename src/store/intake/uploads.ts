import type { Connection, Database } from '../database.ts';

/** A file on its way. */
export interface Upload {
  id: string;
  feed: string;
  part: string;
  /** bytes in all */
  length: number;
  /** bytes kept so far */
  offset: number;
  sha256: Buffer;
  endsAt: Date;
  /** null until the file was whole and taken in */
  taskId: string | null;
}

export interface NewUpload {
  id: string;
  feed: string;
  part: string;
  client: string;
  length: number;
  sha256: Buffer;
}

interface UploadRow extends Omit<Upload, 'length' | 'offset'> {
  length: string;
  offset: string;
}

const columns = `u.id, u.feed, u.part, u.length, u.sha256, u.ends_at as "endsAt", u.task_id as "taskId",
  case when u.task_id is null then coalesce((select max(p.starts_at + octet_length(p.content)) from upload_piece p where p.upload_id = u.id), 0) else u.length end as "offset"`;

/**
 * Begins an upload, or finds the one a client has begun with the same bytes for the same feed and part. Null when the client
 * has too many open already. What has not been continued for a day is forgotten here.
 */
export async function beginUpload(database: Database, upload: NewUpload, limits: { open: number; keepSeconds: number }): Promise<Upload | null> {
  return database.transaction(async (connection) => {
    await connection.query('delete from upload where ends_at <= statement_timestamp()');
    // one client's beginnings come one after the other, so that the count holds
    await connection.query('select pg_advisory_xact_lock(20140003, hashtext($1))', [upload.client]);
    const { rows: [known] } = await connection.query<UploadRow>(
      `select ${columns} from upload u where feed = $1 and part = $2 and client = $3 and sha256 = $4 and length = $5`, [upload.feed, upload.part, upload.client, upload.sha256, upload.length]);
    if (known) return uploadOf(known);
    const { rows: [count] } = await connection.query<{ open: number }>('select count(*)::int as open from upload where client = $1 and task_id is null', [upload.client]);
    if ((count?.open ?? 0) >= limits.open) return null;
    await connection.query(
      `insert into upload (id, feed, part, client, length, sha256, ends_at) values ($1, $2, $3, $4, $5, $6, statement_timestamp() + make_interval(secs => $7))`,
      [upload.id, upload.feed, upload.part, upload.client, upload.length, upload.sha256, limits.keepSeconds]);
    return findOne(connection, upload.id, upload.client);
  });
}

export async function findUpload(database: Database, id: string, client: string): Promise<Upload | null> {
  const [row] = await database.query<UploadRow>(`select ${columns} from upload u where id = $1 and client = $2 and ends_at > statement_timestamp()`, [id, client]);
  return row ? uploadOf(row) : null;
}

/**
 * Keeps a piece, durable when this returns, if it begins where the upload ends so far and does not reach beyond its length; otherwise nothing is kept.
 * Returns the upload as it is now, and whether the piece was kept; null where there is no such upload.
 */
export async function appendPiece(
  database: Database, piece: { id: string; client: string; offset: number; content: Uint8Array }, keepSeconds: number,
): Promise<{ upload: Upload; kept: boolean } | null> {
  return database.transaction(async (connection) => {
    await connection.query('select 1 from upload where id = $1 for update', [piece.id]);
    const upload = await findOne(connection, piece.id, piece.client);
    if (!upload) return null;
    const end = piece.offset + piece.content.byteLength;
    if (upload.offset !== piece.offset || end > upload.length || upload.taskId !== null) return { upload, kept: false };
    if (piece.content.byteLength > 0) await connection.query('insert into upload_piece (upload_id, starts_at, content) values ($1, $2, $3)', [piece.id, piece.offset, piece.content]);
    await connection.query('update upload set ends_at = statement_timestamp() + make_interval(secs => $2) where id = $1', [piece.id, keepSeconds]);
    return { upload: { ...upload, offset: end }, kept: true };
  });
}

/** Every byte of an upload, in order. */
export async function readPieces(database: Database, id: string): Promise<Buffer> {
  const rows = await database.query<{ content: Buffer }>('select content from upload_piece where upload_id = $1 order by starts_at', [id]);
  return Buffer.concat(rows.map(({ content }) => content));
}

/** Remembers what became of a whole file, and lets go of its pieces. */
export async function finishUpload(database: Database, id: string, taskId: string): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query('update upload set task_id = $2 where id = $1', [id, taskId]);
    await connection.query('delete from upload_piece where upload_id = $1', [id]);
  });
}

/** Forgets an upload with its pieces; what was taken in stays. False where there is none. */
export async function endUpload(database: Database, id: string, client: string): Promise<boolean> {
  return (await database.query('delete from upload where id = $1 and client = $2 returning 1', [id, client])).length > 0;
}

async function findOne(connection: Connection, id: string, client: string): Promise<Upload | null> {
  const { rows: [row] } = await connection.query<UploadRow>(`select ${columns} from upload u where id = $1 and client = $2 and ends_at > statement_timestamp()`, [id, client]);
  return row ? uploadOf(row) : null;
}

function uploadOf(row: UploadRow): Upload {
  return { ...row, length: Number(row.length), offset: Number(row.offset) };
}
