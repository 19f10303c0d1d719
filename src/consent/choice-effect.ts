import type { Requester, SharingClass } from '../fhir/sharing.ts';
import type { ChoiceLimits, ChoiceRule } from './types.ts';

/**
 * The provision of a citizen's live choices that decides about one requester and one class of their record: of those that
 * apply the most specific, and a denial at equal. Undefined: they say nothing, and agreements alone decide.
 */
export function choiceEffect(rules: readonly ChoiceRule[], requester: Requester, sharingClass: SharingClass): ChoiceRule | undefined {
  const applying = rules.filter(({ limits }) => applies(limits, requester, sharingClass));
  const highest = Math.max(...applying.map(({ specificity }) => specificity));
  const deciding = applying.filter(({ specificity }) => specificity === highest);
  return deciding.find(({ effect }) => effect === 'deny') ?? deciding[0];
}

function applies(limits: ChoiceLimits, { organisation, role, purpose }: Requester, { custodian, category, labels }: SharingClass): boolean {
  return includes(limits.organisations, organisation) && includes(limits.roles, role) && includes(limits.purposes, purpose)
    && includes(limits.categories, category) && includes(limits.custodians, custodian)
    && (limits.labels === undefined || labels.some((label) => limits.labels?.includes(label)));
}

function includes<T>(limit: readonly T[] | undefined, value: T): boolean {
  return limit === undefined || limit.includes(value);
}
