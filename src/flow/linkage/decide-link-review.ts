import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { weighOpinions } from '../../linkage/weigh-opinions.ts';
import type { LinkOutcome } from '../../fhir/link-outcomes.ts';
import type { Connection } from '../../store/database.ts';
import { areCurrent, claimReview, holdReview, loadOpinions, readPair, releaseReview, reopenReview, saveOpinion, settleReview, type LinkReviewRow, type PairNow } from '../../store/linkage/link-reviews.ts';
import { readSourcePatients } from '../../store/door/read-rows.ts';
import { auditFacts } from '../audit-facts.ts';
import type { Decided } from './link-context.ts';
import { reviewedPair, seenOf, type LinkReviewContext } from './link-review-context.ts';
import { entryOf, riskOf, type LinkReviewEntry } from './list-link-reviews.ts';
import { keepApart, mergeCitizens } from './merge-citizens.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';
import { undoDecision } from './split-citizen.ts';

export interface LinkOpinionGiven {
  outcome: LinkOutcome;
  reason: string;
  /** what the reviewer was shown: `seen` of the pair as it was read */
  seen: string;
}

type Act = 'claim' | 'release' | 'decide' | 'undo';

/** Takes a pair for the one who asks, for as long as the linkage rule says; whose it is already has it for as long again. */
export async function claimPossibleLink(context: LinkReviewContext, requester: Requester, reference: string, request: RequestFacts): Promise<LinkReviewEntry> {
  const review = await reviewedPair(context, requester, reference);
  const person = personOf(requester);
  if (review.settled) throw new Refusal(settledAlready);
  await recordAct(context, requester, review, 'claim', request);
  if (!(await claimReview(context.database, reference, person, context.linkage.review.claimMinutes))) throw new Refusal(claimedByOther);
  return entryOf(await reviewedPair(context, requester, reference));
}

/** Gives it back undecided. */
export async function releasePossibleLink(context: LinkReviewContext, requester: Requester, reference: string, request: RequestFacts): Promise<LinkReviewEntry> {
  const review = await reviewedPair(context, requester, reference);
  const person = personOf(requester);
  await recordAct(context, requester, review, 'release', request);
  if (!(await context.database.transaction((connection) => releaseReview(connection, reference, person.id)))) throw new Refusal(notClaimed);
  return entryOf(await reviewedPair(context, requester, reference));
}

/**
 * THE STORY of a decision: who may → whose claim → is it still what was seen → audit (durable) → the opinion is kept → where
 * opinions are enough, two become one or are told apart for good; otherwise the pair waits for another person.
 */
export async function decidePossibleLink(context: LinkReviewContext, requester: Requester, reference: string, given: LinkOpinionGiven, request: RequestFacts): Promise<LinkReviewEntry> {
  const review = await reviewedPair(context, requester, reference);
  const person = personOf(requester);
  if (review.settled) throw new Refusal(settledAlready);
  const { result: shown } = await context.policy.under(requester, ({ grant }) => readSourcePatients(context.database, grant.key, [review.this, review.other]));
  await recordAct(context, requester, review, 'decide', request, ` outcome=${given.outcome}`);
  await context.database.transaction(async (connection) => {
    const held = await holdReview(connection, reference, person.id);
    if (!held) throw new Refusal(notClaimed);
    if (seenOf(context.linkage, shown) !== given.seen || !(await areCurrent(connection, shown))) throw new Refusal(outdated);
    const pair = await readPair(connection, review);
    const { organisation } = requester;
    const opinion = { person: person.id, personName: person.name, organisation, outcome: given.outcome, reason: given.reason, at: context.clock(), round: held.round };
    if (!(await saveOpinion(connection, held.citizen, reference, opinion))) throw new Refusal(secondPerson);
    await releaseReview(connection, reference, person.id);
    const opinions = (await loadOpinions(connection, reference)).filter(({ round }) => round === held.round).map(({ outcome }) => outcome);
    const outcome = weighOpinions(opinions, riskOf(context, review, pair));
    if (outcome === null) return;
    const decisions = await takeEffect(connection, context, { review, pair, outcome }, decidedBy(requester, given.reason, review));
    await settleReview(connection, reference, { outcome, decisions, at: context.clock() });
  });
  context.wake();
  return entryOf(await reviewedPair(context, requester, reference));
}

