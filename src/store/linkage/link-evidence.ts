import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { LinkEvidence } from '../record/citizens.ts';
import type { Database } from '../database.ts';
import { throughDoor, type stale } from '../door/door.ts';
import type { LinkDecisionRow } from './link-decisions.ts';

/** Why a source Patient is of its citizen. */
export interface LinkRow {
  /** source Patient */
  id: string;
  /** the citizen of now */
  citizen: string;
  /** rule of decideLink that linked it, or made the citizen of it */
  rule: string;
  /** something of the citizen is kept from the caller: then evidence, which may rest on that, is as well */
  hidden: boolean;
  evidence: LinkEvidence | null;
}

/** The source Patients of a citizen, by any of its ids, as far as the grant may see them; only of whom this organisation keeps a record, where one is named. */
export function readLinks(database: Database, grantKey: string, citizen: string, organisation: OrganisationKey | null): Promise<LinkRow[] | typeof stale> {
  return throughDoor<LinkRow>(database, grantKey, 'read-links',
    `select l.id, l.citizen_id as citizen, l.rule, l.hidden, l.evidence from readable_link l where l.citizen_id = any (citizens_now(array[$1::uuid])) and ($2::text is null or $2 = any (l.custodians))`,
    [citizen, organisation], 'q.id');
}

export type LinkDecided = Pick<LinkDecisionRow, 'id' | 'kind' | 'persons' | 'rule' | 'organisation' | 'personName' | 'role' | 'reason' | 'at'> & { undone: boolean };

/** What was decided of these source Patients, newest first. */
export function readLinkDecisions(database: Database, grantKey: string, persons: readonly string[], limit: number): Promise<LinkDecided[] | typeof stale> {
  return throughDoor<LinkDecided & { n: string }>(database, grantKey, 'read-link-decisions',
    `select d.id, d.n, d.kind, d.persons, d.rule, d.organisation, d.person_name as "personName", d.role, d.reason, d.at, d.undone_by is not null as undone
     from readable_link_decision d where d.persons && $1::uuid[] order by d.n desc limit $2`, [persons, limit], 'q.n desc');
}
