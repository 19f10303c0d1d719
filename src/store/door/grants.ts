import type { Grant } from '../../consent/types.ts';
import { relationshipKinds } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';
import { stale, throughDoor } from './door.ts';

/** Number of a relationship kind in the tables: `class_id * 16 + kind` names a class opened by that kind. */
export function relationshipNumber(kind: (typeof relationshipKinds)[number]): number {
  return relationshipKinds.indexOf(kind) + 1;
}

/** The kind with this number. */
export function relationshipOf(number: number): (typeof relationshipKinds)[number][] {
  return relationshipKinds.slice(number - 1, number);
}

export async function readGeneration(database: Database): Promise<number> {
  const [row] = await database.query<{ generation: string }>('select generation from policy_generation');
  return Number(row?.generation ?? 0);
}

/** The clock the door compares with: a grant is compiled by it, so that two machines' clocks never disagree about a boundary. */
export async function readDatabaseClock(database: Database): Promise<Date> {
  const [row] = await database.query<{ now: Date }>('select statement_timestamp() as now');
  if (!row) throw new Error('the database told no time');
  return row.now;
}

/** Whether this grant opens what governance reads, asked of the door like a row: a grant of a past policy answers nothing. */
export async function readGovernance(database: Database, grantKey: string): Promise<boolean | typeof stale> {
  const rows = await throughDoor<{ id: number }>(database, grantKey, 'read-governance', 'select 1 as id where s.governance', []);
  return rows === stale ? stale : rows.length > 0;
}

/** Puts a compiled grant where the door's views find it; the same grant twice is one row. Grants of past generations are cleared. */
export async function saveGrant(database: Database, grant: Grant): Promise<void> {
  await database.query(
    `with past as (delete from compiled_grant where generation < $2::bigint - 1 or valid_until < now() - interval '1 day')
     ${insertGrant('compiled_grant')}`, grantValues(grant));
}

/** Puts a grant, given as `grantValues`, into a table like compiled_grant; one it has already stays. */
export function insertGrant(table: string): string {
  return `insert into ${table} (grant_key, generation, valid_until, organisation, role, purpose, person, client,
       exempt, open, related, explicit, directory, governance, related_classes, explicit_related, only_citizen)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict do nothing`;
}

export function grantValues(grant: Grant): unknown[] {
  return [
    grant.key, grant.generation, grant.validUntil, grant.organisation, grant.role, grant.purpose, grant.person, grant.client,
    bitsOf(grant.exempt), bitsOf(grant.open), bitsOf(numbersOf(grant.related)), bitsOf(grant.explicit), grant.directory, grant.governance,
    bitsOf(grant.related.map(({ classId }) => classId)), bitsOf(numbersOf(grant.explicitRelated)), grant.citizen,
  ];
}

/** A set of small numbers as the door asks it (`holds` in schema/visible.ts): bit n, counted from the lowest of the first byte, says whether n is in it. */
function bitsOf(numbers: readonly number[]): Buffer {
  const bits = Buffer.alloc(numbers.length === 0 ? 0 : Math.floor(numbers.reduce((most, number) => Math.max(most, number), 0) / 8) + 1);
  for (const number of numbers) bits[number >> 3] = (bits[number >> 3] ?? 0) | (1 << (number & 7));
  return bits;
}

function numbersOf(related: Grant['related']): number[] {
  return related.flatMap(({ classId, kinds }) => kinds.map((kind) => classId * 16 + relationshipNumber(kind)));
}
