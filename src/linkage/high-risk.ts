import type { ReviewRule } from './linkage-rule.ts';
import type { PersonFacts } from './types.ts';

/** What is known of two who may be one person. */
export interface PairFacts {
  ones: readonly PersonFacts[];
  others: readonly PersonFacts[];
  /** organisations that keep a record of either */
  custodians: number;
  /** where either lives, or a record of either, is kept from those who decide */
  hidden: boolean;
}

/** Whether joining these two needs a second person, by the linkage rule. Why is not told: it may be what is hidden. */
export function isHighRisk({ secondOpinion }: ReviewRule, { ones, others, custodians, hidden }: PairFacts): boolean {
  const verified = (people: readonly PersonFacts[]): boolean => people.some(({ nhsNumber, nhsNumberStatus }) => nhsNumber !== undefined && nhsNumberStatus === '01');
  return (secondOpinion.bothVerified && verified(ones) && verified(others)) || custodians > secondOpinion.moreCustodiansThan || (secondOpinion.somethingHidden && hidden);
}
