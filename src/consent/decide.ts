import { combiningRules } from './combining-rules.ts';
import type { Question } from './combining-rules.ts';
import type { Decision } from './types.ts';

/**
 * The reference: may this requester see this row of this citizen now? Slow and plain on purpose. Grants compiled by
 * `compileGrant` and the SQL made of them must give the same answer on every case; this is what they are compared with.
 */
export function decide(question: Question): Decision {
  for (const { decide: rule } of combiningRules) {
    const decision = rule(question);
    if (decision) return decision;
  }
  throw new Error('the last combining rule decides everything');
}
