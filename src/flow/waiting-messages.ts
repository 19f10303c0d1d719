import { messageTypeOf } from '../intake/hl7v2/message-type.ts';
import type { Database } from '../store/database.ts';
import { loadWaitingRows, requeueWaiting } from '../store/source-records.ts';

/** A message that asks for what the gateway cannot do yet (a merge, a move), told without whom it is about. */
export interface WaitingMessage {
  recordId: number;
  row: number;
  feed: string;
  /** `ADT^A40` */
  type: string;
  /** MSH-10 */
  messageId: string | null;
  /** the Task its sender got */
  taskId: string;
  receivedAt: Date;
}

/** Messages that wait, in the order they came, at most `most` after the given one. */
export async function listWaiting(database: Database, ask: { feed?: string; after?: { recordId: number; row: number }; most: number }): Promise<WaitingMessage[]> {
  const rows = await loadWaitingRows(database, { feed: ask.feed ?? null, after: ask.after ?? { recordId: 0, row: 0 }, most: ask.most });
  return rows.map(({ content, ...row }) => ({ ...row, type: messageTypeOf(content) }));
}

/**
 * Puts every waiting message of a feed back in the queue, in the order they came, as if it had just been received: what can
 * be done by now is done, and what cannot waits again. Nothing is lost on the way. Returns how many; the caller wakes the worker.
 */
export async function replayWaiting(database: Database, feed: string): Promise<number> {
  return database.transaction((connection) => requeueWaiting(connection, feed));
}
