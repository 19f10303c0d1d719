import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findCheckpoint, newestCheckpoint } from '../../store/audit/audit-checkpoints.ts';
import { readLog } from '../../store/audit/audit-log.ts';
import { checkOversight } from '../check-oversight.ts';
import { lineFor, wordsSaid } from './log-lines.ts';
import { sizeUnknown } from './prove-log.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

const linesTogether = 500;

export interface LogExport {
  size: number;
  /** several lines at a time, oldest first */
  parts: AsyncIterable<string[]>;
}

/**
 * The whole log up to a checkpoint, by default the newest, for those who read all of it. Its entry is durable before the
 * first line and names the size, by which what leaves is fixed; it lists no versions. Of entries that tell of a case about who asks,
 * only the leaf leaves.
 */
export async function exportLog(context: ReleaseContext, requester: Requester, asked: number | null, request: RequestFacts): Promise<LogExport> {
  await checkOversight(context, requester, forAuditReaders);
  const checkpoint = asked === null ? await newestCheckpoint(context.database) : await findCheckpoint(context.database, asked);
  if (!checkpoint) throw new Refusal(sizeUnknown);
  const { size } = checkpoint;
  await appendAct(context, requester, request, { interaction: 'audit-export', query: `audit/export?size=${size}`, status: 200 });
  return { size, parts: linesUpTo(context, requester, size) };
}

/** Permitted anew for every part: an oversight that ends meanwhile ends what leaves. */
async function* linesUpTo(context: ReleaseContext, requester: Requester, size: number): AsyncGenerator<string[]> {
  for (let after = 0; after < size;) {
    if (after > 0) await checkOversight(context, requester, forAuditReaders);
    const entries = await readLog(context.database, wordsSaid, { after, last: size, limit: linesTogether });
    if (entries.length === 0) return; // cut off: the verifier says so
    yield entries.map((entry) => lineFor(requester.person?.id ?? null, entry));
    after = entries.at(-1)?.seq ?? size;
  }
}
