import type { Resource } from '@medplum/fhirtypes';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { lateFrom } from '../../story/awaits-reply.ts';
import type { StoryRule } from '../../story/event-types.ts';
import { findEvents } from '../../story/events.ts';
import { episodesByRequest, standingOf, type ReferralState } from '../../story/lanes.ts';
import { endWaiting, findDueReplies, findStoredReferrals, saveAwaited, stopAsking, takeAsking, waitOn, type AwaitedReply } from '../../store/intake/awaited-replies.ts';
import { keyedUuid } from '../../store/secrets.ts';
import { saveLateTask } from './late-referral-task.ts';
import { readAsked } from '../read-asked.ts';
import { taskFacts, type TaskContext } from './record-task.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';
import { storyRows } from './story-rows.ts';

export interface LateReferralContext extends TaskContext {
  story: StoryRule;
}

export interface LateReferralWatch extends Rounds {
  /** one round; whether there may be more to do at once */
  look: (lagMs?: number) => Promise<boolean>;
}

const lates = ['no-reply', 'no-answer'] as const;
type Late = (typeof lates)[number];

const dayMs = 86_400_000;
/** looked at in one round, so that answering comes first */
const together = { stored: 500, due: 50 };
const pauseMs = 600_000;
/** a transaction that is open longer than this is not waited for */
const usualLagMs = 120_000;

/**
 * Referrals nobody replied to, and those nobody accepted or rejected, become a Task for who sent them, completed once that has changed. In rounds: referrals stored
 * since the last one are looked through in their order, and of those that wait, those that are due are looked at. What counts as
 * a reply is only what the sender's own people may see, so that neither the Task nor its end tells them anything else.
 */
export function watchLateReferrals(context: LateReferralContext, failed: (error: unknown) => void): LateReferralWatch {
  const look = async (lagMs = usualLagMs): Promise<boolean> => {
    const more = await noteStored(context, lagMs);
    const due = await findDueReplies(context.database, context.clock(), together.due);
    await context.database.transaction((connection) => context.classes.intern(connection, due.map(({ sender }) => taskFacts(sender)))); // one change of the policy instead of one for each Task
    for (const awaited of due) await lookAt(context, awaited);
    await context.classes.refreshIfInterned();
    return more || due.length === together.due;
  };
  const rounds = startRounds(() => look().catch((error: unknown) => {
    failed(error);
    return false;
  }), pauseMs);
  return { ...rounds, look };
}

/** Which of the referrals stored since the last round wait for somebody else. */
async function noteStored({ database, directory, story }: LateReferralContext, lagMs: number): Promise<boolean> {
  const stored = await findStoredReferrals(database, { lagMs, limit: together.stored });
  const last = stored.at(-1);
  if (!last) return false;
  const looked = stored.map(({ citizen, id, custodian, body }) => {
    const place = directory.get(custodian);
    return { citizen, id, sender: custodian, late: lateFrom(JSON.parse(body) as Resource, place ? `Organization/${place.id}` : custodian, story.noReplyDays) };
  });
  const awaited = looked.flatMap(({ late, ...of }) => (late === undefined ? [] : [{ ...of, lateFrom: new Date(late) }]));
  await database.transaction((connection) => saveAwaited(connection, awaited, looked.filter(({ late }) => late === undefined), { updatedAt: last.updatedAt.toISOString(), id: last.id }));
  return stored.length === together.stored;
}

/** The Task of a referral that nobody has replied to is one, that of a referral nobody has accepted or rejected another. */
function taskOf({ secrets }: LateReferralContext, { id }: AwaitedReply, late: Late): string {
  return keyedUuid(secrets.id, 'Task', late === 'no-reply' ? 'urn:onestory:late-referral' : 'urn:onestory:unanswered-referral', id);
}

async function lookAt(context: LateReferralContext, awaited: AwaitedReply): Promise<void> {
  const { state, answerLate } = await standingFor(context, awaited);
  const now = context.clock().getTime();
  const tomorrow = new Date(now + dayMs);
  const late = lates.find((each) => each === state);
  const asked = lates.find((each) => awaited.task === taskOf(context, awaited, each));
  if (late !== undefined && asked === undefined) return ask(context, awaited, late, tomorrow);
  if (state === 'waiting' || (late !== undefined && late === asked)) return waitOn(context.database, awaited, tomorrow);
  if (state === 'received' && asked === undefined) return waitOn(context.database, awaited, answerLate !== undefined && answerLate > now ? new Date(answerLate) : tomorrow);
  await context.database.transaction(async (connection) => {
    const mine = late !== undefined || state === 'received' ? await stopAsking(connection, awaited, context.clock()) : await endWaiting(connection, awaited);
    if (mine && asked !== undefined) await saveLateTask(context, connection, awaited, { taskId: taskOf(context, awaited, asked), late: asked, status: 'completed' });
  });
}

async function ask(context: LateReferralContext, awaited: AwaitedReply, late: Late, lookAgain: Date): Promise<void> {
  const taskId = taskOf(context, awaited, late);
  await context.database.transaction(async (connection) => {
    if (await takeAsking(connection, awaited, taskId, lookAgain)) await saveLateTask(context, connection, awaited, { taskId, late, status: 'requested' });
  });
}

/** How it stands as far as the sender's own people may see, and from when an answer is late, in ms; no state: it is no longer there. */
async function standingFor({ policy, database, directory, story, clock }: LateReferralContext, { citizen, id, sender }: AwaitedReply): Promise<{ state?: ReferralState; answerLate?: number | undefined }> {
  const { held, result: found } = await policy.under(seenBy(sender, story), ({ grant }) => readAsked(database, grant.key, { interaction: 'timeline', citizen }));
  const events = findEvents(storyRows(held, directory, found.rows), found.decisions ?? [], story);
  const event = events.find(({ kind, witnesses }) => kind === 'referral' && witnesses.some(({ row }) => row.id === id));
  const own = event?.witnesses.find(({ row }) => row.id === id)?.row;
  const standing = event && standingOf(event, episodesByRequest(events), story, clock());
  return standing && own ? { state: standing.state, answerLate: lateFrom(own.resource, own.custodianReference, story.noAnswerDays) } : {};
}

function seenBy(organisation: OrganisationKey, { noReplySeenAs: { role, purpose } }: StoryRule): Requester {
  return { client: 'onestory', token: 'none', organisation, organisationName: organisation, role, purpose, scopes: [] };
}
