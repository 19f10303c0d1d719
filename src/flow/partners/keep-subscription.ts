import { readsWholeRecord } from '../../consent/reads-whole-record.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { asksForKept, keptHeaders, readSubscription, withoutSecrets, type ReadSubscription } from '../../fhir/read-subscription.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Connection } from '../../store/database.ts';
import { findClient } from '../../store/partners/oauth-clients.ts';
import { isUuid } from '../../store/secrets.ts';
import { loadSharedRows } from '../../store/shared-rows.ts';
import { deleteSubscription, findSubscriptions, holdSubscription, saveSubscription, type SubscriptionRow } from '../../store/partners/subscriptions.ts';
import { versionDiffers } from '../writing/name-writes.ts';
import { openPage, sealPage } from '../page-token.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { endSubscriptionResource, saveSubscriptionResource } from './restate-subscription.ts';

export interface SubscriptionContext extends ReleaseContext {
  validate: (resource: JsonObject) => Problem[];
  /** whether notifications may be sent there at all */
  checkHook: (endpoint: string) => Problem | null;
  /** only clients of the registry: what else somebody's issuer calls a client could never be switched off here */
  registeredOnly: boolean;
  /** there is somebody to be told */
  wakeTelling: () => void;
}

/** Subscriptions of one client. */
const mostSubscriptions = 50;

/** A Subscription as its client has it now. */
export interface KeptSubscription {
  id: string;
  version: number;
}

/**
 * THE STORY of a Subscription: is this a system → is it valid R4, and something that is offered → audit (durable) → kept, with a
 * resource for its client. The handshake comes soon after; until then it is `requested`.
 */
export async function createSubscription(context: SubscriptionContext, requester: Requester, resource: JsonObject, request: RequestFacts): Promise<KeptSubscription> {
  const read = readWanted(context, requester, resource);
  await checkRegistered(context, requester);
  const id = context.newId();
  await appendAct(context, requester, request, { interaction: 'create', query: 'Subscription', status: 201 });
  const version = await context.database.transaction((connection) => keep(context, connection, requester, { id, resource, read, standing: undefined }));
  context.wakeTelling();
  return { id, version };
}

/** Changed, or asked for again after an error: it begins with a handshake, and goes on with its numbers. */
export async function updateSubscription(context: SubscriptionContext, requester: Requester, id: string, ifMatch: number | undefined, resource: JsonObject, request: RequestFacts): Promise<KeptSubscription> {
  const read = readWanted(context, requester, resource);
  await findOwn(context, requester, id);
  await checkRegistered(context, requester);
  await appendAct(context, requester, request, { interaction: 'update', query: `Subscription/${id}`, status: 200 });
  const version = await context.database.transaction(async (connection) => {
    const standing = await holdSubscription(connection, id);
    if (!standing) throw new Refusal(notFound);
    if (standing.topic !== read.topic) throw new Refusal(topicStays);
    const current = (await loadSharedRows(connection, [id])).get(id)?.version;
    if (ifMatch !== undefined && ifMatch !== current) throw new Refusal(versionDiffers);
    return keep(context, connection, requester, { id, resource, read, standing });
  });
  context.wakeTelling();
  return { id, version };
}

/** Ends it: nothing is told from now on, and nothing is kept to be told. */
export async function endOwnSubscription(context: SubscriptionContext, requester: Requester, id: string, request: RequestFacts): Promise<void> {
  checkSystem(requester);
  await findOwn(context, requester, id);
  await appendAct(context, requester, request, { interaction: 'delete', query: `Subscription/${id}`, status: 204 });
  await context.database.transaction(async (connection) => {
    await deleteSubscription(connection, id);
    await endSubscriptionResource(context, connection, id);
  });
}

/** A client's own; anybody else's is not there. */
export async function findOwn({ database }: Pick<ReleaseContext, 'database'>, requester: Requester, id: string): Promise<SubscriptionRow> {
  const [own] = isUuid(id) && id === id.toLowerCase() ? await findSubscriptions(database, requester, [id]) : [];
  if (!own) throw new Refusal(notFound);
  return own;
}

