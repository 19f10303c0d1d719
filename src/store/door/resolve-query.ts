import { Refusal, type Problem } from '../../fhir/problem.ts';
import { mayBeApart, searchParameterOf, typesAboutNobody } from '../../fhir/search-parameters.ts';
import type { ChainClause, HasClause, SearchClause, SearchQuery, TokenClause } from '../../fhir/search-query.ts';
import { searchToken } from '../../fhir/search-token.ts';
import { withCitizensOfNow } from './citizens-of-now.ts';
import type { Database } from '../database.ts';
import { stale } from './door.ts';
import { withParts } from './find-parts.ts';
import { findCitizens, findSharedRows } from './search-rows.ts';

type Conditions = Pick<SearchQuery, 'type' | 'clauses'>;

/** Found by the inner search of a chain and looked for by id; of more people each row is asked by itself. */
const mostFound = 1000;

/**
 * A search as it can be put to the record in one statement: old ids of citizens made those of now, rows added that match by
 * a part kept apart, and the inner searches of chains and `_has` done, each through the door under the same grant. What an
 * inner search finds only narrows the search: each row is asked again where it is about more than whose row it is.
 */
export async function resolveQuery<Query extends Conditions>(database: Database, grantKey: string, query: Query): Promise<Query | typeof stale> {
  const clauses: SearchClause[] = [];
  for (const clause of query.clauses) {
    const joined = 'chain' in clause ? await resolveChain(database, grantKey, query.type, clause) : 'has' in clause ? await resolveHas(database, grantKey, query.type, clause) : [clause];
    if (joined === stale) return stale;
    clauses.push(...joined);
  }
  return withParts(database, grantKey, await withCitizensOfNow({ ...query, clauses }, (ids) => livingOf(database, ids)));
}

async function livingOf(database: Database, ids: readonly string[]): Promise<readonly string[]> {
  const [found] = await database.serve<{ now: string[] }>('reader', null, { name: 'citizens-now', text: 'select citizens_now($1::uuid[]) as now', values: [ids] });
  return found?.now ?? [];
}

/** Those who are about somebody the inner search finds; undefined where these are too many to name. */
async function aboutFound(database: Database, grantKey: string, inner: Conditions): Promise<string[] | undefined | typeof stale> {
  const found = await findCitizens(database, grantKey, inner, mostFound + 1);
  return found === stale || found.length <= mostFound ? found : undefined;
}

async function resolveChain(database: Database, grantKey: string, type: string, { chain }: ChainClause): Promise<SearchClause[] | typeof stale> {
  const ways: SearchClause[][] = [];
  for (const asked of chain.to) {
    const to = await resolveQuery(database, grantKey, asked);
    if (to === stale) return stale;
    const byId = typesAboutNobody.has(to.type) || (to.type === 'Patient' && !chain.person);
    const way = byId ? await referringTo(database, grantKey, { type, parameter: chain.parameter }, to) : await aboutSame(database, grantKey, chain, to);
    if (way === stale) return stale;
    ways.push(way);
  }
  const [only] = ways;
  return ways.length === 1 && only ? only : [{ either: ways.map((way) => way.map(inRow)) }];
}

/** Inside alternatives parts are looked at row by row: what is looked up first is added to whole clauses. */
function inRow(clause: SearchClause): SearchClause {
  return 'anyOf' in clause && clause.mayBeApart ? { ...clause, inRow: true } : clause;
}

/** The directory's rows and citizens are named by their ids. */
async function referringTo(database: Database, grantKey: string, from: { type: string; parameter: string }, to: Conditions): Promise<TokenClause[] | typeof stale> {
  const find = to.type === 'Patient' ? findCitizens : findSharedRows;
  const ids = await find(database, grantKey, to, mostFound + 1);
  if (ids === stale) return stale;
  if (ids.length > mostFound) throw new Refusal(tooWide(from.parameter));
  const row = searchParameterOf(from.type, from.parameter);
  return [{
    anyOf: ids.map((id) => searchToken(from.type, from.parameter, 'reference', `${to.type}/${id}`)),
    ...(row && mayBeApart(from.type, row) && { mayBeApart: true as const }),
  }];
}

async function aboutSame(database: Database, grantKey: string, chain: ChainClause['chain'], to: Conditions): Promise<SearchClause[] | typeof stale> {
  const citizens = await aboutFound(database, grantKey, to);
  if (citizens === stale) return stale;
  const narrow = citizens ? [{ citizens }] : [];
  return chain.person && citizens ? narrow : [...narrow, { chain: { ...chain, to: [to] } }];
}

async function resolveHas(database: Database, grantKey: string, type: string, { has }: HasClause): Promise<SearchClause[] | typeof stale> {
  const inner = await resolveQuery(database, grantKey, has);
  if (inner === stale) return stale;
  const citizens = typesAboutNobody.has(type) ? undefined : await aboutFound(database, grantKey, inner);
  if (citizens === stale) return stale;
  const narrow = citizens ? [{ citizens }] : [];
  return has.person && citizens ? narrow : [...narrow, { has: inner }];
}

function tooWide(parameter: string): Problem {
  return {
    category: 'invalid', code: 'search-chain-too-wide', text: 'A chain goes through too many resources.', at: { field: parameter },
    expected: `at most ${mostFound} that the part after the dot finds`, fix: 'Ask more of what the reference names, or search for it first.',
  };
}
