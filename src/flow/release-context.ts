import type { AuditTrail } from '../store/audit/audit-trail.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { Database } from '../store/database.ts';
import type { Secrets } from '../store/secrets.ts';
import type { Directory } from './directory.ts';
import type { Policy } from './policy.ts';

/** What releasing works with. */
export interface ReleaseContext {
  database: Database;
  secrets: Secrets;
  policy: Policy;
  audit: AuditTrail;
  directory: Directory;
  /** whose a feed is; of one that is no longer there nobody's */
  custodianOf: (feed: string) => OrganisationKey;
  clock: () => Date;
  newId: () => string;
}

/** One request as the audit trail names it: never an address with values in it. */
export interface RequestFacts {
  /** X-Request-ID */
  id: string;
  /** IP address as the gateway saw it */
  address?: string;
  /** X-Correlation-ID, where the caller sent one */
  correlation?: string;
  /** in which part it is answered: `_elements=name` or `_summary=true` */
  shape?: string;
}
