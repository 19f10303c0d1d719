import type { AwaitedReply } from '../../store/intake/awaited-replies.ts';
import type { Connection } from '../../store/database.ts';
import { saveRecordTask, type TaskContext } from './record-task.ts';

/** `meta.source` of these Tasks. */
export const lateReferrals = 'late-referrals';

const system = 'https://fhir.bicp.example/CodeSystem/gateway-action';
const codes = {
  'no-reply': { system, code: 'no-reply', display: 'Referral without a reply', text: 'No reply to this referral has been seen here. Ask whether it has arrived.' },
  'no-answer': { system, code: 'no-answer', display: 'Referral without an answer', text: 'This referral has been received, and nobody has been seen to accept or reject it. Ask what becomes of it.' },
} as const;

/**
 * Asks the sender of a referral to look after it, or says that it need no longer; nobody else sees that, not even those who watch
 * over sharing, because whether a reply was seen tells of the receiver's record. Within the transaction of `connection`.
 */
export function saveLateTask(context: TaskContext, connection: Connection, { citizen, id, sender }: AwaitedReply, { taskId, late, status }: { taskId: string; late: keyof typeof codes; status: 'requested' | 'completed' }): Promise<void> {
  return saveRecordTask(context, connection, { citizen, taskId, owner: sender, about: { type: 'ServiceRequest', id }, said: [], code: codes[late], status, source: lateReferrals });
}
