import type { OrganisationKey, SharingRole } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';
import { stale } from '../door/door.ts';

/** A decision that stands about two records the caller may see. */
export interface StandingDecision {
  id: string;
  first: string;
  second: string;
  verdict: 'same' | 'different';
}

/** Who decided, and why. */
export interface NewDecision {
  citizen: string;
  id: string;
  first: string;
  second: string;
  verdict: 'same' | 'different';
  reason: string;
  person: string;
  personName: string;
  organisation: OrganisationKey;
  role: SharingRole;
}

/** Decisions about this citizen's records: those of which both may be seen. */
export async function readEventDecisions(database: Database, grantKey: string, citizen: string): Promise<StandingDecision[] | typeof stale> {
  const rows = await database.serve<{ [column in keyof StandingDecision]: StandingDecision[column] | null } & { fresh: boolean }>(
    'reader', null, { name: 'look-at-decisions', text: 'select * from look_at_decisions($1, $2)', values: [grantKey, citizen] });
  return rows.every(({ fresh }) => fresh) ? rows.filter((row): row is StandingDecision & { fresh: boolean } => row.id !== null) : stale;
}

/** Records a decision in the place of the one that stood about the same two; of two at once the later one stands. */
export async function saveEventDecision(connection: Connection, decision: NewDecision): Promise<void> {
  await connection.query('select from citizen where citizen_id = $1 for update', [decision.citizen]);
  await undoEventDecision(connection, { ...decision, by: decision.person });
  await connection.query(
    `insert into event_decision (citizen_id, id, first_id, second_id, verdict, reason, person, person_name, organisation, role) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [decision.citizen, decision.id, decision.first, decision.second, decision.verdict, decision.reason, decision.person, decision.personName, decision.organisation, decision.role]);
}

/** Undoes the decision that stands about two records; false where there is none. What was decided, and by whom, stays. */
export async function undoEventDecision(
  connection: Connection, { citizen, first, second, by, reason }: { citizen: string; first: string; second: string; by: string; reason: string },
): Promise<boolean> {
  const { rows } = await connection.query(
    `update event_decision set undone_at = statement_timestamp(), undone_by = $4, undone_reason = $5
     where citizen_id = $1 and first_id = $2 and second_id = $3 and undone_at is null returning id`, [citizen, first, second, by, reason]);
  return rows.length > 0;
}
