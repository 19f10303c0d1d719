import type { OrganisationKey, Purpose, SharingRole } from '../fhir/sharing.ts';

/** A client the embedded issuer knows: a demo persona, or the system client of one feed. */
export interface DemoClient {
  /** OAuth client id, `ward-doctor` or `uhb-adt`; also the name of its key file */
  id: string;
  kind: 'person' | 'feed';
  /** somebody may look at the viewer through these eyes */
  viewer: boolean;
  organisation: OrganisationKey;
  organisationName: string;
  role: SharingRole;
  purpose: Purpose;
  /** the persona's display name; null for a system */
  name: string | null;
  /** one sentence for lists; synthetic */
  description: string;
  /** every scope it may ask for, SMART v2 form */
  scopes: readonly string[];
  /** the same person in other capacities, each under a name of its own */
  also?: readonly DemoClient[];
}
