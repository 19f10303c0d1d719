import { isJsonObject } from '../fhir/json.ts';
import { Refusal, type Problem } from '../fhir/problem.ts';
import { isAboutPerson, mayBeApart, searchParameterOf } from '../fhir/search-parameters.ts';
import type { SearchClause, SearchInclude, SearchQuery } from '../fhir/search-query.ts';
import { searchToken } from '../fhir/search-token.ts';
import { valuesAt } from '../fhir/values-at.ts';
import type { Database } from '../store/database.ts';
import { stale, type VisibleRow } from '../store/door/door.ts';
import { readListed, readSourcePatients } from '../store/door/read-rows.ts';
import { resolveQuery } from '../store/door/resolve-query.ts';
import { searchRows } from '../store/door/search-rows.ts';
import { isUuid } from '../store/secrets.ts';
import { assemble } from './assemble.ts';

/** Rows that may go along with one page, and how often what went along is looked through again. */
const includeLimits = { rows: 1000, rounds: 4 };

/**
 * What goes along with a page of matches (FHIR R4 search, _include and _revinclude): the rows that these refer to and those
 * that refer to them, as far as the caller may see them; a reference to somebody brings their source Patients, to be composed.
 * Each is there once. What `:iterate` asks for is done again with what was found, a limited number of times.
 */
export async function includeRecords(database: Database, grantKey: string, { includes = [] }: SearchQuery, matches: readonly VisibleRow[]): Promise<VisibleRow[] | typeof stale> {
  const seen = new Set(matches.map(({ id }) => id));
  const included: VisibleRow[] = [];
  let from = matches;
  let asked = includes;
  for (let round = 0; round < includeLimits.rounds && from.length > 0 && asked.length > 0; round += 1) {
    const found: VisibleRow[] = [];
    for (const include of asked) {
      const rows = include.reverse ? await referring(database, grantKey, include, from) : await referredTo(database, grantKey, include, from);
      if (rows === stale) return stale;
      for (const row of rows.filter(({ id }) => !seen.has(id))) {
        seen.add(row.id);
        found.push(row);
      }
      if (included.length + found.length > includeLimits.rows) throw new Refusal(tooMany);
    }
    included.push(...found);
    from = found;
    asked = includes.filter(({ iterate }) => iterate);
  }
  return included;
}

/** Rows these refer to. */
async function referredTo(database: Database, grantKey: string, include: SearchInclude, from: readonly VisibleRow[]): Promise<VisibleRow[] | typeof stale> {
  const references = from.filter(({ type }) => type === include.source).flatMap((row) => referencesOf(row, include));
  const ids = (people: boolean): string[] => [...new Set(references.filter(({ type }) => (type === 'Patient') === people).map(({ id }) => id))];
  const [rows, people] = await Promise.all([
    ids(false).length === 0 ? [] : readListed(database, grantKey, ids(false)),
    ids(true).length === 0 ? [] : readSourcePatients(database, grantKey, ids(true)),
  ]);
  if (rows === stale || people === stale) return stale;
  return [...rows.filter(({ type }) => include.types.includes(type)), ...people];
}

const literal = /^([A-Z][A-Za-z]+)\/([0-9a-f-]{36})(?:\/_history\/\d+)?$/;

function referencesOf(row: VisibleRow, { source, parameters, types }: SearchInclude): { type: string; id: string }[] {
  const resource = assemble(row);
  return parameters.flatMap((name) => {
    const parameter = searchParameterOf(source, name);
    if (parameter?.kind !== 'reference') return [];
    return parameter.paths.flatMap((path) => valuesAt(resource, path)).flatMap((value) => {
      const [, type = '', id = ''] = (isJsonObject(value) && typeof value['reference'] === 'string' ? literal.exec(value['reference']) : null) ?? [];
      return types.includes(type) && parameter.targets.includes(type) && isUuid(id) ? [{ type, id }] : [];
    });
  });
}

/** Rows that refer to these. */
async function referring(database: Database, grantKey: string, { source, parameters }: SearchInclude, to: readonly VisibleRow[]): Promise<VisibleRow[] | typeof stale> {
  const found: VisibleRow[] = [];
  for (const name of parameters) {
    const clause = referringBy(source, name, to);
    if (!clause) continue;
    const query = await resolveQuery(database, grantKey, { type: source, clauses: [clause], sort: [], count: includeLimits.rows + 1, normal: '' });
    if (query === stale) return stale;
    const page = await searchRows(database, grantKey, query, null);
    if (page === stale) return stale;
    found.push(...page.rows);
  }
  return found;
}

function referringBy(source: string, name: string, to: readonly VisibleRow[]): SearchClause | undefined {
  const parameter = searchParameterOf(source, name);
  if (parameter?.kind !== 'reference') return undefined;
  const fitting = to.filter(({ type }) => parameter.targets.includes(type));
  const citizens = [...new Set(fitting.flatMap(({ type, citizen }) => (type === 'Patient' && citizen !== null ? [citizen] : [])))];
  if (isAboutPerson(source, parameter)) return citizens.length === 0 ? undefined : { citizens };
  const named = [...citizens.map((citizen) => `Patient/${citizen}`), ...fitting.filter(({ type }) => type !== 'Patient').map(({ type, id }) => `${type}/${id}`)];
  if (named.length === 0) return undefined;
  return { anyOf: named.map((value) => searchToken(source, name, 'reference', value)), ...(mayBeApart(source, parameter) && { mayBeApart: true as const }) };
}

const tooMany: Problem = {
  category: 'invalid', code: 'search-includes-too-many', text: 'More goes along with one page than is sent at once.', at: { field: '_include' },
  expected: `at most ${includeLimits.rows} rows beside the matches`, fix: 'Ask for smaller pages with _count, or for less to go along.',
};
