import type { SearchQuery, SearchSort } from '../../fhir/search-query.ts';
import { listToken } from '../../fhir/search-token.ts';
import type { Database } from '../database.ts';
import { lookedColumns, stale, throughDoor, type VisibleRow } from './door.ts';
import { conditions, isSingle, Sql, valuesOf } from './search-conditions.ts';
import { arrayText } from '../shared-rows.ts';

/** Where a page ended: the sort values and the id of its last row. */
export interface PagePosition {
  keys: string[];
  id: string;
}

export interface SearchPage {
  rows: (VisibleRow & { keys: string[] })[];
  /** there is a row after the last one */
  more: boolean;
}

/** How far is counted where nobody asked for a total, and as a client asks for it. The first is the longest page: what is more is not waited for. */
export const countLimits = { unasked: 200, estimate: 1_000, accurate: 100_000 };

const shapes = new Map<string, string>();
const shapesKept = 200;

/**
 * What a search is prepared as: searches of one shape have one text. Shapes nobody asks for often must not fill a connection's
 * memory: beyond a number they are not prepared. Nor is a search by a part of rows: a town and a postcode are of one shape, and
 * the plan that serves both goes through every part of the town.
 */
function shapeName(text: string, { clauses }: Pick<SearchQuery, 'clauses'>): string {
  if (clauses.some((clause) => 'anyOf' in clause && clause.onFragment !== undefined)) return '';
  const known = shapes.get(text);
  if (known !== undefined || shapes.size >= shapesKept) return known ?? '';
  const name = `search-${shapes.size + 1}`;
  shapes.set(text, name);
  return name;
}

/** One page of matching rows, bodies fetched for the page only. Reads the door's views and nothing else. */
export async function searchRows(
  database: Database, grantKey: string, query: SearchQuery, after: PagePosition | null,
): Promise<SearchPage | typeof stale> {
  const usual = usualTokens(query);
  if (usual && isNewestFirst(query.sort)) return newestBearing(database, grantKey, query, usual, after);
  const sql = new Sql();
  const keys = sortKeys(sql, query.sort);
  const matching = `select r.id, ${keys.map((key, i) => `${key.expression} as k${i}`).join(', ')} from readable_row r where ${conditions(sql, query)}`;
  const page = `select * from (${matching}) m ${seek(sql, keys, after)} order by ${order(keys)} limit ${sql.bind(query.count + 1, 'int')}`;
  const text = `with page as materialized (${page}) select ${lookedColumns}, array[${keys.map((_, i) => `p.k${i}::text`).join(', ')}] as keys,
    ${keys.map((_, i) => `p.k${i}`).join(', ')} from page p join look_at_listed(${sql.bind(grantKey, 'text')}, array(select id from page)) r on r.id = p.id`;
  const rows = await throughDoor<VisibleRow & { keys: string[] }>(database, grantKey, shapeName(text, query), text, sql.values, order(keys).replaceAll(/\bk(\d)/g, 'q.k$1').replace(/\bid\b/, 'q.id'));
  if (rows === stale) return stale;
  return { rows: rows.slice(0, query.count), more: rows.length > query.count };
}

/** A query that asks for tokens only, all of which a row must bear: most work lists. Their statements are planned once. */
function usualTokens({ type, clauses }: SearchQuery): string | null {
  if (type === 'Patient' || clauses.length === 0 || !clauses.every(isSingle)) return null;
  return arrayText(clauses.flatMap((clause) => ('anyOf' in clause ? clause.anyOf : [])));
}

function isNewestFirst(sort: readonly SearchSort[]): boolean {
  const [first, ...others] = sort;
  return first === undefined || (others.length === 0 && first.by === 'updated' && first.descending);
}

/**
 * The list that holds every row of this search, if one that is kept does. None where anything else is asked for: what few rows
 * bear is found by its token at once, and a whole list would be gone through for it.
 */
