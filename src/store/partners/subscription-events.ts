import type { OrganisationKey } from '../../fhir/sharing.ts';
import { subscriptionTopics, type SubscriptionTopicCode } from '../../fhir/subscription-topics.ts';
import type { Connection, Database } from '../database.ts';

/** Types whose rows something is told of. */
export const typesToldOf: readonly string[] = [...new Set(subscriptionTopics.map(({ focus }) => focus))];
/** Nobody keeps what nobody waits for. */
export const somebodySubscribed = `exists (select from subscription where status <> 'off')`;

/** A version as it was stored, or a source Patient that was moved to another citizen. */
export interface Happened {
  kind: string;
  id: string;
  at: Date;
  /** of the version, and of the one before it */
  now: string | null;
  before: string | null;
  /** organisations of subscribers to something with a live relationship with the person */
  organisations: OrganisationKey[];
}

/**
 * Takes the next things that happened, in order, each once: they are gone when the transaction ends, and others take
 * others. With them the organisations that subscribe to anything and care for the person now.
 */
export async function takeHappened(connection: Connection, limit: number): Promise<Happened[]> {
  const { rows } = await connection.query<Happened>(
    `with taken as (delete from happened where seq in (select seq from happened order by seq limit $1 for update skip locked) returning *)
     select t.kind, t.id, t.at, v.body as now, b.body as before, array(select distinct x.organisation from relationship x
       where x.citizen_id = r.citizen_id and x.until > statement_timestamp() and exists (select from subscription s where s.organisation = x.organisation and s.status <> 'off')) as organisations
     from taken t join citizen_row r on r.id = t.id left join citizen_version v on v.citizen_id = r.citizen_id and v.id = t.id and v.version = t.version
       left join citizen_version b on b.citizen_id = r.citizen_id and b.id = t.id and b.version = t.version - 1 order by t.seq`, [limit]);
  return rows;
}

/** An event for the subscribers of one topic. */
export interface NewEvent {
  topic: SubscriptionTopicCode;
  focus: string;
  at: Date;
  /** whose subscriptions */
  organisations: readonly OrganisationKey[];
}

/** Keeps events for whoever subscribes to them, and has them told. */
export async function saveEvents(connection: Connection, events: readonly NewEvent[]): Promise<void> {
  const each = events.flatMap(({ organisations, ...event }) => organisations.map((organisation) => ({ ...event, organisation })));
  if (each.length === 0) return;
  await connection.query(
    `with e as (select * from unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[]) with ordinality as e(topic, focus, at, organisation, i)),
       kept as (insert into subscription_event (subscription_id, focus, at) select s.id, e.focus, e.at from e join subscription s on s.topic = e.topic and s.organisation = e.organisation and s.status <> 'off' order by e.i returning subscription_id)
     update subscription s set due_at = least(s.due_at, statement_timestamp()) where s.failures = 0 and s.id in (select subscription_id from kept)`,
    [each.map(({ topic }) => topic), each.map(({ focus }) => focus), each.map(({ at }) => at), each.map(({ organisation }) => organisation)]);
}

/** Something that may be told; without a number it never was. */
export interface PendingEvent {
  seq: string;
  n: string | null;
  focus: string;
  at: Date;
}

/** The next ones the receiver has not taken, those with a number first. */
export async function findPendingEvents(database: Database, subscription: string, limit: number): Promise<PendingEvent[]> {
  return database.query<PendingEvent & { [column: string]: unknown }>(
    `select e.seq, e.n, e.focus, e.at from subscription_event e join subscription s on s.id = e.subscription_id
     where e.subscription_id = $1 and (e.n is null or e.n > s.acknowledged) order by e.n nulls last, e.seq limit $2`, [subscription, limit]);
}

/** Of those with a number, both ends included. */
export async function findNumberedEvents(database: Database, subscription: string, [since, until]: readonly [number, number], limit: number): Promise<PendingEvent[]> {
  return database.query<PendingEvent & { [column: string]: unknown }>(
    'select seq, n, focus, at from subscription_event where subscription_id = $1 and n between $2 and $3 order by n limit $4', [subscription, since, until, limit]);
}

/** Gives those of these that have none the next numbers, in their order, and forgets those that may not be told. Returns the number of each; null where the claim is over, and nothing is changed. */
export async function numberEvents(database: Database, { id, lease }: { id: string; lease: string }, told: readonly string[], untold: readonly string[]): Promise<Map<string, number> | null> {
  return database.transaction(async (connection) => {
    const { rows: [held] } = await connection.query<{ numbered: string }>('select numbered from subscription where id = $1 and leased_until = $2::timestamptz for update', [id, lease]);
    if (!held) return null;
    await connection.query('delete from subscription_event where subscription_id = $1 and seq = any ($2::bigint[]) and n is null', [id, untold]);
    const { rows } = await connection.query<{ seq: string; n: string }>(
      `with fresh as (select seq, row_number() over (order by t.i) as i from unnest($2::bigint[]) with ordinality t(seq, i) join subscription_event e using (seq) where e.subscription_id = $1 and e.n is null)
       update subscription_event e set n = $3::bigint + fresh.i from fresh where e.subscription_id = $1 and e.seq = fresh.seq returning e.seq, e.n`, [id, told, held.numbered]);
    await connection.query('update subscription set numbered = numbered + $2 where id = $1', [id, rows.length]);
    return new Map(rows.map(({ seq, n }) => [seq, Number(n)]));
  });
}

/** What happened longer ago than this is not told any more. */
export async function deleteOldEvents(database: Database, days: number): Promise<void> {
  await database.query('delete from subscription_event where at < statement_timestamp() - make_interval(days => $1)', [days]);
}
