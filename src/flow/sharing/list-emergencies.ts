import type { AuditEntry } from '../../audit/types.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { ReviewOutcome } from '../../fhir/review-outcomes.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { countCategories, findAccess, listAccesses, readLooks, type AccessPosition, type AccessRow, type ReviewRow } from '../../store/sharing/emergency-reviews.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export interface Review {
  organisation: OrganisationKey;
  name: string | null;
  state: 'open' | 'reviewed';
  outcome: ReviewOutcome | null;
  note: string | null;
  reviewedBy: string | null;
  reviewedAt: string | null;
}

/** One emergency access as those who review it are told of it. Nobody's name but that of who opened it. */
export interface EmergencyEntry {
  reference: string;
  openedAt: string;
  openedBy: { person: string; name: string; role: string; organisation: OrganisationKey; organisationName: string | null };
  reason: string;
  explanation: string;
  until: string;
  live: boolean;
  /** whole days since it was opened, while a review is open */
  daysOpen: number | null;
  reviews: Review[];
}

/** What was looked at under it, as far as the log shows it to this reader. */
export interface EmergencyDetails extends EmergencyEntry {
  /** only for whoever may read in the log whom it was about */
  citizen: string | null;
  looks: { entries: { id: string; at: string; interaction: string }[]; more: boolean; records: Record<string, number> };
}

export type ReviewState = 'open' | 'reviewed';

const mostLooks = 500;

/**
 * Emergency access waiting for a review, longest open first, or reviewed, newest first; a page of it. Governance is told of
 * all, as it reads all of the log; a privacy officer of what their organisation was asked to review, and of nobody else's review.
 */
export async function listEmergencies(
  context: ReleaseContext, requester: Requester, { state, after, count }: { state: ReviewState; after: AccessPosition | null; count: number }, request: RequestFacts,
): Promise<{ emergencyAccesses: EmergencyEntry[]; next: AccessPosition | null }> {
  await checkOversight(context, requester, oversightRequired);
  const found = await listAccesses(context.database, { organisation: overseenBy(requester), state, after, limit: count + 1 });
  const page = found.slice(0, count);
  await appendAct(context, requester, request, { interaction: 'emergency-list', query: `governance/emergency-accesses?state=${state}`, status: 200 });
  const last = found.length > count ? page.at(-1) : undefined;
  return { emergencyAccesses: page.map((access) => entryOf(context, access)), next: last ? { openedAt: last.openedAt.toISOString(), reference: last.reference } : null };
}

/** One of them, with what was looked at. */
export async function readEmergency(context: ReleaseContext, requester: Requester, reference: string, request: RequestFacts): Promise<EmergencyDetails> {
  await checkOversight(context, requester, oversightRequired);
  const access = await findAccess(context.database, reference, overseenBy(requester));
  if (!access) throw new Refusal(emergencyUnknown);
  const details = await detailsOf(context, requester, access);
  await appendAct(context, requester, request, { interaction: 'emergency-list', query: `governance/emergency-accesses/${access.reference}`, status: 200, citizen: details.citizen });
  return details;
}

/** Of records, an organisation is told of its own, the one that looked and governance of all. */
export async function detailsOf(context: ReleaseContext, requester: Requester, access: AccessRow): Promise<EmergencyDetails> {
  const reader = overseenBy(requester);
  const looks = await readLooks(context.database, access, reader, mostLooks + 1);
  const shown = looks.slice(0, mostLooks);
  const records = await countCategories(context.database, access.citizen, idsIn(shown), reader === access.organisation ? null : reader);
  return {
    ...entryOf(context, access), citizen: reader === null || looks.length > 0 ? access.citizen : null,
    looks: { entries: shown.map(({ id, at, interaction }) => ({ id, at, interaction })), more: looks.length > mostLooks, records },
  };
}

/** The citizen, where this reader may read in the log whom it was about. */
export async function citizenShown(context: ReleaseContext, requester: Requester, access: AccessRow): Promise<string | null> {
  const reader = overseenBy(requester);
  return reader === null || (await readLooks(context.database, access, reader, 1)).length > 0 ? access.citizen : null;
}

function idsIn(looks: readonly AuditEntry[]): string[] {
  return [...new Set(looks.flatMap(({ disclosed }) => disclosed.flatMap((version) => version.split('/')[1] ?? [])))];
}

function entryOf({ directory }: ReleaseContext, access: AccessRow): EmergencyEntry {
  const { reference, reason, explanation, live, person, personName: name, role, organisation } = access;
  const nameOf = (key: OrganisationKey): string | null => directory.get(key)?.name ?? null;
  return {
    reference, openedAt: access.openedAt.toISOString(), openedBy: { person, name, role, organisation, organisationName: nameOf(organisation) },
    reason, explanation, until: access.until.toISOString(), live, daysOpen: access.reviews.some(({ outcome }) => outcome === null) ? access.days : null,
    reviews: access.reviews.map((review) => reviewOf(review, nameOf(review.organisation))),
  };
}

function reviewOf({ organisation, outcome, note, reviewerName, reviewedAt }: ReviewRow, name: string | null): Review {
  return { organisation, name, state: outcome === null ? 'open' : 'reviewed', outcome, note, reviewedBy: reviewerName, reviewedAt: reviewedAt === null ? null : new Date(reviewedAt).toISOString() };
}

export const emergencyUnknown: Problem = {
  category: 'not-found', code: 'emergency-access-unknown', text: 'Your organisation was not asked to review emergency access of this reference.', fix: 'See GET /governance/emergency-accesses for what it was asked.',
};
export const oversightRequired: Problem = {
  category: 'forbidden', code: 'oversight-required', text: 'Emergency access is reviewed by governance and privacy officers under an oversight agreement in force.',
};
