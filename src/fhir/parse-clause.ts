import { anyOf, invalid, readCodes, type ClauseRequest, type ParsedClause } from './clause-request.ts';
import { addressesAbove, contactForm } from './index-tokens.ts';
import { maxPrefix, normaliseText, partLengths, wordLengths, wordsOf } from './normalise-text.ts';
import { parseComposite } from './parse-composite.ts';
import { dateCondition, dateTests, numberTests, quantityTests } from './parse-ranges.ts';
import { parseReference } from './parse-reference.ts';
import type { Problem } from './problem.ts';
import { knownProfileOf, knownTerminology } from './profiles.ts';
import { recordDateOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import { dateOperators, type DateCondition, type SearchClause, type TokenClause, type ValueCondition } from './search-query.ts';
import { searchToken } from './search-token.ts';
import { clauseLimits, splitUnescaped, unescape } from './search-value.ts';
import { soundOf } from './sound-of.ts';

/** Codes of a value set that are looked for. */
const mostCodes = 1000;

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
  const request: ClauseRequest = { type, row, modifier, alternatives, base };
  return modifier === 'missing' ? missingClause(request) : clauseOf(request);
}

function clauseOf(request: ClauseRequest): ParsedClause {
  const { row, modifier } = request;
  switch (row.kind) {
    case 'token': return tokenClause(request, row);
    case 'reference': return parseReference(request, row);
    case 'string': return stringClause(request);
    case 'uri': return uriClause(request, row);
    default: if (modifier !== undefined) return 'unknown';
  }
  switch (row.kind) {
    case 'composite': return parseComposite(request, row, (half, value) => parseClause(request.type, half, undefined, value, request.base));
    case 'id': return idClause(request);
    case 'updated': return columnClause(request, 'updated');
    case 'date': return row.name === recordDateOf(request.type) ? columnClause(request, 'clinical') : valueClause(request, dateForm, (part) => named(dateTests(part), ''));
    case 'number': return valueClause(request, `a number, ${prefixForm}`, (part) => named(numberTests(part), ''));
    case 'quantity': return valueClause(request, `number, number|system|code or number||unit, ${prefixForm}`, (part) => {
      const tests = quantityTests(part);
      return tests && named(tests, tests.unit);
    });
  }
}

/** Whether there is any value. What is kept apart and may be seen counts. */
function missingClause(request: ClauseRequest): ParsedClause {
  const { type, row, alternatives } = request;
  const [said] = alternatives;
  if (!('paths' in row) || row.name.startsWith('_') || type === 'AuditEvent') return 'unknown';
  if (alternatives.length !== 1 || (said !== 'true' && said !== 'false')) return invalid(row, 'search-value-invalid', 'Whether a value is missing is said by true or false.', 'true or false');
  return { clause: { ...anyOf(request, 'present', ['']), inRow: true, ...(said === 'true' && { not: true as const }) }, identifying: false };
}

type TokenRow = Extract<SearchParameterRow, { kind: 'token' }>;

/** `code`, `system|code`, `|code` (no system), `system|` (any code): the same forms the index holds. */
function tokenClause(request: ClauseRequest, row: TokenRow): ParsedClause {
  if (request.type === 'AuditEvent' && request.modifier !== undefined) return 'unknown'; // the log is looked up by what was said as it is
  switch (request.modifier) {
    case undefined: return codesClause(request, row);
    case 'not': return turned(codesClause(request, row));
    case 'in': return setClause(request, row);
    case 'not-in': return turned(setClause(request, row));
    case 'below': case 'above': return kinClause(request, row, request.modifier);
    case 'text': return row.words ? wordsClause(request) : 'unknown';
    case 'of-type': return row.types.includes('Identifier') ? ofTypeClause(request) : 'unknown';
    default: return 'unknown';
  }
}

/** Every word must begin one that stands beside the code; it may be of somebody's free text. */
function wordsClause(request: ClauseRequest): ParsedClause {
  const asked = request.alternatives.map((part) => wordsOf(unescape(part)));
  if (asked.some((words) => words.length === 0)) return withoutLetters(request);
  if (asked.some((words) => words.length > wordLengths.words)) return invalid(request.row, 'search-value-too-long', 'A text to search for is too long.', `at most ${wordLengths.words} words`);
  return { clause: everyWord(request, 'word', asked.map((words) => words.map((word) => word.slice(0, wordLengths.most)))), identifying: true };
}

