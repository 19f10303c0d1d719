import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { outcomeOf, statusOf } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { EntryOutcome } from '../../../flow/intake/bundle-outcome.ts';
import type { Asked, Reply } from '../route.ts';
import { apiBundle, type BundleWriteServices } from './api-bundle.ts';
import { permitWriting } from './permit.ts';
import { permitBundles, sendsBundles, takeBundle, type BundleServices } from './take-bundle.ts';

const longestWaitMs = 10_000;

/** The client of a feed that takes transactions, or whoever may write something. */
export function permitTransaction(services: BundleServices): (requester: Requester) => Problem | null {
  return (requester) => (permitWriting(requester) ? null : permitBundles(services, 'transaction')(requester));
}

/**
 * POST [base] · http://hl7.org/fhir/R4/http.html#transaction. A transaction is stored whole or refused whole; each entry
 * of a batch stands for itself. What the client of a feed sends is a record of that feed: what takes too long is answered 202
 * with the Task where the end can be read. Whoever else may write writes through the API.
 */
export async function transaction(services: BundleServices & BundleWriteServices, asked: Asked): Promise<Reply> {
  if (!sendsBundles(services, asked.requester, 'transaction')) return apiBundle(services, asked);
  const { taskId, task, outcome } = await takeBundle(services, asked, longestWaitMs);
  const headers = { 'Content-Location': `${services.base}/Task/${taskId}` };
  if (!outcome) return { status: 202, headers, text: task };
  if (outcome.kind === 'refused') throw new Refusal(...outcome.problems);
  const body: Bundle = {
    resourceType: 'Bundle', type: outcome.batch ? 'batch-response' : 'transaction-response',
    entry: outcome.entries.map((entry) => responseOf(services.base, entry)),
  };
  return { status: 200, headers, text: JSON.stringify(body) };
}

function responseOf(base: string, { type, stored, problems }: EntryOutcome): BundleEntry {
  const failed = problems.some(({ severity = 'error' }) => severity === 'error');
  return {
    response: {
      status: failed ? String(statusOf(problems)) : stored?.created ? '201 Created' : '200 OK',
      ...(stored && { location: `${base}/${type}/${stored.id}/_history/${stored.version}`, etag: `W/"${stored.version}"` }),
      ...(problems.length > 0 && { outcome: outcomeOf(problems) }),
    },
  };
}
