import type { ChainClause, DateCondition, HasClause, SearchClause, SearchQuery, TokenClause, ValueCondition } from '../../fhir/search-query.ts';
import { tokenStart } from '../../fhir/search-token.ts';
import { isUuid } from '../secrets.ts';
import { arrayText } from '../shared-rows.ts';

/** SQL text with its values, grown clause by clause. */
export class Sql {
  readonly values: unknown[] = [];
  private rows = 0;
  bind(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
  /** A name for one more table of rows. */
  row(): string {
    this.rows += 1;
    return `t${this.rows}`;
  }
}

/** Where the parts of rows are looked up. */
interface Place {
  sql: Sql;
  /** the row's name in the statement */
  row: string;
  type: string;
  fragments: string;
}

/**
 * What a search demands of a row. With token clauses the type is in every token; compared plainly as well, PostgreSQL
 * would add a bitmap of the whole type. `fragments` is where the parts of rows are looked up.
 */
export function conditions(sql: Sql, query: Pick<SearchQuery, 'type' | 'clauses'>, fragments = 'readable_fragment', row = 'r'): string {
  const place: Place = { sql, row, type: query.type, fragments };
  const single = query.clauses.flatMap((clause) => (isSingle(clause) ? clause.anyOf : []));
  const others = query.clauses.filter((clause) => !isSingle(clause));
  return [
    `not ${row}.deleted`,
    `${query.clauses.some(isNarrow) ? `(${row}.type || '')` : `${row}.type`} = ${sql.bind(query.type, 'text')}`,
    ...(single.length > 0 ? [`${row}.tokens @> ${sql.bind(arrayText(single), 'bigint[]')}`] : []),
    ...others.map((clause) => condition(place, clause)),
  ].join(' and ');
}

/** A single token that the row itself must bear. */
export function isSingle(clause: SearchClause): clause is TokenClause {
  return 'anyOf' in clause && clause.anyOf.length === 1 && isOfIndex(clause) && !clause.orRows?.length;
}

/** Looked up in the row's own tokens, and nowhere else. */
function isOfIndex({ onFragment, not, inRow, mayBeApart, ofClass, orPersons }: TokenClause): boolean {
  return onFragment === undefined && not !== true && !(inRow && mayBeApart) && !ofClass && orPersons !== true;
}

/** Whether there is an index for it that says the type too. */
function isNarrow(clause: SearchClause): boolean {
  if ('anyOf' in clause) return clause.not !== true && clause.orPersons !== true && !clause.ofClass && !(clause.inRow && (clause.mayBeApart || clause.onFragment !== undefined));
  return 'ids' in clause || 'citizen' in clause || 'citizens' in clause;
}

function condition(place: Place, clause: SearchClause): string {
  const { sql, row, type } = place;
  if ('anyOf' in clause) return tokenCondition(place, clause);
  if ('ids' in clause) {
    const ids = sql.bind(clause.ids.filter(isUuid), 'uuid[]');
    return type === 'Patient' ? `(${row}.id = any (${ids}) or ${row}.citizen_id = any (citizens_now(${ids})))` : `${row}.id = any (${ids})`;
  }
  if ('citizen' in clause) return `${row}.citizen_id = any (citizens_now(${sql.bind(clause.citizen.filter(isUuid), 'uuid[]')}))`;
  if ('citizens' in clause) return `${row}.citizen_id = any (${sql.bind(clause.citizens, 'uuid[]')})`;
  if ('date' in clause) return `(${clause.date.map((date) => dateCondition(sql, row, date)).join(' or ')})`;
  if ('values' in clause) return `(${clause.values.map((value) => valueCondition(sql, row, value)).join(' or ')})`;
  if ('either' in clause) return `(${clause.either.map((all) => `(${all.map((each) => condition(place, each)).join(' and ')})`).join(' or ')})`;
  return 'chain' in clause ? chainCondition(place, clause) : hasCondition(place, clause);
}

function tokenCondition(place: Place, clause: TokenClause): string {
  const { sql, row, fragments } = place;
  if (clause.ofClass && !clause.orClasses) return 'false'; // nobody looked which classes those are
  const tokens = sql.bind(arrayText(clause.anyOf), 'bigint[]');
  if (clause.onFragment !== undefined && !clause.inRow) {
    return `(${row}.id, ${row}.version) in (select f.id, f.version from ${fragments} f where f.tokens <> '{}'
      and f.tokens && ${tokens} and f.path = ${sql.bind(clause.onFragment, 'text')})`;
  }
  const ways = [
    ...(clause.onFragment === undefined ? [`${row}.tokens && ${tokens}`] : []),
    ...(clause.orRows?.length ? [`${row}.id = any (${sql.bind(clause.orRows, 'uuid[]')})`] : []),
    ...(clause.inRow && (clause.mayBeApart ?? clause.onFragment !== undefined) ? [inParts(place, tokens)] : []),
    ...(clause.orClasses?.length ? [`coalesce(${row}.class_id = any (${sql.bind(clause.orClasses, 'int[]')}), false)`] : []),
    ...(clause.orPersons ? [`${row}.citizen_id is not null`] : []),
  ];
  const any = ways.length === 1 ? (ways[0] ?? 'false') : `(${ways.join(' or ')})`;
  return clause.not ? `not ${any}` : any;
}

/** Whether a part of this very row, kept apart and to be seen, bears one of the tokens. */
function inParts({ row, fragments }: Place, tokens: string): string {
  return `(select true from ${fragments} f where f.citizen_id = ${row}.citizen_id and f.id = ${row}.id and f.version = ${row}.version and f.tokens && ${tokens} limit 1) is true`;
}

/** See SearchQuery's DateCondition for the meaning of each operator. A bound that an operator does not name is not bound: PostgreSQL refuses a parameter without a place. */
function dateCondition(sql: Sql, row: string, { column, op, from, to }: DateCondition): string {
  const instant = column === 'updated';
  const f = instant ? `${row}.updated_at` : `coalesce(${row}.from_at, '-infinity'::timestamptz)`;
  const t = instant ? `${row}.updated_at` : `coalesce(${row}.to_at, 'infinity'::timestamptz)`;
  const low = (): string => sql.bind(from, 'timestamptz');
  const high = (): string => sql.bind(to, 'timestamptz');
  const inside = (): string => (instant ? `(${low()} <= ${f} and ${f} < ${high()})` : `(${low()} <= ${f} and ${f} <= ${high()} and ${t} <= ${high()})`);
  const beyond = (): string => (instant ? `${t} >= ${high()}` : `${t} > ${high()}`);
  const tests: Record<DateCondition['op'], () => string> = {
    eq: inside,
    ne: () => `not ${inside()}`,
    gt: beyond,
    lt: () => `${f} < ${low()}`,
    ge: () => (instant ? `(${beyond()} or ${inside()})` : `(${t} >= ${low()} and (${beyond()} or ${inside()}))`), // what ends no later is neither: there is an index of ends
    le: () => `(${f} < ${low()} or ${inside()})`,
    sa: () => `${f} >= ${high()}`,
    eb: () => (instant ? `${t} < ${low()}` : `(${t} <= ${low()} and ${f} <= ${low()})`), // what begins later cannot have ended: there is an index of beginnings
    ap: () => `(${f} < ${high()} and ${t} ${instant ? '>=' : '>'} ${low()})`,
  };
  const dated = instant ? 'true' : `(${row}.from_at is not null or ${row}.to_at is not null)`;
  return `(${dated} and ${tests[op]()})`;
}

/** One of the row's values with this key that passes. */
function valueCondition(sql: Sql, row: string, { key, any, not }: ValueCondition): string {
  const passes = any.map((all) => `(${all.map(({ side, is, bound }) => `v.${side} ${is} ${sql.bind(bound, 'float8')}`).join(' and ')})`).join(' or ');
  return `(select true from ${valuesOf(row)} where v.key = ${sql.bind(String(key), 'bigint')} and ${not ? 'not ' : ''}(${passes}) limit 1) is true`;
}

/** The values a row keeps for comparing by size, as rows `v`. */
export function valuesOf(row: string): string {
  return `unnest(${row}.value_keys, ${row}.value_lows, ${row}.value_highs) v (key, low, high)`;
}

/** Asked of each row: which people come into question at all was found before (see resolve-query.ts). */
function chainCondition(place: Place, { chain }: ChainClause): string {
  const { sql, row, type, fragments } = place;
  return `(${chain.to.map((to) => {
    const target = sql.row();
    const inner = (): string => conditions(sql, to, fragments, target);
    if (chain.person) return `(select true from readable_row ${target} where ${target}.citizen_id = ${row}.citizen_id and ${inner()} limit 1) is true`;
    const token = referenceToken(sql, { type, parameter: chain.parameter, to: to.type }, `${target}.id`);
    return `(select true from readable_row ${target} where ${target}.citizen_id = ${row}.citizen_id and ${inner()} and ${bears(place, token)} limit 1) is true`;
  }).join(' or ')})`;
}

/** People's records refer to each other within one person; to the directory from everywhere. */
function hasCondition(place: Place, { has }: HasClause): string {
  const { sql, row, type, fragments } = place;
  const source = sql.row();
  const inner = conditions(sql, has, fragments, source);
  const same = `${source}.citizen_id = ${row}.citizen_id`;
  if (has.person) return `(select true from readable_row ${source} where ${same} and ${inner} limit 1) is true`;
  const token = referenceToken(sql, { type: has.type, parameter: has.parameter, to: type }, type === 'Patient' ? `${row}.citizen_id` : `${row}.id`);
  const own = `(select true from readable_row ${source} where ${same} and ${inner} and ${bears({ ...place, row: source }, token)} limit 1) is true`;
  return `case when ${row}.citizen_id is null then (select true from readable_row ${source} where ${inner} and ${source}.tokens @> ${token} limit 1) is true else ${own} end`;
}

function bears(place: Place, token: string): string {
  return `(${place.row}.tokens && ${token} or ${inParts(place, token)})`;
}

/** The token of a reference to a row that is only found in the statement itself: see search-token.ts. */
function referenceToken(sql: Sql, { type, parameter, to }: { type: string; parameter: string; to: string }, id: string): string {
  const start = sql.bind(Buffer.from(`${tokenStart(type, parameter, 'reference')}${to}/`), 'bytea');
  return `array[('x' || encode(substring(sha256(${start} || convert_to(${id}::text, 'UTF8')) from 1 for 8), 'hex'))::bit(64)::bigint]`;
}
