import fc from 'fast-check';
import type { CapabilityStatement } from '@medplum/fhirtypes';
import { isJsonObject, type Json } from '../../src/fhir/json.ts';
import { searchParameterOf, type SearchParameterRow } from '../../src/fhir/search-parameters.ts';
import type { StoredRow } from './twin-worlds.ts';

/** One request, as it is put to both worlds. */
export interface TwinRequest {
  path: string;
  /** parameters of a search by POST */
  form?: [string, string][];
  headers?: Record<string, string>;
}

const unknownId = '01234567-89ab-8cde-8f01-23456789abcd';

/** Requests of every interaction the statement offers, with values taken from the rows of both worlds, hidden ones as well. */
export function twinRequest(statement: CapabilityStatement, rows: readonly StoredRow[]): fc.Arbitrary<TwinRequest> {
  const resources = (statement.rest?.[0]?.resource ?? []).map(({ type = '', searchParam = [], interaction = [] }) => ({
    type, names: searchParam.map(({ name = '' }) => name), codes: interaction.map(({ code }) => code), rows: rows.filter((row) => row.type === type),
  }));
  const searchable = resources.filter(({ codes }) => codes.includes('search-type')).map(({ type, names, rows: own }) => search(type, names, own, rows));
  return fc.oneof(
    { weight: 5, arbitrary: fc.oneof(...searchable) },
    { weight: 4, arbitrary: instance(rows, resources.map(({ type }) => type)) },
    { weight: 2, arbitrary: everything(rows) },
  );
}

function search(type: string, names: readonly string[], own: readonly StoredRow[], all: readonly StoredRow[]): fc.Arbitrary<TwinRequest> {
  const parameters = names.flatMap((name) => {
    const row = searchParameterOf(type, name);
    const values = row ? valuesOf(row, own, all) : [];
    return values.length > 0 ? [fc.tuple(fc.constant(name), fc.constantFrom(...values))] : [];
  });
  const sorts = names.filter((name) => ['_id', '_lastUpdated', 'date', 'authored', 'birthdate', 'family', 'name'].includes(name)).flatMap((name) => [name, `-${name}`]);
  const shape = fc.record({
    sort: fc.option(sorts.length > 0 ? fc.constantFrom(...sorts) : fc.constant('_id'), { freq: 2 }), count: fc.option(fc.constantFrom('0', '1', '2', '3', '5', '50'), { freq: 3 }),
    lenient: fc.nat(9).map((dice) => dice === 0), posted: fc.boolean(),
  });
  const asked = parameters.length > 0 ? fc.array(fc.oneof(...parameters), { maxLength: 2 }) : fc.constant<[string, string][]>([]);
  return fc.tuple(asked, shape).map(([given, { sort, count, lenient, posted }]): TwinRequest => {
    const form: [string, string][] = [...given, ...(sort === null ? [] : [['_sort', sort] as [string, string]]), ...(count === null ? [] : [['_count', count] as [string, string]]),
      ...(lenient ? [['_has:Task:patient:status', 'draft'] as [string, string]] : [])];
    const headers = lenient ? { headers: { Prefer: 'handling=lenient' } } : {};
    return posted ? { path: `/fhir/${type}/_search`, form, ...headers } : { path: `/fhir/${type}?${new URLSearchParams(form).toString()}`, ...headers };
  });
}

function instance(rows: readonly StoredRow[], types: readonly string[]): fc.Arbitrary<TwinRequest> {
  const named = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...rows).map(({ type, id }) => `${type}/${id}`) },
    { weight: 2, arbitrary: fc.constantFrom(...rows).map(({ citizen }) => `Patient/${citizen}`) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...types), fc.constantFrom(...rows)).map(([type, { id }]) => `${type}/${id}`) },
    { weight: 1, arbitrary: fc.constantFrom(...types).map((type) => `${type}/${unknownId}`) },
  );
  const way = fc.constantFrom('', '', '/_history/1', '/_history/2', '/_history', '/_history?_count=1');
  const headers = fc.option(fc.constantFrom('W/"1"', 'W/"2"', '*'), { freq: 3 }).map((etag): Pick<TwinRequest, 'headers'> => (etag === null ? {} : { headers: { 'If-None-Match': etag } }));
  return fc.tuple(named, way, headers).map(([what, how, more]) => ({ path: `/fhir/${what}${how}`, ...more }));
}

function everything(rows: readonly StoredRow[]): fc.Arbitrary<TwinRequest> {
  const whom = fc.constantFrom(...rows.map(({ citizen }) => citizen), ...rows.filter(({ type }) => type === 'Patient').map(({ id }) => id), unknownId);
  return fc.tuple(whom, fc.constantFrom('', '?_count=1', '?_count=2', '?_count=7')).map(([citizen, count]) => ({ path: `/fhir/Patient/${citizen}/$everything${count}` }));
}

/** Values this parameter has in the rows, in the forms a search takes. */
function valuesOf(row: SearchParameterRow, own: readonly StoredRow[], all: readonly StoredRow[]): string[] {
  if (row.kind === 'id') return own.flatMap(({ id, citizen }) => [id, citizen]);
  if (row.kind === 'updated') return own.flatMap(({ updatedAt }) => ['', 'ge', 'lt'].map((op) => op + updatedAt.toISOString()));
  if (row.kind === 'reference' && row.targets.length === 1 && row.targets[0] === 'Patient') return all.flatMap(({ citizen, id }) => [`Patient/${citizen}`, id]);
  const found = own.flatMap(({ body }) => row.paths.flatMap((path) => valuesAt(body, path.split('.'))));
  return [...new Set(found.flatMap((value) => searchForms(row, value)))];
}

function searchForms(row: SearchParameterRow, value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => searchForms(row, each));
  if (typeof value === 'string') return row.kind === 'date' ? [value.slice(0, 10), `le${value.slice(0, 10)}`, `gt${value.slice(0, 4)}`] : row.kind === 'string' ? [value, value.slice(0, 3)] : [value];
  if (!isJsonObject(value)) return [];
  if (row.kind === 'date') return [...searchForms(row, value['start'] ?? null), ...searchForms(row, value['end'] ?? null)];
  if (row.kind === 'reference') return searchForms({ ...row, kind: 'string' }, value['reference'] ?? null);
  if (row.kind === 'string') return Object.values(value).flatMap((part) => searchForms(row, part));
  const coded = value['code'] ?? value['value'];
  const forms = typeof coded === 'string' ? [coded, `${typeof value['system'] === 'string' ? value['system'] : ''}|${coded}`, ...(typeof value['system'] === 'string' ? [`${value['system']}|`] : [])] : [];
  return [...forms, ...searchForms(row, value['coding'] ?? null), ...searchForms(row, value['valueCoding'] ?? null)].filter((form) => form !== '' && !form.includes(','));
}

function valuesAt(value: Json, path: readonly string[]): Json[] {
  let found: Json[] = [value];
  for (const name of path) found = found.flatMap((item) => (isJsonObject(item) && item[name] !== undefined ? (Array.isArray(item[name]) ? item[name] : [item[name]]) : []));
  return found;
}
