import type { Requester } from '../fhir/sharing.ts';
import { readRow } from '../store/door/read-rows.ts';
import type { ReleaseContext } from './release-context.ts';

/** A job's Task as its own client sees it; it names no citizen, so answering with it discloses nobody. */
export async function readJobTask(context: ReleaseContext, requester: Requester, taskId: string): Promise<{ text: string; finished: boolean } | null> {
  const { result: [task] } = await context.policy.under(requester, ({ grant }) => readRow(context.database, grant.key, 'Task', taskId));
  return task?.scope === 'job' ? { text: task.body, finished: task.version > 1 } : null;
}
