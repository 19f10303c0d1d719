import type { SearchQuery, TokenClause } from '../fhir/search-query.ts';
import type { Database } from './database.ts';
import { stale } from './door.ts';
import { arrayText } from './shared-rows.ts';

/**
 * The query with the rows added that match only by a part kept apart, of parts this grant may see: where the people are
 * whose location is hidden, and every reference to another record of the person. Few rows bear one such token, so they are
 * looked up first, and the search itself stays what it is for everybody else.
 */
export async function withParts<Query extends Pick<SearchQuery, 'type' | 'clauses'>>(database: Database, grantKey: string, query: Query): Promise<Query | typeof stale> {
  const asked = query.clauses.filter((clause): clause is TokenClause => 'anyOf' in clause && clause.mayBeApart === true && clause.inRow !== true && clause.anyOf.length > 0);
  if (asked.length === 0) return query;
  const rows = await database.serve<{ fresh: boolean; id: string | null; tokens: string[] }>('reader', null, {
    name: 'find-parts', text: 'select fresh, id, tokens::text[] as tokens from find_parts($1, $2, $3)',
    values: [grantKey, query.type, arrayText(asked.flatMap(({ anyOf }) => anyOf))],
  });
  if (rows.some(({ fresh }) => !fresh)) return stale;
  const found = rows.flatMap(({ id, tokens }) => (id === null ? [] : [{ id, tokens }]));
  if (found.length === 0) return query;
  return { ...query, clauses: query.clauses.map((clause) => (asked.some((each) => each === clause) ? { ...clause, orRows: rowsOf(clause as TokenClause, found) } : clause)) };
}

function rowsOf({ anyOf }: TokenClause, found: readonly { id: string; tokens: string[] }[]): string[] {
  const wanted = new Set(anyOf.map(String));
  return [...new Set(found.filter(({ tokens }) => tokens.some((token) => wanted.has(token))).map(({ id }) => id))];
}
