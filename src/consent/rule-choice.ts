import { choiceMade } from './choice-effect.ts';
import type { Question } from './combining-rules.ts';
import { deniedByChoice } from './explain.ts';
import { oversees } from './oversees.ts';
import type { Decision } from './types.ts';

/**
 * Rule 3: a choice that denies closes what it names, whatever a clause says. Oversight of identity and Consent is not
 * reached by any choice; a general objection does not reach live emergency access.
 */
export function ruleChoice({ requester, sharingClass, record, choices, emergency }: Question): Decision | undefined {
  if (oversees(requester.role, requester.purpose, sharingClass.category)) return undefined;
  const made = choiceMade(choices, requester, sharingClass, record);
  if (!made || made.effect === 'permits' || (made.effect === 'objects' && emergency)) return undefined;
  return deniedByChoice(made.effect, made.consent);
}
