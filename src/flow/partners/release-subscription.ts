import type { Bundle } from '@medplum/fhirtypes';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { notificationBundle, subscriptionStatus } from '../../fhir/subscription-notification.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findNumberedEvents } from '../../store/partners/subscription-events.ts';
import { findSubscriptions } from '../../store/partners/subscriptions.ts';
import { isUuid } from '../../store/secrets.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkSystem, findOwn } from './keep-subscription.ts';
import { appendAct, appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { focusOf, visibleFoci } from './tell-subscriber.ts';

/** Events in one answer; who wants more asks from the last one on. */
const mostEvents = 200;

/** How subscriptions of this client stand: of these ids, or all of them, in these statuses, or any. */
export async function releaseSubscriptionStatus(context: ReleaseContext, requester: Requester, { ids, statuses }: { ids: readonly string[] | null; statuses: readonly string[] }, base: string, request: RequestFacts): Promise<Bundle> {
  checkSystem(requester);
  await appendAct(context, requester, request, { interaction: 'subscription-status', query: 'Subscription/$status', status: 200 });
  const rows = (await findSubscriptions(context.database, requester, ids && ids.filter(isUuid))).filter(({ status }) => statuses.length === 0 || statuses.includes(status));
  return {
    resourceType: 'Bundle', type: 'searchset', total: rows.length,
    ...(rows.length > 0 && { entry: rows.map((row) => ({ fullUrl: `urn:uuid:${row.id}`, resource: subscriptionStatus(base, { ...row, events: row.numbered }, 'query-status'), search: { mode: 'match' as const } })) }),
  };
}

/** Events that were sent, or tried, to be told once more: of those whose focus may still be seen, after an entry. */
export async function releaseSubscriptionEvents(context: ReleaseContext, requester: Requester, { id, since, until }: { id: string; since: number; until: number }, base: string, request: RequestFacts): Promise<Bundle> {
  checkSystem(requester);
  const subscription = await findOwn(context, requester, id);
  const events = await findNumberedEvents(context.database, id, [since, until], mostEvents);
  const { rows, explained } = await visibleFoci(context, { requester }, events);
  const told = events.flatMap((event) => rows.get(event.focus) ?? []);
  const entry = describeDisclosure(auditFacts(context, requester, request, { interaction: 'subscription-events', query: `Subscription/${id}/$events`, status: 200 }), explained(subscription.content === 'empty' ? [] : told));
  await appendOrRefuse(context, { ...entry, listed: [...new Set(told.flatMap(({ citizen }) => citizen ?? []))].sort() });
  const notified = events.flatMap(({ n, at, focus }) => (rows.has(focus) ? [{ n: Number(n), at, focus: focusOf(rows.get(focus)) }] : []));
  return notificationBundle(base, { ...subscription, events: subscription.numbered }, 'query-event', { id: context.newId(), at: context.clock() }, notified);
}
