import type { RequestFacts as AuditFacts } from '../audit/describe-request.ts';
import type { Requester } from '../fhir/sharing.ts';
import { isUuid } from '../store/secrets.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';

/** What was asked, and how it was answered. */
export interface AskedFacts {
  interaction: string;
  /** normal form */
  query: string;
  status: number;
  /** filed under this id; what is none is filed under nobody */
  citizen?: string | null | undefined;
  /** of a case: whom it is about, at the issuer */
  aboutPerson?: string;
  emergency?: readonly string[];
}

/** What the entry of a request says of who asked, when and from where, with what was asked beside it. Each call names a new entry. */
export function auditFacts(
  { newId, clock }: Pick<ReleaseContext, 'newId' | 'clock'>, requester: Requester, { id, address, correlation, shape }: RequestFacts,
  { citizen, ...asked }: AskedFacts,
): AuditFacts {
  return { id: newId(), at: clock(), request: id, requester, ...asked, ...(address !== undefined && { address }), ...(correlation !== undefined && { correlation }), ...(shape !== undefined && { shape }), ...(typeof citizen === 'string' && isUuid(citizen) && { citizen }) };
}
