import type { ChoiceLimits, ChoiceRule, RecordFacts, Relationship } from '../../consent/types.ts';
import { relationshipKinds } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';

/** Everything a decision about one row depends on, as it is at this moment by the database's clock. */
export interface SharingFacts {
  citizen: string;
  id: string;
  type: string;
  version: number;
  classId: number;
  record: RecordFacts;
  choices: ChoiceRule[];
  relationships: Relationship[];
  /** what of it is kept apart */
  parts: PartFacts[];
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

/** What of a row is kept apart in one class: elements by name, and the record a choice about single records is asked of. */
export interface PartFacts {
  classId: number;
  elements: string[];
  record: RecordFacts;
}

const recordColumns = (row: string): string => `${row}.id, ${row}.type, ${row}.tokens::text[] as tokens, ${row}.from_at as "from", ${row}.to_at as "until"`;
interface RecordColumns { id: string; type: string; tokens: string[]; from: Date | null; until: Date | null }
const recordOf = ({ id, type, tokens, from, until }: RecordColumns): RecordFacts => ({ id, type, tokens: tokens.map(BigInt), from, until });
/** More source Patients than anybody has; what is beyond is not explained. */
const mostRows = 100;

/**
 * The facts of a row by type and id; of a citizen's id, or one it had before, those of each source Patient. None where there is
 * nothing. For explaining decisions, never for answering.
 */
export async function readSharingFacts(database: Database, type: string, id: string): Promise<SharingFacts[]> {
  const rows = await database.query<Omit<SharingFacts, 'record' | 'choices' | 'relationships' | 'parts'> & RecordColumns>(
    `select r.citizen_id as citizen, r.version, r.class_id as "classId", statement_timestamp() as now, ${recordColumns('r')} from citizen_row r where r.id = $1 and r.type = $2 and not r.deleted
     union all
     select r.citizen_id, r.version, r.class_id, statement_timestamp(), ${recordColumns('r')} from citizen_row r
     where $2 = 'Patient' and r.type = 'Patient' and not r.deleted and r.citizen_id = coalesce((select a.now_id from citizen_alias a where a.citizen_id = $1), $1)
     order by id limit ${mostRows}`, [id, type]);
  const [first] = rows;
  if (!first) return [];
  const { citizen, now } = first;
  const choices = (await database.query<ChoiceRow>(`select ${choiceColumns} from choice_rule where citizen_id = $1 and live @> $2::timestamptz order by id, n`, [citizen, now])).map(choiceRuleOf);
  const relationships = await database.query<{ organisation: string; kind: number; until: Date | null }>(
    `select organisation, kind, nullif(until, 'infinity') as until from relationship where citizen_id = $1 and until > $2 order by organisation, kind`, [citizen, now]);
  const named = relationships.flatMap(({ organisation, kind, until }) => {
    const name = relationshipKinds[kind - 1];
    return name ? [{ organisation, kind: name, until }] : [];
  });
  const parts = Map.groupBy(await readParts(database, citizen, rows.map((row) => row.id)), ({ of }) => of);
  return rows.map((row) => ({ ...row, now, record: recordOf(row), choices, relationships: named, parts: parts.get(row.id) ?? [] }));
}

/** What is kept apart of these rows, by class and by the record it names. */
async function readParts(database: Database, citizen: string, ids: readonly string[]): Promise<(PartFacts & { of: string })[]> {
  const rows = await database.query<RecordColumns & { of: string; classId: number; elements: string[] }>(
    `select f.id as of, f.class_id as "classId", array_agg(distinct split_part(f.path, '/', 2) order by split_part(f.path, '/', 2)) as elements, ${recordColumns('t')}
     from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id and r.version = f.version
       join citizen_row t on t.citizen_id = f.citizen_id and t.id = coalesce(f.target, f.id)
     where f.citizen_id = $1 and f.id = any ($2::uuid[]) group by f.id, f.class_id, t.citizen_id, t.id order by 1, 2 limit ${10 * mostRows}`, [citizen, ids]);
  return rows.map((row) => ({ of: row.of, classId: row.classId, elements: row.elements, record: recordOf(row) }));
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
