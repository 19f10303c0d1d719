import type { SearchQuery, TokenClause } from '../../fhir/search-query.ts';
import type { Database } from '../database.ts';
import { stale } from './door.ts';
import { arrayText } from '../shared-rows.ts';

type Conditions = Pick<SearchQuery, 'type' | 'clauses'>;

/** A row with a part kept apart, and what that part is found by. */
export interface PartOfRow {
  id: string;
  tokens: string[];
}

/**
 * The query with the rows added that match only by a part kept apart, of parts this grant may see: where the people are
 * whose location is hidden, and every reference to another record of the person. Few rows bear one such token, so they are
 * looked up first, and the search itself stays what it is for everybody else.
 */
export async function withParts<Query extends Conditions>(database: Database, grantKey: string, query: Query): Promise<Query | typeof stale> {
  const tokens = tokensApart(query);
  if (tokens.length === 0) return query;
  const rows = await database.serve<{ fresh: boolean; id: string | null; tokens: string[] }>('reader', null, {
    name: 'find-parts', text: 'select fresh, id, tokens::text[] as tokens from find_parts($1, $2, $3)', values: [grantKey, query.type, arrayText(tokens)],
  });
  if (rows.some(({ fresh }) => !fresh)) return stale;
  return withRows(query, rows.flatMap(({ id, tokens: borne }) => (id === null ? [] : [{ id, tokens: borne }])));
}

/** What is to be looked up among the parts kept apart before the rows themselves are searched. */
export function tokensApart({ clauses }: Conditions): bigint[] {
  return clauses.flatMap((clause) => (isApart(clause) ? clause.anyOf : []));
}

/** The query with the rows that bear such tokens. */
export function withRows<Query extends Conditions>(query: Query, found: readonly PartOfRow[]): Query {
  if (found.length === 0) return query;
  return { ...query, clauses: query.clauses.map((clause) => (isApart(clause) ? { ...clause, orRows: rowsOf(clause, found) } : clause)) };
}

function isApart(clause: SearchQuery['clauses'][number]): clause is TokenClause {
  return 'anyOf' in clause && clause.mayBeApart === true && clause.inRow !== true && clause.anyOf.length > 0;
}

function rowsOf({ anyOf }: TokenClause, found: readonly PartOfRow[]): string[] {
  const wanted = new Set(anyOf.map(String));
  return [...new Set(found.filter(({ tokens }) => tokens.some((token) => wanted.has(token))).map(({ id }) => id))];
}
