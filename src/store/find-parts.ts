import type { SearchClause, SearchQuery } from '../fhir/search-query.ts';
import type { Database } from './database.ts';
import { stale, throughDoor } from './door.ts';
import { arrayText } from './shared-rows.ts';

type TokenClause = Extract<SearchClause, { anyOf: bigint[] }>;

/**
 * The query with the rows added that match only by a part kept apart, of parts this grant may see: where the people are
 * whose location is hidden. Few rows have such parts, so they are looked up first, and the search itself stays what it is
 * for everybody else.
 */
export async function withParts(database: Database, grantKey: string, query: SearchQuery): Promise<SearchQuery | typeof stale> {
  const asked = query.clauses.filter((clause): clause is TokenClause => 'anyOf' in clause && clause.mayBeApart === true);
  if (asked.length === 0) return query;
  const found = await throughDoor<{ id: string; tokens: string[] }>(database, grantKey, 'find-parts',
    `select f.id, f.tokens::text[] as tokens from readable_fragment f join readable_row r on r.id = f.id and r.version = f.version
     where f.tokens <> '{}' and f.tokens && $1::bigint[] and r.type = $2`, [arrayText(asked.flatMap(({ anyOf }) => anyOf)), query.type]);
  if (found === stale) return stale;
  if (found.length === 0) return query;
  return { ...query, clauses: query.clauses.map((clause) => (asked.some((each) => each === clause) ? { ...clause, orRows: rowsOf(clause as TokenClause, found) } : clause)) };
}

function rowsOf({ anyOf }: TokenClause, found: readonly { id: string; tokens: string[] }[]): string[] {
  const wanted = new Set(anyOf.map(String));
  return [...new Set(found.filter(({ tokens }) => tokens.some((token) => wanted.has(token))).map(({ id }) => id))];
}
