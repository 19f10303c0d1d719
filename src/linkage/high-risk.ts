import type { ReviewRule } from './linkage-rule.ts';
import type { PersonFacts } from './types.ts';

/** What is known of two who may be one person. */
export interface PairFacts {
  ones: readonly PersonFacts[];
  others: readonly PersonFacts[];
  /** organisations that keep a record of either */
  custodians: number;
  locationHidden: boolean;
}

export type Risk = 'both-verified' | 'many-custodians' | 'location-hidden';

/** Why joining these two needs a second person, by the linkage rule; empty where one person is enough. */
export function highRisks({ secondOpinion }: ReviewRule, { ones, others, custodians, locationHidden }: PairFacts): Risk[] {
  const verified = (people: readonly PersonFacts[]): boolean => people.some(({ nhsNumber, nhsNumberStatus }) => nhsNumber !== undefined && nhsNumberStatus === '01');
  return [
    ...(secondOpinion.bothVerified && verified(ones) && verified(others) ? ['both-verified' as const] : []),
    ...(custodians > secondOpinion.moreCustodiansThan ? ['many-custodians' as const] : []),
    ...(secondOpinion.locationHidden && locationHidden ? ['location-hidden' as const] : []),
  ];
}
