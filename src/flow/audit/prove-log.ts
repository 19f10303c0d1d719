import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { consistencyPath, inclusionPath, type Range } from '../../audit/tree.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findCheckpoint, newestCheckpoint, type KeptCheckpoint } from '../../store/audit/audit-checkpoints.ts';
import { findLogged } from '../../store/audit/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { isUuid } from '../../store/secrets.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader } from '../check-oversight.ts';
import { lineOfKept, wordsSaid } from './log-lines.ts';
import { hashesOf, logBroken } from './log-tree.ts';
import { makeCheckpoint, type CheckpointContext } from './make-checkpoint.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

/**
 * That an entry is in the log, for whoever may read the entry: `{"checkpoint","leaf","path"}` in canonical JSON, as
 * docs/verify-audit.mjs takes it. Without a size, the newest checkpoint that covers it. Written down as reading the entry is.
 */
export async function proveEntry(context: ReleaseContext & CheckpointContext, requester: Requester, id: string, size: number | null, request: RequestFacts): Promise<string> {
  await checkOversight(context, requester, forAuditReaders);
  const entry = isUuid(id) ? await findLogged(context.database, wordsSaid, id, logReader(requester)) : null;
  if (!entry) throw new Refusal(notFound);
  const checkpoint = await covering(context, entry.seq, size);
  const citizen = entry.text === null ? null : (JSON.parse(entry.text) as AuditEntry).citizen;
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'audit-proof', query: `audit/entries/${entry.seq}/proof`, status: 200, citizen }), { disclosed: [{ type: 'AuditEvent', id, version: 1 }], decisions: [] }));
  return proofOf(context.database, checkpoint, inclusionPath(entry.seq - 1, checkpoint.size), `"leaf":${lineOfKept(entry)},`);
}

/** That the log of one checkpoint begins with the first `from` entries: `{"checkpoint","path"}`; every log begins with none. Tells of sizes and hashes only. */
export async function proveGrowth({ database }: CheckpointContext, from: number, to: number | null): Promise<string> {
  const checkpoint = to === null ? await newestCheckpoint(database) : await findCheckpoint(database, to);
  if (!checkpoint || from > checkpoint.size) throw new Refusal(sizeUnknown);
  return proofOf(database, checkpoint, from === 0 ? [] : consistencyPath(from, checkpoint.size), '');
}

/** What is proved against: the checkpoint asked for, else the newest, or one made now where the entry came after that. */
async function covering(context: CheckpointContext, seq: number, size: number | null): Promise<KeptCheckpoint> {
  const kept = size === null ? await newestCheckpoint(context.database) : await findCheckpoint(context.database, size);
  if (kept && kept.size >= seq) return kept;
  if (size !== null) throw new Refusal(sizeUnknown);
  return makeCheckpoint(context);
}

async function proofOf(database: Database, { note }: KeptCheckpoint, path: readonly Range[], leaf: string): Promise<string> {
  const hashes = await hashesOf(database, path);
  if (!hashes) throw new Refusal(logBroken);
  return `{"checkpoint":${JSON.stringify(note)},${leaf}"path":${JSON.stringify(hashes.map((hash) => Buffer.from(hash).toString('base64')))}}`;
}

export const sizeUnknown: Problem = {
  category: 'not-found', code: 'audit-size-unknown', text: 'The log has no checkpoint of this size, or none that reaches so far.', expected: 'the size of a checkpoint of /audit/checkpoint',
};
