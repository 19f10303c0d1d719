import type { OrganisationKey } from '../fhir/sharing.ts';

/** One durable entry: what was asked, by whom, what was decided, and exactly what went out. No payloads, no names of citizens. */
export interface AuditEntry {
  /** uuid */
  id: string;
  /** instant, UTC ISO */
  at: string;
  /** correlation id: X-Request-ID */
  request: string;
  /** X-Correlation-ID, where the caller sent one: of several requests */
  correlation?: string;
  who: { client: string; token?: string; person?: { id: string; name: string }; organisation?: OrganisationKey; organisationName?: string; role?: string; /** of a system: what it may read depends on them */ scopes?: string[]; /** uuid of the one citizen the token was for: nobody else was within its reach */ within?: string; /** IP address the request came from, as the gateway saw it */ address?: string };
  purpose?: string;
  /** FHIR interaction or gateway action: read, vread, history-instance, search-type, everything, intake, create … */
  interaction: string;
  /** normal form of the query: type and parameters, values of identifying parameters replaced by keyed hashes */
  query: string;
  /** which part of each resource was sent: `_elements=birthDate,name`, `_summary=true`; absent: all that was disclosed */
  shape?: string;
  /** uuid of the citizen the request resolves to, found or not */
  citizen?: string;
  /** citizens whose rows were in a list that names nobody: filed under each of them as well */
  listed?: string[];
  /** of a case: whom it is about, at the issuer; they read no such entry */
  aboutPerson?: string;
  /** references of the emergency access this person had to any of them at that moment; of the access opened or ended */
  emergency?: string[];
  outcome: 'permitted' | 'denied' | 'failed';
  /** HTTP status answered */
  status: number;
  /** stable code of the refusal, if any */
  code?: string;
  /** `Type/id/_history/version` of everything sent, in order */
  disclosed: string[];
  /** parts kept apart that were sent with them, as `Type/id/_history/version#/path` */
  parts?: string[];
  /** organisations whose data was sent */
  custodians: OrganisationKey[];
  /** rules that allowed or denied: one line per distinct class rule */
  decisions: { effect: 'permit' | 'deny'; rule: string; agreement?: string; version?: string; clause?: string; /** `Consent/id/_history/version` that permitted or denied */ choice?: string; sentence: string; count: number }[];
  /** rows kept back, by category and custodian; never ids */
  withheld: { custodian: OrganisationKey; category: string; count: number }[];
}
