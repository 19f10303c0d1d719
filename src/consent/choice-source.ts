import { isWithin } from './choice-within.ts';
import type { Choice, ChoiceLimits } from './types.ts';

/** Limits that name a yes, in the order of the key; when the records are from does not. */
const naming = ['organisations', 'roles', 'purposes', 'categories', 'labels', 'custodians', 'types', 'tokens', 'ids'] as const satisfies readonly (keyof ChoiceLimits)[];

/**
 * Which of its recorder's words a choice about sharing takes the place of: '' for those about the record as a whole, else one
 * for each yes that is narrower. A yes to one organisation, one purpose or one sort of information is no word about anything
 * else: it replaces neither an objection nor another yes. Whatever denies outside such a yes speaks of the record as a whole.
 */
export function choiceSource({ rules }: Pick<Choice, 'rules'>): string {
  const yeses = rules.filter(({ effect, limits }) => effect === 'permit' && Object.keys(limits).length > 0);
  if (yeses.length === 0 || !rules.every((rule) => yeses.some((yes) => isWithin(rule, yes)))) return '';
  const toSomebody = yeses.every(({ limits }) => limits.organisations !== undefined);
  return `yes:${toSomebody ? sorted(yeses.flatMap(({ limits }) => limits.organisations ?? [])).join(' ') : sorted(yeses.map(({ limits }) => keyOf(limits))).join(' | ')}`;
}

/** `purposes=HRESCH categories=plan,referral`; the same text as src/store/schema/037-narrow-yeses.ts makes of what is stored. */
function keyOf(limits: ChoiceLimits): string {
  return naming.flatMap((name) => (limits[name] === undefined ? [] : [`${name}=${sorted([...limits[name]].map(String)).join(',')}`])).join(' ');
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
