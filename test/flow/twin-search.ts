import type { CapabilityStatement } from '@medplum/fhirtypes';
import { isConformanceType } from '../../src/flow/reading/conformance.ts';
import { listsKept } from '../../src/fhir/kept-lists.ts';
import { isJsonObject, type Json } from '../../src/fhir/json.ts';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { dateOperators } from '../../src/fhir/search-query.ts';
import { searchParameterOf, type SearchParameterRow } from '../../src/fhir/search-parameters.ts';
import type { StoredRow } from './twin-worlds.ts';

/** One way to search by one parameter of one type: plain, with a modifier, or with a prefix. */
export interface SearchForm {
  type: string;
  parameter: string;
  /** `` | `:exact` | `ge` … */
  form: string;
  values: string[];
}

const prefixes: readonly string[] = ['', ...dateOperators];
const compared: readonly (string | undefined)[] = ['date', 'number', 'quantity'];
/** Every modifier of FHIR R4 search, and every type a reference may be narrowed to. */
const modifiers = ['missing', 'exact', 'contains', 'text', 'not', 'above', 'below', 'in', 'not-in', 'of-type', 'identifier', 'iterate'];
const unknownId = '01234567-89ab-8cde-8f01-23456789abcd';
/** Nobody's values, tried where the rows have none. */
const inventedValues = [unknownId, 'unheard-of'];

/** Work lists that are kept: one state, and one thing they are by, with values of the rows of both worlds; a list nobody has a value for cannot be asked. */
export function keptListForms(forms: readonly SearchForm[]): { name: string; type: string; state: SearchForm; by: SearchForm }[] {
  const form = (type: string, parameter: string, wanted: RegExp): SearchForm | undefined => {
    const plain = forms.find((each) => each.type === type && each.parameter === parameter && each.form === '');
    const values = plain?.values.filter((value) => wanted.test(value)) ?? [];
    return plain && values.length > 0 ? { ...plain, values } : undefined;
  };
  return listsKept().flatMap(({ type, state, by }) => by.flatMap((name) => {
    const [ofState, ofBy] = [form(type, state, /^[^|]+$/), form(type, name, /^[^|/]+[|/][^|]+$|\|.+/)];
    return ofState && ofBy ? [{ name: `list ${type}.${name}`, type, state: ofState, by: ofBy }] : [];
  }));
}

/** Every (type, parameter, modifier or prefix) the statement offers and the parser takes. What is published is the same in both worlds and holds no record. */
export function offeredForms(statement: CapabilityStatement): Omit<SearchForm, 'values'>[] {
  return (statement.rest?.[0]?.resource ?? []).filter(({ type = '' }) => !isConformanceType(type)).flatMap(({ type = '', searchParam = [] }) => searchParam.flatMap(({ name = '', type: kind }) =>
    [...(compared.includes(kind) ? prefixes : ['']), ...takenModifiers(type, name)].map((form) => ({ type, parameter: name, form }))));
}

function takenModifiers(type: string, name: string): string[] {
  const row = searchParameterOf(type, name);
  const targets = row?.kind === 'reference' ? row.targets : [];
  return [...modifiers, ...targets].filter((modifier) => {
    const parsed = parseSearch(type, [[`${name}:${modifier}`, modifier === 'missing' ? 'true' : 'x']], { handling: 'strict' });
    return !('problems' in parsed) || parsed.problems.every(({ code }) => code !== 'search-parameter-unknown');
  }).map((modifier) => `:${modifier}`);
}

/** A form with values taken from the rows of both worlds; without any it cannot be asked. */
export function searchForm(offered: Omit<SearchForm, 'values'>, rows: readonly StoredRow[]): SearchForm {
  const { type, parameter, form } = offered;
  const row = searchParameterOf(type, parameter);
  const found = row ? valuesOf(row, form, rows.filter((each) => each.type === type), rows) : [];
  const values = [...new Set(found)].filter((value) => value !== '' && value.length <= 100 && !/[,|$\\]$/.test(value.replace(/\|$/, '')));
  return { ...offered, values: row && values.length === 0 ? inventedFor(row, form) : values };
}

function inventedFor(row: SearchParameterRow, form: string): string[] {
  if (form === ':missing') return ['true', 'false'];
  if (form === ':in' || form === ':not-in') return valueSets;
  if (form === ':of-type') return ['http://terminology.hl7.org/CodeSystem/v2-0203|MR|x'];
  if (row.kind === 'composite') return ['x$1', 'x$y'];
  if (row.kind === 'number' || row.kind === 'quantity') return [`${form}1`, `${form}36.6`];
  return row.kind === 'date' || row.kind === 'updated' ? [`${form}2026`, `${form}2024-05-01`] : inventedValues;
}

