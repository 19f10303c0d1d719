import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Connection } from '../../store/database.ts';
import { freezeFeed, listFeedStates, loadVersionFiles, stopFeeds, type FeedState } from '../../store/intake/feed-states.ts';
import { countDifferences, groupFindings, type Finding, type FindingGroup } from '../../store/intake/replay-findings.ts';
import { beginSwap, findReplay, forgetStaged, holdOpenReplay, openReplay, readProgress, setReplayState, type ReplayProgress, type ReplayRow, type ReplayState } from '../../store/intake/replays.ts';
import { addedCodes, type AddedCodes } from './added-codes.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { ownFeed } from './own-feed.ts';
import type { FeedMappings } from '../intake/feed-mappings.ts';

export interface ReplayActs extends ReleaseContext {
  feeds: FeedMappings;
  /** there is work for whoever goes through replays */
  wake(): void;
}

/** A replay as the feed's own organisation is told of it: where it stands, and what it would change. No values. */
export interface ReplayReport {
  feed: string;
  state: ReplayState;
  /** SHA-256 of the version that works, and of the one that would */
  base: string;
  candidate: string;
  /** the candidate only has more codes in these tables: nobody was gone through but those whose records may name them. Null: everybody */
  added: { codes: number; tables: string[] } | null;
  onboarding: boolean;
  startedBy: string;
  startedAt: string;
  approvedBy: string | null;
  approvedAt: string | null;
  finishedAt: string | null;
  progress: ReplayProgress & { recordsStaged: number; rows: number };
  /** records whose bytes are no longer kept: resources that only they said stay as they are */
  erased: number;
  /** batches that failed for a reason nobody foresaw and were tried again */
  failures: number;
  counts: Record<Finding['kind'], number>;
  /** none while it is under way: whoever watches asks every other second, and telling takes long where much differs */
  differences: FindingGroup[];
}

/**
 * THE STORY of a replay: a changed mapping waits as the candidate → it runs over everything the feed ever sent, in thought →
 * somebody who answers for it approves what it found → what differs is written, and the candidate is what works.
 */
export async function startReplay(context: ReplayActs, requester: Requester, feedKey: string, request: RequestFacts): Promise<ReplayReport> {
  const { key } = ownFeed(context.feeds.feeds, requester, feedKey);
  const { live, candidate, shadow } = await stateOf(context, key);
  if (shadow) throw new Refusal(openAlready);
  if (candidate === null) throw new Refusal(nothingChanged);
  const mapping = await context.database.transaction((connection) => context.feeds.version(connection, key, candidate));
  if ('problems' in mapping) throw new Refusal(...mapping.problems.map((problem): Problem => ({ ...problem, category: 'unprocessable' })));
  await appendAct(context, requester, request, { interaction: 'replay-start', query: `governance/feeds/${key}/replay/start candidate=${candidate}`, status: 200 });
  const begun = { feed: key, base: live, candidate, onboarding: false, startedBy: nameOf(requester), startedAt: context.clock() };
  if (!(await context.database.transaction(async (connection) => openReplay(connection, { ...begun, added: await addedBetween(connection, key, live, candidate) })))) throw new Refusal(openAlready);
  context.wake();
  return reportOf(context, key);
}

/** What a candidate adds to code tables; null where it changes more than that, or what works cannot be compared with it. */
async function addedBetween(connection: Connection, feed: string, live: string, candidate: string): Promise<AddedCodes | null> {
  const [before, after] = [await loadVersionFiles(connection, feed, live), await loadVersionFiles(connection, feed, candidate)];
  return before && after && addedCodes(before, after);
}

export async function showReplay(context: ReplayActs, requester: Requester, feedKey: string, request: RequestFacts): Promise<ReplayReport> {
  const { key } = ownFeed(context.feeds.feeds, requester, feedKey);
  const report = await reportOf(context, key);
  await appendAct(context, requester, request, { interaction: 'replay-show', query: `governance/feeds/${key}/replay`, status: 200 });
  return report;
}

/**
 * From the commit on the feed's queue stands still, what differs is written, and then the queue goes on with the candidate.
 * Whoever approves names the candidate they read about; a folder changed since then is another candidate.
 */
