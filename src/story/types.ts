import type { Patient } from '@medplum/fhirtypes';
import type { OrganisationKey } from '../fhir/sharing.ts';

/** One partner's own view of a person, as the caller may see it. */
export interface SourcePatient {
  id: string;
  version: number;
  custodian: OrganisationKey;
  custodianName: string;
  /** instant, UTC ISO */
  updatedAt: string;
  resource: Patient;
  /** places of what is kept apart from the body and may be seen */
  parts?: readonly string[];
}
