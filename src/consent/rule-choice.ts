import type { Question } from './combining-rules.ts';
import { deniedByChoice } from './explain.ts';
import { oversees } from './oversees.ts';
import type { Decision } from './types.ts';

/** Rule 3: an objection over the whole record denies, whatever a clause says. It leaves out oversight of identity and Consent for the purposes it excludes. */
export function ruleChoice({ requester, sharingClass, choices }: Question): Decision | undefined {
  const overseen = oversees(requester.role, requester.purpose, sharingClass.category);
  const denies = choices.some((choice) => !(overseen && choice.purposesExcluded.includes(requester.purpose)));
  return denies ? deniedByChoice() : undefined;
}
