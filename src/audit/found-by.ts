import { citizensOf } from './audit-entities.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { AuditEntry } from './types.ts';

/** What an entry is kept beside, so that it is found: all of it follows from the entry, and is checked against it. */
export interface FoundBy {
  /** uuid of the entry */
  id: string;
  /** whom it is filed under */
  citizens: readonly string[];
  /** that asked */
  organisation: OrganisationKey | null;
  /** whose data was sent or kept back */
  custodians: readonly OrganisationKey[];
  /** the person who asked, or the client */
  agent: string;
  /** the person a case is about, to whom the entry is not there */
  about: string | null;
}

export function foundBy(entry: AuditEntry): FoundBy {
  return {
    id: entry.id, citizens: citizensOf(entry), organisation: entry.who.organisation ?? null,
    custodians: [...new Set([...entry.custodians, ...entry.withheld.map((each) => each.custodian)])], agent: entry.who.person?.id ?? entry.who.client, about: entry.aboutPerson ?? null,
  };
}

/** By what of it an entry is not found as it says, by name; empty: it is. Order plays no part. */
export function foundByOther(kept: FoundBy, entry: AuditEntry): (keyof FoundBy)[] {
  const said = foundBy(entry);
  const sorted = (value: string | readonly string[] | null): string => JSON.stringify(typeof value === 'string' || value === null ? value : [...value].sort());
  return (['about', 'agent', 'citizens', 'custodians', 'id', 'organisation'] as const).filter((name) => sorted(kept[name]) !== sorted(said[name]));
}
