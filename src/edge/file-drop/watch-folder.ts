import { randomUUID } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outcomeOf } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { startRounds, type Rounds } from '../../flow/start-rounds.ts';
import type { Log } from '../log.ts';
import { lookAtFile, lookAtFolder, unfinished } from './look-at.ts';
import { putAway } from './put-away.ts';
import { notAFile, readDropped, readDroppedFolder, type ReadFile } from './read-dropped.ts';

export interface DropOptions {
  /** holds one folder for each feed, in it one for each of its parts */
  folder: string;
  feeds: readonly string[];
  partsOf: (feed: string) => readonly string[];
  /** null: no such part */
  limitOf: (feed: string, part: string) => number | null;
  /** whether a file of this name says that a folder of the feed's tables is whole */
  saysComplete: (feed: string, name: string) => boolean;
  /** several tables as one package */
  packed: (files: readonly { name: string; bytes: Uint8Array }[]) => Uint8Array;
  take: (feed: string, part: string, bytes: Uint8Array) => Promise<{ taskId: string }>;
  readTask: (feed: string, taskId: string) => Promise<{ text: string; finished: boolean } | null>;
  log: Log;
  pollMs?: number;
  /** a file nobody has changed for this long, and over two looks, is whole */
  settleMs?: number;
}

interface Place {
  feed: string;
  part: string;
  folder: string;
}
/** A file of its own, or a folder with the tables of one submission. */
type Entry = 'file' | 'folder';

/** What this process knows of it: how it looked last, and the Task once it was taken. */
interface Seen {
  look: string;
  taskId?: string;
}

/**
 * Takes files from folders: `<folder>/<feed>/` or `<folder>/<feed>/<part>/`, and from `<folder>/<feed>/` whole folders of tables, each
 * as one package once the file is in it that says so. A file is taken when it is whole (best renamed
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
    if (unfinished.test(entry.name) || (entry.isDirectory() && !mayBePackage(options, place, entry.name))) continue;
    try {
      if (entry.isFile() || entry.isDirectory()) await handle(options, place, path, entry.isFile() ? 'file' : 'folder', seen);
      else await refuse(options, place, path, notAFile);
    } catch (error) {
      options.log('drop-failed', { feed: place.feed, error });
    }
  }
}

/** Folders of the feed that are neither of a part nor where things are put away. */
function mayBePackage({ partsOf }: DropOptions, { feed, part }: Place, name: string): boolean {
  return part === '' && partsOf(feed).includes('') && ![...partsOf(feed), 'done', 'refused'].includes(name);
}

async function handle(options: DropOptions, place: Place, path: string, entry: Entry, seen: Map<string, Seen>): Promise<void> {
  const look = await (entry === 'file' ? lookAtFile(path) : lookAtFolder(path, (name) => options.saysComplete(place.feed, name)));
  if (look === null) return void seen.delete(path);
  const before = seen.get(path);
  const isSettled = before?.look === look.text && Date.now() - look.changedMs >= (options.settleMs ?? 2_000);
  if (!isSettled) return void seen.set(path, { look: look.text });
  const taskId = before.taskId ?? (await take(options, place, path, entry));
  if (taskId === null) return void seen.delete(path);
  seen.set(path, { look: look.text, taskId });
  if (await finish(options, place, path, taskId)) seen.delete(path);
}

/** Null: it was refused, or is not whole yet. */
async function take(options: DropOptions, place: Place, path: string, entry: Entry): Promise<string | null> {
  const limit = options.limitOf(place.feed, place.part);
  if (limit === null) return refuse(options, place, path, partUnknown(options, place));
  const read = entry === 'file' ? await readDropped(path, limit) : await readPackage(options, path, limit);
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

async function readPackage({ packed }: DropOptions, path: string, limit: number): Promise<ReadFile> {
  const read = await readDroppedFolder(path, limit);
  return read.kind === 'read' ? { kind: 'read', bytes: Buffer.from(packed(read.files)) } : read;
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
