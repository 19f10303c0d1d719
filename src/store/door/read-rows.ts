import type { Database } from '../database.ts';
import { lookedColumns, stale, throughDoor, visibleColumns, type VisibleRow } from './door.ts';

type Answer = Promise<VisibleRow[] | typeof stale>;

/** The current version of one resource. */
export function readRow(database: Database, grantKey: string, type: string, id: string): Answer {
  return throughDoor(database, grantKey, 'read-row',
    `select ${visibleColumns} from readable_resource r where r.id = $1::uuid and r.type = $2 and not r.deleted`, [id, type]);
}

export function readVersion(database: Database, grantKey: string, type: string, id: string, version: number): Answer {
  return throughDoor(database, grantKey, 'read-version',
    `select ${visibleColumns} from readable_version r where r.id = $1::uuid and r.type = $2 and r.version = $3`, [id, type, version]);
}

/** Of these ids those of resources the caller could see until they were deleted. */
export async function readEnded(database: Database, grantKey: string, type: string, ids: readonly string[]): Promise<string[] | typeof stale> {
  const rows = await throughDoor<{ id: string }>(database, grantKey, 'read-ended', 'select r.id from readable_row r where r.id = any ($1::uuid[]) and r.type = $2 and r.deleted', [ids, type]);
  return rows === stale ? stale : rows.map(({ id }) => id).sort();
}

/** Whether this id named a resource that the caller could see until it was deleted. */
export async function wasEnded(database: Database, grantKey: string, type: string, id: string): Promise<boolean | typeof stale> {
  const rows = await throughDoor<{ id: string }>(database, grantKey, 'was-ended', 'select r.id from readable_row r where r.id = $1::uuid and r.type = $2 and r.deleted', [id, type]);
  return rows === stale ? stale : rows.length > 0;
}

/** Versions of one resource older than `before`, newest first; with `since`, those stored at or after that instant. */
export function readHistory(database: Database, grantKey: string, type: string, id: string, since: string | null, before: number, limit: number): Answer {
  return throughDoor(database, grantKey, 'read-history',
    `select ${visibleColumns} from readable_version r where r.id = $1::uuid and r.type = $2 and r.version < $3 and r.updated_at >= coalesce($5::timestamptz, '-infinity') order by r.version desc limit $4`,
    [id, type, before, limit, since], 'q.version desc');
}

/** Of each of these rows of a citizen, `most` versions before the one it is known in that the caller may see; deletions are none. */
export function readEarlier(database: Database, grantKey: string, citizen: string, rows: readonly { id: string; version: number }[], most: number): Answer {
  return throughDoor(database, grantKey, 'read-earlier',
    `select e.* from unnest($2::uuid[], $3::int[]) known (id, version) cross join lateral (
       select ${visibleColumns} from readable_version r where r.citizen_id = $1::uuid and r.id = known.id and r.version < known.version and not r.deleted order by r.version desc limit $4) e`,
    [citizen, rows.map(({ id }) => id), rows.map(({ version }) => version), most], 'q.id, q.version desc');
}

/** The source Patients of these citizens, whichever of their ids is named, that the caller may see: what the composed Patient is made from. */
export function readSourcePatients(database: Database, grantKey: string, citizens: readonly string[]): Answer {
  return throughDoor(database, grantKey, 'read-source-patients',
    `select ${visibleColumns} from readable_resource r where r.citizen_id = any(citizens_now($1::uuid[])) and r.type = 'Patient' and not r.deleted`, [citizens],
    'q.citizen, q.id');
}

/** Directory rows by id. */
export function readDirectory(database: Database, grantKey: string, ids: readonly string[]): Answer {
  return throughDoor(database, grantKey, 'read-directory',
    `select ${visibleColumns} from readable_resource r where r.scope = 'directory' and r.id = any($1::uuid[])`, [ids], 'q.id');
}

/** Custodian classes of these citizens' visible source Patients of whom more was sent than has arrived. */
export async function readIncomplete(database: Database, grantKey: string, citizens: readonly string[]): Promise<{ citizen: string; classId: number }[] | typeof stale> {
  return throughDoor<{ id: string; citizen: string; classId: number }>(database, grantKey, 'read-incomplete',
    'select r.id, r.citizen_id as citizen, r.class_id as "classId" from readable_incomplete r where r.citizen_id = any(citizens_now($1::uuid[]))', [citizens]);
}

/** Of these ids whatever the caller may see, whosever it is. */
export function readListed(database: Database, grantKey: string, ids: readonly string[]): Answer {
  return throughDoor(database, grantKey, 'read-listed', `select ${lookedColumns} from look_at_listed($1, $2::uuid[]) r`, [grantKey, ids], 'q.id');
}
