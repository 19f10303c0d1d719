import type { AuditEntry } from '../../audit/types.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';

/** Who asked, one way or another: the person or client, or the organisation asked for. */
export interface AgentCondition {
  /** person or client ids */
  ids: string[];
  organisations: OrganisationKey[];
}

/** Who reads the log. */
export interface LogReader {
  /** only what this organisation asked, or held; null = everything (governance) */
  organisation: OrganisationKey | null;
  /** at the issuer: what is said of a case about them is not for them; null = no person */
  person: string | null;
}

export interface AuditQuery {
  citizens: string[] | null;
  /** every one of them must hold */
  agents: AgentCondition[];
  /** of each list one word must be among the entry's: see `audit_words` in the schema */
  words: string[][];
  from: Date | null;
  to: Date | null;
  reader: LogReader;
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

/**
 * Entries newest first by their own time. Which of them a requester may read is in `reader`, decided by the caller's role.
 * Where what is asked for is common, it is among the newest; where it is not, it is gathered by its words. How common it is
 * nobody can tell beforehand, so the first is tried and the second done when that was not enough: neither walks the log.
 */
export async function searchAudit(database: Database, query: AuditQuery): Promise<LoggedEntry[]> {
  let rows: { seq: string; entry: string }[] = [];
  for (const { text, values } of auditStatements(query)) {
    rows = await database.query<{ seq: string; entry: string }>(text, values);
    if (rows.length === query.limit) break;
  }
  return rows.map((row) => ({ ...(JSON.parse(row.entry) as AuditEntry), seq: Number(row.seq) }));
}

const newestLookedAt = 20_000;

/** The search as SQL, one way after the other until a page is full: only what was asked for is in it, so that the planner sees plain comparisons it has an index for. */
export function auditStatements(query: AuditQuery): { text: string; values: unknown[] }[] {
  const values: unknown[] = [];
  const bind = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const ordered = orderedConditions(query, bind);
  const gathered = [
    ...query.words.map((words) => (words.length === 0 ? 'false' : `words && array[${words.map((word) => `hashtextextended(${bind(word, 'text')}, 0)`).join(', ')}]`)),
    ...(query.reader.organisation === null ? [] : [seenBy(bind(query.reader.organisation, 'text'))]),
  ];
  const where = (holds: readonly string[]): string => (holds.length > 0 ? `where ${holds.join(' and ')} ` : '');
  const newestFirst = `order by at desc, seq desc limit ${bind(query.limit, 'int')}`;
  if (gathered.length === 0) return [{ text: `select seq, entry from audit_entry ${where(ordered)}${newestFirst}`, values }];
  const newest = `(select seq, at, entry, words, organisation, custodians from audit_entry ${where(ordered)}order by at desc, seq desc limit ${newestLookedAt}) newest`;
  return [
    { text: `select seq, entry from ${newest} ${where(gathered)}${newestFirst}`, values },
    { text: `with found as materialized (select seq, at from audit_entry ${where([...ordered, ...gathered])}), page as materialized (select seq from found ${newestFirst})
       select e.seq, e.entry from page join audit_entry e using (seq) order by e.at desc, e.seq desc`, values },
  ];
}

/** What entries come out of an index by, in their order. */
function orderedConditions(query: AuditQuery, bind: (value: unknown, type: string) => string): string[] {
  return [
    ...(query.citizens ? [`citizen_ids && ${bind(query.citizens, 'uuid[]')}`] : []),
    ...query.agents.map(({ ids, organisations }) => {
      if (organisations.length === 0) return oneOf('agent', ids, bind);
      return ids.length === 0 ? oneOf('organisation', organisations, bind) : `(${oneOf('agent', ids, bind)} or ${oneOf('organisation', organisations, bind)})`;
    }),
    ...(query.reader.person === null ? [] : [notAbout(bind(query.reader.person, 'text'))]),
    ...(query.from ? [`at >= ${bind(query.from, 'timestamptz')}`] : []),
    ...(query.to ? [`at < ${bind(query.to, 'timestamptz')}`] : []),
    ...(query.before === null ? [] : [`(at, seq) < (${bind(query.before.at, 'timestamptz')}, ${bind(query.before.seq, 'bigint')})`]),
  ];
}

/** The rule for whoever reads for one organisation: it asked, or held what was disclosed or withheld. */
export function seenBy(organisation: string): string {
  return `(organisation = ${organisation} or custodians @> array[${organisation}])`;
}

/** What is said of a case is not for whom it is about: it would tell them that there is one. */
function notAbout(person: string): string {
  return `(about_person is null or about_person <> ${person})`;
}

/** Both rules for one entry, where either half of the reader may be null. */
export function mayRead(organisation: string, person: string): string {
  return `(${organisation} is null or ${seenBy(organisation)}) and (${person} is null or ${notAbout(person)})`;
}

/** One value is compared plainly: only then do the entries come out of the index in their order. */
function oneOf(column: 'agent' | 'organisation', asked: readonly string[], bind: (value: unknown, type: string) => string): string {
  return asked.length === 1 ? `${column} = ${bind(asked[0], 'text')}` : `${column} = any (${bind(asked, 'text[]')})`;
}
