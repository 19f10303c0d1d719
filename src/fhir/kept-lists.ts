import type { TokenKind } from './search-token.ts';

/**
 * Lists that people work from, which the store keeps newest first: the rows of a type in one state that say one of these. A
 * list costs an entry for each row it holds, so these are the ones that are asked for by everybody every day.
 */
const keptLists: Readonly<Record<string, { state: string; by: readonly string[] }>> = {
  EpisodeOfCare: { state: 'status', by: ['organization', 'type', 'care-manager', 'component'] },
  ServiceRequest: { state: 'status', by: ['performer', 'requester', 'component'] },
  CarePlan: { state: 'status', by: ['category', 'component'] },
  Encounter: { state: 'status', by: ['service-provider'] },
  Task: { state: 'status', by: ['owner', 'requester'] },
};

/**
 * Which part of a list one form of a parameter's value is, if any. Of the forms a value can be asked for in, lists are kept by
 * one: a state by its code alone, anything else by `system|code`, `system|value` or `Type/id`; not by `Patient/id`, for the
 * citizen that stands for may become another.
 */
export function partOfList(type: string, parameter: string, kind: TokenKind, form: string): 'state' | 'by' | undefined {
  const lists = Object.hasOwn(keptLists, type) ? keptLists[type] : undefined;
  if (lists?.state === parameter) return kind === 'token' && !form.includes('|') ? 'state' : undefined;
  if (!lists?.by.includes(parameter)) return undefined;
  return kind === 'reference' ? (form.includes('/') && !form.startsWith('Patient/') ? 'by' : undefined) : (kind === 'token' || kind === 'identifier') && /^[^|]+\|[^|]+$/.test(form) ? 'by' : undefined;
}

/** The kept lists, as they are documented: `type`, its state, and what else they are by. */
export function listsKept(): { type: string; state: string; by: readonly string[] }[] {
  return Object.entries(keptLists).map(([type, lists]) => ({ type, ...lists }));
}
