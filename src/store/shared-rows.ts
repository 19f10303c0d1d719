import type { SearchIndex } from '../fhir/index-resource.ts';
import type { Connection } from './database.ts';

/** A row without a citizen: directory and conformance for every caller, governance by role, what is addressed for those who oversee sharing in one organisation, a job for its own client. */
export interface SharedChange {
  id: string;
  scope: 'directory' | 'conformance' | 'governance' | 'addressed' | 'job';
  /** client that owns a job, or organisation something is addressed to */
  owner: string | null;
  type: string;
  version: number;
  updatedAt: Date;
  body: string;
  index: SearchIndex;
}

/** Saves versions and makes the newest of each id current; a row whose body did not change must not be passed. */
export async function saveSharedRows(connection: Connection, changes: readonly SharedChange[]): Promise<void> {
  if (changes.length === 0) return;
  await connection.query(
    `with c as (select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::text[], $8::text[],
         $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[])
       as c(id, scope, owner, type, version, updated_at, body, tokens, from_at, to_at, sort_text, value_keys, value_lows, value_highs)),
     v as (insert into shared_version (id, version, body, deleted, updated_at) select id, version, body, false, updated_at from c)
     insert into shared_row (id, scope, owner, type, version, deleted, updated_at, from_at, to_at, sort_text, tokens, directory_ids,
       value_keys, value_lows, value_highs)
     select id, scope, owner, type, version, false, updated_at, from_at, to_at, sort_text, tokens::bigint[], '{}',
       value_keys::bigint[], value_lows::float8[], value_highs::float8[] from c
     on conflict (id) do update set version = excluded.version, updated_at = excluded.updated_at, from_at = excluded.from_at,
       to_at = excluded.to_at, sort_text = excluded.sort_text, tokens = excluded.tokens,
       value_keys = excluded.value_keys, value_lows = excluded.value_lows, value_highs = excluded.value_highs`,
    [
      changes.map((c) => c.id), changes.map((c) => c.scope), changes.map((c) => c.owner), changes.map((c) => c.type),
      changes.map((c) => c.version), changes.map((c) => c.updatedAt), changes.map((c) => c.body), changes.map((c) => arrayText(c.index.tokens)),
      changes.map((c) => c.index.from), changes.map((c) => c.index.to), changes.map((c) => c.index.sortText), ...valueColumns(changes.map(({ index }) => index)),
    ],
  );
}

/** Current version and body of these ids, whatever their scope: for writing only, never for answering. */
export async function loadSharedRows(connection: Connection, ids: readonly string[]): Promise<Map<string, { version: number; body: string }>> {
  const { rows } = await connection.query<{ id: string; version: number; body: string }>(
    `select r.id, r.version, v.body from shared_row r join shared_version v on v.id = r.id and v.version = r.version where r.id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Keys, lower and upper ends of the values of each row, as array literals; null where a row has none. */
export function valueColumns(indexes: readonly Pick<SearchIndex, 'values'>[]): (string | null)[][] {
  return (['key', 'low', 'high'] as const).map((column) => indexes.map(({ values }) => (values.length === 0 ? null : arrayText(values.map((value) => String(value[column]))))));
}

/** A PostgreSQL array literal: arrays of arrays cannot be unnested row by row, so each travels as text. */
export function arrayText(values: readonly (bigint | string)[]): string {
  return `{${values.join(',')}}`;
}

/** Ends a row with a last version; what is not there stays so. */
export async function deleteSharedRow(connection: Connection, id: string, at: Date, bodyOf: (version: number) => string): Promise<void> {
  const { rows: [ended] } = await connection.query<{ version: number }>(
    `update shared_row set version = version + 1, deleted = true, updated_at = $2, tokens = '{}', value_keys = null, value_lows = null, value_highs = null where id = $1 and not deleted returning version`, [id, at]);
  if (ended) await connection.query('insert into shared_version (id, version, body, deleted, updated_at) values ($1, $2, $3, true, $4)', [id, ended.version, bodyOf(ended.version), at]);
}
