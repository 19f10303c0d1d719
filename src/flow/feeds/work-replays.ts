import type { Connection } from '../../store/database.ts';
import { finishRecords } from '../../store/intake/intake-queue.ts';
import { setLive } from '../../store/intake/feed-states.ts';
import { holdCodeSets } from '../../store/record/relabel-queue.ts';
import { replaceFindings } from '../../store/intake/replay-findings.ts';
import { loadFoldsOfErased } from '../../store/record/fold-states.ts';
import { closeReplayed } from '../../store/intake/replay-record.ts';
import { arrivedTo, markDone, stagedRowsOf } from '../../store/intake/replay-staging.ts';
import { requeueWaiting } from '../../store/intake/source-records.ts';
import { countFailure, forgetStaged, listOpenReplays, setReplayState, takeReplay, type ReplayRow } from '../../store/intake/replays.ts';
import type { FeedMappings } from '../intake/feed-mappings.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { findDifferences, findingsOf } from './replay-people.ts';
import { reportFinished } from '../intake/report-finished.ts';
import { createMapAhead, type MapAhead } from './map-ahead.ts';
import { nextPeople } from './rows-with-kin.ts';
import { settlePeople } from '../intake/settle-people.ts';
import { stageRecords } from './stage-records.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';
import { swapPeople } from './swap-people.ts';

export interface ReplayContext extends IntakeContext {
  feeds: FeedMappings;
  /** as much as one transaction goes through, unless one person has more */
  together: { people: number; rows: number };
}

export const replayTogether = { people: 200, rows: 500 };

const recordsClosed = 500;

/** Works on open replays, a batch at a time, each in a transaction that says how far it came: killed at any moment, the next one goes on. */
export function startReplayWorker(context: ReplayContext, failed: (error: unknown) => void, pollMs = 1_000): Rounds {
  const ahead = createMapAhead();
  return startRounds(async (stopping) => {
    try {
      return await workReplays({ ...context, ahead }, failed, stopping);
    } catch (error) {
      failed(error);
      return false;
    }
  }, pollMs);
}

/** One batch of every open replay; one that fails is tried again and keeps no other from going on. Returns whether there was anything to do. */
async function workReplays(context: ReplayContext & { ahead: MapAhead }, failed: (error: unknown) => void, stopping: AbortSignal): Promise<boolean> {
  let worked = false;
  for (const { replayId, feed } of await listOpenReplays(context.database)) {
    if (stopping.aborted) break;
    try {
      const arrived = await arrivedTo(context.database, feed);
      worked = await context.database.transaction((connection) => step(connection, context, replayId, arrived)) || worked;
      await context.classes.refreshIfInterned();
    } catch (error) {
      failed(error);
      await countFailure(context.database, replayId);
      await context.classes.refresh();
    }
  }
  return worked;
}

/** The next batch of one replay. A replay of a feed that is not in the registry waits; and so it does for what has not `arrived`. */
async function step(connection: Connection, context: ReplayContext & { ahead: MapAhead }, replayId: number, arrived: number | null): Promise<boolean> {
  const replay = await takeReplay(connection, replayId);
  if (!replay) return false;
  const mapping = await context.feeds.version(connection, replay.feed, replay.candidate);
  if ('problems' in mapping) return false;
  const candidate: IntakeContext = { ...context, mappingOf: (feed) => (feed === replay.feed ? mapping : undefined) };
  if (replay.state === 'closing') return close(connection, candidate, replay);
  if (replay.state === 'swapping' && !(await holdCodeSets(connection, context.sensitiveCodes.hash))) return false;
  if (arrived !== null && await stageRecords(connection, candidate, replay, arrived) > 0) return true;
  if (await goThroughPeople(connection, candidate, replay, context)) return true;
  if (replay.state === 'ready' || arrived === null || arrived < (replay.swapTo ?? 0)) return false;
  await setReplayState(connection, replayId, replay.state === 'shadow' ? 'ready' : 'closing', context.clock());
  return replay.state !== 'shadow';
}

async function goThroughPeople(connection: Connection, context: IntakeContext, replay: ReplayRow, { together, ahead }: { together: ReplayContext['together']; ahead: MapAhead }): Promise<boolean> {
  const people = await nextPeople(connection, context, replay, together);
  if (people.length === 0) return false;
  const ready = await ahead.take(replay, people);
  const rows = ready?.rows ?? await stagedRowsOf(connection, replay, people);
  await ahead.begin(connection, context, replay, together, people);
  const stored = replay.erased === 0 ? [] : await loadFoldsOfErased(connection, replay.feed, people);
  const groups = [...new Set(rows.map(({ group }) => group))];
  if (replay.state === 'swapping') {
    const { newIds } = await swapPeople(connection, context, replay, rows, stored, ready);
    if (newIds) ahead.forget();
  } else {
    const settled = await settlePeople(connection, context, rows, true, stored, ready);
    await replaceFindings(connection, replay.replayId, groups, findingsOf(await findDifferences(connection, context, replay.feed, groups, settled), settled));
  }
  await markDone(connection, replay, groups);
  return true;
}

/** Every row is settled: the records are closed, their Tasks say what became of them, and the feed goes on with what works now. */
async function close(connection: Connection, context: IntakeContext, replay: ReplayRow): Promise<boolean> {
  const closed = await closeReplayed(connection, replay, recordsClosed);
  if (closed) {
    await reportFinished(connection, await finishRecords(connection, closed), context.clock());
    return true;
  }
  await setLive(connection, replay.feed, replay.candidate);
  await requeueWaiting(connection, replay.feed);
  await forgetStaged(connection, replay.replayId);
  await setReplayState(connection, replay.replayId, 'done', context.clock());
  return true;
}
