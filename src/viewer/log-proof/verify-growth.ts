/** A checkpoint as far as the tree is concerned: C2SP tlog-checkpoint, its first three lines. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
  /** names that signed */
  signers: string[];
}

const form = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/;

/** Undefined for what is no checkpoint. Signatures are named, not checked. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const [, origin, size, root] = form.exec(text.replaceAll('\r', '').replace(/^\s+/, '')) ?? [];
  if (origin === undefined || size === undefined || root === undefined) return undefined;
  return { origin, size: Number(size), root: bytesOf(root), signers: [...text.matchAll(/^\u2014 (\S+) \S+$/gm)].map(([, name]) => name ?? '') };
}

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Whether a log of `now` begins with that of `then`, by the consistency proof of RFC 9162, 2.1.4.2. Any hash left over or missing is a no. */
export async function beginsWith(then: Checkpoint, now: Checkpoint, path: readonly Uint8Array[]): Promise<boolean> {
  if (then.size === now.size) return path.length === 0 && same(then.root, now.root);
  if (then.size === 0 || then.size > now.size || path.length === 0) return then.size === 0 && path.length === 0;
  const [start, ...rest] = Number.isInteger(Math.log2(then.size)) ? [then.root, ...path] : path;
  if (!start) return false;
  let [first, last] = [then.size - 1, now.size - 1];
  while (first % 2 === 1) [first, last] = [half(first), half(last)];
  let [before, after] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      [before, after] = [await nodeHash(hash, before), await nodeHash(hash, after)];
      while (first % 2 === 0 && first !== 0) [first, last] = [half(first), half(last)];
    } else {
      after = await nodeHash(after, hash);
    }
    [first, last] = [half(first), half(last)];
  }
  return last === 0 && same(before, then.root) && same(after, now.root);
}

function half(n: number): number {
  return Math.floor(n / 2);
}

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.of(1, ...left, ...right)));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