function listOf({ type, clauses }: SearchQuery): bigint | null {
  if (!clauses.every((clause) => 'anyOf' in clause && clause.inList !== undefined)) return null;
  const part = (of: 'state' | 'by'): bigint | undefined => clauses.flatMap((clause) => ('anyOf' in clause && clause.inList === of ? clause.anyOf : []))[0];
  const [state, by] = [part('state'), part('by')];
  return state === undefined || by === undefined ? null : listToken(type, state, by);
}

async function newestBearing(database: Database, grantKey: string, query: SearchQuery, tokens: string, after: PagePosition | null): Promise<SearchPage | typeof stale> {
  const { type, count } = query;
  const found = await database.serve<VisibleRow & { fresh: boolean; keys: string[] }>('reader', null, {
    name: 'look-at-page', text: 'select *, array["updatedAt"::text] as keys from look_at_page($1, $2, $3, $4, $5, $6, $7) order by "updatedAt" desc, id',
    values: [grantKey, type, tokens, listOf(query)?.toString() ?? null, after?.keys[0] ?? null, after?.id ?? null, count + 1],
  });
  if (!found.every(({ fresh }) => fresh)) return stale;
  const rows = found.filter(({ id }: { id: string | null }) => id !== null);
  return { rows: rows.slice(0, count), more: rows.length > count };
}

/** One page of citizens with a visible source Patient on which every parameter holds. */
export async function searchCitizens(
  database: Database, grantKey: string, query: SearchQuery, after: PagePosition | null,
): Promise<{ citizens: { id: string; keys: string[] }[]; more: boolean } | typeof stale> {
  const sql = new Sql();
  const keys = sortKeys(sql, query.sort);
  const matching = `select r.citizen_id as id, ${keys.map((key, i) => `${key.descending ? 'max' : 'min'}(${key.expression === 'r.id' ? 'r.citizen_id::text' : key.expression}) as k${i}`).join(', ')}
    from readable_row r where ${conditions(sql, query)} group by r.citizen_id`;
  const text = `select id, array[${keys.map((_, i) => `k${i}::text`).join(', ')}] as keys, ${keys.map((_, i) => `k${i}`).join(', ')}
    from (${matching}) m ${seek(sql, keys, after)} order by ${order(keys)} limit ${sql.bind(query.count + 1, 'int')}`;
  const rows = await throughDoor<{ id: string; keys: string[] }>(database, grantKey, shapeName(text, query), text, sql.values, order(keys).replaceAll(/\bk(\d)/g, 'q.k$1').replace(/\bid\b/, 'q.id'));
  if (rows === stale) return stale;
  return { citizens: rows.slice(0, query.count), more: rows.length > query.count };
}

/** How many rows (for Patient: citizens) match, up to one of `countLimits`; above it, undefined. */
export async function countMatches(database: Database, grantKey: string, query: SearchQuery): Promise<number | undefined | typeof stale> {
  const most = countLimits[query.total === 'estimate' || query.total === 'accurate' ? query.total : 'unasked'];
  const total = await countUpTo(database, grantKey, query, most + 1);
  return total === stale || total <= most ? total : undefined;
}

/** The citizens whose rows match, in no order, up to a number: for a search that goes on from them. */
export async function findCitizens(database: Database, grantKey: string, query: Pick<SearchQuery, 'type' | 'clauses'>, atMost: number): Promise<string[] | typeof stale> {
  const sql = new Sql();
  const text = `select distinct r.citizen_id as id from readable_row r where r.citizen_id is not null and ${conditions(sql, query)} limit ${sql.bind(atMost, 'int')}`;
  const rows = await throughDoor<{ id: string }>(database, grantKey, shapeName(text, query), text, sql.values);
  return rows === stale ? stale : rows.map(({ id }) => id);
}

/** The same of rows that are about nobody. */
export async function findSharedRows(database: Database, grantKey: string, query: Pick<SearchQuery, 'type' | 'clauses'>, atMost: number): Promise<string[] | typeof stale> {
  const sql = new Sql();
  const text = `select r.id from readable_row r where r.citizen_id is null and ${conditions(sql, query)} limit ${sql.bind(atMost, 'int')}`;
  const rows = await throughDoor<{ id: string }>(database, grantKey, shapeName(text, query), text, sql.values);
  return rows === stale ? stale : rows.map(({ id }) => id);
}

