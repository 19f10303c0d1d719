import type { KnownPerson, Watched } from '../../audit/cases/odd-looks.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection } from '../database.ts';

/** What partners say of these citizens, under the ids they are asked by, and who says it; where the location is hidden there is no home. `custodianOf` tells whose a feed is. */
export async function loadKnownPeople(connection: Connection, citizens: readonly string[], custodianOf: (feed: string) => string): Promise<Map<string, KnownPerson>> {
  if (citizens.length === 0) return new Map();
  const { rows } = await connection.query<{ citizen: string; hidden: boolean; feed: string; facts: PersonFacts }>(
    `with asked as (select c as citizen, coalesce(a.now_id, c) as now_id from unnest($1::uuid[]) c left join citizen_alias a on a.citizen_id = c)
     select k.citizen, c.location_hidden as hidden, p.feed, p.facts from asked k join citizen c on c.citizen_id = k.now_id join source_person p on p.citizen_id = k.now_id`, [citizens]);
  const people = new Map<string, { names: KnownPerson['names'][number][]; homes: KnownPerson['homes'][number][] }>();
  for (const { citizen, hidden, feed, facts } of rows) {
    const known = people.get(citizen) ?? { names: [], homes: [] };
    const [given = '', by] = [facts.given[0], custodianOf(feed)];
    for (const family of [facts.family, ...facts.otherFamily]) if (family !== undefined) known.names.push({ family, given, by });
    if (!hidden && facts.postcode !== undefined && facts.house !== undefined) known.homes.push({ home: `${facts.postcode} ${facts.house}`, by });
    people.set(citizen, known);
  }
  return people;
}

/** What stands on the lists about these citizens. */
export async function loadWatched(connection: Connection, citizens: readonly string[]): Promise<Map<string, Watched[]>> {
  if (citizens.length === 0) return new Map();
  const { rows } = await connection.query<Watched & { citizen: string }>(
    `with asked as (select c as citizen, coalesce(a.now_id, c) as now_id from unnest($1::uuid[]) c left join citizen_alias a on a.citizen_id = c),
       every as (select citizen, now_id as id from asked union select k.citizen, a.citizen_id from asked k join citizen_alias a on a.now_id = k.now_id)
     select e.citizen, w.kind, w.organisation as by, w.for_all as "forAll", w.person from every e join watched_citizen w on w.citizen_id = e.id where w.ended_at is null`, [citizens]);
  const watched = new Map<string, Watched[]>();
  for (const { citizen, ...each } of rows) watched.set(citizen, [...(watched.get(citizen) ?? []), each]);
  return watched;
}

/** Which citizens these people are, by the lists of those they work for: `organisation person` → ids. */
export async function loadStaff(connection: Connection, people: readonly { organisation: string; person: string }[]): Promise<Map<string, string[]>> {
  if (people.length === 0) return new Map();
  const { rows } = await connection.query<{ organisation: string; person: string; citizen: string }>(
    `select w.organisation, w.person, w.citizen_id as citizen from unnest($1::text[], $2::text[]) as p(organisation, person)
     join watched_citizen w on w.person = p.person and w.organisation = p.organisation and w.kind = 'staff' and w.ended_at is null`, [people.map(({ organisation }) => organisation), people.map(({ person }) => person)]);
  const staff = new Map<string, string[]>();
  for (const { organisation, person, citizen } of rows) staff.set(`${organisation} ${person}`, [...(staff.get(`${organisation} ${person}`) ?? []), citizen]);
  return staff;
}

/** Emergency access an organisation has left without a review for so many days, and that was not told of yet; the longest first. */
export async function findUnreviewed(connection: Connection, { before, most }: { before: Date; most: number }): Promise<{ keeper: string; citizen: string; organisation: string; person: string; name: string; role: string; reference: string; at: Date; days: number }[]> {
  const { rows } = await connection.query<{ keeper: string; citizen: string; organisation: string; person: string; name: string; role: string; reference: string; at: Date; days: number }>(
    `select v.organisation as keeper, a.citizen_id as citizen, a.organisation, a.person, a.person_name as name, a.role, a.reference, a.from_at as at, floor(extract(epoch from statement_timestamp() - a.from_at) / 86400)::int as days
     from emergency_review v join emergency_access a on a.citizen_id = v.citizen_id and a.id = v.id
     where v.outcome is null and a.from_at <= $1 and not exists (select from odd_look o where o.signal = 'unreviewed-emergency' and o.about = a.reference and o.keeper = v.organisation) order by a.from_at, a.reference limit $2`, [before, most]);
  return rows;
}
