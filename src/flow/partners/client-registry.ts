import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import type { Feed } from '../../intake/types.ts';
import { findClient, listClients, rotateClientKeys, saveClient, setClientEnabled, type ChangeBy, type ClientChange, type RegisteredClient } from '../../store/partners/oauth-clients.ts';
import { checkClient, checkClientKeys, isPurpose, type ClientAsk } from './check-client.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendAct } from '../release-records.ts';

export interface ClientRegistryContext extends ReleaseContext {
  registry: readonly Feed[];
  /** ids of clients that are not in the registry and are somebody all the same */
  ownIds: ReadonlySet<string>;
}

/** A client as those who answer for it see it; keys are public. */
export interface ClientEntry extends Omit<RegisteredClient, 'keys' | 'rotations'> {
  organisationName: string | null;
  keys: { kid: string; addedAt: Date; validUntil: Date | null }[];
  changes: ClientChange[];
}

/** Of a rotation: new keys by value or by address, and until when the old ones count. */
export interface RotationAsk {
  keys: unknown;
  keysUrl: string;
  oldUntil: string;
}

/** A token of a client lives no longer than this: those of people's sign-ins can be renewed for half a day. */
export const longestTokenSeconds = 12 * 3600 + 60;
const mostOverlapDays = 90;
const listedAtOnce = 100;

/** Registers a client: what is said of it is sound → its organisation is known → a feed's name belongs to its sender → audit (durable) → kept. */
export async function addClient(context: ClientRegistryContext, requester: Requester, ask: ClientAsk, request: RequestFacts): Promise<ClientEntry> {
  const problems = [...checkClient(ask), ...(context.directory.has(ask.organisation) ? [] : [organisationUnknown])];
  const checked = ask.keys === null ? { keys: [] } : checkClientKeys(ask.keys);
  if ('problem' in checked) problems.push(checked.problem);
  if (problems.length > 0 || 'problem' in checked) throw new Refusal(...problems);
  checkFeedName(context.registry, ask.id, ask.organisation);
  if (context.ownIds.has(ask.id)) throw new Refusal(nameTaken);
  if (await findClient(context.database, ask.id)) throw new Refusal(nameTaken);
  await note(context, requester, 'client-add', ask.id, 201, request);
  const { keys: _keys, purpose, keysUrl, launchUrl, ...facts } = ask;
  const client = { ...facts, purpose: isPurpose(purpose) ? purpose : null, keysUrl: keysUrl || null, launchUrl: launchUrl || null, keys: checked.keys };
  if (!(await saveClient(context.database, client, by(requester, 'registered')))) throw new Refusal(nameTaken);
  return shown(context, ask.id);
}

/** Clients by id; `next`: the id to go on after. */
export async function showClients(context: ClientRegistryContext, requester: Requester, after: string, request: RequestFacts): Promise<{ clients: ClientEntry[]; next: string | null }> {
  const found = await listClients(context.database, { id: null, after, limit: listedAtOnce + 1 });
  await appendAct(context, requester, request, { interaction: 'client-list', query: 'governance/clients', status: 200 });
  const page = found.slice(0, listedAtOnce);
  return { clients: page.map((client) => entryOf(context, client)), next: found.length > listedAtOnce ? (page.at(-1)?.id ?? null) : null };
}

/** New keys beside the old ones, which count until a stated instant: the partner changes over without an hour nobody can sign in. */
export async function rotateKeys(context: ClientRegistryContext, requester: Requester, id: string, ask: RotationAsk, request: RequestFacts): Promise<ClientEntry> {
  const client = await standing(context, id);
  const oldUntil = readInstant(ask.oldUntil, context.clock());
  const problems = ask.keys === null ? checkClient({ ...askOf(client), keys: null, keysUrl: ask.keysUrl }) : [];
  if ((ask.keys === null) === (ask.keysUrl === '')) problems.push(oneOrOther);
  const checked = ask.keys === null ? { keys: [] } : checkClientKeys(ask.keys);
  if ('problem' in checked) problems.push(checked.problem);
  if (!oldUntil) problems.push(overlapWrong);
  else if (ask.oldUntil !== 'now' && (client.keysUrl !== null || ask.keysUrl !== '')) problems.push(noOverlap);
  if (problems.length > 0 || 'problem' in checked || !oldUntil) throw new Refusal(...problems);
  await note(context, requester, 'client-rotate', id, 200, request);
  if (!(await rotateClientKeys(context.database, id, { keys: checked.keys, keysUrl: ask.keysUrl || null, oldUntil }, by(requester, `old keys until ${oldUntil.toISOString()}`)))) throw new Refusal(kidUsed);
  return shown(context, id);
}

