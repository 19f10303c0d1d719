import type { Requester } from '../fhir/sharing.ts';
import type { AuditEntry } from './types.ts';

/** What every entry says of the request it is about, permitted or not. */
export interface RequestFacts {
  /** uuid of the entry */
  id: string;
  at: Date;
  /** X-Request-ID */
  request: string;
  /** null: nobody could be authenticated */
  requester: Requester | null;
  /** IP address as the gateway saw it */
  address?: string;
  /** X-Correlation-ID: what the caller names a whole exchange by */
  correlation?: string;
  /** in which part it is answered */
  shape?: string;
  interaction: string;
  /** normal form; identifying values already replaced by keyed hashes */
  query: string;
  /** the citizen the request resolves to, found or not */
  citizen?: string;
  /** whom a case is about, at the issuer */
  aboutPerson?: string;
  /** references of emergency access it was made under */
  emergency?: readonly string[];
  /** HTTP status answered */
  status: number;
}

export type Decision = AuditEntry['decisions'][number];
export type Withheld = AuditEntry['withheld'][number];

/** Stands for whoever did not show who they are. */
export const unauthenticated = 'unauthenticated';

export function describeRequest(facts: RequestFacts): Omit<AuditEntry, 'outcome' | 'disclosed' | 'custodians' | 'decisions' | 'withheld' | 'code'> {
  return {
    id: facts.id,
    at: facts.at.toISOString(),
    request: facts.request,
    ...(facts.correlation === undefined ? {} : { correlation: facts.correlation }),
    who: describeRequester(facts.requester, facts.address),
    ...(facts.requester ? { purpose: facts.requester.purpose } : {}),
    interaction: facts.interaction,
    query: facts.query,
    ...(facts.shape === undefined ? {} : { shape: facts.shape }),
    ...(facts.citizen === undefined ? {} : { citizen: facts.citizen }),
    ...(facts.aboutPerson === undefined ? {} : { aboutPerson: facts.aboutPerson }),
    ...(facts.emergency && facts.emergency.length > 0 ? { emergency: [...new Set(facts.emergency)].sort() } : {}),
    status: facts.status,
  };
}

function describeRequester(requester: Requester | null, address: string | undefined): AuditEntry['who'] {
  const from = address === undefined ? {} : { address };
  if (!requester) return { client: unauthenticated, ...from };
  const { client, token, person, organisation, organisationName, role, citizen } = requester;
  const scopes = role === 'integration' ? { scopes: [...requester.scopes] } : {};
  return { client, token, ...(person ? { person: { id: person.id, name: person.name } } : {}), organisation, organisationName, role, ...scopes, ...(citizen === undefined ? {} : { within: citizen }), ...from };
}

/** One line per distinct rule, counts added up, in a fixed order. */
export function sumDecisions(decisions: readonly Decision[]): Decision[] {
  return summed(decisions, ({ count: _, ...rule }) => rule);
}

/** One line per custodian and category, counts added up, in a fixed order; lines of nothing are left out. */
export function sumWithheld(withheld: readonly Withheld[]): Withheld[] {
  return summed(withheld.filter(({ count }) => count > 0), ({ custodian, category }) => [custodian, category]);
}

function summed<T extends { count: number }>(lines: readonly T[], sameness: (line: T) => unknown): T[] {
  const found = new Map<string, T>();
  for (const line of lines) {
    const key = JSON.stringify(sameness(line));
    const before = found.get(key);
    found.set(key, before ? { ...before, count: before.count + line.count } : { ...line });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
