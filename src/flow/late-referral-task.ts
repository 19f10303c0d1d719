import type { AwaitedReply } from '../store/awaited-replies.ts';
import type { Connection } from '../store/database.ts';
import { saveRecordTask, type TaskContext } from './record-task.ts';

/** `meta.source` of these Tasks. */
export const lateReferrals = 'late-referrals';

const noReply = { system: 'https://fhir.bicp.example/CodeSystem/gateway-action', code: 'no-reply', display: 'Referral without a reply', text: 'No reply to this referral has been seen here. Ask whether it has arrived.' };

/**
 * Asks the sender of a referral to look after it, or says that it need no longer; nobody else sees that, not even those who watch
 * over sharing, because whether a reply was seen tells of the receiver's record. Within the transaction of `connection`.
 */
export function saveLateTask(context: TaskContext, connection: Connection, { citizen, id, sender }: AwaitedReply, taskId: string, status: 'requested' | 'completed'): Promise<void> {
  return saveRecordTask(context, connection, { citizen, taskId, owner: sender, about: { type: 'ServiceRequest', id }, said: [], code: noReply, status, source: lateReferrals });
}
