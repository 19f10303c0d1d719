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
 * from a backup, or rewritten) is told, again and again, and nothing more is signed or brought.
 */
export function startCheckpoints({ publishing, folder, log, pauseMs = lookEveryMs }: PublishOptions): Pick<Rounds, 'stop'> {
  return startRounds(async () => {
    try {
      const newest = folder === null ? null : await readNewest(folder);
      if (newest && await publishing.fits(newest.note) !== 'fits') return told(log);
      await publishing.now();
      if (folder !== null) await bring(publishing, folder, newest?.size ?? -1);
    } catch (error) {
      const [problem] = problemsOf(error);
      log(problem?.code === 'audit-log-broken' ? 'audit-log-broken' : 'checkpoint-failed', { error });
    }
    return false;
  }, pauseMs);
}

function told(log: Log): false {
  log('audit-log-broken', { code: 'audit-log-broken' });
  return false;
}

async function bring(publishing: Publishing, folder: string, after: number): Promise<void> {
  for (const { size, note } of await publishing.after(after, mostTogether)) await writeCheckpoint(folder, size, note);
}
