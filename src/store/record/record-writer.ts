import type { SearchIndex } from '../../fhir/index-resource.ts';
import type { Connection } from '../database.ts';
import { arrayText, valueColumns } from '../shared-rows.ts';
import { saveFragments } from './stored-versions.ts';
import { somebodySubscribed, typesToldOf } from '../partners/subscription-events.ts';

/** A resource's current row, as the writer needs it. */
export interface CurrentRow {
  citizen: string;
  id: string;
  type: string;
  version: number;
  classId: number;
  contentHash: Buffer;
}

/** A part of a body that not everyone who may read the body may read: see docs/decisions on fragments. */
export interface FragmentChange {
  path: string;
  body: string;
  classId: number;
  target: string | null;
  tokens: bigint[];
}

/** One new version of one resource. */
export interface RowChange extends CurrentRow {
  /** the source Patient it belongs to; absent: written about the citizen itself */
  origin?: string;
  body: string;
  updatedAt: Date;
  recordId: number;
  row: number;
  index: SearchIndex;
  directoryIds: string[];
  fragments: FragmentChange[];
}

export async function loadCurrentRows(connection: Connection, ids: readonly string[]): Promise<CurrentRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await connection.query<CurrentRow>(
    `select citizen_id as citizen, id, type, version, class_id as "classId", content_hash as "contentHash" from citizen_row where id = any($1::uuid[])`, [ids]);
  return rows;
}

/** The source Patient each of these rows of a citizen came from, those that were written first before the others. */
export async function loadOrigins(connection: Connection, citizen: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await connection.query<{ id: string; origin: string }>(
    `select r.id, r.origin from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = 1
     where r.citizen_id = $1 and r.id = any ($2::uuid[]) and r.origin is not null order by v.record_id, v.row_no, r.id`, [citizen, ids]);
  return new Map(rows.map(({ id, origin }) => [id, origin]));
}

/**
 * Saves versions, oldest first, and makes the last of each resource current. A row's class is the class of all its
 * versions, so a stricter one covers the older ones at once; fragments that name it move with it.
 */
export async function saveRows(connection: Connection, changes: readonly RowChange[]): Promise<void> {
  if (changes.length === 0) return;
  await connection.query({
    name: 'save-versions', text: `with v as (select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::bigint[], $7::int[], $8::text[])
         as v(citizen_id, id, version, body, updated_at, record_id, row_no, type)),
       told as (insert into happened (kind, id, version) select type, id, version from v where type = any ($9) and ${somebodySubscribed})
     insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no)
     select citizen_id, id, version, body, false, updated_at, record_id, row_no from v`,
    values: [changes.map((c) => c.citizen), changes.map((c) => c.id), changes.map((c) => c.version), changes.map((c) => c.body),
      changes.map((c) => c.updatedAt), changes.map((c) => c.recordId), changes.map((c) => c.row), changes.map((c) => c.type), typesToldOf],
  });
  const last = [...new Map(changes.map((change) => [change.id, change])).values()];
  const codes = Map.groupBy(changes, ({ id }) => id);
  await saveCurrent(connection, last, ({ id }) => [...new Set((codes.get(id) ?? []).flatMap(({ index }) => index.codes))]);
  await saveFragments(connection, changes);
}

/** Codes gather over the versions, as labels do: what an old version said stays findable. A row stays the source Patient's whose it was first. */
async function saveCurrent(connection: Connection, last: readonly RowChange[], codesOf: (change: RowChange) => bigint[]): Promise<void> {
  await connection.query({
    name: 'save-rows', text: `with saved as (insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, from_at, to_at, sort_text, tokens, directory_ids, content_hash, codes, origin, value_keys, value_lows, value_highs)
     select citizen_id, id, type, version, class_id, false, updated_at, from_at, to_at, sort_text, tokens::bigint[], directory_ids::uuid[], content_hash, codes::bigint[], origin,
       value_keys::bigint[], value_lows::float8[], value_highs::float8[]
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[],
       $10::text[], $11::text[], $12::bytea[], $13::text[], $14::uuid[], $15::text[], $16::text[], $17::text[])
       as r(citizen_id, id, type, version, class_id, updated_at, from_at, to_at, sort_text, tokens, directory_ids, content_hash, codes, origin, value_keys, value_lows, value_highs)
     on conflict (citizen_id, id) do update set version = excluded.version, class_id = excluded.class_id, deleted = false,
       updated_at = excluded.updated_at, from_at = excluded.from_at, to_at = excluded.to_at, sort_text = excluded.sort_text,
       tokens = excluded.tokens, directory_ids = excluded.directory_ids, content_hash = excluded.content_hash,
       value_keys = excluded.value_keys, value_lows = excluded.value_lows, value_highs = excluded.value_highs,
       codes = case when excluded.codes <@ citizen_row.codes then citizen_row.codes
         else array(select unnest(citizen_row.codes) union select unnest(excluded.codes)) end)
     update citizen_fragment f set class_id = r.class_id from unnest($2::uuid[], $5::int[]) as r(id, class_id) where f.target = r.id and f.class_id <> r.class_id`,
    values: [last.map((c) => c.citizen), last.map((c) => c.id), last.map((c) => c.type), last.map((c) => c.version), last.map((c) => c.classId),
      last.map((c) => c.updatedAt), last.map((c) => c.index.from), last.map((c) => c.index.to), last.map((c) => c.index.sortText),
      last.map((c) => arrayText(c.index.tokens)), last.map((c) => arrayText(c.directoryIds)), last.map((c) => c.contentHash), last.map((c) => arrayText(codesOf(c))), last.map((c) => c.origin ?? null), ...valueColumns(last.map(({ index }) => index))],
  });
}