/** Of one alternative each of these; alternatives of one word each are as any others. */
function everyWord(request: ClauseRequest, kind: 'word' | 'sound', asked: readonly (readonly string[])[]): SearchClause {
  if (asked.every(({ length }) => length === 1)) return anyOf(request, kind, asked.flat());
  const clause = (word: string): TokenClause => {
    const one = anyOf(request, kind, [word]);
    return asked.length > 1 && one.mayBeApart ? { ...one, inRow: true } : one;
  };
  return { either: asked.map((words) => words.map(clause)) };
}

/** A row without any value is not it, either (FHIR R4 search, :not). */
function turned(parsed: ParsedClause): ParsedClause {
  return parsed === 'unknown' || 'problem' in parsed || !('anyOf' in parsed.clause) ? parsed : { ...parsed, clause: { ...parsed.clause, not: true, inRow: true } };
}

function codesClause(request: ClauseRequest, row: TokenRow): ParsedClause {
  const codes = readCodes(request);
  if (!codes) return invalid(request.row, 'search-value-invalid', 'A coded search value has more than one bar.', 'code or system|code');
  return { clause: ofCodes(request, row, codes), identifying: false };
}

/** What its sharing class says of a row is not among the row's own tokens. */
function ofCodes(request: ClauseRequest, row: TokenRow, codes: string[]): TokenClause {
  return { ...anyOf(request, 'token', codes.flatMap((code) => codeForms(row, code))), ...(row.ofClass && { ofClass: { kind: row.ofClass, names: codes } }) };
}

/** Numbers are written with spaces on letters: an NHS number, or one to call somebody by. */
function codeForms({ types }: TokenRow, code: string): string[] {
  const bar = code.indexOf('|') + 1;
  const value = code.slice(bar);
  if (types.includes('Identifier') && /^\d{3}[ -]\d{3}[ -]\d{4}$/.test(value)) return [code, code.slice(0, bar) + value.replaceAll(/[ -]/g, '')];
  return types.includes('ContactPoint') ? [code, code.slice(0, bar) + contactForm(value)] : [code];
}

/** Codes of a value set that can be written out. */
function setClause(request: ClauseRequest, row: TokenRow): ParsedClause {
  const found = request.alternatives.map((part) => knownTerminology().codesOf(unescape(part)));
  const pairs = new Set(found.flatMap((set) => [...(set?.pairs ?? [])]));
  if (found.includes(undefined) || pairs.size > mostCodes) {
    return invalid(request.row, 'search-value-set-unknown', 'A value set is not known here, or cannot be written out as a list.', `the URL of a value set of the gateway or of base R4 with at most ${mostCodes} codes`);
  }
  return { clause: ofCodes(request, row, [...pairs]), identifying: false };
}

/** A code with those under it, or over it, in a system whose hierarchy is known. */
function kinClause(request: ClauseRequest, row: TokenRow, side: 'below' | 'above'): ParsedClause {
  const kin = request.alternatives.map((part) => {
    const [system, code, ...more] = splitUnescaped(part, '|').map(unescape);
    const found = code === undefined || more.length > 0 ? undefined : knownTerminology().kinOf(system ?? '', code, side);
    return found?.map((each) => `${system}|${each}`);
  });
  const pairs = new Set(kin.flatMap((each) => each ?? []));
  if (kin.includes(undefined) || pairs.size > mostCodes) {
    return invalid(request.row, 'search-hierarchy-unknown', 'The hierarchy of a code is not known here.', `system|code of a code system of the gateway or of base R4 that lists its codes, with at most ${mostCodes} of them`);
  }
  return { clause: ofCodes(request, row, [...pairs]), identifying: false };
}

/** `system|code|value`: the type of the identifier, and its value. */
function ofTypeClause(request: ClauseRequest): ParsedClause {
  const values = request.alternatives.map((part) => splitUnescaped(part, '|').map(unescape));
  if (values.some((pieces) => pieces.length !== 3 || pieces.includes(''))) return invalid(request.row, 'search-value-invalid', 'An identifier by its type has three parts.', 'system|code|value');
  return { clause: anyOf(request, 'of-type', values.map((pieces) => pieces.join('|'))), identifying: true };
}

function stringClause(request: ClauseRequest): ParsedClause {
  const { row, modifier, alternatives } = request;
  if (row.kind === 'string' && row.sounds) return modifier === undefined ? soundClause(request) : 'unknown';
  if (modifier === 'exact') return { clause: anyOf(request, 'exact', alternatives.map(unescape)), identifying: false };
  if (modifier !== undefined && !(modifier === 'contains' && row.kind === 'string' && row.contains)) return 'unknown';
  const values = alternatives.map((part) => normaliseText(unescape(part)));
  if (modifier === 'contains') return partClause(request, values);
  if (values.includes('')) return withoutLetters(request);
  if (values.some((value) => value.length > maxPrefix)) {
    return invalid(request.row, 'search-value-too-long', 'A text to search for is too long.', `at most ${maxPrefix} letters and digits`);
  }
  return { clause: anyOf(request, 'prefix', values), identifying: false };
}

