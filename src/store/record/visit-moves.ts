import type { AboutKey } from '../../intake/fold-keys.ts';
import type { Connection } from '../database.ts';

/** A visit, or an account of visits, as a feed names it. */
export interface VisitAddress extends AboutKey {
  feed: string;
}

/** What is said of the one is said of the other. */
export interface VisitMove extends VisitAddress {
  toKey: string;
  toId: string;
  decision: string;
}

const columns = 'm.feed, m.name, m.person_key as "personKey", m.number as id, m.to_key as "toKey", m.to_number as "toId", m.decision';
const addressed = 'unnest($1::text[], $2::text[], $3::text[], $4::text[]) as a(feed, name, person_key, number)';
const addresses = (visits: readonly VisitAddress[]): string[][] => [visits.map(({ feed }) => feed), visits.map(({ name }) => name), visits.map(({ personKey }) => personKey), visits.map(({ id }) => id)];

/** Every move that has to do with these visits, over however many others. */
export async function loadVisitMoves(connection: Connection, visits: readonly VisitAddress[]): Promise<VisitMove[]> {
  if (visits.length === 0) return [];
  const { rows } = await connection.query<VisitMove>(
    `with recursive near as (
       select * from ${addressed}
       union
       select n.feed, n.name, e.person_key, e.number from near n
         cross join lateral (
           select o.* from visit_move o where o.feed = n.feed and o.name = n.name and o.person_key = n.person_key and o.number = n.number
           union all
           select i.* from visit_move i where i.feed = n.feed and i.name = n.name and i.to_key = n.person_key and i.to_number = n.number) m
         cross join lateral (values (m.person_key, m.number), (m.to_key, m.to_number)) e(person_key, number))
     select ${columns} from near join visit_move m using (feed, name, person_key, number)`, addresses(visits));
  return rows;
}

/** People of a feed whose visits moved to or from these. */
export async function loadMovedWith(connection: Connection, feed: string, keys: readonly string[]): Promise<string[]> {
  const { rows } = await connection.query<{ key: string }>(
    `select to_key as key from visit_move where feed = $1 and person_key = any ($2::text[]) union select person_key from visit_move where feed = $1 and to_key = any ($2::text[])`, [feed, keys]);
  return rows.map(({ key }) => key);
}

export async function saveVisitMoves(connection: Connection, moves: readonly VisitMove[]): Promise<void> {
  if (moves.length === 0) return;
  await connection.query(
    `insert into visit_move (feed, name, person_key, number, to_key, to_number, decision)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[]) on conflict do nothing`,
    [...addresses(moves), moves.map((m) => m.toKey), moves.map((m) => m.toId), moves.map((m) => m.decision)]);
}

/** These visits are where messages name them again. */
export async function endVisitMoves(connection: Connection, visits: readonly VisitAddress[]): Promise<void> {
  await connection.query(`delete from visit_move m using ${addressed} where (m.feed, m.name, m.person_key, m.number) = (a.feed, a.name, a.person_key, a.number)`, addresses(visits));
}

/** What one decision moved is said where it is named again. */
export async function endMovesOf(connection: Connection, decision: string): Promise<void> {
  await connection.query('delete from visit_move where decision = $1', [decision]);
}

/** What one decision moved. */
export async function loadMovesOf(connection: Connection, decision: string): Promise<VisitMove[]> {
  const { rows } = await connection.query<VisitMove>(`select ${columns} from visit_move m where decision = $1`, [decision]);
  return rows;
}
