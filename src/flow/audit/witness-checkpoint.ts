import { checkpointText, readCheckpoint } from '../../audit/checkpoint.ts';
import { cosignatureIn, type Witness } from '../../audit/cosignature.ts';
import { consistencyPath } from '../../audit/tree.ts';
import { Refusal } from '../../fhir/problem.ts';
import { saveCosignature, witnessedSize } from '../../store/audit/audit-checkpoints.ts';
import { hashesOf, logBroken } from './log-tree.ts';
import type { CheckpointContext } from './make-checkpoint.ts';

/** What is shown to witnesses: a checkpoint as it was signed by the log itself. */
export interface Shown {
  size: number;
  note: string;
}

/** How many entries the log had in the newest checkpoint this witness signed; 0 = none. */
export function knownTo({ database }: CheckpointContext, witness: Witness): Promise<number> {
  return witnessedSize(database, witness.id);
}

/** The body of `add-checkpoint` (https://c2sp.org/tlog-witness): the size the witness knows, the proof that the log grew from it, the checkpoint. */
export async function shownFrom({ database }: CheckpointContext, known: number, { size, note }: Shown): Promise<string> {
  const hashes = known === 0 ? [] : await hashesOf(database, consistencyPath(known, size));
  if (!hashes) throw new Refusal(logBroken);
  return `old ${known}\n${hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')}\n${note}`;
}

/** Keeps what the witness signed, if it did: from then on it is one of the checkpoint's signatures. */
export async function keepCosignature({ database }: CheckpointContext, witness: Witness, { size, note }: Shown, answer: string): Promise<boolean> {
  const checkpoint = readCheckpoint(note);
  const line = checkpoint && cosignatureIn(answer, witness, checkpointText(checkpoint));
  if (!line) return false;
  await saveCosignature(database, size, witness.id, line);
  return true;
}
