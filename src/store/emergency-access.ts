import type { OrganisationKey } from '../fhir/sharing.ts';
import type { PersonFacts } from '../linkage/types.ts';
import type { Connection, Database } from './database.ts';

export interface EmergencyAccess {
  citizen: string;
  id: string;
  organisation: OrganisationKey;
  /** the person's id at the issuer */
  person: string;
  reason: string;
  explanation: string;
  /** what privacy officers are told, and all they are told */
  reference: string;
}

/** Everybody this blocking key finds, with what each partner said of who they are. */
export async function findByKey(database: Database, hash: Buffer, atMost: number): Promise<{ citizen: string; facts: PersonFacts }[]> {
  return database.query(
    `select s.citizen_id as citizen, s.facts from source_person s where s.citizen_id in (select distinct citizen_id from person_key where hash = $1 limit $2)`, [hash, atMost]);
}

/** This person's live access to the citizen for this organisation, if there is one. */
export async function findLiveAccess(database: Database, { citizen, person, organisation }: Pick<EmergencyAccess, 'citizen' | 'person' | 'organisation'>): Promise<{ id: string; reference: string; until: Date } | null> {
  const [row] = await database.query<{ id: string; reference: string; until: Date }>(
    `select id, reference, until from emergency_access where citizen_id = $1 and person = $2 and organisation = $3 and until > statement_timestamp() order by until desc limit 1`,
    [citizen, person, organisation]);
  return row ?? null;
}

/** Opens it, by the database's clock; answers until when. */
export async function saveEmergencyAccess(connection: Connection, access: EmergencyAccess, minutes: number): Promise<Date> {
  const { rows } = await connection.query<{ until: Date }>(
    `insert into emergency_access (citizen_id, id, organisation, person, from_at, until, reason, explanation, reference)
     values ($1, $2, $3, $4, statement_timestamp(), statement_timestamp() + make_interval(mins => $5), $6, $7, $8) returning until`,
    [access.citizen, access.id, access.organisation, access.person, minutes, access.reason, access.explanation, access.reference]);
  if (!rows[0]) throw new Error('emergency access was not saved');
  return rows[0].until;
}

/** Ends what is live of this person's access to the citizen; answers how many there were. */
export async function endEmergencyAccess(database: Database, { citizen, person, organisation }: Pick<EmergencyAccess, 'citizen' | 'person' | 'organisation'>): Promise<number> {
  const ended = await database.query(
    `update emergency_access set until = statement_timestamp() where citizen_id = $1 and person = $2 and organisation = $3 and until > statement_timestamp() returning 1`,
    [citizen, person, organisation]);
  return ended.length;
}

/** Whose records there are about the citizen. */
export async function custodiansAbout(connection: Connection, citizen: string): Promise<OrganisationKey[]> {
  const { rows } = await connection.query<{ custodian: string }>(
    `select distinct s.custodian from citizen_row r join sharing_class s on s.class_id = r.class_id where r.citizen_id = $1 and not r.deleted order by 1`, [citizen]);
  return rows.map(({ custodian }) => custodian);
}

/** How often this person was refused emergency access within the last hour, counted up to `atMost`. */
export async function countRecentRefusals(database: Database, person: string, atMost: number): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from (select 1 from audit_entry where agent = $1 and at > statement_timestamp() - interval '1 hour'
       and entry::jsonb ->> 'interaction' = 'break-glass' and entry::jsonb ->> 'outcome' = 'denied' order by seq desc limit $2) d`, [person, atMost]);
  return row?.count ?? 0;
}
