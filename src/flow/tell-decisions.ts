import type { AuditEntry } from '../audit/types.ts';
import type { AuditTrail } from '../store/audit/audit-trail.ts';
import type { Database } from '../store/database.ts';
import { loadUntold, markTold, type LinkDecisionRow } from '../store/linkage/link-decisions.ts';
import type { Approver } from '../store/linkage/linkage-runs.ts';
import type { Directory } from './directory.ts';

const together = 100;

/**
 * Tells the audit trail of every decision about who is who that it does not know of: kept with what it did, in one
 * transaction, it cannot be lost on the way. An entry bears the id of its decision, so that one told twice is known.
 * Resolves when all are told; rejects when the trail cannot take one, which is then told the next time.
 */
export async function tellDecisions(context: { database: Database; audit: AuditTrail; directory: Directory }): Promise<void> {
  for (;;) {
    const untold = await loadUntold(context.database, together);
    for (const decision of untold) {
      await context.audit.append(entryOf(decision, context.directory));
      await markTold(context.database, decision.id);
    }
    if (untold.length < together) return;
  }
}

const interactions = { merge: 'link-merge', split: 'link-split', 'keep-apart': 'link-apart', same: 'link-apart', visit: 'link-visit' } as const;
/** By a message its feed's client did it; by anything else the gateway, for whoever let it. */
function clientOf(evidence: object | null): string {
  return evidence !== null && 'feed' in evidence && typeof evidence.feed === 'string' ? evidence.feed : 'onestory';
}

/** Of what a run did, who approved the run. */
function approverOf(evidence: object | null): Approver | null {
  return evidence !== null && 'approver' in evidence ? evidence.approver as Approver : null;
}

/** Filed under both citizens. Why a person decided so stands with the decision, because it may name somebody. */
function entryOf({ id, kind, from, into, rule, organisation, person, personName, role, evidence, at }: LinkDecisionRow, directory: Directory): AuditEntry {
  const citizens = [...new Set([from, into].flatMap((citizen) => citizen ?? []))].sort();
  const [only] = citizens;
  const approver = approverOf(evidence);
  const by = person === null ? approver?.person ?? null : person;
  const asked = organisation ?? approver?.organisation ?? null;
  return {
    id, at: at.toISOString(), request: id,
    who: {
      client: clientOf(evidence), ...(by !== null && { person: { id: by, name: (person === null ? approver?.name : personName) ?? '' } }), ...(role !== null && { role }),
      ...(asked !== null && { organisation: asked, organisationName: directory.get(asked)?.name ?? asked }),
    },
    interaction: interactions[kind], query: `Patient/${from ?? '*'} ${kind} Patient/${into ?? '*'}${rule === null ? '' : ` by ${rule}`}`,
    ...(citizens.length === 1 && only !== undefined && { citizen: only }), ...(citizens.length > 1 && { listed: citizens }),
    outcome: 'permitted', status: 200, disclosed: [], custodians: [], decisions: [], withheld: [],
  };
}
