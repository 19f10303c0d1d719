import type { OrganisationKey, SharingRole } from '../../fhir/sharing.ts';
import type { Connection } from '../../store/database.ts';
import { saveDecision, type LinkDecisionRow } from '../../store/linkage/link-decisions.ts';
import type { IntakeContext } from '../intake/intake-context.ts';

/** What joining people and taking them apart works with. */
export type LinkContext = Pick<IntakeContext, 'classes' | 'directory' | 'registry' | 'grade' | 'clock' | 'newId' | 'secrets' | 'mappingOf'>;

/**
 * Who decided, and on what: a rule (of a message, for the organisation whose feed sent it), or a person who gives a reason.
 * `evidence` says what it rests on in words and numbers and never what anybody is called.
 */
export type Decided = (
  | { rule: string; organisation?: OrganisationKey }
  | { organisation: OrganisationKey; person: { id: string; name: string }; role: SharingRole; reason: string }
) & { evidence?: object };

type Effect = Pick<LinkDecisionRow, 'kind' | 'from' | 'into' | 'persons'> & { aliases?: string[]; id?: string };

/** Keeps what was decided, by whom and why. Returns its id. */
export async function keepDecision(connection: Connection, context: Pick<LinkContext, 'clock' | 'newId'>, { aliases = [], id = context.newId(), ...effect }: Effect, by: Decided): Promise<string> {
  const who = 'rule' in by
    ? { rule: by.rule, organisation: by.organisation ?? null, person: null, personName: null, role: null, reason: null }
    : { rule: null, organisation: by.organisation, person: by.person.id, personName: by.person.name, role: by.role, reason: by.reason };
  await saveDecision(connection, { id, ...effect, aliases, ...who, evidence: by.evidence ?? null, at: context.clock() });
  return id;
}
