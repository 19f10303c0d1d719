import type { GradedPair } from '../../linkage/grade-pair.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection } from '../database.ts';

export interface LinkedPerson {
  citizen: string;
  /** id of the source Patient */
  id: string;
  /** the citizen it was first put at */
  home: string;
  facts: PersonFacts;
}

/** More people under one key than this is a junk key: the rest, in the order of their ids, are not candidates. */
export const candidatesPerKey = 50;

/** Nobody else makes anybody known by these keys, or decides about whom they name, until the transaction ends. In order, so that few wait for each other in a circle. */
export async function holdKeys(connection: Connection, hashes: readonly Buffer[]): Promise<void> {
  if (hashes.length === 0) return;
  await connection.query(
    `select pg_advisory_xact_lock(k) from (select distinct ('x' || encode(substring(h from 1 for 8), 'hex'))::bit(64)::bigint as k
       from unnest($1::bytea[]) as h order by 1) o`, [hashes]);
}

/**
 * Everybody these blocking keys find, with every fact of the citizens found. Holds those of `locked` first, so
 * that two workers who meet the same new person make one citizen of them.
 */
export async function findLinkedPeople(connection: Connection, hashes: readonly Buffer[], locked: readonly Buffer[]): Promise<{ byHash: Map<string, Set<string>>; people: LinkedPerson[] }> {
  if (hashes.length === 0) return { byHash: new Map(), people: [] };
  await holdKeys(connection, locked);
  const { rows: keys } = await connection.query<{ hash: string; citizen_id: string }>(
    `select encode(h.hash, 'hex') as hash, k.citizen_id from (select distinct hash from unnest($1::bytea[]) as h(hash)) h
     join lateral (select distinct citizen_id from person_key p where p.hash = h.hash order by citizen_id limit $2) k on true`, [hashes, candidatesPerKey]);
  const byHash = new Map<string, Set<string>>();
  for (const { hash, citizen_id: citizen } of keys) byHash.set(hash, (byHash.get(hash) ?? new Set()).add(citizen));
  const { rows: people } = await connection.query<LinkedPerson>(
    'select citizen_id as citizen, id, coalesce(home, citizen_id) as home, facts from source_person where citizen_id = any($1::uuid[])', [[...new Set(keys.map((row) => row.citizen_id))]]);
  return { byHash, people };
}

export interface PersonChange {
  citizen: string;
  id: string;
  feed: string;
  /** the sender's person id: rows that waited for this person are taken up again */
  personKey: string;
  rule: string;
  facts: PersonFacts;
  hashes: Buffer[];
  /** why it is this citizen; null: it is the first of it */
  evidence: LinkEvidence | null;
  /** other citizens it may be, for a person to look at */
  possible: PossibleLink[];
}

/** A graded pair as it is kept: levels and bits, no values. Of a link also what agreed by the rule that made it. */
export type LinkEvidence = Pick<GradedPair, 'bits' | 'evidence' | 'held' | 'rule'> & { agreed?: readonly string[] };

export interface PossibleLink {
  candidate: string;
  /** the rule of decideLink that found it */
  rule: string;
  evidence: LinkEvidence | null;
}

