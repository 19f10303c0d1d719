import { hiddenLocation } from '../fhir/sharing-labels.ts';
import type { SharingClass } from '../fhir/sharing.ts';
import type { Grant, SharingNames } from './types.ts';

/** How much a requester is told: nothing, that something is kept back, or also by whom. */
export type Notice = 'none' | 'generic' | { organisations: string[] };

/**
 * The one notice for everything withheld in an answer: the most any clause concerned allows. Only the mode of each class's
 * clause counts, never why a row was kept back or how many there are. Give it only where the composed Patient is visible.
 * Of a person whose location is hidden from the requester nobody is named: who holds something about them tells where they are.
 */
export function noticeFor(
  withheld: readonly { classId: number; count: number }[], grant: Grant, classes: ReadonlyMap<number, SharingClass>, names: SharingNames,
): Notice {
  const told = withheld.filter(({ count }) => count > 0).flatMap(({ classId }) => {
    const rule = grant.rules.get(classId);
    return rule && 'notice' in rule ? [{ mode: rule.notice, custodian: classes.get(classId)?.custodian }] : [];
  });
  const locationHidden = withheld.some(({ classId, count }) => count > 0 && classes.get(classId)?.labels.includes(hiddenLocation));
  const named = locationHidden ? [] : told.flatMap(({ mode, custodian }) => (mode === 'organisation' && custodian ? [names.organisations.get(custodian) ?? custodian] : []));
  if (named.length > 0) return { organisations: [...new Set(named)].sort() };
  return told.some(({ mode }) => mode !== 'none') ? 'generic' : 'none';
}
