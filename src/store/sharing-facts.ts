import type { ChoiceLimits, ChoiceRule, RecordFacts, Relationship } from '../consent/types.ts';
import { relationshipKinds } from '../fhir/sharing.ts';
import type { Database } from './database.ts';

/** Everything a decision about one row depends on, as it is at this moment by the database's clock. */
export interface SharingFacts {
  citizen: string;
  type: string;
  version: number;
  classId: number;
  record: RecordFacts;
  choices: ChoiceRule[];
  relationships: Relationship[];
  now: Date;
}

export type ChoiceRow = Pick<ChoiceRule, 'consent' | 'n' | 'effect' | 'overrides' | 'optOut'> & { [limit in Exclude<keyof ChoiceLimits, 'tokens' | 'dates'>]: ChoiceLimits[limit] | null } & {
  /** numbers of 64 bits come as text */
  tokens: string[] | null;
  dated: boolean;
  datesFrom: Date | null;
  datesUntil: Date | null;
};

export const choiceColumns = `id as consent, n, effect, overrides, opt_out as "optOut", organisations, roles, purposes, categories, labels, custodians, types, ids, tokens::text[],
  dates_from is not null as dated, nullif(dates_from, '-infinity') as "datesFrom", nullif(dates_until, 'infinity') as "datesUntil"`;

/** The facts of a citizen's row, by type and id; null where there is none. For explaining decisions, never for answering. */
export async function readSharingFacts(database: Database, type: string, id: string): Promise<SharingFacts | null> {
  const [row] = await database.query<Omit<SharingFacts, 'record' | 'choices' | 'relationships'> & { tokens: string[]; from: Date | null; until: Date | null }>(
    `select citizen_id as citizen, type, version, class_id as "classId", statement_timestamp() as now, tokens::text[], from_at as from, to_at as until
     from citizen_row where id = $1 and type = $2 and not deleted`, [id, type]);
  if (!row) return null;
  const { tokens, from, until, ...facts } = row;
  const choices = await database.query<ChoiceRow>(
    `select ${choiceColumns} from choice_rule where citizen_id = $1 and live @> $2::timestamptz order by id, n`, [row.citizen, row.now]);
  const relationships = await database.query<{ organisation: string; kind: number; until: Date | null }>(
    `select organisation, kind, nullif(until, 'infinity') as until from relationship where citizen_id = $1 and until > $2 order by organisation, kind`, [row.citizen, row.now]);
  return {
    ...facts, record: { id, type, tokens: tokens.map(BigInt), from, until }, choices: choices.map(choiceRuleOf),
    relationships: relationships.flatMap(({ organisation, kind, until }) => {
      const name = relationshipKinds[kind - 1];
      return name ? [{ organisation, kind: name, until }] : [];
    }),
  };
}

export function choiceRuleOf({ consent, n, effect, overrides, optOut, tokens, dated, datesFrom, datesUntil, ...limits }: ChoiceRow): ChoiceRule {
  return {
    consent, n, effect, overrides, optOut, limits: {
      ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== null)), ...(tokens && { tokens: tokens.map(BigInt) }), ...(dated && { dates: { from: datesFrom, until: datesUntil } }),
    },
  };
}

/** Whether this person has live emergency access to the citizen for the organisation. */
export async function hasEmergencyAccess(database: Database, citizen: string, organisation: string, person: string): Promise<boolean> {
  const rows = await database.query(
    'select 1 from emergency_access where citizen_id = $1 and organisation = $2 and person = $3 and from_at <= statement_timestamp() and until > statement_timestamp() limit 1', [citizen, organisation, person]);
  return rows.length > 0;
}
