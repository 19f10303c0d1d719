import { startRounds, type Rounds } from '../../flow/start-rounds.ts';
import { problemsOf } from '../../fhir/outcome.ts';
import type { Log } from '../log.ts';
import { readNewest, writeCheckpoint } from './checkpoint-folder.ts';

export interface Publishing {
  /** the newest checkpoint, made now where it is due */
  now: () => Promise<{ size: number; note: string }>;
  /** the smallest beyond a size */
  after: (size: number, limit: number) => Promise<{ size: number; note: string }[]>;
  fits: (note: string) => Promise<'fits' | 'broken' | 'unknown'>;
}

export interface PublishOptions {
  publishing: Publishing;
  /** null = nowhere */
  folder: string | null;
  log: Log;
  pauseMs?: number;
}

const lookEveryMs = 60_000;
const mostTogether = 1_000;

/**
 * Makes checkpoints as they fall due and brings each to the folder. A log that no longer fits what lies there (it was put back
 * from a backup, or rewritten) is told, again and again, and nothing more is signed or brought. A folder that cannot be
 * reached is told as well, and keeps no checkpoint from being made.
 */
export function startCheckpoints({ publishing, folder, log, pauseMs = lookEveryMs }: PublishOptions): Pick<Rounds, 'stop'> {
  const tried = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      log(problemsOf(error)[0]?.code === 'audit-log-broken' ? 'audit-log-broken' : 'checkpoint-failed', { error });
      return undefined;
    }
  };
  return startRounds(async () => {
    const newest = folder === null ? null : await tried(() => readNewest(folder));
    const fits = newest ? await tried(() => publishing.fits(newest.note)) : 'fits';
    if (fits === 'broken' || fits === 'unknown') log('audit-log-broken', { code: fits });
    if (fits !== 'fits') return false;
    const made = await tried(() => publishing.now());
    if (made && folder !== null && newest !== undefined) await tried(() => bring(publishing, folder, newest?.size ?? -1));
    return false;
  }, pauseMs);
}

async function bring(publishing: Publishing, folder: string, after: number): Promise<void> {
  for (const { size, note } of await publishing.after(after, mostTogether)) await writeCheckpoint(folder, size, note);
}
