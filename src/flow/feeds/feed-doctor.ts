import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { Feed } from '../../intake/types.ts';
import { readFreshness, readVolume, type FeedFreshness } from '../../store/intake/feed-freshness.ts';
import { countFeedWork, type FeedQueue } from '../../store/intake/feed-work.ts';
import type { FeedState } from '../../store/intake/feed-states.ts';
import { findReplay, type ReplayRow, type ReplayState } from '../../store/intake/replays.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import { appendAct } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';
import type { ReplayActs } from './replay-feed.ts';

/** What keeps a feed from being well, as a stable code and in one sentence with what to do. */
export interface Ailment {
  code: 'late' | 'few' | 'many' | 'wrong' | 'waiting' | 'retrying' | 'quarantined' | 'rejected' | 'awaiting-merge' | 'unmapped-codes' | 'mapping-waits' | 'mapping-broken' | 'mapping-unusable' | 'replay-ready' | 'replay-stale' | 'replay-failing' | 'shadow' | 'swapping';
  sentence: string;
  fix: string;
}

/** One feed as `onestory feed doctor` shows it. */
export interface FeedReport {
  feed: string;
  title: string;
  partner: string;
  state: 'live' | 'shadow' | 'swapping';
  /** SHA-256 of the mapping that works, and of the folder's where it is another */
  mapping: { live: string; candidate: string | null };
  queue: Omit<FeedQueue, 'feed' | 'waitingSince' | 'lastReceived'> & { waitingSince: string | null; lastReceived: string | null };
  /** what came in the last 24 hours beside what usually does */
  freshness: FreshnessReport;
  /** of one feed alone: rows of each day of the last four weeks on which anything came */
  volume?: { day: string; rows: number }[];
  replay: ReplayState | null;
  ailments: Ailment[];
}

export interface FreshnessReport {
  /** when the newest record came that was worked off */
  lastGood: string | null;
  /** seconds the oldest record that is not worked off has waited */
  lagSeconds: number;
  rowsOfDay: number;
  /** of these rows, from 0 to 1, in quarantine or rejected */
  errorRate: number;
  /** rows of an ordinary day; null where the feed is too young for one */
  usualRows: number | null;
}

const minuteMs = 60_000;
/** Work older than this is stuck, not busy. */
const stuckMinutes = 10;
/** A day is told of when it is this far from an ordinary one, or has this share of wrong rows; of fewer rows nothing can be said. */
const unusual = { fewer: 0.3, more: 3, wrong: 0.05, ofRows: 50 };

/**
 * What is stuck in which feed, and why. A partner's own integration is told of its feeds; those who oversee sharing of theirs,
 * and governance of all, in counts. Of a feed in shadow only its own organisation is told.
 */
export async function reportFeeds(context: ReplayActs, requester: Requester, key: string | null, request: RequestFacts): Promise<FeedReport[]> {
  const { feeds, states } = await feedsToSee(context, requester, key);
  const queues = await countFeedWork(context.database, feeds.map((feed) => feed.key));
  const freshness = new Map((await readFreshness(context.database, feeds.map((feed) => feed.key))).map((fresh) => [fresh.feed, fresh]));
  const reports: FeedReport[] = [];
  for (const feed of feeds) {
    const [state, queue, fresh] = [states.get(feed.key), queues.get(feed.key), freshness.get(feed.key)];
    if (state && queue && fresh) reports.push({ ...await reportOn(context, feed, state, queue, fresh), ...(key !== null && { volume: await readVolume(context.database, key) }) });
  }
  await appendAct(context, requester, request, { interaction: 'feed-list', query: `governance/feeds${key === null ? '' : `/${key}`}`, status: 200 });
  return reports;
}

/** The feeds the requester may be told of, or of them the one with this key; with what each works with. */
export async function feedsToSee(context: ReplayActs, requester: Requester, key: string | null): Promise<{ feeds: Feed[]; states: Map<string, FeedState> }> {
  const seen = await seenFeeds(context, requester);
  const states = new Map((await context.feeds.look()).map((state) => [state.feed, state]));
  const feeds = seen.filter((feed) => (key === null || feed.key === key) && (feed.partner.organisation === requester.organisation || !states.get(feed.key)?.shadow));
  if (key !== null && feeds.length === 0) throw new Refusal(feedNotSeen);
  return { feeds, states };
}

