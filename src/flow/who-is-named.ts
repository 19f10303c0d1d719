import { parseSearch } from '../fhir/parse-search.ts';
import { Refusal, type Problem } from '../fhir/problem.ts';
import type { SearchQuery } from '../fhir/search-query.ts';
import { isUuid } from '../store/secrets.ts';
import type { PlanChangeBounds } from '../story/event-types.ts';

/** One person: by an id of theirs, or by an identifier that some source the caller may see says of them. */
export type Whom = { citizen: string } | { identified: SearchQuery };

/** Something about one person: their summary, or what a system asks before it asks for more. */
export interface PersonAsk {
  interaction: 'summary' | 'presence' | 'ihe-pix' | 'docref';
  whom: Whom;
  /** without what identifies anybody */
  normal: string;
  /** of a summary: how far back changes of a plan are told */
  changes?: PlanChangeBounds;
}

/** `system|value` → whom it names. Refuses whatever is not one identifier with its system. */
export function identified(token: string, field: string): Whom {
  const parsed = /^[^|,\s]+\|[^|,]+$/.test(token) && token.length <= mostCharacters ? parseSearch('Patient', [['identifier', token]], { handling: 'strict' }) : undefined;
  if (parsed === undefined || 'problems' in parsed) throw new Refusal({ category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { field }, expected: 'one identifier as system|value' });
  return { identified: parsed.query };
}
const mostCharacters = 500;

/** `$summary` of somebody as the audit trail names it: ids of ours, and nothing that identifies anybody outside. */
export function normalOf(operation: string, whom: Whom, input = 'identifier'): string {
  return 'citizen' in whom ? `Patient/${isUuid(whom.citizen) ? whom.citizen : '*'}/${operation}` : `Patient/${operation}?${input}=*`;
}

/** Said where several people the caller may see bear the identifier: whose record is meant is for the caller to find out. */
export const severalNamed: Problem = {
  category: 'unprocessable', code: 'identifier-of-several', text: 'More than one person bears this identifier.', fix: 'Search for them by it, and ask by the id of the one who is meant.',
};
