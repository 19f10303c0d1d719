import type { AuditEntry } from '../audit/types.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { Database } from './database.ts';

/** Who asked, one way or another: the person or client, or the organisation asked for. */
export interface AgentCondition {
  /** person or client ids */
  ids: string[];
  organisations: OrganisationKey[];
}

export interface AuditQuery {
  citizens: string[] | null;
  /** every one of them must hold */
  agents: AgentCondition[];
  /** of each list one word must be among the entry's: see `audit_words` in the schema */
  words: string[][];
  from: Date | null;
  to: Date | null;
  /** only entries where this organisation asked, or held what was disclosed or withheld; null = all (governance) */
  seenBy: OrganisationKey | null;
  before: AuditPosition | null;
  limit: number;
}

/** Where a page ended. */
export interface AuditPosition {
  /** the entry's own instant */
  at: string;
  seq: number;
}

export type LoggedEntry = AuditEntry & { seq: number };

/** Every id these citizens have or ever had: entries are filed under the one of their time. */
export async function everyId(database: Database, citizens: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `with n as (select coalesce(a.now_id, c) as now_id from unnest($1::uuid[]) c left join citizen_alias a on a.citizen_id = c)
     select now_id as id from n union select a.citizen_id from n join citizen_alias a using (now_id)`, [citizens]);
  return rows.map(({ id }) => id);
}

/** Entries newest first by their own time. Which of them a requester may read is in `seenBy`, decided by the caller's role. */
export async function searchAudit(database: Database, query: AuditQuery): Promise<LoggedEntry[]> {
  const { text, values } = auditStatement(query);
  const rows = await database.query<{ seq: string; entry: string }>(text, values);
  return rows.map((row) => ({ ...(JSON.parse(row.entry) as AuditEntry), seq: Number(row.seq) }));
}

/** The search as SQL: only what was asked for is in it, so that the planner sees plain comparisons it has an index for. */
export function auditStatement(query: AuditQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const holds = [
    ...(query.citizens ? [`citizen_ids && ${bind(query.citizens, 'uuid[]')}`] : []),
    ...query.agents.map(({ ids, organisations }) => {
      if (organisations.length === 0) return oneOf('agent', ids, bind);
      return ids.length === 0 ? oneOf('organisation', organisations, bind) : `(${oneOf('agent', ids, bind)} or ${oneOf('organisation', organisations, bind)})`;
    }),
    ...query.words.map((words) => (words.length === 0 ? 'false' : `words && array[${words.map((word) => `hashtextextended(${bind(word, 'text')}, 0)`).join(', ')}]`)),
    ...(query.from ? [`at >= ${bind(query.from, 'timestamptz')}`] : []),
    ...(query.to ? [`at < ${bind(query.to, 'timestamptz')}`] : []),
    ...(query.seenBy === null ? [] : [seenBy(bind(query.seenBy, 'text'))]),
    ...(query.before === null ? [] : [`(at, seq) < (${bind(query.before.at, 'timestamptz')}, ${bind(query.before.seq, 'bigint')})`]),
  ];
  const where = holds.length > 0 ? `where ${holds.join(' and ')} ` : '';
  return { text: `select seq, entry from audit_entry ${where}order by at desc, seq desc limit ${bind(query.limit, 'int')}`, values };
}

/** The rule for whoever reads for one organisation: it asked, or held what was disclosed or withheld. */
export function seenBy(organisation: string): string {
  return `(organisation = ${organisation} or custodians @> array[${organisation}])`;
}

/** One value is compared plainly: only then do the entries come out of the index in their order. */
function oneOf(column: 'agent' | 'organisation', asked: readonly string[], bind: (value: unknown, type: string) => string): string {
  return asked.length === 1 ? `${column} = ${bind(asked[0], 'text')}` : `${column} = any (${bind(asked, 'text[]')})`;
}
