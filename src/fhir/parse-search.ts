import { parseClause } from './parse-clause.ts';
import type { Problem } from './problem.ts';
import { identifyingParameters, resultParameters, searchParameterOf, searchParametersOf } from './search-parameters.ts';
import type { SearchClause, SearchQuery, SearchSort } from './search-query.ts';

export interface SearchOptions {
  handling: 'strict' | 'lenient';
  /** own FHIR base URL: absolute references under it are the same as relative ones, others are refused */
  base?: string;
}

export type ParsedSearch = { query: SearchQuery; ignored: string[] } | { problems: Problem[] };

export const searchLimits = { clauses: 20, defaultCount: 20, maxCount: 200, sorts: 3 };

/** Shape the answer, not the search: read by the HTTP edge. `_summary=count` asks for another answer, and is not among them. */
const transportParameters = new Set(['_format', '_pretty', '_elements', '_summary']);

interface Draft {
  clauses: SearchClause[];
  sort?: SearchSort[];
  count?: number;
  ignored: string[];
  normal: string[];
  problems: Problem[];
}

/**
 * Decoded query parameters → what to look for (FHIR R4 search; the parameters of search-parameters.ts). Repeating a
 * parameter means AND, a comma OR. Unknown parameters, modifiers and sort keys are refused (`strict`) or left out and
 * named in `ignored` (`lenient`); wrong, empty, too many or too long values are refused either way. Never throws.
 */
export function parseSearch(type: string, params: [string, string][], options: SearchOptions): ParsedSearch {
  const rows = searchParametersOf(type);
  if (!rows) {
    return { problems: [{ category: 'unsupported', code: 'search-type-unsupported', text: 'This resource type cannot be searched.' }] };
  }
  const draft: Draft = { clauses: [], ignored: [], normal: [], problems: [] };
  for (const [key, value] of params) {
    if (transportParameters.has(key) && !(key === '_summary' && value === 'count')) continue;
    readParameter(type, key, value, options, draft);
    if (draft.clauses.length > searchLimits.clauses) {
      draft.problems.push({ category: 'invalid', code: 'search-too-many', text: 'The search has too many parameters.', expected: `at most ${searchLimits.clauses}` });
      break;
    }
  }
  if (draft.problems.length > 0) return { problems: draft.problems };
  const { clauses, ignored } = draft;
  const normal = `${type}?${draft.normal.sort().join('&')}`;
  return { query: { type, clauses, sort: draft.sort ?? [], count: draft.count ?? searchLimits.defaultCount, normal }, ignored };
}

function readParameter(type: string, key: string, value: string, options: SearchOptions, draft: Draft): void {
  if (key === '_count') return readCount(value, draft);
  if (key === '_sort') return readSort(type, value, options, draft);
  const [name = '', ...modifiers] = key.split(':');
  const row = searchParameterOf(type, name);
  const clause = row && modifiers.length < 2 ? parseClause(type, row, modifiers[0], value, options.base) : 'unknown';
  if (clause === 'unknown') return unknown(type, key, options, draft);
  if ('problem' in clause) {
    draft.problems.push(clause.problem);
    return;
  }
  draft.clauses.push(name === 'identifier' && 'anyOf' in clause.clause ? { ...clause.clause, identifies: true } : clause.clause);
  const named = clause.identifying || identifyingParameters.has(name) || likeNhsNumber.test(value);
  draft.normal.push(`${key}=${named ? '*' : encodeURIComponent(value.toWellFormed())}`);
}

/** Ten digits, in one piece or as printed on letters: in a place where nobody's number belongs, it may still be one. */
const likeNhsNumber = /(?<!\d)\d{3}[-. ]?\d{3}[-. ]?\d{4}(?!\d)/;

/** The value is never repeated, and of the name only what a parameter name can be made of. */
function unknown(type: string, key: string, options: SearchOptions, draft: Draft): void {
  const named = key.replace(/[^A-Za-z0-9_.:-]/g, '').slice(0, 64);
  if (options.handling === 'lenient') {
    draft.ignored.push(named);
    return;
  }
  const supported = [...(searchParametersOf(type) ?? []).map((row) => row.name), ...resultParameters].join(', ');
  draft.problems.push({
    category: 'unsupported',
    code: 'search-parameter-unknown',
    text: 'A search parameter, modifier or sort key is not supported for this resource type.',
    at: { field: named },
    expected: `one of ${supported}`,
    fix: 'Leave it out, or send "Prefer: handling=lenient" to have it ignored.',
  });
}

function readCount(value: string, draft: Draft): void {
  if (draft.count !== undefined || !/^\d{1,512}$/.test(value)) {
    draft.problems.push({ category: 'invalid', code: 'search-value-invalid', text: 'The page size is not a number given once.', at: { field: '_count' }, expected: `0 to ${searchLimits.maxCount}` });
    return;
  }
  draft.count = Math.min(Number(value), searchLimits.maxCount);
  draft.normal.push(`_count=${draft.count}`);
}

function readSort(type: string, value: string, options: SearchOptions, draft: Draft): void {
  const keys = value.split(',');
  if (draft.sort !== undefined || keys.length > searchLimits.sorts || value === '') {
    draft.problems.push({ category: 'invalid', code: 'search-value-invalid', text: 'The sort order is not a short list of keys given once.', at: { field: '_sort' }, expected: `one to ${searchLimits.sorts} keys` });
    return;
  }
  const sort: SearchSort[] = [];
  for (const key of keys) {
    const descending = key.startsWith('-');
    const by = sortColumn(type, descending ? key.slice(1) : key);
    if (!by) return unknown(type, '_sort', options, draft);
    sort.push({ by, descending });
  }
  draft.sort = sort;
  draft.normal.push(`_sort=${value}`);
}

function sortColumn(type: string, name: string): SearchSort['by'] | undefined {
  const row = searchParameterOf(type, name);
  if (row?.kind === 'updated') return 'updated';
  if (row?.kind === 'id') return 'id';
  if (row?.kind === 'date') return 'clinical';
  const text = type === 'Patient' ? 'family' : type === 'Organization' ? 'name' : undefined;
  return row && row.name === text ? 'text' : undefined;
}
