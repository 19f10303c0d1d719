import { rangeOf } from './date-range.ts';
import { maxPrefix, normaliseText } from './normalise-text.ts';
import type { Problem } from './problem.ts';
import { fragmentOf, mayBeApart } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import { dateOperators } from './search-query.ts';
import type { DateCondition, SearchClause } from './search-query.ts';
import { searchToken } from './search-token.ts';
import type { TokenKind } from './search-token.ts';

/** `unknown`: the modifier is not supported. `identifying`: the value may name a person although the parameter need not. */
export type ParsedClause = { clause: SearchClause; identifying: boolean } | { problem: Problem } | 'unknown';

export const clauseLimits = { valueLength: 512, alternatives: 50 };

/** One `name[:modifier]=value` of a known parameter → one clause. */
export function parseClause(type: string, row: SearchParameterRow, modifier: string | undefined, value: string, base?: string): ParsedClause {
  if (value.length > clauseLimits.valueLength) {
    return invalid(row, 'search-value-too-long', 'A search value is too long.', `at most ${clauseLimits.valueLength} characters`);
  }
  const alternatives = splitUnescaped(value, ',').map((part) => part.trim());
  if (alternatives.some((part) => part === '' || part === '|')) {
    return invalid(row, 'search-value-empty', 'A search value is empty.', 'a value, or leave the parameter out');
  }
  if (alternatives.length > clauseLimits.alternatives) {
    return invalid(row, 'search-value-too-many', 'A search parameter has too many alternatives.', `at most ${clauseLimits.alternatives}`);
  }
  const request: Request = { type, row, modifier, alternatives, base };
  if (row.kind === 'reference') return referenceClause(request, row.targets);
  if (row.kind === 'string') return stringClause(request);
  if (row.kind === 'uri') return uriClause(request);
  if (modifier !== undefined) return 'unknown';
  if (row.kind === 'token') return tokenClause(request, 'token');
  if (row.kind === 'id') return idClause(request);
  return dateClause(request, row.kind === 'updated' ? 'updated' : 'clinical');
}

interface Request {
  type: string;
  row: SearchParameterRow;
  modifier: string | undefined;
  alternatives: string[];
  base: string | undefined;
}

/** `code`, `system|code`, `|code` (no system), `system|` (any code): the same forms the index holds. */
function tokenClause(request: Request, kind: TokenKind): ParsedClause {
  const values: string[] = [];
  for (const part of request.alternatives) {
    const pieces = splitUnescaped(part, '|').map(unescape);
    if (pieces.length > 2) return invalid(request.row, 'search-value-invalid', 'A coded search value has more than one bar.', 'code or system|code');
    values.push(pieces.join('|'));
  }
  return { clause: anyOf(request, kind, values), identifying: kind === 'identifier' };
}

function stringClause(request: Request): ParsedClause {
  if (request.modifier === 'exact') return { clause: anyOf(request, 'exact', request.alternatives.map(unescape)), identifying: false };
  if (request.modifier !== undefined) return 'unknown';
  const values = request.alternatives.map((part) => normaliseText(unescape(part)));
  if (values.includes('')) return invalid(request.row, 'search-value-empty', 'A text to search for has no letters or digits.', 'letters or digits');
  if (values.some((value) => value.length > maxPrefix)) {
    return invalid(request.row, 'search-value-too-long', 'A text to search for is too long.', `at most ${maxPrefix} letters and digits`);
  }
  return { clause: anyOf(request, 'prefix', values), identifying: false };
}

/** A URI is compared as it is written; `:below` finds it and those that go on from it. */
function uriClause(request: Request): ParsedClause {
  if (request.modifier !== undefined && request.modifier !== 'below') return 'unknown';
  return { clause: anyOf(request, request.modifier === 'below' ? 'below' : 'uri', request.alternatives.map(unescape)), identifying: false };
}

