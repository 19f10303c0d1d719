import type { Requester } from '../../fhir/sharing.ts';
import type { SubscriptionTopicCode } from '../../fhir/subscription-topics.ts';
import type { Connection, Database } from '../database.ts';

export interface SubscriptionRow {
  id: string;
  requester: Requester;
  topic: SubscriptionTopicCode;
  endpoint: string;
  /** header lines, sealed */
  headers: string;
  payload: string;
  content: 'empty' | 'id-only';
  /** seconds */
  heartbeat: number | null;
  timeout: number;
  mostEvents: number;
  endsAt: Date | null;
  status: 'requested' | 'active' | 'error' | 'off';
  /** stable code */
  error: string | null;
  /** events with a number, and the last one the receiver took */
  numbered: number;
  acknowledged: number;
  failures: number;
}

const columns = `id, requester, topic, endpoint, headers, payload, content, heartbeat, timeout, most_events as "mostEvents", ends_at as "endsAt", status, error,
  numbered::float8 as numbered, acknowledged::float8 as acknowledged, failures`;

type Kept = Omit<SubscriptionRow, 'numbered' | 'acknowledged' | 'failures' | 'error'>;

/** Keeps what a Subscription asks for, begun anew: its events and numbers stay. False where the client has as many already. */
export async function saveSubscription(connection: Connection, { requester: { token: _token, ...requester }, ...row }: Kept, most: number): Promise<boolean> {
  await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 23))', [requester.client]);
  const { rowCount } = await connection.query(
    `insert into subscription (id, client, organisation, requester, topic, endpoint, headers, payload, content, heartbeat, timeout, most_events, ends_at, status, due_at)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, statement_timestamp()
     where (select count(*) from subscription where client = $2 and id <> $1) < $15
     on conflict (id) do update set requester = excluded.requester, topic = excluded.topic, endpoint = excluded.endpoint, headers = excluded.headers, payload = excluded.payload, content = excluded.content,
       heartbeat = excluded.heartbeat, timeout = excluded.timeout, most_events = excluded.most_events, ends_at = excluded.ends_at, status = excluded.status, error = null, failures = 0, due_at = excluded.due_at, leased_until = null`,
    [row.id, requester.client, requester.organisation, JSON.stringify(requester), row.topic, row.endpoint, row.headers, row.payload, row.content, row.heartbeat, row.timeout, row.mostEvents, row.endsAt, row.status, most]);
  return rowCount === 1;
}

/** A client's own subscriptions. */
export async function findSubscriptions(database: Pick<Database, 'query'>, { client, organisation }: Requester, ids: readonly string[] | null): Promise<SubscriptionRow[]> {
  return database.query<SubscriptionRow & { [column: string]: unknown }>(
    `select ${columns} from subscription where client = $1 and organisation = $2 and ($3::uuid[] is null or id = any ($3)) order by id`, [client, organisation, ids]);
}

/** The same, held until the transaction ends. */
export async function holdSubscription(connection: Connection, id: string): Promise<SubscriptionRow | undefined> {
  const { rows } = await connection.query<SubscriptionRow>(`select ${columns} from subscription where id = $1 for update`, [id]);
  return rows[0];
}

export async function deleteSubscription(connection: Connection, id: string): Promise<void> {
  await connection.query('delete from subscription where id = $1', [id]);
}

/** A subscription somebody works on, until it is settled or the lease is over. */
export interface ClaimedSubscription extends SubscriptionRow {
  lease: string;
  /** nothing was sent for as long as a heartbeat is apart */
  idle: boolean;
}

const isDue = `status in ('requested', 'active') and case when leased_until is null then due_at else leased_until end <= statement_timestamp()`;
/** How many subscriptions of a client may wait for their receivers at a time: one client's silent ones hold nobody else up. */
const mostOfAClient = 2;

/**
 * Takes those that are due for a time: who is killed meanwhile leaves them to others when it is over. A client that was disabled
 * is told nothing until it is enabled; `registeredOnly`: nor is one that is not in the registry.
 */
export async function claimSubscriptions(database: Database, { limit, leaseSeconds, registeredOnly }: { limit: number; leaseSeconds: number; registeredOnly: boolean }): Promise<ClaimedSubscription[]> {
  const rows = await database.query<ClaimedSubscription & { [column: string]: unknown }>(
    `update subscription set due_at = null, leased_until = statement_timestamp() + make_interval(secs => $2) where id in (
       select id from subscription where ${isDue} and id in (
         select id from (select id, client, row_number() over (partition by client order by due_at, id) as nth from subscription where ${isDue}) due
         where nth + (select count(*) from subscription l where l.client = due.client and l.leased_until > statement_timestamp()) <= ${mostOfAClient}
           and coalesce((select c.enabled from oauth_client c where c.id = due.client), not $3))
       order by due_at, id limit $1 for update skip locked) returning ${columns}, leased_until::text as lease,
       coalesce(sent_at + make_interval(secs => heartbeat) <= statement_timestamp(), heartbeat is not null) as idle`, [limit, leaseSeconds, registeredOnly]);
  return rows.map((row) => ({ ...row, requester: { ...row.requester, token: 'subscription' } }));
}

/** Those whose time is over. */
export async function findEndedSubscriptions(database: Database, limit: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(`select id from subscription where ends_at <= statement_timestamp() and status <> 'off' order by ends_at, id limit $1`, [limit]);
  return rows.map(({ id }) => id);
}

export async function endSubscription(connection: Connection, id: string): Promise<void> {
  await connection.query(`update subscription set status = 'off', due_at = null, leased_until = null where id = $1`, [id]);
}

/** What came of telling; `dueInSeconds`: when there is something to do again though nothing happened, null: never. */
export interface Settled extends Pick<SubscriptionRow, 'status' | 'error' | 'failures' | 'acknowledged'> {
  dueInSeconds: number | null;
  sent: boolean;
}

/**
 * Ends a claim, and false where it is over or somebody changed the subscription. What happened meanwhile is due at once, unless the
 * receiver failed: then it waits.
 */
export async function settleSubscription(connection: Connection, { id, lease }: ClaimedSubscription, settled: Settled): Promise<boolean> {
  const { rowCount } = await connection.query(
    `update subscription set status = $3, error = $4, failures = $5, acknowledged = greatest(acknowledged, $6::bigint), leased_until = null, sent_at = case when $8 then statement_timestamp() else sent_at end,
       due_at = case when $5 = 0 then least(due_at, statement_timestamp() + make_interval(secs => $7::float8)) else statement_timestamp() + make_interval(secs => $7::float8) end
     where id = $1 and leased_until = $2::timestamptz`, [id, lease, settled.status, settled.error, settled.failures, settled.acknowledged, settled.dueInSeconds, settled.sent]);
  return rowCount === 1;
}
