import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { ReviewOutcome } from '../../fhir/review-outcomes.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { revokeEmergencyAccess } from '../../store/sharing/emergency-access.ts';
import { findAccess, saveReview, type AccessRow } from '../../store/sharing/emergency-reviews.ts';
import { loadSharedRows, saveSharedRows } from '../../store/shared-rows.ts';
import { checkOversight } from '../check-oversight.ts';
import { reviewedTask } from './emergency-task.ts';
import { citizenShown, detailsOf, emergencyUnknown, oversightRequired, type EmergencyDetails } from './list-emergencies.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

/**
 * THE STORY of a review: was this organisation asked → by a second person → of access that is over → not reviewed yet →
 * audit (durable) → recorded, and its Task completed. Each organisation asked reviews once, for itself. The note is kept
 * with the review and goes nowhere else.
 */
export async function reviewEmergency(
  context: ReleaseContext, requester: Requester, reference: string, found: { outcome: ReviewOutcome; note: string }, request: RequestFacts,
): Promise<EmergencyDetails> {
  const access = await askedOf(context, requester, reference);
  const { person, organisation } = requester;
  const review = access.reviews.find((each) => each.organisation === organisation);
  if (!person || person.id === access.person) throw new Refusal(secondPerson);
  if (access.live) throw new Refusal(stillLive);
  if (!review || review.outcome !== null) throw new Refusal(alreadyReviewed);
  await recordChange(context, requester, access, { interaction: 'emergency-review', query: `${access.reference}/review outcome=${found.outcome}` }, request);
  const saved = await context.database.transaction(async (connection) => {
    if (!(await saveReview(connection, access, { ...found, organisation, reviewer: person.id, reviewerName: person.name }))) return false;
    const task = (await loadSharedRows(connection, [review.task])).get(review.task);
    if (!task) throw new Error('a review has no Task');
    await saveSharedRows(connection, [reviewedTask(task, organisation, found.outcome, context.clock())]);
    return true;
  });
  if (!saved) throw new Refusal(alreadyReviewed);
  return detailsOf(context, requester, await askedOf(context, requester, reference));
}

/** Ends live access, for everybody's next request; by those who oversee sharing in an organisation that was asked to review it. */
export async function revokeEmergency(context: ReleaseContext, requester: Requester, reference: string, request: RequestFacts): Promise<EmergencyDetails> {
  const access = await askedOf(context, requester, reference);
  if (!access.live) throw new Refusal(overAlready);
  await recordChange(context, requester, access, { interaction: 'emergency-revoke', query: `${access.reference}/revoke` }, request);
  if (!(await revokeEmergencyAccess(context.database, reference))) throw new Refusal(overAlready);
  return detailsOf(context, requester, await askedOf(context, requester, reference));
}

/** The access of this reference, where the requester's organisation was asked to review it; whatever else there is meets the one refusal. */
async function askedOf(context: ReleaseContext, requester: Requester, reference: string): Promise<AccessRow> {
  await checkOversight(context, requester, oversightRequired);
  const access = await findAccess(context.database, reference, requester.organisation);
  if (!access) throw new Refusal(emergencyUnknown);
  return access;
}

/** Filed under the citizen only where the log shows this reader whom it was about. */
async function recordChange(context: ReleaseContext, requester: Requester, access: AccessRow, { interaction, query }: { interaction: string; query: string }, request: RequestFacts): Promise<void> {
  await appendAct(context, requester, request, { interaction, query: `governance/emergency-accesses/${query}`, status: 200, citizen: await citizenShown(context, requester, access) });
}

const secondPerson: Problem = {
  category: 'forbidden', code: 'emergency-review-second-person', text: 'Emergency access is reviewed by a person, and not by the one who opened it.', fix: 'Let a colleague who oversees sharing review it.',
};
const stillLive: Problem = {
  category: 'conflict', code: 'emergency-access-live', text: 'This emergency access is still live: more may be looked at under it.', fix: 'Revoke it, or wait until it is over.',
};
const alreadyReviewed: Problem = { category: 'conflict', code: 'emergency-already-reviewed', text: 'Your organisation has reviewed this emergency access.' };
const overAlready: Problem = { category: 'conflict', code: 'emergency-access-over', text: 'This emergency access is over.' };
