import { describeDenial } from '../../audit/describe-denial.ts';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { RequestFacts as AuditFacts } from '../../audit/describe-request.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Partner } from '../../intake/types.ts';
import { auditFacts, type AskedFacts } from '../audit-facts.ts';
import { planWrites, type WritePlan } from './plan-writes.ts';
import type { RequestFacts } from '../release-context.ts';
import { appendOrRefuse } from '../release-records.ts';
import { saveWrites } from './save-writes.ts';
import type { WriteAsk, WriteContext, Written } from './write-context.ts';

/** What is written in one request, all or nothing. */
export interface WriteWork {
  asks: readonly WriteAsk[];
  /** kept as received */
  bytes: Uint8Array;
  /** the gateway's own FHIR address */
  base: string;
  bundle: boolean;
}

/** So often somebody else may come between reading and writing; then it is an outage, not bad luck. */
const tries = 8;

/**
 * THE STORY of a write through the FHIR API, by somebody who may write this: which of their own rows is it done to → what does it come to,
 * whose record is it, what does it refer to, is it valid → audit (durable) → saved as intake saves, in one transaction that
 * looks again whether all of it is still so. Writes of one organisation to one row, or on one condition, take
 * turns in a process, so that they do not come between each other; whoever comes between is noticed, and it is all worked out anew.
 */
export async function writeRecords(context: WriteContext, requester: Requester, partner: Partner, work: WriteWork, request: RequestFacts): Promise<Written[]> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const plan = await planWrites(context, requester, partner, work.asks, work.base);
    const facts = auditFacts(context, requester, request, askedOf(work, plan));
    await appendOrRefuse(context, entryOf(facts, requester, plan));
    if (await saveWrites(context, requester, plan, work.bytes)) return plan.written;
    await appendOrRefuse(context, describeDenial({ ...facts, id: context.newId(), status: 409 }, { outcome: 'failed', code: contended.code }));
  }
  throw new Refusal(contended);
}

function askedOf({ asks, bundle }: WriteWork, { written, named, citizens, emergency }: WritePlan): AskedFacts {
  const [ask, result] = [asks[0], written[0]];
  const citizen = citizens.length === 1 ? citizens[0] : undefined;
  if (bundle || !ask || !result) return { interaction: 'transaction', query: 'Bundle', status: 200, citizen, emergency };
  const query = named[0]?.condition?.query.normal ?? (ask.method === 'create' ? ask.type : `${ask.type}/${result.id}`);
  return { interaction: ask.method, query, status: result.outcome === 'created' ? 201 : 200, citizen, emergency };
}

/** Exactly which versions are made, of whose. */
function entryOf(facts: AuditFacts, { organisation }: Requester, { written, citizens }: WritePlan): AuditEntry {
  const entry = describeDisclosure(facts, { disclosed: written.filter(({ outcome }) => outcome !== 'none').map(({ type, id, version }) => ({ type, id, version, custodian: organisation })), decisions: [] });
  return citizens.length > 1 ? { ...entry, listed: citizens } : entry;
}

/** Nothing of it was kept. */
export const contended: Problem = { category: 'conflict', code: 'write-contended', text: 'Others keep changing the same records, so this write did not come through.', fix: 'Send it again.' };