async function seenFeeds(context: ReplayActs, requester: Requester): Promise<Feed[]> {
  if (requester.role !== 'integration') await checkOversight(context, requester, oversightRequired);
  const all = requester.role === 'governance' && overseenBy(requester) === null;
  return context.feeds.feeds.filter(({ partner }) => all || partner.organisation === requester.organisation);
}

async function reportOn(context: ReplayActs, feed: Feed, state: FeedState, { feed: _feed, waitingSince, lastReceived, ...queue }: FeedQueue, fresh: FeedFreshness): Promise<FeedReport> {
  const replay = await findReplay(context.database, feed.key);
  const open = replay && replay.state !== 'done' && replay.state !== 'given-up' ? replay : undefined;
  const report = {
    feed: feed.key, title: feed.title, partner: feed.partner.name, state: state.frozen ? 'swapping' : state.shadow ? 'shadow' : 'live', replay: replay?.state ?? null,
    mapping: { live: state.live, candidate: state.candidate },
    queue: { ...queue, waitingSince: waitingSince?.toISOString() ?? null, lastReceived: lastReceived?.toISOString() ?? null }, freshness: freshnessOf(fresh),
  } as const;
  const broken = state.candidate !== null && 'problems' in await context.database.transaction((connection) => context.feeds.version(connection, feed.key, state.candidate ?? ''));
  return { ...report, ailments: [...unusable(context, feed.key), ...mappingAilments(feed.key, state, open, broken), ...queueAilments(feed, report, context.clock()), ...dayAilments(feed.key, report.freshness)] };
}

function freshnessOf({ lastGood, lagSeconds, rowsOfDay, wrongOfDay, usualRows }: FeedFreshness): FreshnessReport {
  return { lastGood: lastGood?.toISOString() ?? null, lagSeconds: Math.max(0, Math.round(lagSeconds)), rowsOfDay, errorRate: rowsOfDay === 0 ? 0 : wrongOfDay / rowsOfDay, usualRows };
}

/** What is odd about the last 24 hours. */
function dayAilments(feed: string, { rowsOfDay, errorRate, usualRows }: FreshnessReport): Ailment[] {
  const compared = usualRows !== null && usualRows >= unusual.ofRows;
  const beside = `${count(rowsOfDay, 'row')} came in 24 hours, and ${Math.round(usualRows ?? 0)} on an ordinary day.`;
  return [
    ...(compared && rowsOfDay < usualRows * unusual.fewer ? [{ code: 'few', sentence: beside, fix: 'Ask the sender whether it sends all it has.' } as const] : []),
    ...(compared && rowsOfDay > usualRows * unusual.more ? [{ code: 'many', sentence: beside, fix: 'Ask the sender whether it sends something again.' } as const] : []),
    ...(rowsOfDay >= unusual.ofRows && errorRate > unusual.wrong
      ? [{ code: 'wrong', sentence: `${Math.round(errorRate * 100)} of 100 rows of the last 24 hours are in quarantine or were rejected.`, fix: `npm run -s onestory -- feed work-list ${feed}` } as const] : []),
  ];
}

function unusable({ feeds }: ReplayActs, feed: string): Ailment[] {
  return feeds.live(feed) ? [] : [{
    code: 'mapping-unusable', sentence: 'This program cannot use the mapping that works; what arrives is kept and waits.', fix: `npm run -s onestory -- replay start ${feed}, with a folder it can use`,
  }];
}

