import { indexComposite } from './index-composites.ts';
import { dateRangeOf, quantityOf } from './index-ranges.ts';
import { emitTokens } from './index-tokens.ts';
import { isJsonObject } from './json.ts';
import { partOfList } from './kept-lists.ts';
import type { Json, JsonObject } from './json.ts';
import { maxPrefix, normaliseText } from './normalise-text.ts';
import type { ValuedRow } from './search-parameter-row.ts';
import { fragmentOf, isAboutPerson, recordDateOf, searchParameterOf, searchParametersOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import { codeTokens } from './sensitive-codes.ts';
import { listToken, searchToken } from './search-token.ts';
import { valuesAt } from './values-at.ts';

/** What of a resource can be searched for. */
export interface SearchIndex {
  /** sorted, without repeats */
  tokens: bigint[];
  /** tokens from parts that are stored apart from the body, by their path (`/address`) */
  fragmentTokens: Map<string, bigint[]>;
  /** the date its records are of, as [from, to) in UTC; null = unbounded. Both null: no date */
  from: string | null;
  to: string | null;
  /** other dates, numbers and quantities of the body: from where to where, by the token that names them */
  values: IndexedValue[];
  /** for sorting by name */
  sortText: string | null;
  /** everything it says in codes: not searched, but found when a code becomes sensitive */
  codes: bigint[];
}

/** Dates in milliseconds since 1970, half-open; numbers as they are, both ends included. */
export interface IndexedValue {
  key: bigint;
  low: number;
  high: number;
}

/** A type without a table of its own can still be found by its identifiers. */
const unlisted: readonly SearchParameterRow[] = [{ name: 'identifier', url: '', kind: 'token', paths: ['identifier'], types: ['Identifier'] }];

/** Values of one parameter that are compared by their size; more say nothing one would search for. */
const mostValues = 50;

/** Everything a search may match, taken from the whole resource (fragments included). Pure; never throws on odd shapes. */
export function indexResource(resource: JsonObject): SearchIndex {
  const type = text(resource['resourceType']) ?? '';
  const sets = new Map<string, Set<bigint>>();
  const values: IndexedValue[] = [];
  const lists = { state: new Set<bigint>(), by: new Set<bigint>() };
  let range: Pick<SearchIndex, 'from' | 'to'> = { from: null, to: null };
  for (const row of searchParametersOf(type) ?? unlisted) {
    if (row.kind === 'composite') {
      indexComposite(type, row, resource, { token: (token) => addTo(sets, '', token), value: (value) => values.push(value) });
      continue;
    }
    if (!('paths' in row)) continue;
    const said = row.kind === 'token' && row.truth ? [truthOf(resource, row)] : valuesOf(resource, row);
    if (said.length === 0) continue;
    const fragment = fragmentOf(type, row) ?? '';
    if (!row.name.startsWith('_')) addTo(sets, fragment, searchToken(type, row.name, 'present', ''));
    if (row.kind === 'date' && row.name === recordDateOf(type)) range = periodOf(said[0]);
    else if (row.kind === 'date') values.push(...datesIn(type, row, said));
    else if (row.kind === 'number' || row.kind === 'quantity') values.push(...quantitiesIn(type, row, said));
    else if (!isAboutPerson(type, row)) for (const value of said) emitTokens(row, value, (kind, form) => {
      const token = searchToken(type, row.name, kind, form);
      addTo(sets, fragment, token);
      const part = partOfList(type, row.name, kind, form);
      if (part) lists[part].add(token);
    });
    else for (const value of said) emitTokens(row, value, (kind, form) => { if (kind === 'identifier') addTo(sets, fragment, searchToken(type, row.name, kind, form)); });
  }
  for (const state of lists.state) for (const by of lists.by) addTo(sets, '', listToken(type, state, by));
  const tokens = sorted(sets.get(''));
  sets.delete('');
  const fragmentTokens = new Map([...sets].map(([path, set]) => [path, sorted(set)]));
  return { tokens, fragmentTokens, ...range, values, sortText: sortTextOf(type, resource), codes: codeTokens(resource) };
}

/** The same index, of a row that came from there: the mark is only known once it is stored. */
export function indexedFrom(index: SearchIndex, type: string, source: string): SearchIndex {
  const row = searchParameterOf(type, '_source');
  const tokens = new Set(index.tokens);
  if (row) emitTokens(row, source, (kind, form) => tokens.add(searchToken(type, row.name, kind, form)));
  return { ...index, tokens: sorted(tokens) };
}

function addTo(sets: Map<string, Set<bigint>>, fragment: string, token: bigint): void {
  const into = sets.get(fragment) ?? new Set<bigint>();
  sets.set(fragment, into.add(token));
}

function datesIn(type: string, row: ValuedRow, said: readonly Json[]): IndexedValue[] {
  const key = searchToken(type, row.name, 'value', '');
  return said.slice(0, mostValues).flatMap((value) => dateRangeOf(value) ?? []).map((range) => ({ key, ...range }));
}

function quantitiesIn(type: string, row: ValuedRow, said: readonly Json[]): IndexedValue[] {
  return said.slice(0, mostValues).flatMap((value) => quantityOf(value) ?? [])
    .flatMap(({ range, units }) => units.map((unit) => ({ key: searchToken(type, row.name, 'value', unit), ...range })));
}

/** The record's own date as the columns hold it. */
function periodOf(value: Json | undefined): Pick<SearchIndex, 'from' | 'to'> {
  const range = dateRangeOf(value);
  return { from: instant(range?.low), to: instant(range?.high) };
}

/** Nothing reaches past the year 9999 or before the year 1. */
function instant(ms: number | undefined): string | null {
  if (ms === undefined || !Number.isFinite(ms)) return null;
  return new Date(Math.min(Math.max(ms, earliest), latest)).toISOString();
}
const earliest = Date.parse('0001-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** Patient: the family name of its first name that has one, an official one before others. Organization: its name. */
function sortTextOf(type: string, resource: JsonObject): string | null {
  if (type === 'Organization') return normaliseText(text(resource['name']) ?? '').slice(0, maxPrefix) || null;
  if (type !== 'Patient') return null;
  const names = resource['name'];
  const named = (Array.isArray(names) ? names : [names]).filter((name) => isJsonObject(name)).filter((name) => text(name['family']));
  const chosen = named.find((name) => name['use'] === 'official') ?? named[0];
  return normaliseText(text(chosen?.['family']) ?? '').slice(0, maxPrefix) || null;
}

/** Whether there is anything but false. */
function truthOf(resource: JsonObject, row: ValuedRow): boolean {
  return row.paths.some((path) => resource[path] !== undefined && resource[path] !== null && resource[path] !== false);
}

function valuesOf(resource: JsonObject, row: ValuedRow): Json[] {
  const values = row.paths.flatMap((path) => valuesAt(resource, path));
  if (row.kind !== 'token' && row.kind !== 'date') return values;
  const { extension } = row;
  if (extension !== undefined) return values.flatMap((value) => (isJsonObject(value) && value['url'] === extension ? [value[row.kind === 'date' ? 'valueDateTime' : 'valueCoding'] ?? null] : []));
  if (row.kind === 'date') return values;
  const { where } = row;
  return where === undefined ? values : values.filter((value) => isJsonObject(value) && value[where.member] === where.value);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function sorted(set: ReadonlySet<bigint> | undefined): bigint[] {
  return [...(set ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
