import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';

/** A correction that was asked for and is open: of which version of which record, and the Tasks of both sides. */
export interface Correction {
  citizen: string;
  /** the record */
  id: string;
  type: string;
  version: number;
  element: string;
  owner: OrganisationKey;
  asker: OrganisationKey;
  ownerTask: string;
  askerTask: string;
}

/** False where this organisation's correction of the element is open already. */
export async function saveCorrection(connection: Connection, { citizen, id, type, version, element, owner, asker, ownerTask, askerTask }: Correction): Promise<boolean> {
  const { rows } = await connection.query(
    `insert into correction (citizen_id, id, type, version, element, owner, asker, owner_task, asker_task) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict do nothing returning id`, [citizen, id, type, version, element, owner, asker, ownerTask, askerTask]);
  return rows.length > 0;
}

/** The open correction that this is a Task of, of whichever side. */
export async function findCorrectionOf(database: Database, citizen: string, task: string): Promise<Correction | undefined> {
  const [found] = await database.query<Correction & { [column: string]: unknown }>(
    `select citizen_id as citizen, id, type, version, element, owner, asker, owner_task as "ownerTask", asker_task as "askerTask"
     from correction where citizen_id = $1 and $2 in (owner_task, asker_task)`, [citizen, task]);
  return found;
}

/** Open corrections of records that have a newer version now. */
export function findAnswered(database: Database, limit: number): Promise<Correction[]> {
  return database.query<Correction & { [column: string]: unknown }>(
    `select c.citizen_id as citizen, c.id, c.type, c.version, c.element, c.owner, c.asker, c.owner_task as "ownerTask", c.asker_task as "askerTask"
     from correction c join citizen_row r on r.citizen_id = c.citizen_id and r.id = c.id where r.version > c.version order by c.citizen_id, c.id limit $1`, [limit]);
}

/** It is no longer open; false where another process said so first. */
export async function endCorrection(connection: Connection, { citizen, id, element, asker }: Correction): Promise<boolean> {
  const { rows } = await connection.query('delete from correction where citizen_id = $1 and id = $2 and element = $3 and asker = $4 returning id', [citizen, id, element, asker]);
  return rows.length > 0;
}
