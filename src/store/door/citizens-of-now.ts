import type { SearchClause, SearchQuery } from '../../fhir/search-query.ts';
import { searchToken } from '../../fhir/search-token.ts';
import { isUuid } from '../secrets.ts';

/**
 * The query with references to an old id of a citizen made references to the one it stands for now: rows name that one.
 * What is no old id stays as it was asked. Only for a reference that may be to a person is `livingOf` asked: whom each of these
 * ids stands for, in their order.
 */
export async function withCitizensOfNow<Query extends Pick<SearchQuery, 'type' | 'clauses'>>(query: Query, livingOf: (ids: string[]) => Promise<readonly string[]>): Promise<Query> {
  const ids = [...new Set(query.clauses.flatMap((clause) => peopleOf(clause)?.values.map(idIn) ?? []).filter(isUuid))];
  if (ids.length === 0) return query;
  const found = await livingOf(ids);
  const now = new Map(ids.flatMap((id, i): [string, string][] => {
    const living = found[i];
    return living === undefined || living === id.toLowerCase() ? [] : [[id, living]];
  }));
  return now.size === 0 ? query : { ...query, clauses: query.clauses.map((clause) => renamed(query.type, clause, now)) };
}

function peopleOf(clause: SearchClause): { parameter: string; values: string[] } | undefined {
  return 'anyOf' in clause ? clause.people : undefined;
}

function idIn(value: string): string {
  return value.slice(value.indexOf('/') + 1);
}

function renamed(type: string, clause: SearchClause, now: ReadonlyMap<string, string>): SearchClause {
  const people = peopleOf(clause);
  if (!('anyOf' in clause) || !people) return clause;
  const tokenOf = (value: string): bigint => searchToken(type, people.parameter, 'reference', value);
  const tokens = new Map(people.values.flatMap((value): [bigint, bigint][] => {
    const id = idIn(value);
    return now.has(id) ? [[tokenOf(value), tokenOf(value.replace(id, now.get(id) ?? id))]] : [];
  }));
  return { ...clause, anyOf: [...new Set(clause.anyOf.map((token) => tokens.get(token) ?? token))] };
}
