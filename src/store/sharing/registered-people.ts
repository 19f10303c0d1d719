import type { Database } from '../database.ts';
import { relationshipNumber } from '../door/grants.ts';

/** Somebody whose record may be asked for at their practice. */
export interface RegisteredPerson {
  citizen: string;
  nhsNumber: string;
}

/**
 * The next citizens, after `after` in the order of their ids, who are registered with this organisation now and whose one NHS
 * number some partner has traced. Who has two, or whose location is hidden, is
 * passed over. `last`: after whom the next ones come; null when these are the last.
 */
export async function nextRegistered(database: Database, { organisation, after, most, now }: { organisation: string; after: string | null; most: number; now: Date }): Promise<{ people: RegisteredPerson[]; last: string | null }> {
  const rows = await database.query<{ citizen: string; hidden: boolean; numbers: string[] | null }>(
    `with registered as materialized (
       select distinct r.citizen_id from relationship r where r.organisation = $1 and r.kind = $2 and r.until > $3 and r.citizen_id > $4 order by r.citizen_id limit $5)
     select c.citizen_id as citizen, c.location_hidden as hidden, (select array_agg(distinct p.facts->>'nhsNumber') from source_person p
       where p.citizen_id = c.citizen_id and p.facts->>'nhsNumberStatus' = '01') as numbers
     from registered join citizen c using (citizen_id) order by 1`,
    [organisation, relationshipNumber('registration'), now, after ?? '00000000-0000-0000-0000-000000000000', most]);
  const people = rows.flatMap(({ citizen, hidden, numbers }) => (!hidden && numbers?.length === 1 && numbers[0] ? [{ citizen, nhsNumber: numbers[0] }] : []));
  return { people, last: rows.length < most ? null : rows.at(-1)?.citizen ?? null };
}
