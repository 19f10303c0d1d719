import type { SearchClause, SearchQuery } from '../fhir/search-query.ts';
import { sharingLabels } from '../fhir/sharing-labels.ts';
import type { Database } from '../store/database.ts';
import { stale, type VisibleRow } from '../store/door/door.ts';
import { readSourcePatients } from '../store/door/read-rows.ts';
import { resolveQuery } from '../store/door/resolve-query.ts';
import { countMatches, searchCitizens, searchRows, type PagePosition } from '../store/door/search-rows.ts';
import { isUuid } from '../store/secrets.ts';
import { includeRecords } from './include-records.ts';
import type { HeldGrant } from './policy.ts';

/** A page of what a search finds through the door. */
export interface SearchFound {
  rows: VisibleRow[];
  /** source Patients of the citizens found, to be composed */
  people: VisibleRow[];
  included: VisibleRow[];
  /** citizens the search names whose composed Patient the caller may see */
  visible: string[];
  total: number | undefined;
  next: PagePosition | null;
}

/** The page, its total on the first one, and what goes along with it; the chains of a search are followed under the same grant. */
export async function searchRecords(database: Database, grantKey: string, asked: SearchQuery, after: PagePosition | null): Promise<SearchFound | typeof stale> {
  const query = await resolveQuery(database, grantKey, asked);
  if (query === stale) return stale;
  const uncounted = after !== null || query.total === 'none';
  const [page, total, visible] = await Promise.all([
    query.count === 0 ? emptyPage : query.type === 'Patient' ? findPeople(database, grantKey, query, after) : findRows(database, grantKey, query, after),
    uncounted ? undefined : countMatches(database, grantKey, query),
    query.type === 'Patient' ? [] : namedAndVisible(database, grantKey, query),
  ]);
  if (page === stale || total === stale || visible === stale) return stale;
  const included = await includeRecords(database, grantKey, query, [...page.rows, ...page.people]);
  return included === stale ? stale : { ...page, included, total, visible };
}

type Page = Pick<SearchFound, 'rows' | 'people' | 'next'>;
const emptyPage: Page = { rows: [], people: [], next: null };

async function findRows(database: Database, grantKey: string, query: SearchQuery, after: PagePosition | null): Promise<Page | typeof stale> {
  const page = await searchRows(database, grantKey, query, after);
  if (page === stale) return stale;
  const last = page.rows.at(-1);
  return { rows: page.rows, people: [], next: page.more && last ? { keys: last.keys, id: last.id } : null };
}

async function findPeople(database: Database, grantKey: string, query: SearchQuery, after: PagePosition | null): Promise<Page | typeof stale> {
  const page = await searchCitizens(database, grantKey, query, after);
  if (page === stale) return stale;
  const citizens = page.citizens.map(({ id }) => id);
  const people = citizens.length === 0 ? [] : await readSourcePatients(database, grantKey, citizens);
  if (people === stale) return stale;
  const place = new Map(citizens.map((citizen, i) => [citizen, i]));
  people.sort((a, b) => (place.get(a.citizen ?? '') ?? 0) - (place.get(b.citizen ?? '') ?? 0));
  const last = page.citizens.at(-1);
  return { rows: [], people, next: page.more && last ? { keys: last.keys, id: last.id } : null };
}

async function namedAndVisible(database: Database, grantKey: string, query: SearchQuery): Promise<string[] | typeof stale> {
  const named = query.clauses.flatMap((clause) => ('citizen' in clause ? clause.citizen.filter(isUuid) : []));
  const people = named.length > 0 ? await readSourcePatients(database, grantKey, named) : [];
  return people === stale ? stale : people.flatMap(({ citizen }) => (citizen === null ? [] : [citizen]));
}

/** The search with its marks looked up: which sharing classes bear them. */
export function withClasses(query: SearchQuery, { classes }: Pick<HeldGrant, 'classes'>): SearchQuery {
  const resolved = (clause: SearchClause): SearchClause => {
    if ('either' in clause) return { either: clause.either.map((all) => all.map(resolved)) };
    if ('chain' in clause) return { chain: { ...clause.chain, to: clause.chain.to.map((to) => ({ ...to, clauses: to.clauses.map(resolved) })) } };
    if ('has' in clause) return { has: { ...clause.has, clauses: clause.has.clauses.map(resolved) } };
    return 'anyOf' in clause && clause.ofClass ? { ...clause, orClasses: classesNamed(classes, clause.ofClass) } : clause;
  };
  return { ...query, clauses: query.clauses.map(resolved) };
}

function classesNamed(classes: HeldGrant['classes'], { kind, names }: { kind: 'custodian' | 'labels'; names: readonly string[] }): number[] {
  return [...classes.values()].filter(({ custodian, labels }) => {
    const said = kind === 'custodian' ? [custodian] : labels.map((label) => `${sharingLabels.get(label)?.system ?? ''}|${label}`);
    return said.some((pair) => names.some((name) => name === pair || name === pair.slice(pair.indexOf('|') + 1) || name === pair.slice(0, pair.indexOf('|') + 1)));
  }).map(({ id }) => id);
}
