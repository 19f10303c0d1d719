import { createHash } from 'node:crypto';
import { commitmentOf, hashBytes, leafHash } from './leaf.ts';
import type { AuditEntry } from './types.ts';

/** A row of the log as it is stored. Entry and salt are both null once the content is erased. */
export interface ChainRow {
  seq: number;
  at: string;
  commitment: Uint8Array;
  chainHash: Uint8Array;
  entry: AuditEntry | null;
  salt: Uint8Array | null;
}

/** How far the log is known to reach: what a checkpoint says. Size 0 has the empty chain's hash. */
export interface ChainHead {
  size: number;
  chainHash: Uint8Array;
}

export type ChainFinding =
  | { kind: 'whole'; head: ChainHead }
  /** `index` counts the rows given, from 0: the first that cannot be relied on; equal to their number when rows are missing at the end */
  | { kind: 'broken'; index: number; reason: 'sequence' | 'entry-changed' | 'half-erased' | 'chain' | 'head-differs' | 'truncated' };

/** The chain before its first entry: the hash of the empty string, as RFC 6962 has it for the empty tree. */
export const emptyChain: Uint8Array = createHash('sha256').digest();

/**
 * SHA-256(0x02 ‖ previous ‖ leaf hash). Leaves are RFC 6962 leaves; the chaining byte is neither its leaf (0x00) nor
 * its node (0x01) prefix, so a chain hash can never be passed off as a node or root of the tree over the same leaves.
 */
export function chainHash(previous: Uint8Array, leaf: Uint8Array): Uint8Array {
  if (previous.length !== hashBytes || leaf.length !== hashBytes) throw new RangeError('a hash has 32 bytes');
  return createHash('sha256').update(Uint8Array.of(0x02)).update(previous).update(leaf).digest();
}

/**
 * Recomputes every hash, in order. `after` is the row before the first one given (verifying a long log in pieces);
 * `head` is one known from elsewhere, a checkpoint a partner holds: without it a log cut short, or wholly rewritten,
 * looks whole. A head beyond the rows given is a truncation, a head among them must be met exactly.
 */
export function verifyChain(rows: Iterable<ChainRow>, known: { after?: ChainHead; head?: ChainHead } = {}): ChainFinding {
  const start = known.after ?? { size: 0, chainHash: emptyChain };
  const { head } = known;
  let { size, chainHash: previous } = start;
  if (head && head.size === size && !equal(head.chainHash, previous)) return { kind: 'broken', index: 0, reason: 'head-differs' };
  for (const row of rows) {
    const index = size - start.size;
    const fault = checkRow(row, size + 1, previous);
    if (fault) return { kind: 'broken', index, reason: fault };
    size += 1;
    previous = row.chainHash;
    if (head?.size === size && !equal(head.chainHash, previous)) return { kind: 'broken', index, reason: 'head-differs' };
  }
  if (head && head.size > size) return { kind: 'broken', index: size - start.size, reason: 'truncated' };
  return { kind: 'whole', head: { size, chainHash: previous } };
}

function checkRow(row: ChainRow, seq: number, previous: Uint8Array): 'sequence' | 'entry-changed' | 'half-erased' | 'chain' | undefined {
  if (row.seq !== seq) return 'sequence';
  if ((row.entry === null) !== (row.salt === null)) return 'half-erased';
  if (row.entry && row.salt && (row.entry.at !== row.at || !equal(commitmentOf(row.entry, row.salt), row.commitment))) return 'entry-changed';
  return equal(chainHash(previous, leafHash(row)), row.chainHash) ? undefined : 'chain';
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
