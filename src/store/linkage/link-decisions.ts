import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection, Database } from '../database.ts';
import { somebodySubscribed } from '../partners/subscription-events.ts';

export interface LinkDecisionRow {
  id: string;
  kind: 'merge' | 'split' | 'keep-apart' | 'same' | 'visit';
  /** merge: the citizen that ended; split: the one that was taken apart; visit: whose it was */
  from: string | null;
  /** merge: the citizen that stays; split: where the source Patients went; visit: whose it is */
  into: string | null;
  /** source Patients it moved, told apart, or moved a visit between */
  persons: string[];
  /** merge: ids that already stood for `from` when it ended; split: ids that went along */
  aliases: string[];
  rule: string | null;
  organisation: string | null;
  person: string | null;
  personName: string | null;
  role: string | null;
  reason: string | null;
  evidence: object | null;
  at: Date;
  undoneBy: string | null;
}

const columns = `id, kind, from_id as "from", into_id as "into", persons, aliases, rule, organisation, person, person_name as "personName", role, reason, evidence, at, undone_by as "undoneBy"`;

export async function saveDecision(connection: Connection, row: Omit<LinkDecisionRow, 'undoneBy'>): Promise<void> {
  await connection.query(
    `insert into link_decision (id, kind, from_id, into_id, persons, aliases, rule, organisation, person, person_name, role, reason, evidence, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [row.id, row.kind, row.from, row.into, row.persons, row.aliases, row.rule, row.organisation, row.person, row.personName, row.role, row.reason, row.evidence && JSON.stringify(row.evidence), row.at]);
  if (row.kind === 'merge' || row.kind === 'split') await connection.query(`insert into happened (kind, id) select $1, unnest($2::uuid[]) where ${somebodySubscribed}`, [row.kind, row.persons]);
}

/** A decision, held until the transaction ends. */
export async function holdDecision(connection: Connection, id: string): Promise<LinkDecisionRow | null> {
  const { rows } = await connection.query<LinkDecisionRow>(`select ${columns} from link_decision where id = $1 for update`, [id]);
  return rows[0] ?? null;
}

/** The newest merge into this citizen that brought exactly these source Patients and stands. */
export async function findMergeOf(connection: Connection, citizen: string, persons: readonly string[]): Promise<LinkDecisionRow | null> {
  const { rows } = await connection.query<LinkDecisionRow>(
    `select ${columns} from link_decision d where kind = 'merge' and undone_by is null and persons @> $2::uuid[] and persons <@ $2::uuid[] and from_id is not null
       and exists (select from citizen_alias a where a.citizen_id = d.from_id and a.now_id = $1) order by n desc limit 1`, [citizen, persons]);
  return rows[0] ?? null;
}

/** The newest merge that brought the one of these source Patients to the other and stands. */
export async function findJoiningMerge(connection: Connection, one: string, other: string): Promise<string | null> {
  const { rows } = await connection.query<{ id: string }>(
    `select id from link_decision where kind = 'merge' and undone_by is null and persons && array[$1, $2]::uuid[] and not persons @> array[$1, $2]::uuid[] order by n desc limit 1`, [one, other]);
  return rows[0]?.id ?? null;
}

export async function markUndone(connection: Connection, id: string, by: string): Promise<void> {
  await connection.query('update link_decision set undone_by = $2 where id = $1', [id, by]);
}

/** A decision about visits, all of which have been moved back; of a decision about people only their visits were. */
export async function markMoveUndone(connection: Connection, id: string, by: string): Promise<void> {
  await connection.query("update link_decision set undone_by = $2 where id = $1 and kind = 'visit'", [id, by]);
}

/** Decisions nobody has told the audit trail of yet, oldest first. */
export async function loadUntold(database: Database, limit: number): Promise<LinkDecisionRow[]> {
  return database.query<LinkDecisionRow & Record<string, unknown>>(`select ${columns} from link_decision where not told order by n limit $1`, [limit]);
}

export async function markTold(database: Database, id: string): Promise<void> {
  await database.query('update link_decision set told = true where id = $1', [id]);
}

/** The citizens these ids stand for now, in their order; an id that stands for none of them stays what it is. */
export async function citizensNow(asked: Connection | Database, ids: readonly string[]): Promise<string[]> {
  const text = 'select coalesce(a.now_id, i.id) as now from unnest($1::uuid[]) with ordinality i(id, n) left join citizen_alias a on a.citizen_id = i.id order by i.n';
  const rows = 'serve' in asked ? await asked.query<{ now: string }>(text, [ids]) : (await asked.query<{ now: string }>(text, [ids])).rows;
  return rows.map(({ now }) => now);
}

export interface HeldCitizen {
  citizen: string;
  traced: boolean;
  hidden: boolean;
}

/** These citizens with the keys of their people, held until the transaction ends: intake writes about neither meanwhile. */
export async function holdCitizens(connection: Connection, citizens: readonly string[]): Promise<Map<string, HeldCitizen>> {
  await connection.query(
    `select pg_advisory_xact_lock(k) from (select distinct ('x' || encode(substring(hash from 1 for 8), 'hex'))::bit(64)::bigint as k
       from person_key where citizen_id = any ($1::uuid[]) order by 1) o`, [citizens]);
  const { rows } = await connection.query<HeldCitizen>(
    'select citizen_id as citizen, traced, location_hidden as hidden from citizen where citizen_id = any ($1::uuid[]) order by citizen_id for update', [citizens]);
  return new Map(rows.map((row) => [row.citizen, row]));
}

/** What is said of everybody who is these citizens. */
export async function loadPersons(connection: Connection, citizens: readonly string[]): Promise<{ citizen: string; id: string; home: string; facts: PersonFacts }[]> {
  const { rows } = await connection.query<{ citizen: string; id: string; home: string; facts: PersonFacts }>(
    'select citizen_id as citizen, id, coalesce(home, citizen_id) as home, facts from source_person where citizen_id = any ($1::uuid[]) order by id', [citizens]);
  return rows;
}

/** Source Patients with the citizen each is now. */
export async function findPersons(connection: Connection, ids: readonly string[]): Promise<{ citizen: string; id: string; facts: PersonFacts }[]> {
  const { rows } = await connection.query<{ citizen: string; id: string; facts: PersonFacts }>('select citizen_id as citizen, id, facts from source_person where id = any ($1::uuid[])', [ids]);
  return rows;
}

/** What their senders call these source Patients. */
export async function findPersonKeys(connection: Connection, ids: readonly string[]): Promise<{ feed: string; personKey: string }[]> {
  const { rows } = await connection.query<{ feed: string; personKey: string }>('select feed, person_key as "personKey" from source_person where id = any ($1::uuid[])', [ids]);
  return rows;
}

/** From now on the one id stands for the other citizen, and whatever stood for it as well. Returns what stood for it before. */
export async function makeAlias(connection: Connection, old: string, now: string): Promise<string[]> {
  const { rows } = await connection.query<{ id: string }>('update citizen_alias set now_id = $2 where now_id = $1 returning citizen_id as id', [old, now]);
  await connection.query('insert into citizen_alias (citizen_id, now_id) values ($1, $2)', [old, now]);
  return rows.map(({ id }) => id);
}

/** The id stands for itself again, and these for it. */
export async function endAlias(connection: Connection, old: string, aliases: readonly string[]): Promise<void> {
  await connection.query('delete from citizen_alias where citizen_id = $1', [old]);
  await connection.query('update citizen_alias set now_id = $1 where citizen_id = any ($2::uuid[])', [old, aliases]);
}

/** Who, and which ids, left since by other decisions: if they are back, it is not by this one. Taking back a later merge brings everybody to where this one put them. */
export async function leftSince(connection: Connection, merge: string): Promise<{ persons: Set<string>; aliases: Set<string> }> {
  const { rows } = await connection.query<{ persons: string[]; aliases: string[] }>(
    `select s.persons, s.aliases from link_decision m join link_decision s on s.kind = 'split' and s.n > m.n and s.persons && m.persons
       and not exists (select from link_decision later where later.undone_by = s.id and later.kind = 'merge' and later.n > m.n)
     where m.id = $1`, [merge]);
  return { persons: new Set(rows.flatMap(({ persons }) => persons)), aliases: new Set(rows.flatMap(({ aliases }) => aliases)) };
}

export async function isAlias(connection: Connection, id: string): Promise<boolean> {
  const { rows } = await connection.query('select 1 from citizen_alias where citizen_id = $1', [id]);
  return rows.length > 0;
}

export async function saveCitizen(connection: Connection, { citizen, traced, hidden }: HeldCitizen, at: Date): Promise<void> {
  await connection.query(
    `insert into citizen (citizen_id, traced, location_hidden, created_at) values ($1, $2, $3, $4)
     on conflict (citizen_id) do update set traced = excluded.traced, location_hidden = excluded.location_hidden`, [citizen, traced, hidden, at]);
}

/** No rule joins any of the one with any of the other. */
export async function saveApart(connection: Connection, decision: string, ones: readonly string[], others: readonly string[]): Promise<void> {
  await connection.query(
    `insert into person_apart (id, other, decision) select p.a, p.b, $1::uuid from (
       select a, b from unnest($2::uuid[]) a, unnest($3::uuid[]) b union select b, a from unnest($2::uuid[]) a, unnest($3::uuid[]) b) p on conflict do nothing`,
    [decision, ones, others]);
}

export async function endApart(connection: Connection, ones: readonly string[], others: readonly string[]): Promise<void> {
  await connection.query('delete from person_apart where (id = any ($1::uuid[]) and other = any ($2::uuid[])) or (id = any ($2::uuid[]) and other = any ($1::uuid[]))', [ones, others]);
}

/** What this decision told apart may be joined again. */
export async function endApartOf(connection: Connection, decision: string): Promise<void> {
  await connection.query('delete from person_apart where decision = $1', [decision]);
}

/** Of these source Patients, whom no rule may join each with. */
export async function loadApart(connection: Connection, ids: readonly string[]): Promise<Map<string, Set<string>>> {
  if (ids.length === 0) return new Map();
  const { rows } = await connection.query<{ id: string; other: string }>('select id, other from person_apart where id = any ($1::uuid[])', [ids]);
  return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, pairs]) => [id, new Set(pairs.map(({ other }) => other))]));
}

/** A source Patient that a decision named before anybody described it goes where the one it was named with is then. */
export async function savePlace(connection: Connection, decision: string, person: string, beside: { id: string; citizen: string }): Promise<void> {
  await connection.query(
    `insert into person_place (id, citizen_id, with_id, decision) values ($1, $2, $3, $4)
     on conflict (id) do update set citizen_id = excluded.citizen_id, with_id = excluded.with_id, decision = excluded.decision`, [person, beside.citizen, beside.id, decision]);
}

/** Returns where it put whom it named. */
export async function endPlaces(connection: Connection, decision: string): Promise<string[]> {
  const { rows } = await connection.query<{ citizen: string }>(`with ended as (delete from person_place where decision = $1 returning *) ${placesNow('ended')}`, [decision]);
  return rows.map(({ citizen }) => citizen);
}

/** This source Patient goes where what is said of it leads. */
export async function endPlace(connection: Connection, person: string): Promise<void> {
  await connection.query('delete from person_place where id = $1', [person]);
}

/** The message is taken up again when one of these source Patients is described. */
export async function waitFor(connection: Connection, { recordId, row }: { recordId: number; row: number }, persons: readonly string[]): Promise<void> {
  await connection.query('insert into joining_wait (id, record_id, row_no) select i, $2, $3 from unnest($1::uuid[]) i on conflict do nothing', [persons, recordId, row]);
}

const placesNow = (places: string): string => `select p.id, coalesce(w.citizen_id, a.now_id, p.citizen_id) as citizen
  from ${places} p left join source_person w on w.id = p.with_id left join citizen_alias a on a.citizen_id = p.citizen_id`;

/** Where each of these source Patients goes that has a place: to a citizen of now. */
export async function loadPlaces(connection: Connection, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await connection.query<{ id: string; citizen: string }>(`${placesNow('person_place')} where p.id = any ($1::uuid[])`, [ids]);
  return new Map(rows.map(({ id, citizen }) => [id, citizen]));
}