async function countUpTo(database: Database, grantKey: string, query: SearchQuery, most: number): Promise<number | typeof stale> {
  const usual = usualTokens(query);
  if (usual) {
    const [row] = await database.serve<{ n: number | null }>('reader', null, { name: 'count-bearing', text: 'select count_bearing($1, $2, $3, $4, $5) as n', values: [grantKey, query.type, usual, query.total === 'accurate' ? null : listOf(query)?.toString() ?? null, most] });
    return row?.n ?? stale;
  }
  const sql = new Sql();
  const what = query.type === 'Patient' ? 'distinct r.citizen_id' : 'r.id';
  const text = `select count(*)::int as id from (select ${what} from readable_row r where ${conditions(sql, query)} limit ${most}) m`;
  const rows = await throughDoor<{ id: number }>(database, grantKey, shapeName(text, query), text, sql.values);
  return rows === stale ? stale : rows[0]?.id ?? 0;
}

interface SortKey {
  expression: string;
  type: string;
  descending: boolean;
}

const sortExpressions: Record<Exclude<SearchSort['by'], 'value' | 'code'>, { expression: string; type: string }> = {
  updated: { expression: 'r.updated_at', type: 'timestamptz' },
  clinical: { expression: `coalesce(r.from_at, r.to_at, '-infinity'::timestamptz)`, type: 'timestamptz' },
  text: { expression: `coalesce(r.sort_text, '')`, type: 'text' },
  id: { expression: 'r.id', type: 'text' },
};

function sortKeys(sql: Sql, sort: readonly SearchSort[]): SortKey[] {
  const asked = sort.length > 0 ? sort : [{ by: 'updated' as const, descending: true }];
  return asked.map(({ by, key, codes = [], descending }) => ({ ...(by === 'value' ? valueKey(sql, key ?? 0n, descending) : by === 'code' ? codeKey(sql, codes) : sortExpressions[by]), descending }));
}

/** Of several values, the one that comes first in this direction; without any before all others. */
function valueKey(sql: Sql, key: bigint, descending: boolean): { expression: string; type: string } {
  return { expression: `coalesce((select ${descending ? 'max' : 'min'}(v.low) from ${valuesOf('r')} where v.key = ${sql.bind(String(key), 'bigint')}), '-infinity'::float8)`, type: 'float8' };
}

/** Which of the codes the row has; without any before all others. */
function codeKey(sql: Sql, codes: NonNullable<SearchSort['codes']>): { expression: string; type: string } {
  const cases = codes.map(([token, code]) => `when r.tokens @> ${sql.bind(arrayText([token]), 'bigint[]')} then ${sql.bind(code, 'text')}`);
  return { expression: `(case ${cases.join(' ')} else '' end) collate "C"`, type: 'text' };
}

function order(keys: readonly SortKey[]): string {
  return [...keys.map((key, i) => `k${i} ${key.descending ? 'desc' : 'asc'}`), 'id asc'].join(', ');
}

/** Rows after the position: a chain of "equal so far, then beyond", because directions may differ. */
function seek(sql: Sql, keys: readonly SortKey[], after: PagePosition | null): string {
  if (!after) return '';
  const values = keys.map((key, i) => sql.bind(after.keys[i] ?? '', key.type === 'text' ? 'text' : key.type));
  const column = (key: SortKey, i: number): string => (key.expression === 'r.id' ? `k${i}::text` : `k${i}`);
  const steps = keys.map((key, i) => [
    ...keys.slice(0, i).map((before, j) => `${column(before, j)} = ${values[j]}`),
    `${column(key, i)} ${key.descending ? '<' : '>'} ${values[i]}`,
  ].join(' and '));
  steps.push([...keys.map((key, i) => `${column(key, i)} = ${values[i]}`), `id > ${sql.bind(after.id, 'uuid')}`].join(' and '));
  return `where ${steps.map((step) => `(${step})`).join(' or ')}`;
}
