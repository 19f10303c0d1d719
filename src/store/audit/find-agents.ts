import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';
import { seenBy } from './search-audit.ts';

/** `agents-too-many`: the log knows more people and clients than are looked at. It depends on no name. */
export type FoundAgents = { kind: 'found'; ids: string[] } | { kind: 'too-wide' } | { kind: 'agents-too-many' };

export interface AgentSearch {
  /** is this a name that was asked for? */
  named: (name: string) => boolean;
  /** as in `AuditQuery`: whose entries may be read; null = all */
  seenBy: OrganisationKey | null;
  /** most people and clients looked at, and most that may match */
  limits: { looked: number; matched: number };
}

/**
 * The people whose name is asked for. The log holds no list of them: from each agent the next one is found by its index,
 * one probe each, and the name is that of the agent's newest entry, so the work grows with the people, not with the log.
 *
 * Whoever may not read the whole log learns no name from the rest of it. An agent counts only when an entry they may read
 * has the name too, and only those are found and counted, so neither a result nor `too-wide` confirms anything about others.
 * The newest entry of all only says which agents are worth that second look, and `agents-too-many` says no more than that
 * the log is large. Somebody who goes by another name elsewhere by now is found by id only: that much shows, the name does not.
 */
export async function findAgents(database: Database, { named, seenBy: reader, limits }: AgentSearch): Promise<FoundAgents> {
  const all = await database.query<AgentRow>(everyAgent, [limits.looked + 1]);
  if (all.length > limits.looked) return { kind: 'agents-too-many' };
  const ids = idsOf(all, named);
  const readable = reader === null || ids.length === 0 ? ids : idsOf(await database.query<AgentRow>(newestReadable, [ids, reader]), named);
  return readable.length > limits.matched ? { kind: 'too-wide' } : { kind: 'found', ids: readable };
}

interface AgentRow {
  agent: string;
  /** a JSON string; null where the newest entry names no person: a system by itself */
  name: string | null;
}

/**
 * The name as a JSON string, cut out of the entry's canonical text: PostgreSQL refuses to parse a text that holds \u0000
 * anywhere, and one such name would end every search after it. Inside a string the quotes are escaped, so nothing else
 * looks like this.
 */
const nameOf = String.raw`substring(e.entry from '"person":\{"id":"(?:[^"\\]|\\.)*","name":("(?:[^"\\]|\\.)*")')`;

/** A loose scan of the index audit_entry_agent. The recursion ends where the limit does, because nothing else reads it. */
export const everyAgent = `with recursive known as (
    (select agent from audit_entry order by agent limit 1)
    union all
    select (select e.agent from audit_entry e where e.agent > known.agent order by e.agent limit 1) from known where known.agent is not null)
  select k.agent, newest.name from known k
    cross join lateral (select ${nameOf} as name from audit_entry e where e.agent = k.agent order by e.at desc, e.seq desc limit 1) newest
  where k.agent is not null limit $1::int`;

const newestReadable = `select a.agent, newest.name from unnest($1::text[]) as a(agent)
  cross join lateral (select ${nameOf} as name from audit_entry e where e.agent = a.agent and ${seenBy('$2::text')} order by e.at desc, e.seq desc limit 1) newest`;

function idsOf(rows: readonly AgentRow[], named: (name: string) => boolean): string[] {
  return rows.flatMap(({ agent, name }) => (name !== null && named(JSON.parse(name) as string) ? [agent] : []));
}
