import { startRounds, type Rounds } from '../../flow/start-rounds.ts';
import { problemsOf } from '../../fhir/outcome.ts';
import type { Log } from '../log.ts';
import { askWitness, type Witnessing } from './ask-witness.ts';
import { deliverCheckpoints, type Delivering } from './deliver-checkpoints.ts';
import { readNewest, writeCheckpoint } from './checkpoint-folder.ts';

export interface Publishing<Witness> extends Witnessing<Witness>, Delivering {
  witnesses: readonly Witness[];
  /** the newest checkpoint, made now where it is due */
  now: () => Promise<{ size: number; note: string }>;
  fits: (note: string) => Promise<'fits' | 'broken' | 'unknown'>;
}

export interface PublishOptions<Witness> {
  publishing: Publishing<Witness>;
  /** null = nowhere */
  folder: string | null;
  log: Log;
  pauseMs?: number;
}

const lookEveryMs = 60_000;
const mostTogether = 1_000;

/**
 * Makes checkpoints as they fall due, brings each to the folder and to the addresses that take them, and has the newest witnessed. A log that no longer fits what lies
 * there or what a witness saw (it was put back from a backup, or rewritten) is told, again and again; by the folder nothing
 * more is signed or brought. A folder, address or witness that cannot be reached is told as well, and keeps no checkpoint from being made.
 */
export function startCheckpoints<Witness extends { url: string }>({ publishing, folder, log, pauseMs = lookEveryMs }: PublishOptions<Witness>): Pick<Rounds, 'stop'> {
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
    if (made) await Promise.all(publishing.hooks.map(async (url) => {
      const problem = await tried(() => deliverCheckpoints(publishing, url));
      if (typeof problem === 'string') log('checkpoint-not-taken', { code: problem });
    }));
    if (made) await Promise.all(publishing.witnesses.map(async (witness) => {
      const answer = await tried(() => askWitness(publishing, witness, made));
      if (answer?.kind === 'broken') log('audit-log-broken', { code: 'witness' });
      if (answer?.kind === 'refused') log('witness-refused', { status: answer.status });
    }));
    return false;
  }, pauseMs);
}

async function bring({ after: checkpointsAfter }: Pick<Publishing<never>, 'after'>, folder: string, after: number): Promise<void> {
  for (const { size, note } of await checkpointsAfter(after, mostTogether)) await writeCheckpoint(folder, size, note);
}
