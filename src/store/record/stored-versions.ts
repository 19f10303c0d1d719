import type { SearchIndex } from '../../fhir/index-resource.ts';
import type { Connection } from '../database.ts';
import type { FragmentChange } from './record-writer.ts';
import { arrayText, valueColumns } from '../shared-rows.ts';

/** One stored version with all that is kept apart from it. */
export interface StoredVersion {
  citizen: string;
  id: string;
  version: number;
  body: string;
  fragments: { path: string; body: string; classId: number; target: string | null }[];
}

type RowName = { citizen: string; id: string };

/** Every version of these rows: for writing only, never for answering. */
export async function loadVersions(connection: Connection, rows: readonly RowName[]): Promise<StoredVersion[]> {
  if (rows.length === 0) return [];
  const { rows: versions } = await connection.query<Omit<StoredVersion, 'fragments'> & { fragments: StoredVersion['fragments'] | null }>(
    `select v.citizen_id as citizen, v.id, v.version, v.body,
       (select json_agg(json_build_object('path', f.path, 'body', f.body, 'classId', f.class_id, 'target', f.target)) from citizen_fragment f
        where f.citizen_id = v.citizen_id and f.id = v.id and f.version = v.version) as fragments
     from unnest($1::uuid[], $2::uuid[]) as r(citizen_id, id) join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id order by v.id, v.version`,
    [rows.map((row) => row.citizen), rows.map((row) => row.id)]);
  return versions.map((version) => ({ ...version, fragments: version.fragments ?? [] }));
}

/** Writes bodies anew under their own version numbers: nothing was said anew, it is only marked or cut otherwise. */
export async function saveBodies(connection: Connection, versions: readonly Omit<StoredVersion, 'fragments'>[]): Promise<void> {
  if (versions.length === 0) return;
  await connection.query(
    `update citizen_version v set body = c.body from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) as c(citizen_id, id, version, body)
     where v.citizen_id = c.citizen_id and v.id = c.id and v.version = c.version`,
    [versions.map((v) => v.citizen), versions.map((v) => v.id), versions.map((v) => v.version), versions.map((v) => v.body)]);
}

/** Puts other fragments in the place of all these versions have. */
export async function replaceFragments(connection: Connection, versions: readonly (RowName & { version: number; fragments: readonly FragmentChange[] })[]): Promise<void> {
  if (versions.length === 0) return;
  await connection.query(
    `delete from citizen_fragment f using unnest($1::uuid[], $2::uuid[], $3::int[]) as c(citizen_id, id, version)
     where f.citizen_id = c.citizen_id and f.id = c.id and f.version = c.version`,
    [versions.map((v) => v.citizen), versions.map((v) => v.id), versions.map((v) => v.version)]);
  await saveFragments(connection, versions);
}

export async function saveFragments(connection: Connection, versions: readonly (RowName & { version: number; fragments: readonly FragmentChange[] })[]): Promise<void> {
  const fragments = versions.flatMap((version) => version.fragments.map((fragment) => ({ ...fragment, version })));
  if (fragments.length === 0) return;
  await connection.query(
    `insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens)
     select citizen_id, id, version, path, body, class_id, target, tokens::bigint[]
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[], $7::uuid[], $8::text[])
       as f(citizen_id, id, version, path, body, class_id, target, tokens)`,
    [fragments.map((f) => f.version.citizen), fragments.map((f) => f.version.id), fragments.map((f) => f.version.version), fragments.map((f) => f.path),
      fragments.map((f) => f.body), fragments.map((f) => f.classId), fragments.map((f) => f.target), fragments.map((f) => arrayText(f.tokens))],
  );
}

/** What current versions are found by, and the directory rows they name, where a part of them went elsewhere. */
export async function saveFoundBy(connection: Connection, rows: readonly (RowName & { index: Pick<SearchIndex, 'tokens' | 'values'>; directoryIds: string[] })[]): Promise<void> {
  if (rows.length === 0) return;
  await connection.query(
    `update citizen_row r set tokens = c.tokens::bigint[], directory_ids = c.directory_ids::uuid[],
       value_keys = c.value_keys::bigint[], value_lows = c.value_lows::float8[], value_highs = c.value_highs::float8[]
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       as c(citizen_id, id, tokens, directory_ids, value_keys, value_lows, value_highs) where r.citizen_id = c.citizen_id and r.id = c.id`,
    [rows.map((r) => r.citizen), rows.map((r) => r.id), rows.map((r) => arrayText(r.index.tokens)), rows.map((r) => arrayText(r.directoryIds)), ...valueColumns(rows.map(({ index }) => index))]);
}
