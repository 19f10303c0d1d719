import type { SearchIndex } from '../../fhir/index-resource.ts';
import type { Connection } from '../database.ts';
import { arrayText, valueColumns } from '../shared-rows.ts';

/** How far the record is indexed as this program indexes. */
export interface IndexState {
  /** of what is indexed, and how */
  hash: string;
  /** the last row that was looked at, of those about people and then of the others; null: none yet */
  after: { citizen: string; id: string } | null;
  afterShared: string | null;
  done: boolean;
}

/** A row's current version with its parts. */
export interface IndexedRow {
  citizen: string;
  id: string;
  type: string;
  version: number;
  body: string;
  parts: { path: string; body: string }[];
}

export interface NewIndex extends Pick<IndexedRow, 'citizen' | 'id' | 'version'> {
  index: Pick<SearchIndex, 'tokens' | 'values' | 'from' | 'to' | 'sortText'>;
  parts: { path: string; tokens: bigint[] }[];
}

const settingName = 'search-index';

/** Holds the state until the transaction ends, so that processes that start together take turns. */
export async function holdIndexState(connection: Connection): Promise<IndexState | null> {
  await connection.query("insert into setting (name, value) values ($1, '') on conflict do nothing", [settingName]);
  const { rows } = await connection.query<{ value: Buffer }>('select value from setting where name = $1 for update', [settingName]);
  const text = rows[0]?.value.toString('utf8') ?? '';
  return text === '' ? null : (JSON.parse(text) as IndexState);
}

export async function saveIndexState(connection: Connection, state: IndexState): Promise<void> {
  await connection.query('update setting set value = $2 where name = $1', [settingName, Buffer.from(JSON.stringify(state))]);
}

/** The next rows in the order of their key, whose citizens are held first, as intake does; and the key of the last, null when there are none. */
export async function nextRows(connection: Connection, after: IndexState['after'], limit: number): Promise<{ last: IndexState['after']; rows: IndexedRow[] }> {
  const { rows: named } = await connection.query<{ citizen_id: string; id: string }>(
    `select citizen_id, id from citizen_row where (citizen_id, id) > ($1::uuid, $2::uuid) order by citizen_id, id limit $3`, [after?.citizen ?? nobody, after?.id ?? nobody, limit]);
  const names = [named.map((row) => row.citizen_id), named.map((row) => row.id)];
  await connection.query('select 1 from citizen where citizen_id = any($1::uuid[]) order by citizen_id for update', [names[0]]);
  const { rows } = await connection.query<Omit<IndexedRow, 'parts'> & { parts: IndexedRow['parts'] | null }>(
    `select r.citizen_id as citizen, r.id, r.type, r.version, v.body,
       (select json_agg(json_build_object('path', f.path, 'body', f.body)) from citizen_fragment f where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version) as parts
     from unnest($1::uuid[], $2::uuid[]) as n(citizen_id, id) join citizen_row r on r.citizen_id = n.citizen_id and r.id = n.id and not r.deleted
     join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version order by r.citizen_id, r.id`, names);
  const last = named.at(-1);
  return { last: last ? { citizen: last.citizen_id, id: last.id } : null, rows: rows.map((row) => ({ ...row, parts: row.parts ?? [] })) };
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** What rows and their parts are found by, written anew where it is another. */
export async function saveIndexes(connection: Connection, rows: readonly NewIndex[]): Promise<void> {
  await connection.query(
    `update citizen_row r set tokens = c.tokens::bigint[], from_at = c.from_at, to_at = c.to_at, sort_text = c.sort_text,
       value_keys = c.value_keys::bigint[], value_lows = c.value_lows::float8[], value_highs = c.value_highs::float8[]
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[])
       as c(citizen_id, id, tokens, from_at, to_at, sort_text, value_keys, value_lows, value_highs)
     where r.citizen_id = c.citizen_id and r.id = c.id
       and (r.tokens, r.from_at, r.to_at, r.sort_text, r.value_keys, r.value_lows, r.value_highs)
         is distinct from (c.tokens::bigint[], c.from_at, c.to_at, c.sort_text, c.value_keys::bigint[], c.value_lows::float8[], c.value_highs::float8[])`,
    [rows.map((r) => r.citizen), rows.map((r) => r.id), rows.map((r) => arrayText(r.index.tokens)), rows.map((r) => r.index.from), rows.map((r) => r.index.to),
      rows.map((r) => r.index.sortText), ...valueColumns(rows.map(({ index }) => index))]);
  const parts = rows.flatMap((row) => row.parts.map((part) => ({ ...part, row })));
  await connection.query(
    `update citizen_fragment f set tokens = c.tokens::bigint[]
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[]) as c(citizen_id, id, version, path, tokens)
     where f.citizen_id = c.citizen_id and f.id = c.id and f.version = c.version and f.path = c.path and f.tokens is distinct from c.tokens::bigint[]`,
    [parts.map((p) => p.row.citizen), parts.map((p) => p.row.id), parts.map((p) => p.row.version), parts.map((p) => p.path), parts.map((p) => arrayText(p.tokens))]);
}

/** The next rows that are about nobody. */
export async function nextSharedRows(connection: Connection, after: string | null, limit: number): Promise<{ id: string; body: string }[]> {
  const { rows } = await connection.query<{ id: string; body: string }>(
    `select r.id, v.body from (select id, version from shared_row where id > $1::uuid order by id limit $2 for update) r
     join shared_version v on v.id = r.id and v.version = r.version order by r.id`, [after ?? nobody, limit]);
  return rows;
}

export async function saveSharedIndexes(connection: Connection, rows: readonly { id: string; index: NewIndex['index'] }[]): Promise<void> {
  await connection.query(
    `update shared_row s set tokens = c.tokens::bigint[], from_at = c.from_at, to_at = c.to_at, sort_text = c.sort_text,
       value_keys = c.value_keys::bigint[], value_lows = c.value_lows::float8[], value_highs = c.value_highs::float8[]
     from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[])
       as c(id, tokens, from_at, to_at, sort_text, value_keys, value_lows, value_highs) where s.id = c.id`,
    [rows.map((r) => r.id), rows.map((r) => arrayText(r.index.tokens)), rows.map((r) => r.index.from), rows.map((r) => r.index.to), rows.map((r) => r.index.sortText),
      ...valueColumns(rows.map(({ index }) => index))]);
}
