import { compareBirthDates } from './birth-dates.ts';
import { comparePeople } from './compare-people.ts';
import type { Grader } from './decide-link.ts';
import type { PersonFacts } from './types.ts';

/** Why a merge nobody has looked at is left to a person. */
export type MergeDoubt = 'merge-two-numbers' | 'merge-twins' | 'merge-certainly-not' | 'merge-birth-dates';

export type MergeDecision = { kind: 'merge' } | { kind: 'review'; rule: MergeDoubt };

/**
 * Whether two citizens, each known by what several partners say, may be made one because a message or a rule says so.
 * What is said of them must not speak against it: two verified numbers are two people, another first name where family
 * name and birth date may be the same is the mark of twins, a generation between birth dates that of parent and child of one
 * name, and a pair graded `certainly-not` by what it says is left to a person.
 * Silence is no doubt: who was admitted unknown is told apart from nobody. Symmetric.
 */
export function decideMerge(ones: readonly PersonFacts[], others: readonly PersonFacts[], grade: Grader): MergeDecision {
  const pairs = ones.flatMap((one) => others.map((other) => [one, other] as const));
  if (pairs.some(([one, other]) => twoNumbers(one, other))) return { kind: 'review', rule: 'merge-two-numbers' };
  if (pairs.some(([one, other]) => twins(one, other))) return { kind: 'review', rule: 'merge-twins' };
  if (pairs.length > 0 && pairs.every(([one, other]) => speaksAgainst(one, other, grade))) return { kind: 'review', rule: 'merge-certainly-not' };
  return pairs.some(([one, other]) => bornApart(one, other)) ? { kind: 'review', rule: 'merge-birth-dates' } : { kind: 'merge' };
}

function twoNumbers(one: PersonFacts, other: PersonFacts): boolean {
  const verified = ({ nhsNumber, nhsNumberStatus }: PersonFacts): string | undefined => (nhsNumberStatus === '01' ? nhsNumber : undefined);
  const [a, b] = [verified(one), verified(other)];
  return a !== undefined && b !== undefined && a !== b;
}

function twins(one: PersonFacts, other: PersonFacts): boolean {
  if (one.identityUnknown || other.identityUnknown) return false;
  const { family, given, birthDate } = comparePeople(one, other);
  return given === 'disagree' && family !== 'disagree' && birthDate !== 'disagree';
}

/** A date mistyped or swapped is one date; another one is another person's, or a mistake that somebody must look at. */
function bornApart(one: PersonFacts, other: PersonFacts): boolean {
  if (one.identityUnknown || other.identityUnknown) return false;
  const level = compareBirthDates(one, other);
  return level === 'years-apart' || level === 'other';
}

/** Most pairs are `certainly-not` because people are many; here two were named, so only what their fields say counts. */
function speaksAgainst(one: PersonFacts, other: PersonFacts, grade: Grader): boolean {
  if (one.identityUnknown || other.identityUnknown) return false;
  const { grade: found, evidence, apart } = grade(one, other);
  return found === 'certainly-not' && (apart || evidence.reduce((sum, { bits }) => sum + bits, 0) < 0);
}
