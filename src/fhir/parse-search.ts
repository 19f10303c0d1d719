import type { ParsedClause } from './clause-request.ts';
import { parseClause } from './parse-clause.ts';
import { readShaping, readShapingOfLog, shapingLimits } from './parse-shaping.ts';
import { notServed, refuse, type SearchDraft, type SearchOptions } from './search-draft.ts';
import type { Problem } from './problem.ts';
import { identifiesSomebody, isAboutPerson, searchableTypes, searchParameterOf, searchParametersOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import type { SearchClause, SearchQuery } from './search-query.ts';

export type ParsedSearch = { query: SearchQuery; ignored: string[] } | { problems: Problem[] };

export const searchLimits = { clauses: 20, joins: 3, joined: 5, ...shapingLimits };

/** Shape the answer, not the search: read by the HTTP edge. `_summary=count` asks for another answer, and is not among them. */
const transportParameters = new Set(['_format', '_pretty', '_elements', '_summary']);

/**
 * Decoded query parameters → what to look for (FHIR R4 search; the parameters of search-parameters.ts). Repeating a
 * parameter means AND, a comma OR. A condition that is not served is refused whatever the caller prefers: left out, it would
 * widen the answer. Only what shapes the answer is left out and named in `ignored` (`lenient`) or refused (`strict`); wrong,
 * empty, too many or too long values are refused either way. Never throws.
 */
export function parseSearch(type: string, params: [string, string][], options: SearchOptions): ParsedSearch {
  if (!searchParametersOf(type)) {
    return { problems: [{ category: 'unsupported', code: 'search-type-unsupported', text: 'This resource type cannot be searched.' }] };
  }
  const draft: SearchDraft = { options, clauses: [], includes: [], ignored: [], normal: [], problems: [] };
  for (const [key, value] of params) {
    if ((transportParameters.has(key) && !(key === '_summary' && value === 'count')) || (type === 'AuditEvent' ? readShapingOfLog(key, value, draft) : readShaping(type, key, value, draft))) continue;
    readCondition(type, key, value, draft);
    if (draft.clauses.length > searchLimits.clauses) {
      refuse(draft, 'search-too-many', key, 'The search has too many parameters.', `at most ${searchLimits.clauses}`);
      break;
    }
    if (draft.clauses.filter((clause) => 'chain' in clause || 'has' in clause).length > searchLimits.joined) {
      refuse(draft, 'search-too-many', key, 'The search has too many chains.', `at most ${searchLimits.joined} chains and _has together`);
      break;
    }
  }
  const textOnly = params.some(([key, value]) => key === '_summary' && value === 'text');
  if (textOnly && draft.includes.length > 0) draft.problems.push(summaryWithInclude);
  return draft.problems.length > 0 ? { problems: draft.problems } : { query: queryOf(type, draft), ignored: draft.ignored };
}

function queryOf(type: string, draft: SearchDraft): SearchQuery {
  const { clauses, includes, summary } = draft;
  const count = summary === 'count' ? 0 : (draft.count ?? searchLimits.defaultCount);
  const total = count === 0 ? 'accurate' : draft.total;
  return { type, clauses, sort: draft.sort ?? [], count, ...(total && { total }), ...(includes.length > 0 && { includes }), normal: `${type}?${draft.normal.sort().join('&')}` };
}

function readCondition(type: string, key: string, value: string, draft: SearchDraft): void {
  const read = conditionOf(type, key, value, draft, 0);
  if (read === 'unknown') return notServed(draft, type, key, false);
  if ('problem' in read) {
    draft.problems.push(read.problem);
    return;
  }
  draft.clauses.push(...apart(read.clause));
  const named = read.identifying || likeNhsNumber.test(value);
  draft.normal.push(`${key}=${named ? '*' : encodeURIComponent(value.toWellFormed())}`);
}

/** Ten digits, in one piece or as printed on letters: in a place where nobody's number belongs, it may still be one. */
const likeNhsNumber = /(?<!\d)\d{3}[-. ]?\d{3}[-. ]?\d{4}(?!\d)/;

/** `name`, `name:modifier`, a chain `name[:Type].rest`, or `_has:Type:name:rest`. */
function conditionOf(type: string, key: string, value: string, draft: SearchDraft, joins: number): ParsedClause {
  if (key.startsWith('_has:')) return hasOf(type, key, value, draft, joins);
  const dot = key.indexOf('.');
  if (dot > 0) return chainOf(type, key.slice(0, dot), key.slice(dot + 1), value, draft, joins);
  const [name = '', ...modifiers] = key.split(':');
  const row = searchParameterOf(type, name);
  if (!row || modifiers.length > 1 || modifiers[0] === '') return 'unknown';
  const parsed = parseClause(type, row, modifiers[0], value, draft.options.base);
  if (parsed === 'unknown' || 'problem' in parsed) return parsed;
  return { clause: name === 'identifier' && 'anyOf' in parsed.clause && !parsed.clause.not ? { ...parsed.clause, identifies: true } : parsed.clause, identifying: parsed.identifying || identifiesSomebody(type, row) };
}

/** What has one way only is as many conditions: each can be looked up. */
function apart(clause: SearchClause): SearchClause[] {
  const [only, ...others] = 'either' in clause ? clause.either : [];
  return only && others.length === 0 ? only : [clause];
}

type ReferenceRow = Extract<SearchParameterRow, { kind: 'reference' }>;

function referenceOf(type: string, name: string): ReferenceRow | undefined {
  const row = searchParameterOf(type, name);
  return row?.kind === 'reference' && !row.canonical && type !== 'AuditEvent' ? row : undefined;
}

/** Types a chain may lead to without saying which. */
const mostTargets = 4;

/** What the reference names must itself be found; each chain is judged by itself. */
function chainOf(type: string, head: string, rest: string, value: string, draft: SearchDraft, joins: number): ParsedClause {
  const [name = '', named, ...others] = head.split(':');
  const row = referenceOf(type, name);
  const targets = row ? searchableTypes().filter((each) => row.targets.includes(each) && (named === undefined || each === named) && each !== 'AuditEvent') : [];
  if (!row || targets.length === 0 || others.length > 0) return 'unknown';
  if (joins >= searchLimits.joins) return tooDeep(head);
  const read = targets.map((target) => ({ target, parsed: conditionOf(target, rest, value, draft, joins + 1) })).filter(({ parsed }) => parsed !== 'unknown');
  if (read.length > mostTargets) return { problem: { category: 'invalid', code: 'search-chain-unclear', text: 'The reference may lead to many types of resource.', at: { field: name }, expected: 'the type meant, as in parameter:Type.other' } };
  const to: { type: string; clauses: SearchClause[] }[] = [];
  let identifying = false;
  for (const { target, parsed } of read) {
    if (parsed === 'unknown' || 'problem' in parsed) return parsed;
    to.push({ type: target, clauses: apart(parsed.clause) });
    identifying ||= parsed.identifying;
  }
  return to.length === 0 ? 'unknown' : { clause: { chain: { parameter: name, person: isAboutPerson(type, row), to } }, identifying };
}

/** Another row must refer to this one, and be found. */
function hasOf(type: string, key: string, value: string, draft: SearchDraft, joins: number): ParsedClause {
  const [, source = '', name = '', ...rest] = key.split(':');
  const row = referenceOf(source, name);
  if (!row?.targets.includes(type) || rest.length === 0) return 'unknown';
  if (joins >= searchLimits.joins) return tooDeep('_has');
  const parsed = conditionOf(source, rest.join(':'), value, draft, joins + 1);
  if (parsed === 'unknown' || 'problem' in parsed) return parsed;
  return { clause: { has: { type: source, parameter: name, person: isAboutPerson(source, row), clauses: apart(parsed.clause) } }, identifying: parsed.identifying };
}

function tooDeep(field: string): { problem: Problem } {
  return { problem: { category: 'invalid', code: 'search-chain-too-deep', text: 'A search goes through too many resources one after the other.', at: { field: field.replace(/[^A-Za-z0-9_:-]/g, '').slice(0, 64) }, expected: `at most ${searchLimits.joins}` } };
}

const summaryWithInclude: Problem = {
  category: 'invalid', code: 'search-summary-with-include', text: 'A summary of texts takes nothing along.', at: { field: '_summary' }, expected: '_summary=text without _include and _revinclude, as FHIR R4 has it',
};
