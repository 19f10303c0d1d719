import type { Database } from '../database.ts';
import { throughDoor, type stale } from './door.ts';

/** How many records of a citizen the caller may see, by sharing class; who they are is not among them. */
export async function countByClass(database: Database, grantKey: string, citizen: string): Promise<{ id: number; count: number }[] | typeof stale> {
  return throughDoor<{ id: number; count: number }>(database, grantKey, 'count-by-class',
    `select r.class_id as id, count(*)::int as count from readable_row r where r.citizen_id = any(citizens_now(array[$1::uuid])) and r.type <> 'Patient' and not r.deleted group by r.class_id`, [citizen]);
}
