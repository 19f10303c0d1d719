import { choiceEffect } from './choice-effect.ts';
import type { Question } from './combining-rules.ts';
import { deniedByChoice } from './explain.ts';
import { oversees } from './oversees.ts';
import type { Decision } from './types.ts';

/**
 * Rule 3: a choice that denies closes what it names, whatever a clause says. Oversight of identity and Consent is not
 * reached by any choice; a general objection (specificity 0) does not reach live emergency access.
 */
export function ruleChoice({ requester, sharingClass, choices, emergency }: Question): Decision | undefined {
  if (oversees(requester.role, requester.purpose, sharingClass.category)) return undefined;
  const deciding = choiceEffect(choices, requester, sharingClass);
  if (deciding?.effect !== 'deny') return undefined;
  const general = deciding.specificity === 0;
  return general && emergency ? undefined : deniedByChoice(general ? 'objects' : 'denies');
}
