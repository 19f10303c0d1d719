import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findCheckpoint, newestCheckpoint } from '../../store/audit/audit-checkpoints.ts';
import { checkOversight } from '../check-oversight.ts';
import { makeCheckpoint, type CheckpointContext } from './make-checkpoint.ts';
import { sizeUnknown } from './prove-log.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

/** The checkpoint of a size, or the newest; the first is made where there is none. For every authenticated caller: it tells of nobody. */
export async function findNote(context: CheckpointContext, size: number | null): Promise<string> {
  const kept = size === null ? await newestCheckpoint(context.database) ?? await makeCheckpoint(context) : await findCheckpoint(context.database, size);
  if (!kept) throw new Refusal(sizeUnknown);
  return kept.note;
}

/** A checkpoint of now, for those who read the log: it covers the entry of asking for it. */
export async function askCheckpoint(context: ReleaseContext & CheckpointContext, requester: Requester, request: RequestFacts): Promise<string> {
  await checkOversight(context, requester, forAuditReaders);
  await appendAct(context, requester, request, { interaction: 'audit-checkpoint', query: 'audit/checkpoint', status: 201 });
  return (await makeCheckpoint(context)).note;
}
