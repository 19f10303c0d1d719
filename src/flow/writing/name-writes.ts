import { idDiffers, notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { SearchQuery } from '../../fhir/search-query.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { loadOwnRows, matchOwnRows, type OwnRow } from '../../store/record/own-rows.ts';
import { isUuid } from '../../store/secrets.ts';
import { checkConditions, readCondition } from './find-named.ts';
import { within } from './within-entry.ts';
import type { WriteAsk, WriteContext } from './write-context.ts';

/** What is to be done, with the one row it is done to. */
export interface NamedWrite {
  ask: WriteAsk;
  /** absent: a new one is made, or there is nothing to delete */
  standing?: OwnRow;
  /** what was looked for, and what was found by it: nobody may come between */
  condition?: { query: SearchQuery; found: string | null };
}

/** The feed of what is written through the API. */
export const apiFeed = 'api';

/**
 * Which row each of these is done to. Only the writer's own records are looked at, so that somebody else's is the same as
 * none; ids are given by the gateway, so an update makes nothing that is not there. Versions the change was made from are
 * compared here, and again when it is written.
 */
export async function nameWrites(context: WriteContext, { organisation }: Requester, asks: readonly WriteAsk[], base: string): Promise<NamedWrite[]> {
  const unconditional = asks.filter(isUnguarded);
  if (unconditional.length > 0) throw new Refusal(...unconditional.map(({ pointer }) => within(pointer, matchRequired)));
  checkConditions(asks.filter(({ condition }) => condition).length);
  const conditions = new Map<WriteAsk, NonNullable<NamedWrite['condition']>>();
  for (const ask of asks) if (ask.condition) conditions.set(ask, await matchOf(context, organisation, ask, base));
  const ids = asks.flatMap((ask) => (ask.method === 'create' ? [] : ask.id ?? [])).concat([...conditions.values()].flatMap(({ found }) => found ?? []));
  const rows = await loadOwnRows(context.database, organisation, ids.filter(isUuid));
  const problems: Problem[] = [];
  const named = asks.map((ask): NamedWrite => {
    const condition = conditions.get(ask);
    const id = condition ? condition.found : ask.method === 'create' ? null : ask.id ?? null;
    const standing = id === null ? undefined : rows.get(id);
    const problem = problemOf(ask, condition !== undefined, standing);
    if (problem) problems.push(within(ask.pointer, problem));
    return { ask, ...(standing && { standing }), ...(condition && { condition }) };
  });
  problems.push(...twice(named));
  if (problems.length > 0) throw new Refusal(...problems);
  return named;
}

/** A whole resource put over another one, of which its writer may not have seen the last version. */
function isUnguarded({ method, condition, ifMatch }: WriteAsk): boolean {
  return method === 'update' && !condition && ifMatch === undefined;
}

async function matchOf(context: WriteContext, organisation: string, { type, condition = [], pointer }: WriteAsk, base: string): Promise<NonNullable<NamedWrite['condition']>> {
  const query = readCondition(type, condition, base);
  const [found, second] = await matchOwnRows(context.database, organisation, query);
  if (second) throw new Refusal(within(pointer, conditionSeveral));
  return { query, found: found?.id ?? null };
}

function problemOf({ method, type, ifMatch, resource }: WriteAsk, conditional: boolean, standing: OwnRow | undefined): Problem | undefined {
  if (method === 'create') return undefined;
  if (!standing || standing.type !== type) {
    if (conditional && method === 'delete') return undefined;
    if (conditional && method === 'update') return resource?.['id'] === undefined ? undefined : updateAsCreate;
    return notFound;
  }
  if (conditional && method === 'update' && resource?.['id'] !== undefined && resource['id'] !== standing.id) return idDiffers;
  const from = sourceOf(standing);
  if (from !== 'api') return from === 'feed' ? ofAFeed : ofTheGateway;
  if (ifMatch !== undefined && ifMatch !== standing.version) return { ...versionDiffers, expected: `If-Match: W/"${standing.version}"` };
  return method === 'patch' && standing.deleted ? notFound : undefined;
}

/** Who said it last: its `meta.source` is `urn:onestory:{partner}:{feed}#…`, or names what the gateway itself does. */
export function sourceOf({ body }: Pick<OwnRow, 'body'>): 'api' | 'feed' | 'gateway' {
  const { meta } = JSON.parse(body) as { meta?: { source?: string } };
  const feed = /^urn:onestory:[^:#]+:([^:#]+)#/.exec(meta?.source ?? '')?.[1];
  return feed === undefined ? 'gateway' : feed === apiFeed ? 'api' : 'feed';
}

/** Two entries on one resource would depend on their order. */
function twice(named: readonly NamedWrite[]): Problem[] {
  const seen = new Set<string>();
  return named.flatMap(({ ask: { pointer }, standing, condition }) => {
    const key = standing?.id ?? (condition && conditionKey(condition.query));
    const again = key !== undefined && seen.has(key);
    if (key !== undefined) seen.add(key);
    return again ? [within(pointer, entryTwice)] : [];
  });
}

/** The same for the same condition. */
function conditionKey({ type, clauses }: Pick<SearchQuery, 'type' | 'clauses'>): string {
  return JSON.stringify([type, clauses], (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

export const versionDiffers: Problem = { category: 'precondition', code: 'version-differs', text: 'The resource is no longer the version the change was made from.', fix: 'Read it again and repeat the change.' };
export const matchRequired: Problem = { category: 'precondition-required', code: 'if-match-required', text: 'A whole resource is put over another one only from a version that is named.', expected: 'If-Match: W/"{version}"', fix: 'Read the resource, and send its ETag as If-Match (in a Bundle: request.ifMatch). A new one is created by POST: its id is given here.' };
const conditionSeveral: Problem = { category: 'precondition', code: 'condition-several', text: 'The condition finds more than one of your own records.', expected: 'a search that finds one at most', fix: 'Search by an identifier that names one record.' };
const updateAsCreate: Problem = { category: 'method-not-allowed', code: 'update-as-create', text: 'Ids are given by the gateway: an update makes nothing under an id of the sender\'s.', fix: 'Leave the id out, and the resource is created if the condition finds none.' };
const ofAFeed: Problem = { category: 'conflict', code: 'record-of-a-feed', text: 'This record came with a feed of your organisation, and changes with it.', fix: 'Change it in the system it comes from.' };
const ofTheGateway: Problem = { category: 'conflict', code: 'task-of-the-gateway', text: 'The gateway wrote this Task, so it is only answered.', fix: 'PUT or PATCH it by itself, with another status.' };
const entryTwice: Problem = { category: 'invalid', code: 'entry-twice', text: 'The Bundle names the same resource twice.', expected: 'every resource once' };
