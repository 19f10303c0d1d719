import type { SearchQuery } from '../../fhir/search-query.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import { withCitizensOfNow } from '../door/citizens-of-now.ts';
import type { Connection, Database } from '../database.ts';
import { tokensApart, withRows, type PartOfRow } from '../door/find-parts.ts';
import { citizensNow } from '../linkage/link-decisions.ts';
import { conditions, Sql } from '../door/search-conditions.ts';
import { arrayText } from '../shared-rows.ts';

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

type Conditions = Pick<SearchQuery, 'type' | 'clauses'>;

/** Up to two of this organisation's own rows that a search finds, by every part of theirs: two say that it does not name one. */
export async function matchOwnRows(asked: Connection | Database, custodian: OrganisationKey, said: Conditions): Promise<{ id: string; citizen: string }[]> {
  const query = await withOwnParts(asked, custodian, await withCitizensOfNow<Conditions>(said, (ids) => citizensNow(asked, ids)));
  const sql = new Sql();
  const text = `select r.id, r.citizen_id as citizen from citizen_row r join sharing_class c on c.class_id = r.class_id and c.custodian = ${sql.bind(custodian, 'text')}
    where ${conditions(sql, query, 'citizen_fragment')} order by r.id limit 2`;
  return ask(asked, text, sql.values);
}

/** Every reference to another record is kept apart: whose parts bear one is looked up first, along their index. */
async function withOwnParts(asked: Connection | Database, custodian: OrganisationKey, query: Conditions): Promise<Conditions> {
  const tokens = tokensApart(query);
  if (tokens.length === 0) return query;
  return withRows(query, await ask<PartOfRow>(asked,
    `select r.id, f.tokens::text[] as tokens from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id and r.version = f.version
       join sharing_class c on c.class_id = r.class_id and c.custodian = $3
     where f.tokens <> '{}' and f.tokens && $1::bigint[] and r.type = $2`, [arrayText(tokens), query.type, custodian]));
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

/**
 * Until the transaction ends, nobody else of the organisation makes what a condition did not find: both would find nothing, and
 * make two. `alone`: this one does, so whoever else writes on a condition waits; those that change what they found wait for no other.
 */
export async function holdConditions(connection: Connection, custodian: OrganisationKey, { alone }: { alone: boolean }): Promise<void> {
  await connection.query(`select pg_advisory_xact_lock${alone ? '' : '_shared'}(hashtextextended($1, 0))`, [`conditions of ${custodian}`]);
}

async function ask<Row extends object>(asked: Connection | Database, text: string, values: unknown[]): Promise<Row[]> {
  return 'serve' in asked ? asked.query<Row & Record<string, unknown>>(text, values) : (await asked.query<Row & Record<string, unknown>>(text, values)).rows;
}