/**
 * Whose location must not be known: kept on the citizen, because one partner's flag hides every partner's address. Holds
 * the citizens until the transaction ends, so that an address and a flag, or a row and its new label, that come at the same
 * time know of each other. Call it before rows are loaded that depend on it.
 */
export async function loadHiddenLocations(connection: Connection, citizens: readonly string[]): Promise<Set<string>> {
  const { rows } = await connection.query<{ citizen_id: string; location_hidden: boolean }>(
    'select citizen_id, location_hidden from citizen where citizen_id = any($1::uuid[]) order by citizen_id for update', [citizens]);
  // a statement of its own, which sees what the last holder of a citizen did
  const gone = await connection.query('select 1 from citizen_alias where citizen_id = any($1::uuid[]) limit 1', [citizens]);
  if (gone.rows.length > 0) throw new Error('a citizen became part of another meanwhile: the work is begun again');
  return new Set(rows.flatMap((row) => (row.location_hidden ? [row.citizen_id] : [])));
}

/** Marks citizens and returns every row about them, whose places must now move to stricter classes. */
export async function hideLocations(connection: Connection, citizens: readonly string[]): Promise<CurrentRow[]> {
  await connection.query('update citizen set location_hidden = true where citizen_id = any($1::uuid[])', [citizens]);
  const { rows } = await connection.query<CurrentRow>(
    `select citizen_id as citizen, id, type, version, class_id as "classId", content_hash as "contentHash"
     from citizen_row where citizen_id = any($1::uuid[]) order by id`, [citizens]);
  return rows;
}

/** Every current row of one custodian about these citizens. */
export async function loadRowsOfCustodian(connection: Connection, of: readonly { citizen: string; custodian: string }[]): Promise<CurrentRow[]> {
  const { rows } = await connection.query<CurrentRow>(
    `select r.citizen_id as citizen, r.id, r.type, r.version, r.class_id as "classId", r.content_hash as "contentHash"
     from unnest($1::uuid[], $2::text[]) as o(citizen_id, custodian) join citizen_row r on r.citizen_id = o.citizen_id
     join sharing_class c on c.class_id = r.class_id and c.custodian = o.custodian`,
    [of.map((each) => each.citizen), of.map((each) => each.custodian)]);
  return rows;
}

/** Custodians whose Patient of this citizen bears the label. */
export async function findLabelledPatients(connection: Connection, citizen: string, label: string): Promise<string[]> {
  const { rows } = await connection.query<{ custodian: string }>(
    `select distinct c.custodian from citizen_row r join sharing_class c on c.class_id = r.class_id where r.citizen_id = $1 and r.type = 'Patient' and $2 = any (c.labels)`, [citizen, label]);
  return rows.map(({ custodian }) => custodian);
}

/** Moves rows, and the fragments that name them, to another class; no version is made, because nothing was said anew. */
export async function reclassRows(connection: Connection, rows: readonly { citizen: string; id: string; classId: number }[]): Promise<void> {
  if (rows.length === 0) return;
  await connection.query(
    `with c as (select * from unnest($1::uuid[], $2::uuid[], $3::int[]) as c(citizen_id, id, class_id)),
       own as (update citizen_row r set class_id = c.class_id from c where r.citizen_id = c.citizen_id and r.id = c.id)
     update citizen_fragment f set class_id = c.class_id from c where f.target = c.id`,
    [rows.map((r) => r.citizen), rows.map((r) => r.id), rows.map((r) => r.classId)]);
}

export interface RelationshipChange {
  citizen: string;
  /** the resource that is the evidence */
  id: string;
  organisation: string;
  kind: number;
  until: Date;
}

/** Replaces what these resources are evidence of. What stays is renewed in place, so that it is known since when it was live. */
export async function saveRelationships(
  connection: Connection, evidence: readonly { citizen: string; id: string }[], changes: readonly RelationshipChange[],
): Promise<void> {
  if (evidence.length === 0) return;
  await connection.query(
    `with change as (select * from unnest($3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::timestamptz[]) as c(citizen_id, id, organisation, kind, until)),
       gone as (delete from relationship r using unnest($1::uuid[], $2::uuid[]) as e(citizen_id, id) where r.citizen_id = e.citizen_id and r.id = e.id
         and not exists (select 1 from change c where c.citizen_id = r.citizen_id and c.id = r.id and c.organisation = r.organisation and c.kind = r.kind))
     insert into relationship (citizen_id, id, organisation, kind, until) select * from change
     on conflict (citizen_id, id, organisation, kind) do update set until = excluded.until where relationship.until <> excluded.until`,
    [evidence.map((e) => e.citizen), evidence.map((e) => e.id),
      changes.map((c) => c.citizen), changes.map((c) => c.id), changes.map((c) => c.organisation), changes.map((c) => c.kind), changes.map((c) => c.until)]);
}

/** Ends what of one kind is known about these citizens. */
export async function endRelationships(connection: Connection, citizens: readonly string[], kind: number): Promise<void> {
  if (citizens.length > 0) await connection.query('delete from relationship where citizen_id = any ($1::uuid[]) and kind = $2', [citizens, kind]);
}
