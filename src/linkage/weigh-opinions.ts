import type { LinkOutcome } from '../fhir/link-outcomes.ts';

/**
 * What people's opinions of a pair come to; null: it stays open. Joining two of high risk takes two people; whoever says
 * otherwise than somebody before must be joined by another. Nobody has two opinions, which the caller sees to.
 */
export function weighOpinions(opinions: readonly LinkOutcome[], highRisk: boolean): 'same' | 'different' | null {
  const count = (outcome: LinkOutcome): number => opinions.filter((each) => each === outcome).length;
  const [same, different] = [count('same'), count('different')];
  if (same > different && same >= (highRisk || different > 0 ? 2 : 1)) return 'same';
  if (different > same && different >= (same > 0 ? 2 : 1)) return 'different';
  return null;
}