/** `contains`: any part of a name, without regard to case, accents and blanks. */
function partClause(request: ClauseRequest, values: readonly string[]): ParsedClause {
  const { least, most } = partLengths;
  if (values.some(({ length }) => length < least || length > most)) {
    return invalid(request.row, 'search-value-invalid', 'A part of a name to search for is too short or too long.', `${least} to ${most} letters and digits`);
  }
  return { clause: anyOf(request, 'part', values), identifying: false };
}

function soundClause(request: ClauseRequest): ParsedClause {
  const words = request.alternatives.map((part) => wordsOf(unescape(part)));
  if (words.some((each) => each.length === 0)) return withoutLetters(request);
  return { clause: everyWord(request, 'sound', words.map((each) => each.map(soundOf))), identifying: true };
}

function withoutLetters({ row }: ClauseRequest): { problem: Problem } {
  return invalid(row, 'search-value-empty', 'A text to search for has no letters or digits.', 'letters or digits');
}

/** As it is written; `below` an address whatever lies under it, `above` one whatever it lies under. */
function uriClause(request: ClauseRequest, row: Extract<SearchParameterRow, { kind: 'uri' }>): ParsedClause {
  const { type, modifier } = request;
  const values = request.alternatives.map(unescape);
  if (type === 'AuditEvent') return modifier === undefined || modifier === 'below' ? { clause: anyOf(request, modifier === 'below' ? 'below' : 'uri', values), identifying: false } : 'unknown';
  const clause = anyOf(request, 'uri', modifier === 'above' ? values.flatMap((value) => [value, ...addressesAbove(value)]) : values);
  if (modifier !== undefined && modifier !== 'above' && modifier !== 'below') return 'unknown';
  if (modifier === 'below') clause.anyOf.push(...values.map((value) => searchToken(type, row.name, 'below', value.replace(/[/#]$/, ''))));
  const own = row.ofType ? knownProfileOf(type) : undefined;
  const ofType = own !== undefined && values.some((value) => matchesUri(own, value, modifier));
  return { clause: { ...clause, ...(ofType && { orPersons: true as const }) }, identifying: false };
}

function matchesUri(uri: string, value: string, modifier: string | undefined): boolean {
  if (uri === value) return true;
  return modifier === 'below' ? addressesAbove(uri).includes(value.replace(/[/#]$/, '')) : modifier === 'above' && addressesAbove(value).includes(uri);
}

function idClause(request: ClauseRequest): ParsedClause {
  if (request.alternatives.some((id) => !/^[A-Za-z0-9.-]{1,64}$/.test(id))) {
    return invalid(request.row, 'search-value-invalid', 'An id to search for is not an id.', 'letters, digits, - and . only, at most 64');
  }
  return { clause: { ids: request.alternatives }, identifying: true };
}

const prefixForm = `with an optional prefix (${dateOperators.join(', ')}) right before it`;
const dateForm = `YYYY, YYYY-MM, YYYY-MM-DD or a date and time, ${prefixForm}`;

function columnClause(request: ClauseRequest, column: DateCondition['column']): ParsedClause {
  const date = request.alternatives.flatMap((part) => dateCondition(column, part) ?? []);
  if (date.length < request.alternatives.length) return invalid(request.row, 'search-value-invalid', 'A date to search for is not a date.', dateForm);
  return { clause: { date }, identifying: false };
}

type Tests = Omit<ValueCondition, 'key'> & { unit: string };

function named(tests: Omit<ValueCondition, 'key'> | undefined, unit: string): Tests | undefined {
  return tests && { ...tests, unit };
}

function valueClause({ type, row, alternatives }: ClauseRequest, expected: string, read: (part: string) => Tests | undefined): ParsedClause {
  const tests = alternatives.flatMap((part) => read(part) ?? []);
  if (tests.length < alternatives.length) return invalid(row, 'search-value-invalid', 'A value to search for is not in the form of this parameter.', expected);
  return { clause: { values: tests.map(({ unit, ...each }) => ({ key: searchToken(type, row.name, 'value', unit), ...each })) }, identifying: false };
}
