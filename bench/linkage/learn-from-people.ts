import { randomFor } from '../../src/demo/random.ts';
import { learnWeights } from '../../src/linkage/learn-rule.ts';
import type { LinkageRule } from '../../src/linkage/linkage-rule.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { pairsSharing } from './people-pairs.ts';

const mostSharing = 1_000;

/** Weights learned in two passes: from those of one birth date, and from those of one name. */
export function learnFromPeople(people: readonly PersonFacts[], seed: number): Pick<LinkageRule, 'weights' | 'names' | 'prior'> {
  const { next } = randomFor(seed, 'pairs');
  return learnWeights(people, [
    { agreeing: ['birthDate'], pairs: pairsSharing(people, ({ birthDate }) => (birthDate ? [birthDate] : []), mostSharing) },
    { agreeing: ['given', 'family'], pairs: pairsSharing(people, ({ given: [first], family }) => (first && family ? [`${first}|${family}`] : []), mostSharing) },
  ], next);
}
