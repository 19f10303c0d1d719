import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1) over the log's leaves: SHA-256, nodes prefixed with 0x01,
 * a tree of n leaves split at the largest power of two below n. Sizes and positions are whole numbers below 2^53.
 */

/** The `index`-th subtree of 2^`level` leaves, from 0, every leaf of it there: its hash never changes again. */
export interface Subtree {
  level: number;
  index: number;
}

/** Leaves from `start`, counted from 0, up to but without `end`. */
export interface Range {
  start: number;
  end: number;
}

/** How far a log reaches: its size, and the hashes of the whole subtrees it consists of, the largest first. */
export interface Frontier {
  size: number;
  peaks: readonly Uint8Array[];
}

export const hashBytes = 32;

/** SHA-256 of nothing: the root of a tree without leaves. */
export const emptyRoot: Uint8Array = sha256(new Uint8Array());

export function sha256(data: Uint8Array | string): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** SHA-256(0x01 ‖ left ‖ right). Refuses anything but two hashes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== hashBytes || right.length !== hashBytes) throw new RangeError('a hash has 32 bytes');
  const data = new Uint8Array(1 + 2 * hashBytes);
  data[0] = 0x01;
  data.set(left, 1);
  data.set(right, 1 + hashBytes);
  return sha256(data);
}

/** The log with one leaf more. `completed`: the leaf's hash, then those of the subtrees it completes, level by level. */
export function grow({ size, peaks }: Frontier, leaf: Uint8Array): { frontier: Frontier; completed: Uint8Array[] } {
  const completed = [leaf];
  const left = [...peaks];
  let node = leaf;
  for (let n = size; n % 2 === 1; n = (n - 1) / 2) {
    const peak = left.pop();
    if (!peak) throw new RangeError('the frontier lacks a peak of its size');
    node = nodeHash(peak, node);
    completed.push(node);
  }
  return { frontier: { size: size + 1, peaks: [...left, node] }, completed };
}

/** Number of the entry, from 1, that completes a subtree: its hash is kept with that entry, at the place of its level. */
export function completedBy({ level, index }: Subtree): number {
  return (index + 1) * 2 ** level;
}

/** The root over these hashes of neighbouring subtrees, the largest first. */
export function rootOf(peaks: readonly Uint8Array[]): Uint8Array {
  const last = peaks.at(-1);
  return last ? peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last) : emptyRoot;
}

/** The whole subtrees a range consists of, largest first; of ranges that a split of the tree gives. */
export function subtreesOf({ start, end }: Range): Subtree[] {
  const found: Subtree[] = [];
  for (let at = start; at < end;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    found.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return found;
}

/** PATH(index, D[size]): what to hash a leaf with, the nearest first. `index` counts from 0. */
export function inclusionPath(index: number, size: number): Range[] {
  if (!(index >= 0 && index < size)) throw new RangeError('the tree has no such leaf');
  const path: Range[] = [];
  for (let [start, end] = [0, size]; end - start > 1;) {
    const middle = start + splitOf(end - start);
    path.push(index < middle ? { start: middle, end } : { start, end: middle });
    if (index < middle) end = middle;
    else start = middle;
  }
  return path.reverse();
}

/** PROOF(from, D[to]): what shows that the tree of `to` leaves begins with that of `from`. Empty for equal sizes. */
export function consistencyPath(from: number, to: number): Range[] {
  if (!(from > 0 && from <= to)) throw new RangeError('a tree grows from one leaf on');
  const path: Range[] = [];
  let [start, end] = [0, to];
  while (from < end) {
    const middle = start + splitOf(end - start);
    path.push(from <= middle ? { start: middle, end } : { start, end: middle });
    if (from <= middle) end = middle;
    else start = middle;
  }
  if (start > 0) path.push({ start, end });
  return path.reverse();
}

/** The largest power of two below n. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
