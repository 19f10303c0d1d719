import type { Connection } from '../database.ts';

/** Rows of one citizen that become another's. */
export interface Move {
  from: string;
  into: string;
  /** what is moved: of these source Patients, and what was written by API about these citizens; null: everything */
  origins: readonly string[] | null;
  /** these rows alone, which are this source Patient's from now on: their next versions are written by whoever moves them */
  rows?: { ids: readonly string[]; of: string };
  at: Date;
  /** how references to the one and to the other are searched for: tokens of `from`, each with that of `into` at its place */
  tokens: { from: readonly bigint[]; into: readonly bigint[] };
}

/**
 * Moves rows with all their versions, parts, evidence and history, each as a new version that names the other citizen;
 * what was sent before stays as it was. Deleted and inserted, because the citizen is the key by which tables are spread.
 * Everything happens in the database, in proportion to what is moved. Hold both citizens first. Returns the ids of the rows.
 */
export async function moveRows(connection: Connection, move: Move): Promise<string[]> {
  const { from, into } = move;
  const moved = await moveCurrent(connection, move);
  const ids = moved.map(({ id }) => id);
  const renewed = moved.filter(({ deleted }) => !deleted && !move.rows).map(({ id }) => id);
  await moveVersions(connection, move, ids, renewed);
  await moveFragments(connection, move, ids, renewed);
  for (const table of ['past_class', 'past_part', 'past_citizen', 'relabel_queue', 'awaited_reply', 'disagreement']) await moveNamed(connection, table, move, ids);
  await moveNamed(connection, 'relationship', move, ids, { since: 'statement_timestamp()' }); // the other citizen had it not before
  for (const table of ['confirmation', 'correction']) await moveNamed(connection, table, move, ids, move.rows ? {} : { version: versionNow });
  await moveEventDecisions(connection, move, ids);
  await moveChoices(connection, move, ids);
  await connection.query('insert into past_citizen (citizen_id, id, was, gone_at) select $2, i, $1, statement_timestamp() from unnest($3::uuid[]) i', [from, into, ids]);
  return ids;
}

/** Tokens with those of one citizen replaced by those of the other: parameters 3 and 4 of the statement. */
const renamedTokens = `case when tokens && $3::bigint[] then array(
  select distinct coalesce(n.new, t) from unnest(tokens) t left join unnest($3::bigint[], $4::bigint[]) n(old, new) on n.old = t order by 1) else tokens end`;
/** JSON text that names the other citizen: an id is a UUID, so nothing else can be meant. Parameters 1 and 2. */
const renamed = (text: string): string => `replace(${text}, 'Patient/' || $1::uuid, 'Patient/' || $2::uuid)`;

async function moveCurrent(connection: Connection, { from, into, origins, rows: named, at, tokens }: Move): Promise<{ id: string; deleted: boolean }[]> {
  const { rows } = await connection.query<{ id: string; deleted: boolean }>(
    `with moved as (delete from citizen_row where citizen_id = $1 and ($5::uuid[] is null or coalesce(origin, citizen_id) = any ($5)) and ($7::uuid[] is null or id = any ($7)) returning *)
     insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, from_at, to_at, sort_text, tokens, directory_ids, content_hash, codes, origin, value_keys, value_lows, value_highs)
     select $2::uuid, id, type, case when deleted or $7 is not null then version else version + 1 end, class_id, deleted, case when deleted or $7 is not null then updated_at else $6 end,
       from_at, to_at, sort_text, ${renamedTokens}, directory_ids, content_hash, codes, coalesce($8::uuid, origin, $1::uuid), value_keys, value_lows, value_highs from moved returning id, deleted`,
    [from, into, tokens.from.map(String), tokens.into.map(String), origins, at, named?.ids ?? null, named?.of ?? null]);
  return rows;
}

/** `renewed`: rows that get a version of their own. The marks of a stored body stand first in it, in this order (see src/flow/intake/stamp-resource.ts). */
async function moveVersions(connection: Connection, { from, into, at }: Move, ids: readonly string[], renewed: readonly string[]): Promise<void> {
  await connection.query(
    `with moved as (delete from citizen_version v using unnest($3::uuid[]) m(id) where v.citizen_id = $1 and v.id = m.id returning v.*)
     insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no)
     select $2::uuid, id, version, body, deleted, updated_at, record_id, row_no from moved
     union all
     select $2::uuid, r.id, r.version, regexp_replace(${renamed('m.body')}, '"versionId":"[0-9]+","lastUpdated":"[^"]*"',
       '"versionId":"' || r.version || '","lastUpdated":"' || $4::text || '"'), false, r.updated_at, m.record_id, m.row_no
     from moved m join citizen_row r on r.citizen_id = $2 and r.id = m.id and r.version = m.version + 1 where m.id = any ($5::uuid[])`,
    [from, into, ids, at.toISOString(), renewed]);
}

async function moveFragments(connection: Connection, { from, into, tokens }: Move, ids: readonly string[], renewed: readonly string[]): Promise<void> {
  await connection.query(
    `with moved as (delete from citizen_fragment f using unnest($5::uuid[]) m(id) where f.citizen_id = $1 and f.id = m.id returning f.*)
     insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens)
     select $2::uuid, id, version, path, body, class_id, target, tokens from moved
     union all
     select $2::uuid, m.id, r.version, m.path, ${renamed('m.body')}, m.class_id, m.target, ${renamedTokens.replaceAll('tokens', 'm.tokens')}
     from moved m join citizen_row r on r.citizen_id = $2 and r.id = m.id and r.version = m.version + 1 where m.id = any ($6::uuid[])`,
    [from, into, tokens.from.map(String), tokens.into.map(String), ids, renewed]);
}

