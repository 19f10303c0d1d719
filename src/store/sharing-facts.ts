import type { ChoiceRule, Relationship } from '../consent/types.ts';
import { relationshipKinds, type Purpose, type SharingCategory, type SharingRole } from '../fhir/sharing.ts';
import type { Database } from './database.ts';

/** Everything a decision about one row depends on, as it is at this moment by the database's clock. */
export interface SharingFacts {
  citizen: string;
  type: string;
  version: number;
  classId: number;
  choices: ChoiceRule[];
  relationships: Relationship[];
  now: Date;
}

export interface ChoiceRow {
  effect: 'deny' | 'permit';
  specificity: number;
  organisations: string[] | null;
  roles: SharingRole[] | null;
  purposes: Purpose[] | null;
  categories: SharingCategory[] | null;
  labels: string[] | null;
  custodians: string[] | null;
}

export const choiceColumns = 'effect, specificity, organisations, roles, purposes, categories, labels, custodians';

/** The facts of a citizen's row, by type and id; null where there is none. For explaining decisions, never for answering. */
export async function readSharingFacts(database: Database, type: string, id: string): Promise<SharingFacts | null> {
  const [row] = await database.query<{ citizen: string; version: number; classId: number; now: Date }>(
    'select citizen_id as citizen, version, class_id as "classId", statement_timestamp() as now from citizen_row where id = $1 and type = $2 and not deleted', [id, type]);
  if (!row) return null;
  const choices = await database.query<ChoiceRow>(
    `select ${choiceColumns} from choice_rule
     where citizen_id = $1 and valid_from <= $2 and valid_until > $2 order by specificity desc, effect`, [row.citizen, row.now]);
  const relationships = await database.query<{ organisation: string; kind: number; until: Date | null }>(
    `select organisation, kind, nullif(until, 'infinity') as until from relationship where citizen_id = $1 and until > $2 order by organisation, kind`, [row.citizen, row.now]);
  return {
    ...row, type,
    choices: choices.map(choiceRuleOf),
    relationships: relationships.flatMap(({ organisation, kind, until }) => {
      const name = relationshipKinds[kind - 1];
      return name ? [{ organisation, kind: name, until }] : [];
    }),
  };
}

export function choiceRuleOf({ effect, specificity, ...limits }: ChoiceRow): ChoiceRule {
  return { effect, specificity, limits: Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== null)) };
}

/** Whether this person has live emergency access to the citizen for the organisation. */
export async function hasEmergencyAccess(database: Database, citizen: string, organisation: string, person: string): Promise<boolean> {
  const rows = await database.query(
    'select 1 from emergency_access where citizen_id = $1 and organisation = $2 and person = $3 and from_at <= statement_timestamp() and until > statement_timestamp() limit 1', [citizen, organisation, person]);
  return rows.length > 0;
}
