import { referenceTo } from './clauses-in-force.ts';
import type { Question } from './combining-rules.ts';
import { coveringClauses } from './covering-clauses.ts';
import { explainEmergency } from './explain.ts';
import type { Decision } from './types.ts';

/** Rule 5: live emergency access opens what a clause would open if the relationship it asks for existed. Labels, narrower choices and missing consent stay as they are. */
export function ruleBreakGlass(question: Question): Decision | undefined {
  if (!question.emergency) return undefined;
  const covering = coveringClauses(question).find(({ clause }) => clause.consentBasis === 'implied');
  return covering && explainEmergency(referenceTo(covering));
}