/** Takes back what was decided, and opens the pair for a new round. */
export async function undoPossibleLink(context: LinkReviewContext, requester: Requester, reference: string, reason: string, request: RequestFacts): Promise<LinkReviewEntry> {
  const review = await reviewedPair(context, requester, reference);
  if (review.outcome === null) throw new Refusal(notDecided);
  const by = decidedBy(requester, reason, review);
  await recordAct(context, requester, review, 'undo', request);
  await context.database.transaction(async (connection) => {
    const decisions = await reopenReview(connection, reference);
    if (!decisions) throw new Refusal(notDecided);
    for (const decision of decisions) await undoDecision(connection, context, { decision, by });
  });
  context.wake();
  return entryOf(await reviewedPair(context, requester, reference));
}

async function takeEffect(
  connection: Connection, context: LinkReviewContext, { review, pair, outcome }: { review: LinkReviewRow; pair: PairNow; outcome: 'same' | 'different' }, decision: Decided,
): Promise<string[]> {
  if (outcome === 'same') {
    const [from, into] = pair.into === 'this' ? [review.other, review.this] : [review.this, review.other];
    return [(await mergeCitizens(connection, context, { from, into, decision })).decision];
  }
  const decisions: string[] = [];
  for (const { id } of pair.others) decisions.push((await keepApart(connection, context, { a: review.person, b: id, decision })).decision);
  return decisions;
}

function decidedBy(requester: Requester, reason: string, { reference, bits, rule }: LinkReviewRow): Decided {
  const { organisation, role } = requester;
  return { organisation, role, person: personOf(requester), reason, evidence: { reference, bits, foundBy: rule } };
}

/** One durable entry before anything changes, of both citizens. */
async function recordAct(context: LinkReviewContext, requester: Requester, review: LinkReviewRow, act: Act, request: RequestFacts, more = ''): Promise<void> {
  const facts = auditFacts(context, requester, request, { interaction: `link-${act}`, query: `governance/link-reviews/${review.reference}/${act}${more}`, status: 200 });
  await appendOrRefuse(context, { ...describeDisclosure(facts, { disclosed: [], decisions: [] }), listed: [...new Set([review.this, review.other])].sort() });
}

function personOf({ person }: Requester): { id: string; name: string } {
  if (!person) throw new Refusal(personRequired);
  return person;
}

const claimedByOther: Problem = { category: 'conflict', code: 'link-review-claimed', text: 'Somebody else has taken this pair.', fix: 'Take another one, or wait until the claim ends.' };
const notClaimed: Problem = { category: 'conflict', code: 'link-review-not-claimed', text: 'You have not taken this pair, or your claim has ended.', fix: 'Claim it, look at both records again, and decide.' };
const settledAlready: Problem = { category: 'conflict', code: 'link-review-settled', text: 'This pair is settled.', fix: 'Undo what was decided if it was wrong.' };
const notDecided: Problem = { category: 'conflict', code: 'link-review-not-decided', text: 'Nothing was decided of this pair that could be undone.' };
const outdated: Problem = { category: 'conflict', code: 'link-review-outdated', text: 'The records, or the rule they are weighed by, have changed since you looked.', fix: 'Read the pair again: it is graded anew.' };
const secondPerson: Problem = { category: 'forbidden', code: 'link-review-second-person', text: 'You have said what you think of this pair; it takes another person now.', fix: 'Let a colleague who oversees sharing look at it.' };
const personRequired: Problem = { category: 'forbidden', code: 'link-review-person', text: 'Whether two records are about one person is decided by a person, not by a system.' };
