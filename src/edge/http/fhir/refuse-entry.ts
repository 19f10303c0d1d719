import { STATUS_CODES } from 'node:http';
import type { BundleEntryResponse } from '@medplum/fhirtypes';
import { outcomeOf, problemsOf, statusOf } from '../../../fhir/outcome.ts';
import { AuditedRefusal } from '../../../fhir/problem.ts';
import type { Asked, RouteServices } from '../route.ts';

export type RefusalServices = Pick<RouteServices, 'recordRefusal' | 'log'>;

/** What became of one entry; a resource is its JSON text. */
export interface AnsweredEntry {
  response: BundleEntryResponse;
  resource?: string;
}

/** The answer to one entry that is refused while others are not: like a request by itself it has its own entry in the audit trail first. */
export async function refuseEntry({ recordRefusal, log }: RefusalServices, { requester, request }: Asked, error: unknown): Promise<AnsweredEntry> {
  const problems = problemsOf(error);
  const status = statusOf(problems);
  const [{ code } = { code: 'internal' }] = problems;
  if (code === 'internal') log('request-failed', { requestId: request.id, route: 'Bundle.entry', error });
  if (!(error instanceof AuditedRefusal)) await recordRefusal({ request, requester, interaction: 'transaction', pattern: 'Bundle.entry', status, code });
  return { response: { status: `${status} ${STATUS_CODES[status] ?? ''}`, outcome: outcomeOf(problems) } };
}