/** The halves of a composite, of one element. */
function pairsIn(element: Json, parts: readonly { paths: readonly string[] }[]): string[] {
  const [codes = [], values = []] = parts.map(({ paths }) => paths.flatMap((path) => valuesAt(element, path.split('.'))).flatMap((value) => [...codesIn(value), ...amountsIn(value), ...(typeof value === 'string' ? [value] : [])]));
  return codes.slice(0, 3).flatMap((code) => values.slice(0, 3).map((value) => `${code}$${value}`));
}

function amountsIn(value: Json): string[] {
  return isJsonObject(value) && typeof value['value'] === 'number' ? [String(value['value'])] : [];
}

const valueSets = ['http://hl7.org/fhir/ValueSet/administrative-gender', 'http://hl7.org/fhir/ValueSet/episode-of-care-status'];

function valuesOf(row: SearchParameterRow, form: string, own: readonly StoredRow[], all: readonly StoredRow[]): string[] {
  if ([':missing', ':in', ':not-in', ':of-type'].includes(form)) return inventedFor(row, form);
  if (row.kind === 'id') return own.flatMap(({ id, citizen }) => [id, citizen]);
  if (row.kind === 'updated') return own.flatMap(({ updatedAt }) => [`${form}${updatedAt.toISOString()}`, `${form}${updatedAt.toISOString().slice(0, 10)}`]);
  if (row.kind === 'reference' && (form === '' || form === ':Patient') && row.targets.includes('Patient')) return all.flatMap(({ citizen, id }) => [`Patient/${citizen}`, id, citizen]);
  if (row.kind === 'reference' && form !== ':identifier') return all.flatMap(({ id, type }) => (row.targets.includes(type) && (form === '' || form === `:${type}`) ? [`${type}/${id}`] : []));
  if (row.kind === 'composite') return row.roots.flatMap(({ root, parts }) => own.flatMap(({ body }) => valuesAt(body, root === '' ? [] : root.split('.'))).flatMap((element) => pairsIn(element, parts)));
  const found = own.flatMap(({ body }) => row.paths.flatMap((path) => valuesAt(body, path.split('.'))));
  return found.flatMap((value) => formsOf(row, form, value));
}

function formsOf(row: SearchParameterRow, form: string, value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => formsOf(row, form, each));
  if (row.kind === 'number' || row.kind === 'quantity') return (typeof value === 'number' ? [String(value)] : amountsIn(value)).map((amount) => form + amount);
  if (row.kind === 'date') return (isJsonObject(value) ? [value['start'], value['end'], value['valueDateTime']] : [value]).flatMap((date) => (typeof date === 'string' ? [10, 7, 4].map((length) => form + date.slice(0, length)) : []));
  if (row.kind === 'reference') return form === ':identifier' ? codesIn(isJsonObject(value) ? (value['identifier'] ?? null) : null) : textsIn(isJsonObject(value) ? (value['reference'] ?? null) : null);
  if (row.kind === 'string') return textsIn(value).flatMap((text) => (form === ':exact' ? [text] : form === ':contains' ? [text.slice(1, 5)] : [text, text.slice(0, 3)]));
  if (form === ':text') return wordsBesideCodes(value);
  return [...codesIn(value), ...(typeof value === 'string' ? [value] : [])];
}

function wordsBesideCodes(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsBesideCodes);
  return isJsonObject(value) ? [...textsIn(value['text'] ?? null), ...textsIn(value['display'] ?? null), ...wordsBesideCodes(value['coding'] ?? null)].flatMap((text) => [text, text.slice(0, 4)]) : [];
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** `code`, `system|code`, `system|` of whatever carries a code or an identifier. */
function codesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (!isJsonObject(value)) return [];
  const [code, system] = [value['code'] ?? value['value'], value['system']];
  const own = typeof code === 'string' ? [code, ...(typeof system === 'string' ? [`${system}|${code}`, `${system}|`] : [`|${code}`])] : [];
  return [...own, ...codesIn(value['coding'] ?? null), ...codesIn(value['valueCoding'] ?? null)];
}

function valuesAt(value: Json, path: readonly string[]): Json[] {
  let found: Json[] = [value];
  for (const name of path) found = found.flatMap((item) => (isJsonObject(item) && item[name] !== undefined ? (Array.isArray(item[name]) ? item[name] : [item[name]]) : []));
  return found;
}
