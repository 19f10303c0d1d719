import type { Resource } from '@medplum/fhirtypes';
import type { OrganisationKey, Requester } from '../fhir/sharing.ts';
import { lateFrom } from '../story/awaits-reply.ts';
import type { StoryRule } from '../story/event-types.ts';
import { findEvents } from '../story/events.ts';
import { episodesByRequest, standingOf, type ReferralState } from '../story/lanes.ts';
import { endWaiting, findDueReplies, findStoredReferrals, saveAwaited, takeAsking, waitOn, type AwaitedReply } from '../store/awaited-replies.ts';
import { keyedUuid } from '../store/secrets.ts';
import { saveLateTask } from './late-referral-task.ts';
import { readAsked } from './read-asked.ts';
import { taskFacts, type TaskContext } from './record-task.ts';
import { startRounds, type Rounds } from './start-rounds.ts';
import { storyRows } from './story-rows.ts';

export interface LateReferralContext extends TaskContext {
  story: StoryRule;
}

export interface LateReferralWatch extends Rounds {
  /** one round; whether there may be more to do at once */
  look: (lagMs?: number) => Promise<boolean>;
}

const dayMs = 86_400_000;
/** looked at in one round, so that answering comes first */
const together = { stored: 500, due: 50 };
const pauseMs = 600_000;
/** a transaction that is open longer than this is not waited for */
const usualLagMs = 120_000;

/**
 * Referrals nobody answered become a Task for who sent them, completed once a reply arrives. In rounds: referrals stored
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
    return { citizen, id, sender: custodian, late: lateFrom(JSON.parse(body) as Resource, place ? `Organization/${place.id}` : custodian, story) };
  });
  const awaited = looked.flatMap(({ late, ...of }) => (late === undefined ? [] : [{ ...of, lateFrom: new Date(late) }]));
  await database.transaction((connection) => saveAwaited(connection, awaited, looked.filter(({ late }) => late === undefined), { updatedAt: last.updatedAt.toISOString(), id: last.id }));
  return stored.length === together.stored;
}

async function lookAt(context: LateReferralContext, awaited: AwaitedReply): Promise<void> {
  const state = await stateFor(context, awaited);
  const tomorrow = new Date(context.clock().getTime() + dayMs);
  if (state === 'no-reply' && awaited.task === null) {
    const task = keyedUuid(context.secrets.id, 'Task', 'urn:onestory:late-referral', awaited.id);
    await context.database.transaction(async (connection) => {
      if (await takeAsking(connection, awaited, task, tomorrow)) await saveLateTask(context, connection, awaited, task, 'requested');
    });
  } else if (state === 'no-reply' || state === 'waiting') await waitOn(context.database, awaited, tomorrow);
  else {
    await context.database.transaction(async (connection) => {
      if ((await endWaiting(connection, awaited)) && awaited.task !== null) await saveLateTask(context, connection, awaited, awaited.task, 'completed');
    });
  }
}

/** How it stands as far as the sender's own people may see; undefined: it is no longer there. */
async function stateFor({ policy, database, directory, story, clock }: LateReferralContext, { citizen, id, sender }: AwaitedReply): Promise<ReferralState | undefined> {
  const { held, result: found } = await policy.under(seenBy(sender, story), ({ grant }) => readAsked(database, grant.key, { interaction: 'timeline', citizen }));
  const events = findEvents(storyRows(held, directory, found.rows), found.decisions ?? [], story);
  const event = events.find(({ kind, witnesses }) => kind === 'referral' && witnesses.some(({ row }) => row.id === id));
  return event && standingOf(event, episodesByRequest(events), story, clock())?.state;
}

function seenBy(organisation: OrganisationKey, { noReplySeenAs: { role, purpose } }: StoryRule): Requester {
  return { client: 'onestory', token: 'none', organisation, organisationName: organisation, role, purpose, scopes: [] };
}
