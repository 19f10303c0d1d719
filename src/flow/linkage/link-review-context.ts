import { createHash } from 'node:crypto';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { notFound } from '../../fhir/outcome.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { LinkageRule } from '../../linkage/linkage-rule.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { findLinkReview, type LinkReviewRow } from '../../store/linkage/link-reviews.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import type { LinkContext } from './link-context.ts';
import type { ReleaseContext } from '../release-context.ts';

/** `wake`: what was decided is told to the log by the next round of intake, begun at once. */
export type LinkReviewContext = ReleaseContext & LinkContext & Pick<IntakeContext, 'registry'> & { linkage: LinkageRule; wake: () => void };

/** The pair of this reference, where the requester oversees sharing, may see both in whole, and keeps a record of either; else the one refusal. */
export async function reviewedPair(context: LinkReviewContext, requester: Requester, reference: string): Promise<LinkReviewRow> {
  await checkOversight(context, requester, forReviewers);
  const { result: [review] } = await context.policy.under(requester, ({ grant }) => findLinkReview(context.database, grant.key, reference, overseenBy(requester)));
  if (!review) throw new Refusal(notFound);
  return review;
}

/** Stands for what a reviewer saw: it differs once what may be seen of either, or the rule they are weighed by, has changed. */
export function seenOf({ version }: Pick<LinkageRule, 'version'>, rows: readonly Pick<VisibleRow, 'id' | 'version'>[]): string {
  return createHash('sha256').update(canonicalJson([version, rows.map((row) => `${row.id}/${row.version}`).sort()])).digest('hex');
}

export const forReviewers: Problem = {
  category: 'forbidden', code: 'link-oversight-required', text: 'Possible links are settled by governance and privacy officers under an oversight agreement in force.',
};
