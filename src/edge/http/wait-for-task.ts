import type { Requester } from '../../fhir/sharing.ts';

export interface TaskReader {
  /** the Task as its own client sees it */
  readTask: (requester: Requester, taskId: string) => Promise<{ text: string; finished: boolean } | null>;
}

const pollMs = 25;

/** An intake Task once it is finished, or as it stands after this long. */
export async function waitForTask(services: TaskReader, requester: Requester, taskId: string, waitMs: number): Promise<{ text: string; finished: boolean } | null> {
  const until = Date.now() + waitMs;
  for (;;) {
    const task = await services.readTask(requester, taskId);
    if (task?.finished || Date.now() >= until) return task;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