function readWanted({ validate, checkHook, clock }: SubscriptionContext, requester: Requester, resource: JsonObject): ReadSubscription {
  checkSystem(requester);
  if (!readsWholeRecord(requester.scopes)) throw new Refusal(scopeTooNarrow);
  const read = readSubscription(resource);
  if ('problems' in read) throw new Refusal(...read.problems);
  const { meta: _meta, ...content } = resource; // it may claim the profile of the backport, which is held against it above
  const wrong = validate(content).filter(({ severity = 'error' }) => severity === 'error').map((problem): Problem => ({ ...problem, category: 'unprocessable' }));
  const hook = checkHook(read.subscription.endpoint);
  const over = read.subscription.end !== null && new Date(read.subscription.end) <= clock();
  const problems = [...wrong, ...(hook ? [hook] : []), ...(over ? [ended] : [])];
  if (problems.length > 0) throw new Refusal(...problems);
  return read.subscription;
}

/** Where somebody else's issuer names clients too. */
async function checkRegistered({ database, registeredOnly }: SubscriptionContext, { client, organisation }: Requester): Promise<void> {
  const registered = registeredOnly ? await findClient(database, client) : null;
  if (registeredOnly && (registered?.enabled !== true || registered.organisation !== organisation)) throw new Refusal(notRegistered);
}

export function checkSystem({ role, person }: Requester): void {
  if (role !== 'integration' || person) throw new Refusal(systemsOnly);
}

async function keep(
  context: SubscriptionContext, connection: Connection, requester: Requester,
  { id, resource, read: { headers, end, wanted, ...read }, standing }: { id: string; resource: JsonObject; read: ReadSubscription; standing: SubscriptionRow | undefined },
): Promise<number> {
  const opened = standing && openPage(context.secrets.page, standing.requester, standing.headers);
  const known = opened && 'state' in opened ? opened.state as string[] : [];
  if (asksForKept(headers) && (!standing || new URL(standing.endpoint).origin !== new URL(read.endpoint).origin)) throw new Refusal(headerKept);
  const status = wanted ? 'requested' : 'off';
  const row = { ...read, id, requester, status, endsAt: end === null ? null : new Date(end), headers: sealPage(context.secrets.page, requester, keptHeaders(headers, known)) } as const;
  if (!await saveSubscription(connection, row, mostSubscriptions)) throw new Refusal(tooMany);
  return saveSubscriptionResource(context, connection, requester.client, id, withoutSecrets(resource, status, null));
}

const systemsOnly: Problem = { category: 'forbidden', code: 'subscription-systems-only', text: 'A subscription is for a system that acts by itself.', expected: 'the token of an organisation\'s system client, with system/Subscription.cruds beside a scope that reads every type, such as system/*.rs' };
const scopeTooNarrow: Problem = { category: 'forbidden', code: 'subscription-scope', text: 'This token could not read what it would be told of, so nothing would ever be told.', expected: 'system/*.rs beside system/Subscription.cruds' };
const notRegistered: Problem = { category: 'forbidden', code: 'subscription-unregistered', text: 'This client is not in the gateway\'s registry, where it could be switched off.', expected: 'a client registered with onestory client add', fix: 'Have the client registered, and get the token from the gateway\'s own issuer.' };
const headerKept: Problem = { category: 'unprocessable', code: 'subscription-header-kept', text: 'A header\'s value stands for the one that was sent before, which goes nowhere else than where it went.', at: { pointer: '/channel/header' }, expected: 'the values themselves, where the endpoint is of another origin or the Subscription is new' };
const topicStays: Problem = { category: 'unprocessable', code: 'subscription-topic', text: 'A subscription keeps its topic: what waits to be told is of it.', at: { pointer: '/criteria' }, expected: 'the topic it was made with', fix: 'Make another subscription for another topic.' };
const ended: Problem = { category: 'unprocessable', code: 'subscription-ended', text: 'The subscription would end before it began.', at: { pointer: '/end' }, expected: 'an instant to come, or none' };
const tooMany: Problem = { category: 'throttled', code: 'subscription-too-many', text: 'This client has as many subscriptions as it may have.', expected: `at most ${mostSubscriptions}`, fix: 'Delete those that are done with.' };
