import { describeDenial } from '../audit/describe-denial.ts';
import type { AuditEntry } from '../audit/types.ts';
import type { Requester } from '../fhir/sharing.ts';
import type { RequestFacts } from './release-context.ts';

export interface RefusedRequest {
  request: RequestFacts;
  requester: Requester | null;
  interaction: string;
  pattern: string;
  status: number;
  code: string;
}

/** The entry of a request refused before the record was looked at; the address is its pattern, because what was typed may name somebody. */
export function describeRefusedRequest(refused: RefusedRequest, id: string, at: Date): AuditEntry {
  return describeDenial(
    {
      id, at, request: refused.request.id, requester: refused.requester, interaction: refused.interaction, query: refused.pattern, status: refused.status,
      ...(refused.request.address !== undefined && { address: refused.request.address }), ...(refused.request.correlation !== undefined && { correlation: refused.request.correlation }),
    },
    { outcome: [401, 403, 404].includes(refused.status) ? 'denied' : 'failed', code: refused.code },
  );
}
