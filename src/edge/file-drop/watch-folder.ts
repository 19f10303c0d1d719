import { randomUUID } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outcomeOf } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { startRounds, type Rounds } from '../../flow/start-rounds.ts';
import type { Log } from '../log.ts';
import { putAway } from './put-away.ts';
import { notAFile, readDropped } from './read-dropped.ts';

export interface DropOptions {
  /** holds one folder for each feed, in it one for each of its parts */
  folder: string;
  feeds: readonly string[];
  partsOf: (feed: string) => readonly string[];
  /** null: no such part */
  limitOf: (feed: string, part: string) => number | null;
  take: (feed: string, part: string, bytes: Buffer) => Promise<{ taskId: string }>;
  readTask: (feed: string, taskId: string) => Promise<{ text: string; finished: boolean } | null>;
  log: Log;
  pollMs?: number;
  /** a file nobody has changed for this long, and over two looks, is whole */
  settleMs?: number;
}

/** Names that programs give to files they are still writing, and our own. */
const unfinished = /^\.|\.(?:part|partial|tmp|temp|filepart|crdownload)$|\.problems\.json$/i;

interface Place {
  feed: string;
  part: string;
  folder: string;
}
/** What this process knows of a file: how it looked last, and the Task once it was taken. */
interface Seen {
  look: string;
  taskId?: string;
}

/**
 * Takes files from folders: `<folder>/<feed>/` or `<folder>/<feed>/<part>/`. A file is taken when it is whole (best renamed
 * into the folder in one step), kept, and moved to done/ or refused/ once its Task is finished. After a restart a file that
 * is still there is taken again: the same bytes are known and change nothing.
 */
export function watchFolder(options: DropOptions): Pick<Rounds, 'stop'> {
  const seen = new Map<string, Seen>();
  return startRounds(async (stopping) => {
    for (const place of placesOf(options)) {
      if (!stopping.aborted) await lookAt(options, place, seen).catch((error: unknown) => options.log('drop-failed', { feed: place.feed, error }));
    }
    return false;
  }, options.pollMs ?? 1_000);
}

/** The feed's own folder, then its parts in their order: the table of people comes first. */
function placesOf({ folder, feeds, partsOf }: DropOptions): Place[] {
  return feeds.flatMap((feed) => ['', ...partsOf(feed).filter((part) => part !== '')].map((part) => ({ feed, part, folder: join(folder, feed, part) })));
}

async function lookAt(options: DropOptions, place: Place, seen: Map<string, Seen>): Promise<void> {
  // a link instead of a folder is no folder of ours
  for (const path of [join(options.folder, place.feed), place.folder]) if (!(await lstat(path).catch(() => null))?.isDirectory()) return;
  const entries = await readdir(place.folder, { withFileTypes: true });
  for (const path of seen.keys()) if (dirname(path) === place.folder && !entries.some(({ name }) => join(place.folder, name) === path)) seen.delete(path);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(place.folder, entry.name);
    if (unfinished.test(entry.name) || entry.isDirectory()) continue;
    try {
      if (entry.isFile()) await handle(options, place, path, seen);
      else await refuse(options, place, path, notAFile);
    } catch (error) {
      options.log('drop-failed', { feed: place.feed, error });
    }
  }
}

async function handle(options: DropOptions, place: Place, path: string, seen: Map<string, Seen>): Promise<void> {
  const { size, mtimeMs, ino } = await lstat(path);
  const look = `${ino}/${size}/${mtimeMs}`;
  const before = seen.get(path);
  const isSettled = before?.look === look && Date.now() - mtimeMs >= (options.settleMs ?? 2_000);
  if (!isSettled) return void seen.set(path, { look });
  const taskId = before.taskId ?? (await take(options, place, path));
  if (taskId === null) return void seen.delete(path);
  seen.set(path, { look, taskId });
  if (await finish(options, place, path, taskId)) seen.delete(path);
}

/** Null: it was refused, or is not whole yet. */
async function take(options: DropOptions, place: Place, path: string): Promise<string | null> {
  const limit = options.limitOf(place.feed, place.part);
  if (limit === null) return refuse(options, place, path, partUnknown(options, place));
  const read = await readDropped(path, limit);
  if (read.kind === 'refused') return refuse(options, place, path, read.problem);
  if (read.kind === 'changing') return null;
  try {
    return (await options.take(place.feed, place.part, read.bytes)).taskId;
  } catch (error) {
    // an outage says nothing about the file: it stays, and is tried again
    if (!(error instanceof Refusal) || error.problems.some(({ category }) => category === 'unavailable' || category === 'internal')) throw error;
    return refuse(options, place, path, ...error.problems);
  }
}

async function finish({ readTask }: DropOptions, { feed }: Place, path: string, taskId: string): Promise<boolean> {
  const task = await readTask(feed, taskId);
  if (!task?.finished) return false;
  const { status, contained = [] } = JSON.parse(task.text) as { status: string; contained?: unknown[] };
  await putAway(path, status === 'failed' ? 'refused' : 'done', taskId, contained.length > 0 ? `${JSON.stringify({ task: taskId, problems: contained[0] }, null, 2)}\n` : null);
  return true;
}

async function refuse({ log }: DropOptions, { feed }: Place, path: string, ...problems: Problem[]): Promise<null> {
  await putAway(path, 'refused', randomUUID(), `${JSON.stringify({ problems: outcomeOf(problems) }, null, 2)}\n`);
  log('drop-refused', { feed, ...(problems[0] && { code: problems[0].code }) });
  return null;
}

function partUnknown({ partsOf }: DropOptions, { feed }: Place): Problem {
  return { category: 'not-found', code: 'part-unknown', text: 'This feed has several parts, each with a folder of its own.', expected: partsOf(feed).map((part) => `${part}/`).join(', ') };
}
