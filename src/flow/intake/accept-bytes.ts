import { createHash } from 'node:crypto';
import { saveSourceRecord } from '../../store/intake/source-records.ts';
import type { IntakeContext } from './intake-context.ts';
import { newIntakeTask } from './intake-task.ts';

/** Keeps a partner's bytes. When this returns they are durable and have a Task; nothing was parsed yet. */
export async function acceptBytes(
  context: IntakeContext, received: { feed: string; part: string; client: string; bytes: Uint8Array },
): Promise<{ taskId: string; known: boolean }> {
  const at = context.clock();
  const task = newIntakeTask({ id: context.newId(), feed: received.feed, part: received.part, at });
  return saveSourceRecord(context.database, {
    feed: received.feed, part: received.part, client: received.client, content: received.bytes, receivedAt: at,
    sha256: createHash('sha256').update(received.bytes).digest(),
  }, task);
}
