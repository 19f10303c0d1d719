import type { Connection } from '../../store/database.ts';
import type { FinishedRecord } from '../../store/intake/intake-queue.ts';
import { loadSharedRows, saveSharedRows } from '../../store/shared-rows.ts';
import { finishedIntakeTask } from './intake-task.ts';

/** Completes the Tasks of records with nothing left to do, in the transaction that settled their last rows. */
export async function reportFinished(connection: Connection, finished: readonly FinishedRecord[], at: Date): Promise<void> {
  if (finished.length === 0) return;
  const current = await loadSharedRows(connection, finished.map(({ taskId }) => taskId));
  await saveSharedRows(connection, finished.map((record) => {
    const version = (current.get(record.taskId)?.version ?? 0) + 1;
    return { ...finishedIntakeTask(record, version, at), scope: 'job', owner: record.client, type: 'Task', version, updatedAt: at };
  }));
}
