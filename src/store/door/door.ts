import type { Database } from '../database.ts';

/** Numbers of the relationship kinds the asking organisation has with the citizen, and the Consent that permits. */
export interface HeldFacts {
  kinds: number[];
  permits: string | null;
}

/** A row that came through the door, with the parts of it kept apart that this grant may see as well. */
export interface VisibleRow {
  scope: 'citizen' | 'directory' | 'conformance' | 'governance' | 'addressed' | 'job';
  citizen: string | null;
  /** reference of this person's emergency access to the citizen, where it was live when the row was read */
  emergency: string | null;
  id: string;
  type: string;
  version: number;
  classId: number | null;
  deleted: boolean;
  updatedAt: Date;
  body: string;
  fragments: [path: string, body: string, classId?: number][] | null;
  /** of a source Patient: ids its citizen had before */
  formerly?: string[] | null;
  /** what its reading rests on, where that is not its class alone */
  held?: HeldFacts | null;
}

/** The grant is of a past generation or past its time: compile again and ask once more. */
export const stale = Symbol('stale');

/**
 * Runs one query as the reader role. Whether the grant still holds is read in the query's own snapshot, so an empty
 * answer is never mistaken for "nothing there" when it means "no longer allowed to know".
 */
export async function throughDoor<Row extends { id?: unknown }>(
  database: Database, grantKey: string, name: string, query: string, values: unknown[], order = '',
): Promise<Row[] | typeof stale> {
  const rows = await database.serve<Row & { fresh: boolean }>('reader', grantKey, {
    name, values, text: `select s.fresh, q.* from grant_state s left join lateral (${query}) q on true${order && ` order by ${order}`}`,
  });
  if (rows.some((row) => !row.fresh)) return stale;
  return rows.filter((row) => row.id !== null);
}

/** Columns of a VisibleRow from a view `r` that has a body. */
export const visibleColumns = `r.scope, r.citizen_id as citizen, r.emergency, r.id, r.type, r.version, r.class_id as "classId", r.deleted, r.updated_at as "updatedAt", r.body,
  (select json_agg(json_build_array(f.path, f.body, f.class_id)) from readable_fragment f
   where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version) as fragments, r.formerly, r.held`;

/** The same from a look-up `r`. */
export const lookedColumns = 'r.scope, r.citizen, r.emergency, r.id, r.type, r.version, r."classId", r.deleted, r."updatedAt", r.body, r.fragments, r.formerly, r.held';