export async function approveReplay(context: ReplayActs, requester: Requester, feedKey: string, candidate: string, request: RequestFacts): Promise<ReplayReport> {
  const { key } = ownFeed(context.feeds.feeds, requester, feedKey);
  const standing = await findReplay(context.database, key);
  const refused = refusalOf(standing, await stateOf(context, key), candidate);
  if (refused) throw new Refusal(refused);
  await appendAct(context, requester, request, { interaction: 'replay-approve', query: `governance/feeds/${key}/replay/approve candidate=${candidate}`, status: 200 });
  await context.database.transaction(async (connection) => {
    const replay = await holdOpenReplay(connection, key);
    await stopFeeds(connection);
    const state = (await listFeedStates(connection)).find(({ feed }) => feed === key);
    const problem = refusalOf(replay ?? undefined, state, candidate);
    if (problem || !replay) throw new Refusal(problem ?? notOpen);
    await freezeFeed(connection, key);
    await beginSwap(connection, replay, nameOf(requester), context.clock());
  });
  context.wake();
  return reportOf(context, key);
}

/** What works goes on working; the candidate may be replayed again. */
export async function giveUpReplay(context: ReplayActs, requester: Requester, feedKey: string, request: RequestFacts): Promise<ReplayReport> {
  const { key } = ownFeed(context.feeds.feeds, requester, feedKey);
  await appendAct(context, requester, request, { interaction: 'replay-give-up', query: `governance/feeds/${key}/replay/give-up`, status: 200 });
  await context.database.transaction(async (connection) => {
    const replay = await holdOpenReplay(connection, key);
    if (!replay || replay.onboarding || replay.approvedAt) throw new Refusal(replay?.approvedAt ? approvedAlready : notOpen);
    await forgetStaged(connection, replay.replayId);
    await setReplayState(connection, replay.replayId, 'given-up', context.clock());
  });
  return reportOf(context, key);
}

function refusalOf(replay: ReplayRow | undefined, state: FeedState | undefined, candidate: string): Problem | null {
  if (!replay || !state || replay.state === 'done' || replay.state === 'given-up') return notOpen;
  if (replay.approvedAt) return approvedAlready;
  if (replay.candidate !== candidate || replay.candidate !== (state.shadow ? state.live : state.candidate) || (!state.shadow && replay.base !== state.live)) return stale;
  return replay.state === 'ready' ? null : notReady;
}

async function stateOf({ feeds }: Pick<ReplayActs, 'feeds'>, key: string): Promise<FeedState> {
  const state = (await feeds.look()).find(({ feed }) => feed === key);
  if (!state) throw new Error('a feed of the registry has no state');
  return state;
}

export async function reportOf({ database }: Pick<ReplayActs, 'database'>, key: string): Promise<ReplayReport> {
  const replay = await findReplay(database, key);
  if (!replay) throw new Refusal(notOpen);
  const { replayId, feed, state, base, candidate, added, onboarding, startedBy, approvedBy, erased, failures } = replay;
  return {
    feed, state, base, candidate, added: added && { codes: added.codes.length, tables: added.tables }, onboarding, startedBy, approvedBy, erased, failures,
    startedAt: replay.startedAt.toISOString(), approvedAt: replay.approvedAt?.toISOString() ?? null, finishedAt: replay.finishedAt?.toISOString() ?? null,
    progress: { ...(await readProgress(database, replay)), recordsStaged: replay.records + erased, rows: replay.rows },
    counts: await countDifferences(database, replayId), differences: underWay.includes(state) ? [] : await groupFindings(database, replayId),
  };
}

const underWay: readonly ReplayState[] = ['shadow', 'swapping', 'closing'];

function nameOf({ person, client }: Requester): string {
  return person ? `${person.name} (${person.id})` : client;
}

const nothingChanged: Problem = {
  category: 'conflict', code: 'replay-nothing-changed', text: 'The folder this gateway started with has the version of the mapping that works already.', fix: 'Change a map or table, start the gateway again, and start the replay then.',
};
const openAlready: Problem = { category: 'conflict', code: 'replay-open', text: 'A replay of this feed is open already.', fix: 'Approve it or give it up first.' };
const notOpen: Problem = { category: 'not-found', code: 'replay-not-open', text: 'No replay of this feed is open.', fix: 'Start one.' };
const notReady: Problem = { category: 'conflict', code: 'replay-not-ready', text: 'The replay has not gone through everything yet.', fix: 'Wait until its state is ready.', retryAfter: 5 };
const approvedAlready: Problem = { category: 'conflict', code: 'replay-approved', text: 'The replay was approved already.' };
const stale: Problem = {
  category: 'conflict', code: 'replay-stale', text: 'The report is of another candidate than the feed has now.', expected: 'the candidate of the open replay, which is the folder\'s version still', fix: 'Give the replay up, start it again, and read the new report.',
};