/** These rows are of these source Patients from now on. */
export async function saveOrigins(connection: Connection, rows: readonly { citizen: string; id: string; origin: string }[]): Promise<void> {
  if (rows.length === 0) return;
  await connection.query(
    `update citizen_row r set origin = o.origin from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as o(citizen_id, id, origin)
     where r.citizen_id = o.citizen_id and r.id = o.id and r.origin is distinct from o.origin`, [rows.map(({ citizen }) => citizen), rows.map(({ id }) => id), rows.map(({ origin }) => origin)]);
}

/** Rows of a table that are about these ids, as they are but for the citizen. */
async function moveNamed(connection: Connection, table: string, { from, into }: Pick<Move, 'from' | 'into'>, ids: readonly string[], anew: Readonly<Record<string, string>> = {}): Promise<void> {
  const changed = Object.entries({ citizen_id: '$2::uuid', ...anew }).map(([column, value]) => `'${column}', ${value}`).join(', ');
  await connection.query(
    `with moved as (delete from ${table} where citizen_id = $1 and id = any ($3::uuid[]) returning *)
     insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(moved) || jsonb_build_object(${changed}))).* from moved on conflict do nothing`,
    [from, into, ids]);
}

/** What is said of a version as it was goes on being said of the version that only names the other citizen. */
const versionNow = '(select case when moved.version = r.version - 1 then r.version else moved.version end from citizen_row r where r.citizen_id = $2 and r.id = moved.id)';

/** What was decided of two records goes where both of them go. */
async function moveEventDecisions(connection: Connection, { from, into }: Pick<Move, 'from' | 'into'>, ids: readonly string[]): Promise<void> {
  const { rows } = await connection.query<{ id: string }>('select id from event_decision where citizen_id = $1 and first_id = any ($2::uuid[]) and second_id = any ($2::uuid[])', [from, ids]);
  await moveNamed(connection, 'event_decision', { from, into }, rows.map(({ id }) => id));
}

const ruleColumns = `id, n, effect, valid_from, valid_until, live, overrides, opt_out, organisations, roles, purposes, categories, labels, custodians, types, tokens, ids,
  dates_from, dates_until`;

/** What counts goes on counting: a choice made for the one replaces none made for the other. With everything go denials kept without their Consent. */
async function moveChoices(connection: Connection, { from, into, origins, rows: named }: Move, ids: readonly string[]): Promise<void> {
  const { rows } = await connection.query<{ id: string }>('select id from choice where citizen_id = $1 and ($2::uuid[] is null or id = any ($2))', [from, (origins ?? named?.ids ?? null) && ids]);
  const choices = rows.map(({ id }) => id);
  await moveNamed(connection, 'choice', { from, into }, choices);
  await connection.query(
    `with moved as (delete from choice_rule where citizen_id = $1 and id = any ($3::uuid[]) returning *)
     insert into choice_rule (citizen_id, ${ruleColumns}) select $2::uuid, ${ruleColumns} from moved on conflict (citizen_id, id, n) do nothing`, [from, into, choices]);
}

/** Denials recorded about one citizen since an instant are kept for another as well, until something is decided there. */
export async function copyDenials(connection: Connection, { from, into, since }: { from: string; into: string; since: Date | null }): Promise<void> {
  await connection.query(
    `with denied as (select c.* from choice c where c.citizen_id = $1 and ($3::timestamptz is null or c.recorded_at >= $3)
         and exists (select from choice_rule r where r.citizen_id = c.citizen_id and r.id = c.id and r.effect = 'deny')),
       heads as (insert into choice (citizen_id, id, kind, custodian, signal, ends_all, decided_at, recorded_at, valid_from, valid_until, home, homes)
         select $2::uuid, id, kind, custodian, signal, false, decided_at, recorded_at, valid_from, valid_until, home, array[home] from denied on conflict do nothing)
     insert into choice_rule (citizen_id, ${ruleColumns}) select $2::uuid, ${ruleColumns.split(', ').map((column) => `r.${column.trim()}`).join(', ')}
       from choice_rule r join denied d on d.citizen_id = r.citizen_id and d.id = r.id where r.effect = 'deny' on conflict (citizen_id, id, n) do nothing`,
    [from, into, since]);
}

const leavingHome = { home: 'coalesce(moved.home, $1::uuid)' };

/** Source Patients with the keys they are found by; null: all. Returns their ids. */
export async function movePersons(connection: Connection, { from, into }: Pick<Move, 'from' | 'into'>, persons: readonly string[] | null): Promise<string[]> {
  const { rows } = await connection.query<{ id: string }>('select id from source_person where citizen_id = $1 and ($2::uuid[] is null or id = any ($2)) order by id', [from, persons]);
  const ids = rows.map(({ id }) => id);
  await moveNamed(connection, 'source_person', { from, into }, ids, leavingHome);
  await moveNamed(connection, 'person_key', { from, into }, ids);
  return ids;
}

/** Emergency access with its reviews, opened about these citizens; null: all. */
export async function moveEmergencies(connection: Connection, { from, into }: Pick<Move, 'from' | 'into'>, homes: readonly string[] | null): Promise<void> {
  const { rows } = await connection.query<{ id: string }>('select id from emergency_access where citizen_id = $1 and ($2::uuid[] is null or coalesce(home, citizen_id) = any ($2))', [from, homes]);
  const ids = rows.map(({ id }) => id);
  await moveNamed(connection, 'emergency_access', { from, into }, ids, leavingHome);
  await moveNamed(connection, 'emergency_review', { from, into }, ids);
}
