import type { Resource } from '@medplum/fhirtypes';
import type { OrganisationKey } from '../fhir/sharing.ts';

/** One visible record of a citizen, whole, as composing takes it. */
export interface StoryRow {
  id: string;
  type: string;
  version: number;
  custodian: OrganisationKey;
  custodianName: string;
  /** how records name the custodian: `Organization/{id}` where it is in the directory, else its key */
  custodianReference: string;
  /** instant, UTC ISO */
  updatedAt: string;
  resource: Resource;
}
