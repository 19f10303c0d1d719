import type { Bundle } from '@medplum/fhirtypes';
import type { Router } from 'express';
import type { JsonObject } from '../../../fhir/json.ts';
import { idDiffers } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { KeptSubscription } from '../../../flow/partners/keep-subscription.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { plainName } from '../plain-name.ts';
import { formParameters } from '../representation.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permit } from './permit.ts';
import { inputInvalid, readPosted } from './read-inputs.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';
import { readVersion } from './write-headers.ts';

export interface SubscriptionServices extends RouteServices {
  base: string;
  limits: ResourceLimits;
  subscriptions: {
    create: (requester: Requester, resource: JsonObject, request: RequestFacts) => Promise<KeptSubscription>;
    update: (requester: Requester, id: string, ifMatch: number | undefined, resource: JsonObject, request: RequestFacts) => Promise<KeptSubscription>;
    end: (requester: Requester, id: string, request: RequestFacts) => Promise<void>;
    status: (requester: Requester, of: { ids: readonly string[] | null; statuses: readonly string[] }, base: string, request: RequestFacts) => Promise<Bundle>;
    events: (requester: Requester, of: { id: string; since: number; until: number }, base: string, request: RequestFacts) => Promise<Bundle>;
  };
}

type Operation = (services: SubscriptionServices, asked: Asked, posted: boolean) => Promise<Reply>;
const operations: readonly [address: string, pattern: string, interaction: string, operation: Operation][] = [
  ['/Subscription/\\$status', 'Subscription/$status', 'subscription-status', status], ['/Subscription/:id/\\$status', 'Subscription/{id}/$status', 'subscription-status', status],
  ['/Subscription/:id/\\$events', 'Subscription/{id}/$events', 'subscription-events', events],
];

/** R5 Subscriptions Backport for R4: http://hl7.org/fhir/uv/subscriptions-backport. What is read and searched is so like everything else. */
export function addSubscriptionRoutes(router: Router, services: SubscriptionServices): void {
  const may = (interaction: 'create' | 'update' | 'delete' | 'read') => (requester: Requester, asked: Asked): Problem | null => permit(interaction)(requester, { ...asked, params: { type: 'Subscription' } });
  router.post('/Subscription', route(services, { interaction: 'create', pattern: 'Subscription', permit: may('create') }, (asked) => create(services, asked)));
  router.put('/Subscription/:id', route(services, { interaction: 'update', pattern: 'Subscription/{id}', permit: may('update') }, (asked) => update(services, asked)));
  router.delete('/Subscription/:id', route(services, { interaction: 'delete', pattern: 'Subscription/{id}', permit: may('delete') }, async (asked) => {
    await services.subscriptions.end(asked.requester, asked.params['id'] ?? '', asked.request);
    return { status: 204 };
  }));
  for (const [address, pattern, interaction, operation] of operations) {
    router.get(address, route(services, { interaction, pattern, permit: may('read') }, (asked) => operation(services, asked, false)));
    router.post(address, route(services, { interaction, pattern, permit: may('read') }, (asked) => operation(services, asked, true)));
  }
}

/** Their addresses with what they take. */
export const subscriptionAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/Subscription', 'Subscription', 'GET, HEAD, POST'], ['/Subscription/:id', 'Subscription/{id}', 'GET, HEAD, PUT, DELETE'],
  ...operations.map(([address, pattern]): [string, string, string] => [address, pattern, 'GET, HEAD, POST']),
];

async function create(services: SubscriptionServices, asked: Asked): Promise<Reply> {
  const { resource } = await readResource(asked, 'Subscription', services.limits);
  const { id, version } = await services.subscriptions.create(asked.requester, resource, asked.request);
  return { status: 201, headers: { Location: `${services.base}/Subscription/${id}/_history/${version}`, ETag: `W/"${version}"` } };
}

async function update(services: SubscriptionServices, asked: Asked): Promise<Reply> {
  const { resource } = await readResource(asked, 'Subscription', services.limits);
  if (resource['id'] !== asked.params['id']) throw new Refusal(idDiffers);
  const { id, version } = await services.subscriptions.update(asked.requester, asked.params['id'] ?? '', readVersion(asked), resource, asked.request);
  return { status: 200, headers: { 'Content-Location': `${services.base}/Subscription/${id}/_history/${version}`, ETag: `W/"${version}"` } };
}

async function status(services: SubscriptionServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { id } = asked.params;
  const given = await inputs(services, asked, posted, id === undefined ? ['id', 'status'] : []);
  const all = (name: string): string[] => given.flatMap(([each, value]) => (each === name ? value.split(',') : []));
  const ids = id === undefined ? all('id') : [id];
  const bundle = await services.subscriptions.status(asked.requester, { ids: ids.length === 0 ? null : ids, statuses: all('status') }, services.base, asked.request);
  return { status: 200, text: JSON.stringify(bundle) };
}

async function events(services: SubscriptionServices, asked: Asked, posted: boolean): Promise<Reply> {
  const given = new Map(await inputs(services, asked, posted, ['eventsSinceNumber', 'eventsUntilNumber', 'content']));
  const number = (name: string, otherwise: number): number => {
    const value = given.get(name);
    if (value !== undefined && !/^\d{1,15}$/.test(value)) throw new Refusal(inputInvalid(name, 'a number of an event'));
    return value === undefined ? otherwise : Number(value);
  };
  const of = { id: asked.params['id'] ?? '', since: number('eventsSinceNumber', 1), until: number('eventsUntilNumber', Number.MAX_SAFE_INTEGER) };
  return { status: 200, text: JSON.stringify(await services.subscriptions.events(asked.requester, of, services.base, asked.request)) };
}

async function inputs(services: SubscriptionServices, asked: Asked, posted: boolean, names: readonly string[]): Promise<[string, string][]> {
  const given = [...asked.query.filter(([name]) => !formParameters.includes(name)), ...(posted ? await readPosted(asked, services.limits) : [])];
  const unknown = given.find(([name]) => !names.includes(name));
  if (unknown) throw new Refusal(inputInvalid(plainName(unknown[0]), names.length === 0 ? 'none' : names.join(', ')));
  return given;
}
