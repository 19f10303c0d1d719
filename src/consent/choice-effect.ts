import type { Requester, SharingClass } from '../fhir/sharing.ts';
import type { ChoiceEffect, ChoiceLimits, ChoiceMade, ChoiceRule, RecordFacts, Refused } from './types.ts';

const strictest: readonly Refused[] = ['declines', 'denies', 'objects'];

/**
 * What a citizen's live choices say of one requester and one record; undefined: nothing, and agreements alone decide. A
 * denial stands unless a permission that applies is an exception to it. A denial that stands decides, whatever is permitted
 * elsewhere: between choices of different sources the stricter wins.
 *
 * Without a record the answer is that of the class as a whole, of which no single record can be told: see `reaches`.
 */
export function choiceEffect(rules: readonly ChoiceRule[], requester: Requester, sharingClass: SharingClass, record?: RecordFacts): ChoiceEffect | undefined {
  return choiceMade(rules, requester, sharingClass, record)?.effect;
}

/** The same with the Consent that says so. */
export function choiceMade(rules: readonly ChoiceRule[], requester: Requester, sharingClass: SharingClass, record?: RecordFacts): ChoiceMade | undefined {
  const applying = rules.filter((rule) => applies(rule.limits, requester, sharingClass) && reaches(rule, record));
  const permits = applying.filter(({ effect }) => effect === 'permit');
  const standing = applying.filter((denial) => denial.effect === 'deny' && !permits.some((permit) => isExceptionTo(permit, denial)));
  const effect = strictest.find((each) => standing.some((denial) => howRefused(denial) === each)) ?? 'permits';
  const [consent] = (effect === 'permits' ? permits : standing.filter((denial) => howRefused(denial) === effect)).map((rule) => rule.consent).sort();
  return consent === undefined ? undefined : { effect, consent };
}

function howRefused({ optOut, limits }: ChoiceRule): Refused {
  if (optOut) return 'declines';
  return Object.keys(limits).length === 0 ? 'objects' : 'denies';
}

function isExceptionTo(permit: ChoiceRule, denial: ChoiceRule): boolean {
  if (denial.optOut && permit.limits.purposes && permit.limits.organisations) return true;
  return permit.consent === denial.consent && permit.overrides.includes(denial.n);
}

function applies(limits: ChoiceLimits, { organisation, role, purpose }: Requester, { custodian, category, labels }: SharingClass): boolean {
  return includes(limits.organisations, organisation) && includes(limits.roles, role) && includes(limits.purposes, purpose)
    && includes(limits.categories, category) && includes(limits.custodians, custodian)
    && (limits.labels === undefined || labels.some((label) => limits.labels?.includes(label)));
}

/** The limits on the single record. What cannot be known of it is taken for denying, and not for permitting. */
function reaches({ effect, limits: { types, tokens, ids, dates } }: ChoiceRule, record: RecordFacts | undefined): boolean {
  const unknown = effect === 'deny';
  if (record === undefined) return unknown || (types ?? tokens ?? ids ?? dates) === undefined;
  const hasCode = record.tokens === null ? unknown : record.tokens.some((token) => tokens?.includes(token));
  return includes(types, record.type) && includes(ids, record.id) && (tokens === undefined || hasCode) && (dates === undefined || isAbout(dates, record, unknown));
}

/** A bound that is missing is open; a period written the wrong way round is read as the time between. */
function isAbout(dates: { from: Date | null; until: Date | null }, { from, until }: RecordFacts, touching: boolean): boolean {
  const [low, high] = [from?.getTime() ?? -Infinity, until?.getTime() ?? Infinity].sort((a, b) => a - b) as [number, number];
  const [start, end] = [dates.from?.getTime() ?? -Infinity, dates.until?.getTime() ?? Infinity];
  return touching ? low < end && high > start : low >= start && high <= end;
}

function includes<T>(limit: readonly T[] | undefined, value: T): boolean {
  return limit === undefined || limit.includes(value);
}
