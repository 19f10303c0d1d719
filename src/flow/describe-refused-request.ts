import { describeDenial } from '../audit/describe-denial.ts';
import type { AuditEntry } from '../audit/types.ts';
import type { Requester } from '../fhir/sharing.ts';

export interface RefusedRequest {
  requestId: string;
  requester: Requester | null;
  address: string;
  interaction: string;
  pattern: string;
  status: number;
  code: string;
}

/** The entry of a request refused before the record was looked at; the address is its pattern, because what was typed may name somebody. */
export function describeRefusedRequest(refused: RefusedRequest, id: string, at: Date): AuditEntry {
  return describeDenial(
    { id, at, request: refused.requestId, requester: refused.requester, interaction: refused.interaction, query: refused.pattern, status: refused.status, address: refused.address },
    { outcome: [401, 403, 404].includes(refused.status) ? 'denied' : 'failed', code: refused.code },
  );
}
