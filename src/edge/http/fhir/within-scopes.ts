import { allows } from '../../../fhir/allows.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { SearchClause, SearchQuery } from '../../../fhir/search-query.ts';
import { scopeMissing } from './permit.ts';

/**
 * Every type a search goes through or takes along needs a scope like the one it finds. A type that is asked for by name is
 * refused; of references that may be to several types, those without a scope are left out.
 */
export function withinScopes(scopes: readonly string[], query: SearchQuery): SearchQuery {
  const missing = typesThrough(query.clauses).find((type) => !allows(scopes, type, 's'));
  if (missing !== undefined) throw new Refusal(scopeMissing(missing, 's'));
  if (!query.includes) return query;
  const includes = query.includes.map((include) => ({ ...include, types: include.types.filter((type) => allows(scopes, type, 'r')) }));
  const closed = includes.findIndex(({ types }) => types.length === 0);
  if (closed >= 0) throw new Refusal(scopeMissing(query.includes[closed]?.types[0] ?? query.type, 'r'));
  return { ...query, includes };
}

/** Types of what chains and `_has` go through. */
function typesThrough(clauses: readonly SearchClause[]): string[] {
  return clauses.flatMap((clause) => {
    if ('chain' in clause) return clause.chain.to.flatMap((to) => [to.type, ...typesThrough(to.clauses)]);
    if ('has' in clause) return [clause.has.type, ...typesThrough(clause.has.clauses)];
    return 'either' in clause ? clause.either.flatMap(typesThrough) : [];
  });
}
