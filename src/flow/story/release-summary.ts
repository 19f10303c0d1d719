import type { Requester } from '../../fhir/sharing.ts';
import { summaryDocument, type SummaryDocument } from '../../story/summary-document.ts';
import type { RequestFacts } from '../release-context.ts';
import { releaseTold, type Released } from '../release-records.ts';
import { factsFrom, onlyCited, onlyCompared, type StoryContext } from './release-story.ts';
import { normalOf, type Whom } from '../who-is-named.ts';

export type ReleasedSummary = Released & { composition: SummaryDocument['composition']; at: Date };

/**
 * What one caller may see of a citizen that the next clinician needs first, as one document. What leaves, and what the audit
 * entry lists, are the sources of the composed Patient and the records that a section names.
 */
export function releaseSummary(context: StoryContext, requester: Requester, whom: Whom, base: string, request: RequestFacts): Promise<ReleasedSummary> {
  return releaseTold(context, requester, { interaction: 'summary', whom, normal: normalOf('$summary', whom), changes: context.story.planChanges }, request, (held, found) => {
    const at = context.clock();
    const { composition, cited, compared } = summaryDocument(factsFrom(context, held, found, at), base);
    return { sent: { ...onlyCited(found, cited), earlier: onlyCompared(found, compared) }, told: { composition, at } };
  });
}
