import { clausesTowards } from './clauses-towards.ts';
import type { Question } from './combining-rules.ts';
import { coveringClauses } from './covering-clauses.ts';
import { deniedByRule, namesFrom } from './explain.ts';
import type { Decision } from './types.ts';
import { isOwn } from './rule-own.ts';
import { whyNot } from './why-not.ts';

/** Rule 2: a row with any label (legal restriction, a partner's own dissent flag, sensitivity) is closed unless a clause names every label. Nothing later opens it. */
export function ruleRestrictedLabels(question: Question): Decision | undefined {
  const { requester, sharingClass, agreements, now } = question;
  if (sharingClass.labels.length === 0 || isOwn(question)) return undefined; // of its own records, rule 1 left an opt-out to rule 3
  if (coveringClauses(question).length > 0) return undefined;
  return deniedByRule(whyNot(requester, sharingClass, clausesTowards(requester.organisation, agreements, now)), 2, namesFrom(agreements));
}
