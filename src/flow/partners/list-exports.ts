import { deleteExpiredExports, findOpenExports, listNextType, noteListFailure, type ExportJob } from '../../store/partners/export-jobs.ts';
import type { ReleaseContext } from '../release-context.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';

const pauseMs = 60_000;

/**
 * Makes the lists of exports, a type in one round: killed in the middle, the type is listed again by whoever comes next.
 * Exports whose time is over are forgotten.
 */
export function listExports(context: Pick<ReleaseContext, 'database' | 'policy'>, failed: (error: unknown) => void): Rounds {
  return startRounds(async () => {
    try {
      return await listSome(context);
    } catch (error) {
      failed(error);
      return false;
    }
  }, pauseMs);
}

async function listSome({ database, policy }: Pick<ReleaseContext, 'database' | 'policy'>): Promise<boolean> {
  for (const job of await findOpenExports(database)) if (await listOne({ database, policy }, job)) return true;
  await deleteExpiredExports(database);
  return false;
}

/** Whether a type of it was listed: not where another process is at it. */
async function listOne({ database, policy }: Pick<ReleaseContext, 'database' | 'policy'>, job: ExportJob): Promise<boolean> {
  try {
    return (await policy.under(job.requester, ({ grant }) => listNextType(database, grant.key, job))).result === 'listed';
  } catch (error) {
    await noteListFailure(database, job.id); // others come first
    throw error;
  }
}