/** Nobody gets a token as this client, and those it has stop counting; or it may ask for new ones again. */
export async function switchClient(context: ClientRegistryContext, requester: Requester, id: string, { enabled, reason }: { enabled: boolean; reason: string }, request: RequestFacts): Promise<ClientEntry> {
  const client = await standing(context, id);
  if (client.enabled === enabled) throw new Refusal(soAlready);
  await note(context, requester, enabled ? 'client-enable' : 'client-disable', id, 200, request);
  if (!(await setClientEnabled(context.database, id, enabled, longestTokenSeconds, by(requester, reason)))) throw new Refusal(soAlready);
  return shown(context, id);
}

/** Somebody lets an app act for them, with these scopes. */
export async function allowApp(context: ClientRegistryContext, requester: Requester, id: string, scopes: readonly string[], request: RequestFacts): Promise<void> {
  await appendAct(context, requester, request, { interaction: 'client-allow', query: `oauth/auth?client_id=${id}&scope=${scopes.join(' ')}`, status: 200 });
}

/** A feed takes what the client of its name sends: nobody but its sender may go by that name. */
function checkFeedName(feeds: readonly Feed[], id: string, organisation: OrganisationKey): void {
  const feed = feeds.find(({ key }) => key === id);
  if (feed && feed.partner.organisation !== organisation) throw new Refusal({ ...nameTaken, text: 'This is the name of a feed of another organisation.' });
}

async function standing({ database }: ClientRegistryContext, id: string): Promise<RegisteredClient> {
  const client = await findClient(database, id);
  if (!client) throw new Refusal(clientUnknown);
  return client;
}

async function shown(context: ClientRegistryContext, id: string): Promise<ClientEntry> {
  const [client] = await listClients(context.database, { id, after: '', limit: 1 });
  if (!client) throw new Error('a client that was changed is not in the registry');
  return entryOf(context, client);
}

function entryOf({ directory }: ClientRegistryContext, { keys, rotations: _rotations, ...client }: RegisteredClient & { changes: ClientChange[] }): ClientEntry {
  return { ...client, organisationName: directory.get(client.organisation)?.name ?? null, keys: keys.map(({ kid, addedAt, validUntil }) => ({ kid, addedAt, validUntil })) };
}

function askOf({ purpose, launchUrl, rotations: _rotations, ...client }: RegisteredClient): ClientAsk {
  return { ...client, purpose: purpose ?? '', launchUrl: launchUrl ?? '', keysUrl: '' };
}

function note(context: ClientRegistryContext, requester: Requester, interaction: string, id: string, status: number, request: RequestFacts): Promise<void> {
  return appendAct(context, requester, request, { interaction, query: `governance/clients/${id}`, status });
}

function by(requester: Requester, reason: string): ChangeBy {
  return { reason, byId: requester.person?.id ?? requester.client, byName: requester.person?.name ?? requester.client, byOrganisation: requester.organisation };
}

/** An instant from now on, or now. */
function readInstant(text: string, now: Date): Date | null {
  if (text === 'now') return now;
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return at > now.getTime() && at <= now.getTime() + mostOverlapDays * 86_400_000 ? new Date(at) : null;
}

const organisationUnknown: Problem = { category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/organisation' }, expected: 'system|value of an organisation in mappings/partners.yaml' };
const oneOrOther: Problem = { category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/keys' }, expected: 'keys or keysUrl, one of them' };
const overlapWrong: Problem = { category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/oldUntil' }, expected: `an instant with its offset within ${mostOverlapDays} days, or now` };
const noOverlap: Problem = { ...overlapWrong, expected: 'now: keys at an address end at once where other keys, or another address, take their place' };
const nameTaken: Problem = { category: 'conflict', code: 'client-exists', text: 'Somebody goes by this name already.', at: { pointer: '/id' }, fix: 'Choose another id.' };
const clientUnknown: Problem = { category: 'not-found', code: 'client-unknown', text: 'No client of this name is registered.', fix: 'See GET /governance/clients for those there are.' };
const kidUsed: Problem = { category: 'conflict', code: 'client-key-known', text: 'A new key goes by a key id the client has used before.', at: { pointer: '/keys' }, fix: 'Give each key a kid of its own, such as its thumbprint.' };
const soAlready: Problem = { category: 'conflict', code: 'client-switched-already', text: 'The client is as asked for already.' };
