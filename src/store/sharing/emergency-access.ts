import type { OrganisationKey, SharingRole } from '../../fhir/sharing.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection, Database } from '../database.ts';
import { stale } from '../door/door.ts';
import { readerRole } from '../migrate.ts';

export interface EmergencyAccess {
  citizen: string;
  id: string;
  organisation: OrganisationKey;
  /** the person's id at the issuer */
  person: string;
  personName: string;
  role: SharingRole;
  reason: string;
  explanation: string;
  /** what privacy officers are told, and all they are told */
  reference: string;
}

export interface LiveAccess {
  reference: string;
  until: Date;
}

type WhoseAccess = Pick<EmergencyAccess, 'citizen' | 'person' | 'organisation'>;

/** Everybody this blocking key finds, with what each partner said of who they are. */
export async function findByKey(database: Database, hash: Buffer, atMost: number): Promise<{ citizen: string; facts: PersonFacts }[]> {
  return database.query(
    `select s.citizen_id as citizen, s.facts from source_person s where s.citizen_id in (select distinct citizen_id from person_key where hash = $1 limit $2)`, [hash, atMost]);
}

const findLive = `select reference, until from emergency_access where citizen_id = $1 and person = $2 and organisation = $3 and until > statement_timestamp() order by until desc limit 1`;

/** This person's live access to the citizen for this organisation, if there is one. */
export async function findLiveAccess(database: Database, { citizen, person, organisation }: WhoseAccess): Promise<LiveAccess | null> {
  const [row] = await database.query<{ reference: string; until: Date }>(findLive, [citizen, person, organisation]);
  return row ?? null;
}

/** Live access a person has for an organisation, to whomever, the first to end first; more than a screen has lines for is cut. */
export async function listOwnAccess(database: Database, { person, organisation }: Omit<WhoseAccess, 'citizen'>): Promise<(LiveAccess & { citizen: string })[]> {
  return database.query(
    `select citizen_id as citizen, reference, until from emergency_access where person = $1 and organisation = $2 and until > statement_timestamp() order by until, reference limit 20`, [person, organisation]);
}

/**
 * Whether this access would let its grant see who the citizen is, asked of the door itself and undone: nobody else ever
 * sees it, and nothing of it stays.
 */
export async function wouldOpen(database: Database, grantKey: string, access: EmergencyAccess): Promise<boolean | typeof stale> {
  return database.transaction(async (connection) => {
    await connection.query('savepoint before');
    await insertAccess(connection, access, 1);
    await connection.query(`set local role ${readerRole}`);
    await connection.query("select set_config('onestory.grant', $1, true)", [grantKey]);
    const { rows: [row] } = await connection.query<{ fresh: boolean; opens: boolean }>(
      `select s.fresh, exists (select 1 from readable_row r where r.citizen_id = $1 and r.type = 'Patient' and not r.deleted) as opens from grant_state s`, [access.citizen]);
    await connection.query('rollback to savepoint before');
    return row?.fresh ? row.opens : stale;
  });
}

/** Opens it, by the database's clock. Where this person has live access already there is no second one: that one comes back. */
export async function openEmergencyAccess(connection: Connection, access: EmergencyAccess, minutes: number): Promise<LiveAccess> {
  const { citizen, person, organisation } = access;
  await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 2014))', [JSON.stringify([citizen, person, organisation])]);
  const { rows: [live] } = await connection.query<LiveAccess>(findLive, [citizen, person, organisation]);
  return live ?? { reference: access.reference, until: await insertAccess(connection, access, minutes) };
}

async function insertAccess(connection: Connection, access: EmergencyAccess, minutes: number): Promise<Date> {
  const { rows } = await connection.query<{ until: Date }>(
    `insert into emergency_access (citizen_id, id, organisation, person, person_name, role, from_at, until, reason, explanation, reference)
     values ($1, $2, $3, $4, $5, $6, statement_timestamp(), statement_timestamp() + make_interval(mins => $7), $8, $9, $10) returning until`,
    [access.citizen, access.id, access.organisation, access.person, access.personName, access.role, minutes, access.reason, access.explanation, access.reference]);
  if (!rows[0]) throw new Error('emergency access was not saved');
  return rows[0].until;
}

/** Ends what is live of this person's access to the citizen. */
export async function endEmergencyAccess(database: Database, { citizen, person, organisation }: WhoseAccess): Promise<void> {
  await database.query(
    `update emergency_access set until = statement_timestamp() where citizen_id = $1 and person = $2 and organisation = $3 and until > statement_timestamp()`,
    [citizen, person, organisation]);
}

/** Ends it, whosever it is; false where it was over. */
export async function revokeEmergencyAccess(database: Database, reference: string): Promise<boolean> {
  const ended = await database.query('update emergency_access set until = statement_timestamp() where reference = $1 and until > statement_timestamp() returning 1', [reference]);
  return ended.length > 0;
}

/** Whose records there are about the citizen. */
export async function custodiansAbout(connection: Connection, citizen: string): Promise<OrganisationKey[]> {
  const { rows } = await connection.query<{ custodian: string }>(
    `select distinct s.custodian from citizen_row r join sharing_class s on s.class_id = r.class_id where r.citizen_id = $1 and not r.deleted order by 1`, [citizen]);
  return rows.map(({ custodian }) => custodian);
}
