import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';

/** A citizen several organisations keep source Patients of. */
export interface SharedCitizen {
  citizen: string;
  custodians: OrganisationKey[];
}

/** An organisation was asked to look at what others say of one thing. */
export interface StandingDisagreement {
  about: string;
  task: string;
  /** the organisation's own record that says one side */
  id: string;
  type: string;
}

/** Types of records in which organisations can come to say different things, each looked through by itself in the order they were stored. */
export const comparedTypes = ['Patient', 'ServiceRequest', 'Encounter', 'EpisodeOfCare', 'CarePlan', 'Flag', 'AllergyIntolerance'] as const;
export type ComparedType = (typeof comparedTypes)[number];

const cursorName = (type: ComparedType): string => `disagreements-${type}`;

/**
 * Citizens of whom a record of a type was stored after the type's cursor, with all who keep a source Patient, in the order they were stored; those of the
 * last `lagMs` are left for the next look, because another transaction may still bring one that was stored before them.
 */
export async function findChangedCitizens(database: Database, type: ComparedType, { lagMs, limit }: { lagMs: number; limit: number }): Promise<{ citizens: SharedCitizen[]; cursor: Buffer; more: boolean } | null> {
  const [kept] = await database.query<{ value: Buffer }>('select value from setting where name = $1', [cursorName(type)]);
  const after = kept ? (JSON.parse(kept.value.toString()) as { updatedAt: string; id: string }) : { updatedAt: '-infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
  const stored = await database.query<{ citizen: string; id: string; updatedAt: string }>(
    `select citizen_id as citizen, id, updated_at::text as "updatedAt" from citizen_row where type = $5 and updated_at >= $1::timestamptz and (updated_at > $1::timestamptz or id < $2::uuid)
       and updated_at <= statement_timestamp() - make_interval(secs => $3) order by updated_at, id desc limit $4`, [after.updatedAt, after.id, lagMs / 1000, limit, type]);
  const last = stored.at(-1);
  if (!last) return null;
  const citizens = await database.query<SharedCitizen & { [column: string]: unknown }>(
    `select r.citizen_id as citizen, array_agg(distinct c.custodian order by c.custodian) as custodians from citizen_row r join sharing_class c on c.class_id = r.class_id
     where r.citizen_id = any($1::uuid[]) and r.type = 'Patient' and not r.deleted group by r.citizen_id having count(distinct c.custodian) > 1`, [[...new Set(stored.map(({ citizen }) => citizen))]]);
  return { citizens, cursor: Buffer.from(JSON.stringify({ updatedAt: last.updatedAt, id: last.id })), more: stored.length === limit };
}

/** All of a type up to here were looked at. */
export async function moveCursor(database: Database, type: ComparedType, cursor: Buffer): Promise<void> {
  await database.query('insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value', [cursorName(type), cursor]);
}

export async function findStanding(database: Database, citizen: string, owner: OrganisationKey): Promise<StandingDisagreement[]> {
  return database.query<StandingDisagreement & { [column: string]: unknown }>(
    'select d.about, d.task_id as task, d.id, r.type from disagreement d join citizen_row r on r.citizen_id = d.citizen_id and r.id = d.id where d.citizen_id = $1 and d.owner = $2', [citizen, owner]);
}

/** False where another process asked first. */
export async function saveDisagreement(connection: Connection, citizen: string, owner: OrganisationKey, { about, task, id }: Omit<StandingDisagreement, 'type'>): Promise<boolean> {
  const { rows } = await connection.query('insert into disagreement (citizen_id, owner, about, task_id, id) values ($1, $2, $3, $4, $5) on conflict do nothing returning about', [citizen, owner, about, task, id]);
  return rows.length > 0;
}

/** False where another process ended it first. */
export async function endDisagreement(connection: Connection, citizen: string, task: string): Promise<boolean> {
  const { rows } = await connection.query('delete from disagreement where citizen_id = $1 and task_id = $2 returning about', [citizen, task]);
  return rows.length > 0;
}
