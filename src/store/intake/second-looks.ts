import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection, Database } from '../database.ts';

export interface SecondLook {
  /** the citizen of now */
  citizen: string;
  id: string;
  facts: PersonFacts;
  /** citizens it is parked with already, or that are parked with it */
  parked: string[];
}

/** Takes people just made known off the list, those waiting longest first. One taker at a time: two would each find the other's. */
export async function takeSecondLooks(connection: Connection, limit: number): Promise<SecondLook[]> {
  const { rows: [lock] } = await connection.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(20140012) as mine');
  if (!lock?.mine) return [];
  const { rows } = await connection.query<SecondLook>(
    `with taken as (delete from second_look where (citizen_id, id) in (select citizen_id, id from second_look order by at, id limit $1) returning id, at)
     select p.citizen_id as citizen, p.id, p.facts,
       array(select v.candidate from link_review v where v.id = p.id union select q.citizen_id from link_review v join source_person q on q.id = v.id where v.candidate = p.citizen_id) as parked
     from taken t join source_person p on p.id = t.id order by t.at, p.id`, [limit]);
  return rows;
}

/** Lets the one go that waits longest: it stays the citizen it was made. */
export async function dropSecondLook(database: Database): Promise<void> {
  await database.query('delete from second_look where (citizen_id, id) in (select citizen_id, id from second_look order by at, id limit 1)');
}
