import { deleteExpiredExports, findOpenExport, listNextType, noteListFailure } from '../store/export-jobs.ts';
import type { ReleaseContext } from './release-context.ts';
import { startRounds, type Rounds } from './start-rounds.ts';

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
  const job = await findOpenExport(database);
  if (!job) {
    await deleteExpiredExports(database);
    return false;
  }
  try {
    await policy.under(job.requester, ({ grant }) => listNextType(database, grant.key, job));
  } catch (error) {
    await noteListFailure(database, job.id); // others come first
    throw error;
  }
  return true;
}
