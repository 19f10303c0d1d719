import type { Patient } from '@medplum/fhirtypes';
import type { Requester } from '../../fhir/sharing.ts';
import type { FieldEvidence, GradedPair } from '../../linkage/grade-pair.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import { isHighRisk } from '../../linkage/high-risk.ts';
import { personFacts } from '../../linkage/person-facts.ts';
import type { LinkOutcome } from '../../fhir/link-outcomes.ts';
import { listLinkReviews, loadOpinions, readPair, type LinkReviewPosition, type LinkReviewRow, type PairNow } from '../../store/linkage/link-reviews.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { assemble } from '../assemble.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import { forReviewers, reviewedPair, seenOf, type LinkReviewContext } from './link-review-context.ts';
import { appendAct, releaseRecords } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';

/** A pair in the list: how alike, and who has taken it. Nobody is named in it but reviewers. */
export interface LinkReviewEntry {
  reference: string;
  foundAt: string;
  foundBy: string;
  /** by the rule of then; null where nothing was weighed, or something of either is hidden */
  bits: number | null;
  fields: FieldEvidence[];
  held: string[];
  state: 'open' | 'claimed' | 'settled';
  claim: { name: string; until: string } | null;
  outcome: 'same' | 'different' | null;
  decidedAt: string | null;
}

/** The two records side by side, and how alike they are by the rule of now. */
export interface LinkReviewDetails extends LinkReviewEntry {
  /** to be sent with a decision: it stands for what is shown here */
  seen: string;
  ruleVersion: string;
  now: { bits: number; grade: string; fields: FieldEvidence[]; held: string[] } | null;
  /** joining them takes a second person */
  secondOpinion: boolean;
  opinions: { by: string; organisation: string; outcome: LinkOutcome; reason: string; at: string; round: number }[];
  round: number;
  /** the one that was parked first */
  records: { citizen: string; patient: Patient }[];
}

/** Pairs that wait for somebody, oldest first, or that are settled; a page of them. */
export async function listPossibleLinks(
  context: LinkReviewContext, requester: Requester, { settled, after, count }: { settled: boolean; after: LinkReviewPosition | null; count: number }, request: RequestFacts,
): Promise<{ linkReviews: LinkReviewEntry[]; next: LinkReviewPosition | null }> {
  await checkOversight(context, requester, forReviewers);
  const organisation = overseenBy(requester);
  const { result: found } = await context.policy.under(requester, ({ grant }) => listLinkReviews(context.database, grant.key, { organisation, settled, after, limit: count + 1 }));
  await appendAct(context, requester, request, { interaction: 'link-list', query: `governance/link-reviews?state=${settled ? 'settled' : 'open'}`, status: 200 });
  const page = found.slice(0, count);
  const last = found.length > count ? page.at(-1) : undefined;
  return { linkReviews: page.map(entryOf), next: last ? { foundAt: last.foundAt.toISOString(), reference: last.reference } : null };
}

/** One of them, with both records through the one door, graded anew by what is shown. */
export async function showPossibleLink(context: LinkReviewContext, requester: Requester, reference: string, request: RequestFacts): Promise<LinkReviewDetails> {
  const review = await reviewedPair(context, requester, reference);
  let shown: readonly VisibleRow[] = [];
  const choose = (people: readonly VisibleRow[]): VisibleRow[] => [...(shown = people)];
  const { composed } = await releaseRecords(context, requester, { interaction: 'link-show', normal: `governance/link-reviews/${reference}`, citizens: [review.this, review.other], choose }, request);
  const [highRisk, opinions] = await context.database.transaction(async (connection) => [riskOf(context, review, await readPair(connection, review)), await loadOpinions(connection, reference)] as const);
  const graded = closestOf(context, review, shown);
  return {
    ...entryOf(review), seen: seenOf(context.linkage, shown), ruleVersion: context.linkage.version, round: review.round, secondOpinion: highRisk,
    now: graded && { bits: graded.bits, grade: graded.grade, fields: graded.evidence, held: graded.held },
    opinions: opinions.map(({ personName, organisation, outcome, reason, at, round }) => ({ by: personName, organisation, outcome, reason, at: at.toISOString(), round })),
    records: composed.map(({ citizen, patient }) => ({ citizen, patient })).sort((a, b) => Number(b.citizen === review.this) - Number(a.citizen === review.this)),
  };
}

/** Whether joining them takes a second person, by all that is known and what may be seen. */
export function riskOf({ linkage }: LinkReviewContext, { hidden, custodians }: LinkReviewRow, { ones, others, locationHidden }: PairNow): boolean {
  return isHighRisk(linkage.review, {
    ones: ones.map(({ facts }) => facts), others: others.map(({ facts }) => facts), custodians: custodians.length, hidden: hidden || locationHidden });
}

/** The closest of what may be seen of the two, and of nothing else. */
function closestOf({ grade, registry }: LinkReviewContext, { person, other }: LinkReviewRow, shown: readonly VisibleRow[]): GradedPair | null {
  const bases = [...new Set(registry.map(({ partner }) => partner.identifierBase))];
  const facts = (row: VisibleRow): PersonFacts => personFacts(assemble(row) as unknown as Patient, ...bases);
  const parked = shown.find(({ id }) => id === person);
  if (!parked) return null;
  return shown.filter(({ citizen, id }) => citizen === other && id !== person).map((row) => grade(facts(parked), facts(row)))
    .reduce((best: GradedPair | null, pair) => (best && best.bits >= pair.bits ? best : pair), null);
}

export function entryOf(review: LinkReviewRow): LinkReviewEntry {
  const { reference, foundAt, rule, bits, evidence, claimed, claimedName, claimedUntil, outcome, decidedAt, settled } = review;
  const isClaimed = !settled && claimed === true && claimedUntil !== null;
  return {
    reference, foundAt: foundAt.toISOString(), foundBy: rule, bits, fields: evidence?.evidence ?? [], held: evidence?.held ?? [],
    state: settled ? 'settled' : isClaimed ? 'claimed' : 'open', claim: isClaimed ? { name: claimedName ?? '', until: claimedUntil.toISOString() } : null,
    outcome, decidedAt: decidedAt?.toISOString() ?? null,
  };
}