function mappingAilments(feed: string, { candidate, shadow, frozen }: FeedState, open: ReplayRow | undefined, broken: boolean): Ailment[] {
  const stale = open !== undefined && !shadow && !frozen && open.candidate !== candidate;
  const replay = (what: string): string => `npm run -s onestory -- replay ${what} ${feed}`;
  return [
    ...(frozen ? [{ code: 'swapping', sentence: 'An approved replay is being written; what arrives meanwhile is kept and waits.', fix: replay('show') } as const] : []),
    ...(shadow ? [{ code: 'shadow', sentence: 'The feed runs beside the record: nothing of it can be seen until it is approved.', fix: replay('show') } as const] : []),
    ...(open && open.failures > 0 ? [{ code: 'replay-failing', sentence: `The replay failed ${times(open.failures)} for a reason nobody foresaw and goes on trying.`, fix: 'Look at the gateway\'s log.' } as const] : []),
    ...(stale ? [{ code: 'replay-stale', sentence: 'The open replay is of another version than the folder has now.', fix: replay('give-up') } as const] : []),
    ...(open?.state === 'ready' && !shadow && !stale ? [{ code: 'replay-ready', sentence: 'A replay has gone through everything and waits for an answer.', fix: replay('show') } as const] : []),
    ...(broken ? [{ code: 'mapping-broken', sentence: 'The folder has a changed mapping that cannot be used; the one that works goes on.', fix: replay('start') } as const] : []),
    ...(candidate !== null && !open && !broken ? [{ code: 'mapping-waits', sentence: 'The folder has a changed mapping, which has no effect before a replay is approved.', fix: replay('start') } as const] : []),
  ];
}

function queueAilments(feed: Feed, { state, queue }: Pick<FeedReport, 'state' | 'queue'>, now: Date): Ailment[] {
  const minutesSince = (instant: string | null): number => (instant === null ? 0 : (now.getTime() - new Date(instant).getTime()) / minuteMs);
  const list = `npm run -s onestory -- feed work-list ${feed.key}`;
  const hours = feed.expectedWithinHours;
  return [
    ...(hours !== undefined && queue.lastReceived !== null && minutesSince(queue.lastReceived) > hours * 60
      ? [{ code: 'late', sentence: `Nothing arrived for ${Math.floor(minutesSince(queue.lastReceived) / 60)} hours; it is expected every ${hours}.`, fix: 'Ask the sender whether it still sends.' } as const] : []),
    ...(state === 'live' && minutesSince(queue.waitingSince) > stuckMinutes
      ? [{ code: 'waiting', sentence: `${count(queue.received, 'record')} and ${count(queue.pending, 'row')} wait, the oldest for ${Math.floor(minutesSince(queue.waitingSince))} minutes.`, fix: 'See whether the gateway\'s log tells of failed batches.' } as const] : []),
    ...(queue.retrying > 0 ? [{ code: 'retrying', sentence: `${count(queue.retrying, 'person', 'people')} failed to be worked on and will be tried again.`, fix: 'See the gateway\'s log.' } as const] : []),
    ...(queue.quarantined > 0 ? [{ code: 'quarantined', sentence: `${count(queue.quarantined, 'row')} in quarantine.`, fix: list } as const] : []),
    ...(queue.rejected > 0 ? [{ code: 'rejected', sentence: `${count(queue.rejected, 'file was', 'files were')} refused whole in the last seven days.`, fix: list } as const] : []),
    ...(queue.awaitingMerge > 0 ? [{ code: 'awaiting-merge', sentence: `${count(queue.awaitingMerge, 'row asks', 'rows ask')} who is who, and ${queue.awaitingMerge === 1 ? 'waits' : 'wait'}.`, fix: list } as const] : []),
    ...(queue.unmappedCodes > 0 ? [{ code: 'unmapped-codes', sentence: `${count(queue.unmappedCodes, 'code')} that no table has.`, fix: list } as const] : []),
  ];
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

const feedNotSeen: Problem = { category: 'not-found', code: 'feed-unknown', text: 'There is no such feed, or it is not for you to see.', fix: 'See GET /governance/feeds for those that are.' };
const oversightRequired: Problem = { category: 'forbidden', code: 'oversight-required', text: 'Feeds are watched over by governance and privacy officers under an oversight agreement in force.' };
