import type { SearchQuery } from '../fhir/search-query.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { Connection, Database } from './database.ts';
import { conditions, Sql } from './search-conditions.ts';

/**
 * An organisation's own rows, for writing them and never for answering: what is asked here is asked of the writer's own
 * partition, so whatever anybody else holds is the same as nothing.
 */
export interface OwnRow {
  citizen: string;
  id: string;
  type: string;
  version: number;
  classId: number;
  category: string;
  contentHash: Buffer;
  deleted: boolean;
  body: string;
  fragments: { path: string; body: string; target: string | null }[];
}

/** Those of these ids that are this organisation's, deleted ones included. */
export async function loadOwnRows(asked: Connection | Database, custodian: OrganisationKey, ids: readonly string[]): Promise<Map<string, OwnRow>> {
  if (ids.length === 0) return new Map();
  const rows = await ask<Omit<OwnRow, 'fragments'> & { fragments: OwnRow['fragments'] | null }>(asked,
    `select r.citizen_id as citizen, r.id, r.type, r.version, r.class_id as "classId", c.category, r.content_hash as "contentHash", r.deleted, v.body,
       (select json_agg(json_build_object('path', f.path, 'body', f.body, 'target', f.target)) from citizen_fragment f
        where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version) as fragments
     from citizen_row r join sharing_class c on c.class_id = r.class_id and c.custodian = $2
       join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
     where r.id = any($1::uuid[])`, [ids, custodian]);
  return new Map(rows.map((row) => [row.id, { ...row, fragments: row.fragments ?? [] }]));
}

/** Up to two of this organisation's own rows that a search finds: two say that it does not name one. */
export async function matchOwnRows(asked: Connection | Database, custodian: OrganisationKey, query: Pick<SearchQuery, 'type' | 'clauses'>): Promise<{ id: string; citizen: string }[]> {
  const sql = new Sql();
  const text = `select r.id, r.citizen_id as citizen from citizen_row r join sharing_class c on c.class_id = r.class_id and c.custodian = ${sql.bind(custodian, 'text')}
    where ${conditions(sql, query, 'citizen_fragment')} order by r.id limit 2`;
  return ask(asked, text, sql.values);
}

/** Those of these citizens of whom this organisation keeps a record. */
export async function loadOwnCitizens(asked: Connection | Database, custodian: OrganisationKey, citizens: readonly string[]): Promise<string[]> {
  const rows = await ask<{ citizen: string }>(asked,
    `select distinct r.citizen_id as citizen from citizen_row r join sharing_class c on c.class_id = r.class_id and c.custodian = $2 where r.citizen_id = any($1::uuid[]) and not r.deleted`, [citizens, custodian]);
  return rows.map(({ citizen }) => citizen);
}

/** This organisation's own source Patients of these citizens. */
export function loadOwnPatients(asked: Connection | Database, custodian: OrganisationKey, citizens: readonly string[]): Promise<{ citizen: string; id: string; classId: number; labels: string[] }[]> {
  return ask(asked,
    `select r.citizen_id as citizen, r.id, r.class_id as "classId", c.labels from citizen_row r join sharing_class c on c.class_id = r.class_id and c.custodian = $2
     where r.citizen_id = any($1::uuid[]) and r.type = 'Patient' and not r.deleted order by r.id`, [citizens, custodian]);
}

/** Who says the same condition at the same time waits for the other: both would find nothing, and make two. Until the transaction ends. */
export async function holdConditions(connection: Connection, keys: readonly Buffer[]): Promise<void> {
  if (keys.length > 0) await connection.query(
    `select pg_advisory_xact_lock(k) from (select distinct ('x' || encode(substring(h from 1 for 8), 'hex'))::bit(64)::bigint as k from unnest($1::bytea[]) as h order by 1) o`, [keys]);
}

async function ask<Row extends object>(asked: Connection | Database, text: string, values: unknown[]): Promise<Row[]> {
  return 'serve' in asked ? asked.query<Row & Record<string, unknown>>(text, values) : (await asked.query<Row & Record<string, unknown>>(text, values)).rows;
}
