import type { OrganisationKey, SharingRole } from '../fhir/sharing.ts';
import type { IntakeContext } from './intake-context.ts';

/** What joining people and taking them apart works with. */
export type LinkContext = Pick<IntakeContext, 'classes' | 'directory' | 'registry' | 'grade' | 'clock' | 'newId'>;

/**
 * Who decided, and on what: a rule (of a message, for the organisation whose feed sent it), or a person who gives a reason.
 * `evidence` says what it rests on in words and numbers and never what anybody is called.
 */
export type Decided = (
  | { rule: string; organisation?: OrganisationKey }
  | { organisation: OrganisationKey; person: { id: string; name: string }; role: SharingRole; reason: string }
) & { evidence?: object };
