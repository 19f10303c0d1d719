import type { Connection, Database } from '../database.ts';
import { throughDoor, type stale } from '../door/door.ts';

/** Somebody found a version of a row still right. */
export interface ConfirmationRow {
  /** the row */
  id: string;
  version: number;
  at: Date;
  organisation: string;
  /** name of who asked */
  person: string;
}

/** Of the rows of a citizen this grant may see, the newest first. */
export function readConfirmations(database: Database, grantKey: string, citizen: string): Promise<ConfirmationRow[] | typeof stale> {
  return throughDoor<ConfirmationRow>(database, grantKey, 'read-confirmations',
    'select c.id, c.version, c.confirmed_at as at, c.organisation, c.person_name as person from readable_confirmation c where c.citizen_id = any(citizens_now(array[$1::uuid])) order by c.confirmed_at desc limit 1000', [citizen],
    'q.at desc, q.id');
}

/** Who found it right is kept by id and by name; false when this version was found right since `since` already. */
export async function saveConfirmation(
  connection: Connection, { citizen, id, version, at, organisation, person }: Omit<ConfirmationRow, 'person'> & { citizen: string; person: { id: string; name: string } }, since: Date,
): Promise<boolean> {
  await connection.query('select 1 from citizen_row where citizen_id = $1 and id = $2 for update', [citizen, id]);
  const { rows } = await connection.query(
    `insert into confirmation (citizen_id, id, version, confirmed_at, organisation, person, person_name)
     select $1::uuid, $2::uuid, $3::int, $4::timestamptz, $5, $6, $7
     where exists (select 1 from citizen_row r where r.citizen_id = $1 and r.id = $2 and r.version = $3 and not r.deleted)
       and not exists (select 1 from confirmation c where c.citizen_id = $1 and c.id = $2 and c.version = $3 and c.confirmed_at >= $8)
     returning id`, [citizen, id, version, at, organisation, person.id, person.name, since]);
  return rows.length > 0;
}

/** What one organisation's people found still right in one month: how many facts, of how many citizens. */
export interface ConfirmationCount {
  organisation: string;
  /** `2026-11`, of London's calendar */
  month: string;
  facts: number;
  people: number;
}

/** Of everybody, since an instant, the newest month first. Names nobody; who may be told which counts is for the caller to judge. */
export function countConfirmations(database: Database, since: Date): Promise<ConfirmationCount[]> {
  return database.query<ConfirmationCount & Record<string, unknown>>(
    `select organisation, to_char(confirmed_at at time zone 'Europe/London', 'YYYY-MM') as month, count(*)::int as facts, count(distinct citizen_id)::int as people
     from confirmation where confirmed_at >= $1 group by 1, 2 order by 2 desc, 1`, [since]);
}
