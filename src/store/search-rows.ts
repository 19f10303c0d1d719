import type { DateCondition, SearchClause, SearchQuery, SearchSort } from '../fhir/search-query.ts';
import type { Database } from './database.ts';
import { lookedColumns, stale, throughDoor, type VisibleRow } from './door.ts';
import { arrayText } from './shared-rows.ts';
import { isUuid } from './secrets.ts';

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

/** A number of matches above this is not worth counting exactly. */
export const countLimit = 10_000;

/** SQL text with its values, grown clause by clause. */
export class Sql {
  readonly values: unknown[] = [];
  bind(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

const shapes = new Map<string, string>();
const shapesKept = 200;

/**
 * What a search is prepared as: searches of one shape have one text. Shapes nobody asks for often must not fill a connection's
 * memory: beyond a number they are not prepared. Nor is a search by a part of rows: a town and a postcode are of one shape, and
 * the plan that serves both goes through every part of the town.
 */
function shapeName(text: string, { clauses }: SearchQuery): string {
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
  if (usual && query.sort.length === 0 && !after) return newestBearing(database, grantKey, query, usual);
  const sql = new Sql();
  const keys = sortKeys(query.sort);
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

async function newestBearing(database: Database, grantKey: string, { type, count }: SearchQuery, tokens: string): Promise<SearchPage | typeof stale> {
  const found = await database.serve<VisibleRow & { fresh: boolean; keys: string[] }>('reader', null, {
    name: 'look-at-page', text: 'select *, array["updatedAt"::text] as keys from look_at_page($1, $2, $3, $4) order by "updatedAt" desc, id', values: [grantKey, type, tokens, count + 1],
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
  const keys = sortKeys(query.sort);
  const matching = `select r.citizen_id as id, ${keys.map((key, i) => `${key.descending ? 'max' : 'min'}(${key.expression === 'r.id' ? 'r.citizen_id::text' : key.expression}) as k${i}`).join(', ')}
    from readable_row r where ${conditions(sql, query)} group by r.citizen_id`;
  const text = `select id, array[${keys.map((_, i) => `k${i}::text`).join(', ')}] as keys, ${keys.map((_, i) => `k${i}`).join(', ')}
    from (${matching}) m ${seek(sql, keys, after)} order by ${order(keys)} limit ${sql.bind(query.count + 1, 'int')}`;
  const rows = await throughDoor<{ id: string; keys: string[] }>(database, grantKey, shapeName(text, query), text, sql.values, order(keys).replaceAll(/\bk(\d)/g, 'q.k$1').replace(/\bid\b/, 'q.id'));
  if (rows === stale) return stale;
  return { citizens: rows.slice(0, query.count), more: rows.length > query.count };
}

/** How many rows (for Patient: citizens) match, up to `countLimit`; above it, undefined. */
export async function countMatches(database: Database, grantKey: string, query: SearchQuery): Promise<number | undefined | typeof stale> {
  const total = await countUpTo(database, grantKey, query, countLimit + 1);
  return total === stale || total <= countLimit ? total : undefined;
}

async function countUpTo(database: Database, grantKey: string, query: SearchQuery, most: number): Promise<number | typeof stale> {
  const usual = usualTokens(query);
  if (usual) {
    const [row] = await database.serve<{ n: number | null }>('reader', null, { name: 'count-bearing', text: 'select count_bearing($1, $2, $3, $4) as n', values: [grantKey, query.type, usual, most] });
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

const sortExpressions: Record<SearchSort['by'], { expression: string; type: string }> = {
  updated: { expression: 'r.updated_at', type: 'timestamptz' },
  clinical: { expression: `coalesce(r.from_at, r.to_at, '-infinity'::timestamptz)`, type: 'timestamptz' },
  text: { expression: `coalesce(r.sort_text, '')`, type: 'text' },
  id: { expression: 'r.id', type: 'text' },
};

function sortKeys(sort: readonly SearchSort[]): SortKey[] {
  const asked = sort.length > 0 ? sort : [{ by: 'updated' as const, descending: true }];
  return asked.map(({ by, descending }) => ({ ...sortExpressions[by], descending }));
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

/**
 * What a search demands of a row `r`. With token clauses the type is in every token; compared plainly as well, PostgreSQL
 * would add a bitmap of the whole type. `fragments` is where the parts of rows are looked up.
 */
export function conditions(sql: Sql, query: Pick<SearchQuery, 'type' | 'clauses'>, fragments = 'readable_fragment'): string {
  const single = query.clauses.flatMap((clause) => ('anyOf' in clause && isSingle(clause) ? clause.anyOf : []));
  const others = query.clauses.filter((clause) => !isSingle(clause));
  const narrowed = query.clauses.some((clause) => 'anyOf' in clause || 'ids' in clause || 'citizen' in clause);
  return [
    'not r.deleted',
    `${narrowed ? `(r.type || '')` : 'r.type'} = ${sql.bind(query.type, 'text')}`,
    ...(single.length > 0 ? [`r.tokens @> ${sql.bind(arrayText(single), 'bigint[]')}`] : []),
    ...others.map((clause) => condition(sql, query.type, clause, fragments)),
  ].join(' and ');
}

/** A single token that the row itself must bear. */
function isSingle(clause: SearchClause): boolean {
  return 'anyOf' in clause && !clause.onFragment && !clause.orRows?.length && clause.anyOf.length === 1;
}

function condition(sql: Sql, type: string, clause: SearchClause, fragments: string): string {
  if ('ids' in clause) {
    const ids = sql.bind(clause.ids.filter(isUuid), 'uuid[]');
    return type === 'Patient' ? `(r.id = any (${ids}) or r.citizen_id = any (citizens_now(${ids})))` : `r.id = any (${ids})`;
  }
  if ('citizen' in clause) return `r.citizen_id = any (citizens_now(${sql.bind(clause.citizen.filter(isUuid), 'uuid[]')}))`;
  if ('date' in clause) return `(${clause.date.map((date) => dateCondition(sql, date)).join(' or ')})`;
  if (clause.orRows?.length) return `(r.tokens && ${sql.bind(arrayText(clause.anyOf), 'bigint[]')} or r.id = any (${sql.bind(clause.orRows, 'uuid[]')}))`;
  if (clause.onFragment === undefined) return `r.tokens && ${sql.bind(arrayText(clause.anyOf), 'bigint[]')}`;
  return `(r.id, r.version) in (select f.id, f.version from ${fragments} f where f.tokens <> '{}'
    and f.tokens && ${sql.bind(arrayText(clause.anyOf), 'bigint[]')} and f.path = ${sql.bind(clause.onFragment, 'text')})`;
}

/** See SearchQuery's DateCondition for the meaning of each operator. A bound that an operator does not name is not bound: PostgreSQL refuses a parameter without a place. */
function dateCondition(sql: Sql, { column, op, from, to }: DateCondition): string {
  const instant = column === 'updated';
  const f = instant ? 'r.updated_at' : `coalesce(r.from_at, '-infinity'::timestamptz)`;
  const t = instant ? 'r.updated_at' : `coalesce(r.to_at, 'infinity'::timestamptz)`;
  const low = (): string => sql.bind(from, 'timestamptz');
  const high = (): string => sql.bind(to, 'timestamptz');
  const inside = (): string => (instant ? `(${low()} <= ${f} and ${f} < ${high()})` : `(${low()} <= ${f} and ${t} <= ${high()})`);
  const beyond = (): string => (instant ? `${t} >= ${high()}` : `${t} > ${high()}`);
  const tests: Record<DateCondition['op'], () => string> = {
    eq: inside,
    ne: () => `not ${inside()}`,
    gt: beyond,
    lt: () => `${f} < ${low()}`,
    ge: () => `(${beyond()} or ${inside()})`,
    le: () => `(${f} < ${low()} or ${inside()})`,
    sa: () => `${f} >= ${high()}`,
    eb: () => (instant ? `${t} < ${low()}` : `${t} <= ${low()}`),
    ap: () => `(${f} < ${high()} and ${t} ${instant ? '>=' : '>'} ${low()})`,
  };
  const dated = instant ? 'true' : '(r.from_at is not null or r.to_at is not null)';
  return `(${dated} and ${tests[op]()})`;
}
