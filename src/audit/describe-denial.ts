import { describeRequest, sumDecisions, sumWithheld } from './describe-request.ts';
import type { Decision, RequestFacts, Withheld } from './describe-request.ts';
import type { AuditEntry } from './types.ts';

/**
 * The entry for an answer that holds no record, in the same detail as a disclosure: what was refused to whom, and by
 * which rules. `denied` is a refusal on purpose (no right, no such record: the requester cannot tell them apart, the log
 * can); `failed` is a request that could not be understood or an error of ours. `code` is the refusal's stable code.
 */
export function describeDenial(
  facts: RequestFacts,
  refusal: { outcome: 'denied' | 'failed'; code: string; decisions?: readonly Decision[]; withheld?: readonly Withheld[] },
): AuditEntry {
  return {
    ...describeRequest(facts),
    outcome: refusal.outcome,
    code: refusal.code,
    disclosed: [],
    custodians: [],
    decisions: sumDecisions(refusal.decisions ?? []),
    withheld: sumWithheld(refusal.withheld ?? []),
  };
}
