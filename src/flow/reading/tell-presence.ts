import type { Requester, SharingCategory } from '../../fhir/sharing.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { releaseTold, type Released } from '../release-records.ts';
import { normalOf, type Whom } from '../who-is-named.ts';

/** Whether the caller may see anything of somebody, and how much of what category. */
export interface Presence {
  present: boolean;
  categories: { category: SharingCategory; count: number }[];
}

/**
 * For a system that asks before it shows a button: no record is sent, and nobody here and nobody the caller may know of are
 * one answer. It is a look all the same, with an entry of its own.
 */
export function tellPresence(context: ReleaseContext, requester: Requester, whom: Whom, request: RequestFacts): Promise<Released & Presence> {
  return releaseTold(context, requester, { interaction: 'presence', whom, normal: normalOf('$presence', whom) }, request, (held, found) => {
    const sums = new Map<SharingCategory, number>();
    for (const { id, count } of found.counts ?? []) {
      const category = held.classes.get(id)?.category;
      if (category !== undefined) sums.set(category, (sums.get(category) ?? 0) + count);
    }
    const categories = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([category, count]) => ({ category, count }));
    return { sent: found, told: { present: found.people.length > 0, categories } };
  });
}
