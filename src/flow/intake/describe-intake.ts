import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { RequestFacts } from '../release-context.ts';

/** The entry of bytes taken in: by whom, for which feed, under which Task. What they say of whom is in the record itself. */
export function describeIntake(
  requester: Requester, { feed, part }: { feed: string; part: string }, taskId: string, request: RequestFacts, id: string, at: Date,
): AuditEntry {
  return describeDisclosure(
    { id, at, request: request.id, requester, interaction: 'intake', query: `intake/${feed}${part === '' ? '' : `/${part}`} Task/${taskId}`, status: 202,
      ...(request.address !== undefined && { address: request.address }), ...(request.correlation !== undefined && { correlation: request.correlation }) },
    { disclosed: [], decisions: [] });
}
