import type { Bundle, BundleEntry, Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { SubscriptionTopicCode } from './subscription-topics.ts';
import { subscriptionTopics } from './subscription-topics.ts';

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';

/** A subscription as a notification tells of it. */
export interface NotifyingSubscription {
  id: string;
  topic: SubscriptionTopicCode;
  status: 'requested' | 'active' | 'error' | 'off';
  content: 'empty' | 'id-only';
  /** events since it began: those that have a number */
  events: number;
  /** why it is in error: a code of hook-failure */
  error: string | null;
}

export type NotificationType = 'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';

export interface NotifiedEvent {
  n: number;
  at: Date;
  /** `Type/id` */
  focus: string;
}

/** SubscriptionStatus in R4: Parameters by the profile of the R5 Subscriptions Backport. Numbers are strings there, because they have 64 bits. */
export function subscriptionStatus(base: string, { id, topic, status, content, events, error }: NotifyingSubscription, type: NotificationType, notified: readonly NotifiedEvent[] = []): Parameters {
  const canonical = subscriptionTopics.find(({ code }) => code === topic)?.url ?? '';
  return {
    resourceType: 'Parameters', meta: { profile: [`${backport}/backport-subscription-status-r4`] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${id}` } },
      ...(content === 'empty' ? [] : [{ name: 'topic', valueCanonical: canonical }]),
      { name: 'status', valueCode: status }, { name: 'type', valueCode: type }, { name: 'events-since-subscription-start', valueString: String(events) },
      ...notified.map((event): ParametersParameter => ({ name: 'notification-event', part: [
        { name: 'event-number', valueString: String(event.n) }, { name: 'timestamp', valueInstant: event.at.toISOString() },
        ...(content === 'empty' ? [] : [{ name: 'focus', valueReference: { reference: `${base}/${event.focus}` } }]),
      ] })),
      ...(error === null ? [] : [{ name: 'error', valueCodeableConcept: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/hook-failure', code: error }] } }]),
    ],
  };
}

/** A notification: a history Bundle of the status and, for id-only, one entry for each focus, without the resource. */
export function notificationBundle(base: string, subscription: NotifyingSubscription, type: NotificationType, facts: { id: string; at: Date }, notified: readonly NotifiedEvent[] = []): Bundle {
  const foci = subscription.content === 'empty' ? [] : [...new Set(notified.map(({ focus }) => focus))];
  return {
    resourceType: 'Bundle', id: facts.id, meta: { profile: [`${backport}/backport-subscription-notification-r4`] }, type: 'history', timestamp: facts.at.toISOString(),
    entry: [
      { fullUrl: `urn:uuid:${facts.id}`, resource: subscriptionStatus(base, subscription, type, notified), request: { method: 'GET', url: `Subscription/${subscription.id}/$status` }, response: { status: '200' } },
      ...foci.map((focus): BundleEntry => ({ fullUrl: `${base}/${focus}`, request: { method: 'GET', url: focus }, response: { status: '200' } })),
    ],
  };
}
