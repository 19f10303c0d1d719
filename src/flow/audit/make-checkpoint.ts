import { checkpointText, readCheckpoint, signedNote, type Signer } from '../../audit/checkpoint.ts';
import { rootOf } from '../../audit/tree.ts';
import { Refusal } from '../../fhir/problem.ts';
import { checkpointDue, newestCheckpoint, saveCheckpoint, type KeptCheckpoint } from '../../store/audit/audit-checkpoints.ts';
import { readHead } from '../../store/audit/audit-tree.ts';
import type { Database } from '../../store/database.ts';
import { hasRoot, logBroken } from './log-tree.ts';

/** By what name this gateway's log is known, and who signs for it. */
export interface LogIdentity {
  origin: string;
  /** every key in force: while one takes another's place, both sign */
  signers: readonly Signer[];
}

export interface CheckpointContext {
  database: Database;
  log: LogIdentity;
}

/**
 * Signs what the log is now, unless that was signed before. First it looks whether the log still begins with what it last
 * signed, and whether its head is that of its entries: a log that was cut, changed or put back from a backup is refused as
 * `audit-log-broken` and nothing is signed.
 */
export async function makeCheckpoint({ database, log: { origin, signers } }: CheckpointContext): Promise<KeptCheckpoint> {
  const last = await newestCheckpoint(database);
  const head = await readHead(database);
  const root = rootOf(head.peaks);
  if (!await hasRoot(database, head.size, root) || (last && !await hasRoot(database, last.size, last.root))) throw new Refusal(logBroken);
  if (last?.size === head.size) return last;
  return saveCheckpoint(database, { size: head.size, root, note: signedNote(checkpointText({ origin, size: head.size, root }), signers) });
}

/** The newest one, and a new one where it is older than `minutes` or there is none. */
export async function checkpointOfNow(context: CheckpointContext, minutes: number): Promise<KeptCheckpoint> {
  const newest = await newestCheckpoint(context.database);
  return newest && !await checkpointDue(context.database, minutes) ? newest : makeCheckpoint(context);
}

/**
 * Whether a checkpoint that lies elsewhere is of this log as it is now. `unknown`: of another log, or no checkpoint. Its
 * signature is not looked at: what matters is whether the log still fits it.
 */
export async function fitsLog({ database, log: { origin } }: CheckpointContext, note: string): Promise<'fits' | 'broken' | 'unknown'> {
  const checkpoint = readCheckpoint(note);
  if (checkpoint?.origin !== origin) return 'unknown';
  return await hasRoot(database, checkpoint.size, checkpoint.root) ? 'fits' : 'broken';
}