/** Makes citizens, and keeps what is said of who they are: of somebody described several times the last, linked as by the first. */
export async function savePeople(connection: Connection, citizens: readonly { citizen: string; traced: boolean }[], changes: readonly PersonChange[], at: Date): Promise<void> {
  if (citizens.length > 0) {
    await connection.query(
      'insert into citizen (citizen_id, traced, created_at) select c.*, $3 from unnest($1::uuid[], $2::boolean[]) as c(citizen_id, traced) on conflict do nothing',
      [citizens.map((c) => c.citizen), citizens.map((c) => c.traced), at]);
  }
  if (changes.length === 0) return;
  const people = lastOfEach(changes);
  await connection.query(
    `insert into source_person (citizen_id, id, feed, person_key, rule, facts, evidence)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[])
     on conflict (citizen_id, id) do update set facts = excluded.facts`,
    [people.map((p) => p.citizen), people.map((p) => p.id), people.map((p) => p.feed), people.map((p) => p.personKey), people.map((p) => p.rule), people.map((p) => JSON.stringify(p.facts)), people.map((p) => jsonOf(p.evidence))]);
  await savePossible(connection, people, at);
  const made = new Set(citizens.map(({ citizen }) => citizen));
  const madeKnown = people.filter(({ citizen, facts }) => made.has(citizen) && facts.identityUnknown !== true);
  if (madeKnown.length > 0) {
    await connection.query('insert into second_look (citizen_id, id, at) select p.*, $3 from unnest($1::uuid[], $2::uuid[]) as p(citizen_id, id) on conflict do nothing', [madeKnown.map((p) => p.citizen), madeKnown.map((p) => p.id), at]);
  }
  const keys = people.flatMap((p) => p.hashes.map((hash) => ({ citizen: p.citizen, id: p.id, hash })));
  const known = people.filter(({ citizen }) => !made.has(citizen));
  await connection.query(replaceKeys,
    [keys.map((k) => k.citizen), keys.map((k) => k.id), keys.map((k) => k.hash), known.map((p) => p.citizen), known.map((p) => p.id)]);
}

/**
 * $1 to $3 the keys people have now; $4 and $5 those of the people who may have had others. An anti join: of `hash <> all (…)` the
 * planner expects no row to be left, and in a table it does not know yet goes through all people for each of its keys.
 */
const replaceKeys = `with gone as (delete from person_key p where (p.citizen_id, p.id) in (select * from unnest($4::uuid[], $5::uuid[]))
    and not exists (select from unnest($3::bytea[]) as h(hash) where h.hash = p.hash))
  insert into person_key (citizen_id, id, hash) select * from unnest($1::uuid[], $2::uuid[], $3::bytea[]) on conflict do nothing`;

/** Parks pairs for a person to look at, each once, whichever of the two it is said of. */
export async function savePossible(connection: Connection, people: readonly Pick<PersonChange, 'citizen' | 'id' | 'possible'>[], at: Date): Promise<void> {
  const pairs = people.flatMap(({ citizen, id, possible }) => possible.map((pair) => ({ citizen, id, ...pair })));
  if (pairs.length === 0) return;
  await connection.query(
    `insert into link_review (citizen_id, id, candidate, rule, bits, evidence, found_at)
     select r.*, $7 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::real[], $6::jsonb[]) as r(citizen_id, id, candidate, rule, bits, evidence)
     where not exists (select from link_review v join source_person p on p.id = v.id where v.candidate = r.citizen_id and p.citizen_id = r.candidate) on conflict do nothing`,
    [pairs.map((p) => p.citizen), pairs.map((p) => p.id), pairs.map((p) => p.candidate), pairs.map((p) => p.rule), pairs.map((p) => p.evidence?.bits ?? null), pairs.map((p) => jsonOf(p.evidence)), at]);
}

/** A pair for a person to look at, found otherwise than by grading. */
export async function saveReview(connection: Connection, pair: { citizen: string; id: string; candidate: string; rule: string }, at: Date): Promise<void> {
  await connection.query('insert into link_review (citizen_id, id, candidate, rule, found_at) values ($1, $2, $3, $4, $5) on conflict do nothing', [pair.citizen, pair.id, pair.candidate, pair.rule, at]);
}

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

function lastOfEach(changes: readonly PersonChange[]): PersonChange[] {
  const last = new Map<string, PersonChange>();
  for (const change of changes) last.set(change.id, { ...change, ...firstWord(last.get(change.id)) });
  return [...last.values()];
}

/** What was decided when the person was first met stays. */
function firstWord(first: PersonChange | undefined): Partial<Pick<PersonChange, 'rule' | 'evidence' | 'possible'>> {
  return first ? { rule: first.rule, evidence: first.evidence, possible: first.possible } : {};
}