/** Where only a Patient can be meant, the clause names citizens; else literal references and ids. */
function referenceClause(request: Request, targets: readonly string[]): ParsedClause {
  const { modifier, row, base } = request;
  if (modifier === 'identifier') return tokenClause(request, 'identifier');
  if (modifier !== undefined && !targets.includes(modifier)) return 'unknown';
  const found: { type: string | undefined; id: string }[] = [];
  for (const part of request.alternatives) {
    const target = targetOf(unescape(part), base);
    if (target === 'foreign') return invalid(row, 'search-reference-foreign', 'A reference names another server.', 'an id, Type/id, or a URL under this base');
    const type = target?.type ?? modifier ?? (targets.length === 1 ? targets[0] : undefined);
    if (!target || (type !== undefined && !targets.includes(type)) || (modifier !== undefined && type !== modifier)) {
      return invalid(row, 'search-value-invalid', 'A reference to search for is not one this parameter takes.', `an id or Type/id, with one of the types ${targets.join(', ')}`);
    }
    found.push({ type, id: target.id });
  }
  if (targets.length === 1 && targets[0] === 'Patient') return { clause: { citizen: found.map((target) => target.id) }, identifying: true };
  const identifying = found.some((target) => target.type === undefined || target.type === 'Patient' || target.type === 'RelatedPerson');
  const people = found.filter(({ type }) => type === 'Patient' || (type === undefined && targets.includes('Patient'))).map(literal);
  return { clause: { ...anyOf(request, 'reference', found.map(literal)), ...(people.length > 0 && { people: { parameter: row.name, values: people } }) }, identifying };
}

function literal({ type, id }: { type: string | undefined; id: string }): string {
  return type === undefined ? id : `${type}/${id}`;
}

function targetOf(value: string, base: string | undefined): { type?: string; id: string } | 'foreign' | undefined {
  const own = base?.replace(/\/+$/, '');
  const relative = own !== undefined && value.startsWith(`${own}/`) ? value.slice(own.length + 1) : value;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(relative)) return 'foreign';
  const parts = /^(?:([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9.-]{1,64})$/.exec(relative);
  if (!parts?.[2]) return undefined;
  return { ...(parts[1] && { type: parts[1] }), id: parts[2] };
}

function idClause(request: Request): ParsedClause {
  if (request.alternatives.some((id) => !/^[A-Za-z0-9.-]{1,64}$/.test(id))) {
    return invalid(request.row, 'search-value-invalid', 'An id to search for is not an id.', 'letters, digits, - and . only, at most 64');
  }
  return { clause: { ids: request.alternatives }, identifying: true };
}

function dateClause(request: Request, column: DateCondition['column']): ParsedClause {
  const date: DateCondition[] = [];
  for (const part of request.alternatives) {
    const op = dateOperators.find((known) => part.startsWith(known)) ?? 'eq';
    // a plus sign that was not percent-encoded arrives as a space
    const range = rangeOf((part.startsWith(op) ? part.slice(2) : part).replace(' ', '+'));
    if (!range) return invalid(request.row, 'search-value-invalid', 'A date to search for is not a date.', 'YYYY, YYYY-MM, YYYY-MM-DD or a date and time, with an optional prefix');
    date.push({ column, op, ...(op === 'ap' ? widened(range) : range) });
  }
  return { clause: { date }, identifying: false };
}

/** About this date: as much again on either side as the value covers. R4 leaves the width to the server. */
function widened(range: { from: string; to: string }): { from: string; to: string } {
  const length = Date.parse(range.to) - Date.parse(range.from);
  const earliest = Math.max(Date.parse(range.from) - length, Date.parse('0001-01-01T00:00:00Z'));
  const latest = Math.min(Date.parse(range.to) + length, Date.parse('9999-12-31T23:59:59.999Z'));
  return { from: new Date(earliest).toISOString(), to: new Date(latest).toISOString() };
}

function anyOf(request: Request, kind: TokenKind, values: string[]): Extract<SearchClause, { anyOf: bigint[] }> {
  const tokens = [...new Set(values.map((value) => searchToken(request.type, request.row.name, kind, value)))];
  const onFragment = fragmentOf(request.type, request.row);
  return { anyOf: tokens, ...(onFragment !== undefined && { onFragment }), ...(mayBeApart(request.type, request.row) && { mayBeApart: true as const }), ...(request.type === 'AuditEvent' && { said: { parameter: request.row.name, kind, values } }) };
}

function invalid(row: SearchParameterRow, code: string, text: string, expected: string): { problem: Problem } {
  return { problem: { category: 'invalid', code, text, at: { field: row.name }, expected } };
}

/** Cuts at a separator that no backslash escapes (FHIR R4 search, escaping). */
function splitUnescaped(value: string, separator: ',' | '|'): string[] {
  const parts = [''];
  for (let at = 0; at < value.length; at += 1) {
    const next = value.charAt(at);
    if (next === separator) parts.push('');
    else {
      const taken = next === '\\' ? value.slice(at, at + 2) : next;
      parts[parts.length - 1] += taken;
      at += taken.length - 1;
    }
  }
  return parts;
}

function unescape(value: string): string {
  return value.replace(/\\([,$|\\])/g, '$1');
}
