import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { notificationBundle, type NotificationType, type NotifiedEvent } from '../../fhir/subscription-notification.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { readListed } from '../../store/door/read-rows.ts';
import { findPendingEvents, numberEvents, type PendingEvent } from '../../store/partners/subscription-events.ts';
import { settleSubscription, type ClaimedSubscription, type Settled, type SubscriptionRow } from '../../store/partners/subscriptions.ts';
import { auditFacts } from '../audit-facts.ts';
import { explainRelease } from '../explain-release.ts';
import { openPage } from '../page-token.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext } from '../release-context.ts';
import { restateSubscription } from './restate-subscription.ts';

/** Posts a notification to an address that may be one; null: taken, else a stable code. */
export type PostHook = (hook: { url: string; headers: readonly string[]; contentType: string; body: string; timeoutMs: number }) => Promise<string | null>;

export interface TellContext extends ReleaseContext {
  /** FHIR base, without trailing slash */
  base: string;
  post: PostHook;
  /** only clients of the registry are told */
  registeredOnly: boolean;
  /** of the first pause after a failure; each is twice as long as the one before */
  firstPauseSeconds?: number;
}

/** Tried so often in a row, up to an hour apart; then the subscription is in error until its owner asks for it again. */
const mostFailures = 10;
const longestPauseSeconds = 3_600;

/**
 * THE STORY of a notification: a handshake first → what happened → what of it this subscriber may see at this moment, through
 * the one door → audit (durable) → its numbers → sent → what came of it. Nothing happened: a heartbeat, where one is due.
 */
export async function tellSubscriber(context: TellContext, subscription: ClaimedSubscription): Promise<void> {
  if (subscription.status === 'requested') return shakeHands(context, subscription);
  const { heartbeat, mostEvents } = subscription;
  const pending = await findPendingEvents(context.database, subscription.id, mostEvents);
  const disclosed = await disclose(context, subscription, pending);
  if (!disclosed) return; // it was ended or changed meanwhile: whoever has it now begins anew
  const { events, numbered } = disclosed;
  // what happened while a retry was under way made nothing due, because the receiver was failing: so there is a look at once
  const dueInSeconds = pending.length === mostEvents || subscription.failures > 0 ? 0 : heartbeat;
  const quiet = events.length === 0 && !(pending.length === 0 && subscription.idle);
  const failed = quiet ? null : await send(context, { ...subscription, numbered }, events.length > 0 ? 'event-notification' : 'heartbeat', events);
  const acknowledged = events.at(-1)?.n ?? Math.max(0, ...pending.map(({ n }) => Number(n ?? 0)));
  await settle(context, subscription, failed === null ? { status: 'active', error: null, failures: 0, acknowledged, dueInSeconds, sent: !quiet } : afterFailure(context, subscription, failed));
}

/** Once: an address that does not answer is for its owner to mend. */
async function shakeHands(context: TellContext, subscription: ClaimedSubscription): Promise<void> {
  const failed = await send(context, subscription, 'handshake', []);
  const settled = { failures: 0, acknowledged: 0, sent: true };
  await settle(context, subscription, failed === null ? { ...settled, status: 'active', error: null, dueInSeconds: 0 } : { ...settled, status: 'error', error: failed, dueInSeconds: null });
}

function afterFailure({ firstPauseSeconds = 5 }: TellContext, { failures }: SubscriptionRow, failed: string): Settled {
  const settled = { failures: failures + 1, acknowledged: 0, sent: false };
  if (settled.failures >= mostFailures) return { ...settled, status: 'error', error: failed, dueInSeconds: null };
  return { ...settled, status: 'active', error: null, dueInSeconds: Math.min(firstPauseSeconds * 2 ** failures, longestPauseSeconds) };
}

/** What may be told now, durable in the log before it has a number. What may not be seen and never had a number is forgotten. Null where the claim is over. */
async function disclose(context: TellContext, subscription: ClaimedSubscription, pending: readonly PendingEvent[]): Promise<{ events: NotifiedEvent[]; numbered: number } | null> {
  const { requester, numbered, content } = subscription;
  if (pending.length === 0) return { events: [], numbered };
  const visible = await visibleFoci(context, subscription, pending);
  const told = pending.filter(({ focus }) => visible.rows.has(focus));
  const fresh = (events: readonly PendingEvent[]): string[] => events.flatMap(({ seq, n }) => (n === null ? [seq] : []));
  const rows = told.flatMap(({ focus }) => visible.rows.get(focus) ?? []);
  if (told.length > 0) {
    const facts = auditFacts(context, requester, { id: context.newId() }, { interaction: 'notify', query: `Subscription/${subscription.id}`, status: 200 });
    const entry = describeDisclosure(facts, content === 'empty' ? { disclosed: [], decisions: [] } : visible.explained(rows));
    await appendOrRefuse(context, { ...entry, listed: [...new Set(rows.flatMap(({ citizen }) => citizen ?? []))].sort() });
  }
  const numbers = await numberEvents(context.database, subscription, fresh(told), fresh(pending.filter((event) => !told.includes(event))));
  if (!numbers) return null;
  const events = told.flatMap(({ seq, n: known, at, focus }) => {
    const n = known === null ? numbers.get(seq) : Number(known);
    return n === undefined ? [] : [{ n, at, focus: focusOf(visible.rows.get(focus)) }];
  });
  return { events, numbered: numbered + numbers.size };
}

/** The rows of events that this subscriber may see at this moment. */
export async function visibleFoci({ policy, database }: ReleaseContext, { requester }: Pick<SubscriptionRow, 'requester'>, events: readonly PendingEvent[]) {
  const { held, result } = await policy.under(requester, ({ grant }) => readListed(database, grant.key, events.map(({ focus }) => focus)));
  return { rows: new Map(result.map((row) => [row.id, row])), explained: (rows: readonly VisibleRow[]) => explainRelease(held, rows, []) };
}

/** Of a person the citizen, under the id of now. */
export function focusOf(row: VisibleRow | undefined): string {
  if (!row) throw new Error('an event without its focus');
  return row.type === 'Patient' ? `Patient/${row.citizen ?? ''}` : `${row.type}/${row.id}`;
}

async function send(context: TellContext, subscription: SubscriptionRow, type: NotificationType, events: readonly NotifiedEvent[]): Promise<string | null> {
  const opened = openPage(context.secrets.page, subscription.requester, subscription.headers);
  if ('problem' in opened) return 'subscription-headers-lost';
  const body = notificationBundle(context.base, { ...subscription, events: subscription.numbered }, type, { id: context.newId(), at: context.clock() }, events);
  return context.post({ url: subscription.endpoint, headers: opened.state as string[], contentType: subscription.payload, body: JSON.stringify(body), timeoutMs: subscription.timeout * 1000 });
}

/** What came of it; where that changes its status, the resource says so. */
async function settle(context: TellContext, subscription: ClaimedSubscription, settled: Settled): Promise<void> {
  await context.database.transaction(async (connection) => {
    if (await settleSubscription(connection, subscription, settled) && settled.status !== subscription.status) await restateSubscription(context, connection, { id: subscription.id, client: subscription.requester.client }, settled);
  });
}
