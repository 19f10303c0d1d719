import { rangeOf } from './date-range.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { maxPrefix, normaliseText, wordsOf } from './normalise-text.ts';
import { fragmentOf, searchParametersOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import { codeTokens } from './sensitive-codes.ts';
import { searchToken } from './search-token.ts';
import type { TokenKind } from './search-token.ts';

/** What of a resource can be searched for. */
export interface SearchIndex {
  /** sorted, without repeats */
  tokens: bigint[];
  /** tokens from parts that are stored apart from the body, by their path (`/address`) */
  fragmentTokens: Map<string, bigint[]>;
  /** the type's one date parameter as [from, to) in UTC; null = unbounded. Both null: no date */
  from: string | null;
  to: string | null;
  /** for sorting by name */
  sortText: string | null;
  /** everything it says in codes: not searched, but found when a code becomes sensitive */
  codes: bigint[];
}

/** Takes one search form of a value. */
type Emit = (kind: TokenKind, value: string) => void;

/** Characters of a text that are looked at; what is beyond cannot be searched for. */
const maxText = 256;

/** A type without a table of its own can still be found by its identifiers. */
const unlisted: readonly SearchParameterRow[] = [{ name: 'identifier', kind: 'token', paths: ['identifier'] }];

/** Everything a search may match, taken from the whole resource (fragments included). Pure; never throws on odd shapes. */
export function indexResource(resource: JsonObject): SearchIndex {
  const type = text(resource['resourceType']) ?? '';
  const sets = new Map<string, Set<bigint>>();
  let range: Pick<SearchIndex, 'from' | 'to'> = { from: null, to: null };
  for (const row of searchParametersOf(type) ?? unlisted) {
    if (!('paths' in row)) continue;
    const values = valuesOf(resource, row);
    if (row.kind === 'date') {
      range = periodOf(values[0]);
      continue;
    }
    const fragment = fragmentOf(type, row) ?? '';
    const into = sets.get(fragment) ?? new Set<bigint>();
    if (values.length > 0) sets.set(fragment, into);
    const emit: Emit = (kind, value) => into.add(searchToken(type, row.name, kind, value));
    for (const value of values) emitValue(row, value, emit);
  }
  const tokens = sorted(sets.get(''));
  sets.delete('');
  const fragmentTokens = new Map([...sets].map(([path, set]) => [path, sorted(set)]));
  return { tokens, fragmentTokens, ...range, sortText: sortTextOf(type, resource), codes: codeTokens(resource) };
}

function emitValue(row: SearchParameterRow, value: Json, emit: Emit): void {
  if (row.kind === 'token') emitToken(value, row.system, 'token', emit);
  else if (row.kind === 'string') emitText(value, emit);
  else if (row.kind === 'reference') emitReference(row.targets, value, emit);
}

/** A code, Coding, CodeableConcept or Identifier: found as `system|code`, `code`, `system|`, and `|code` without a system. */
function emitToken(value: Json, system: string | undefined, kind: TokenKind, emit: Emit): void {
  if (typeof value === 'string') return emitPair(system, value, kind, emit);
  if (!isJsonObject(value)) return;
  for (const coding of list(value['coding'])) emitToken(coding, undefined, kind, emit);
  const code = value['code'] ?? value['value'];
  if (typeof code === 'string') emitPair(text(value['system']), code, kind, emit);
}

function emitPair(system: string | undefined, code: string, kind: TokenKind, emit: Emit): void {
  if (code === '') return;
  emit(kind, code);
  emit(kind, `${system ?? ''}|${code}`);
  if (system !== undefined) emit(kind, `${system}|`);
}

function emitReference(targets: readonly string[], value: Json, emit: Emit): void {
  if (!isJsonObject(value)) return;
  const literal = text(value['reference'])?.split('/_history/')[0];
  const parts = literal === undefined ? undefined : /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(literal);
  const type = parts?.[1] ?? text(value['type']);
  if (type !== undefined && !targets.includes(type)) return;
  if (literal && !literal.startsWith('#')) emit('reference', literal);
  if (parts?.[2]) emit('reference', parts[2]);
  emitToken(value['identifier'] ?? null, undefined, 'identifier', emit);
}

/** A string, or a HumanName with all its parts. */
function emitText(value: Json, emit: Emit): void {
  if (typeof value === 'string') return emitPhrase(value, emit);
  if (!isJsonObject(value)) return;
  const part = (name: string) => list(value[name]).filter((item) => typeof item === 'string');
  for (const name of ['text', 'prefix', 'given', 'family', 'suffix']) {
    for (const phrase of part(name)) emitPhrase(phrase, emit);
  }
  const given = part('given').join(' ');
  const family = part('family').join(' ');
  if (given && family) for (const whole of [`${given} ${family}`, `${family} ${given}`]) emitPrefixes(normaliseText(whole), emit);
}

function emitPhrase(phrase: string, emit: Emit): void {
  const looked = phrase.slice(0, maxText);
  emit('exact', looked);
  emitPrefixes(normaliseText(looked), emit);
  const words = wordsOf(looked);
  if (words.length > 1) for (const word of words) emitPrefixes(word, emit);
}

function emitPrefixes(normal: string, emit: Emit): void {
  for (let length = 1; length <= Math.min(normal.length, maxPrefix); length += 1) emit('prefix', normal.slice(0, length));
}

/** A date, dateTime, instant or Period as [from, to). A side that says nothing readable is unbounded. */
function periodOf(value: Json | undefined): Pick<SearchIndex, 'from' | 'to'> {
  if (typeof value === 'string') return rangeOf(value) ?? { from: null, to: null };
  if (!isJsonObject(value)) return { from: null, to: null };
  const start = rangeOf(text(value['start']) ?? '');
  const end = rangeOf(text(value['end']) ?? '');
  return { from: start?.from ?? null, to: end?.to ?? null };
}

/** Patient: the family name of its first name that has one, an official one before others. Organization: its name. */
function sortTextOf(type: string, resource: JsonObject): string | null {
  if (type === 'Organization') return normaliseText(text(resource['name']) ?? '').slice(0, maxPrefix) || null;
  if (type !== 'Patient') return null;
  const named = list(resource['name']).filter((name) => isJsonObject(name)).filter((name) => text(name['family']));
  const chosen = named.find((name) => name['use'] === 'official') ?? named[0];
  return normaliseText(text(chosen?.['family']) ?? '').slice(0, maxPrefix) || null;
}

function valuesOf(resource: JsonObject, row: Extract<SearchParameterRow, { paths: readonly string[] }>): Json[] {
  const values = row.paths.flatMap((path) => valuesAt(resource, path.split('.')));
  if (row.kind !== 'token' || row.extension === undefined) return values;
  return values.filter((value) => isJsonObject(value)).filter((value) => value['url'] === row.extension).map((value) => value['valueCoding'] ?? null);
}

/** The values at a path of element names, lists flattened. */
function valuesAt(value: Json, path: readonly string[]): Json[] {
  let found: Json[] = [value];
  for (const name of path) found = found.flatMap((item) => (isJsonObject(item) ? list(item[name]) : []));
  return found;
}

function list(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function sorted(set: ReadonlySet<bigint> | undefined): bigint[] {
  return [...(set ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
