import { isWithin } from './choice-within.ts';
import type { Choice } from './types.ts';

/**
 * Which of its recorder's words a choice about sharing takes the place of: '' for those about the record as a whole, else one
 * for each set of organisations a yes is limited to. A yes to one organisation is no word about anybody else: it replaces
 * neither an objection nor the yes to another. Whatever denies outside such a yes speaks of the record as a whole.
 */
export function choiceSource({ rules }: Pick<Choice, 'rules'>): string {
  const yeses = rules.filter(({ effect, limits }) => effect === 'permit' && limits.organisations !== undefined);
  if (yeses.length === 0 || !rules.every((rule) => yeses.some((yes) => isWithin(rule, yes)))) return '';
  return `yes:${[...new Set(yeses.flatMap(({ limits }) => limits.organisations ?? []))].sort().join(' ')}`;
}
