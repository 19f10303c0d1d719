import { choiceMade } from '../../src/consent/choice-effect.ts';
import { openedBy, type Opened } from '../../src/consent/opened-by.ts';
import type { ChoiceMade, Grant, Refused } from '../../src/consent/types.ts';
import type { SharingClass } from '../../src/fhir/sharing.ts';
import type { SharingCase } from './random-sharing.ts';

type World = Pick<SharingCase, 'requester' | 'record' | 'choices' | 'relationships' | 'emergency' | 'now'>;

/**
 * A compiled grant applied in memory to one row, as the door applies it in SQL: the rule that opens the row, with the
 * clause whose relationship or consent exists, or undefined when it stays closed.
 */
export function permittingRule(grant: Grant, sharingClass: SharingClass, world: World): Opened | undefined {
  const rule = grant.rules.get(sharingClass.id);
  if (!rule || rule.kind === 'none') return undefined;
  const refused = refusedBy(sharingClass, world);
  if (grant.exempt.includes(sharingClass.id)) return refused?.effect === 'declines' ? undefined : rule;
  if (refused) return undefined;
  if (grant.open.includes(sharingClass.id)) return rule;
  const kinds = world.relationships.filter(({ organisation, until }) => organisation === grant.organisation && (until === null || world.now < until)).map(({ kind }) => kind);
  const made = choiceMade(world.choices, world.requester, sharingClass, world.record);
  return openedBy(rule, { kinds, permits: made?.effect === 'permits' ? made.consent : null, emergency: world.emergency });
}

/** How the citizen's choice closes the class to this requester, as the door tells it. */
export function refusedBy(sharingClass: SharingClass, { choices, requester, record, emergency }: World): ChoiceMade<Refused> | null {
  const made = choiceMade(choices, requester, sharingClass, record);
  return !made || made.effect === 'permits' || (made.effect === 'objects' && emergency) ? null : { effect: made.effect, consent: made.consent };
}
