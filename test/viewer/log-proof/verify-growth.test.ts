import fc from 'fast-check';
import { consistencyPath, grow, rootOf, sha256, type Frontier, type Range } from '../../../src/audit/tree.ts';
import { beginsWith, readCheckpoint, type Checkpoint } from '../../../src/viewer/log-proof/verify-growth.ts';

/** The log's own arithmetic makes trees and proofs; the browser's checks them. */
const leaves = Array.from({ length: 40 }, (_, at) => sha256(`leaf ${at}`));
const over = (range: Range): Uint8Array => rootOf(leaves.slice(range.start, range.end).reduce<Frontier>((tree, leaf) => grow(tree, leaf).frontier, { size: 0, peaks: [] }).peaks);
const checkpoint = (size: number): Checkpoint => ({ origin: 'log', size, root: over({ start: 0, end: size }), signers: [] });
const path = (from: number, to: number): Uint8Array[] => consistencyPath(from, to).map(over);

it('property: the log of now begins with every log it grew from', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 39 }), async (from, more) => {
    const to = Math.min(40, from + more);
    expect(await beginsWith(checkpoint(from), checkpoint(to), path(from, to))).toBe(true);
  }), { numRuns: 60 });
});

it.each<[string, Checkpoint, Checkpoint, Uint8Array[]]>([
  ['of a log that was changed before then', { ...checkpoint(7), root: sha256('changed') }, checkpoint(20), path(7, 20)],
  ['of a log that was changed since', checkpoint(7), { ...checkpoint(20), root: sha256('changed') }, path(7, 20)],
  ['with a hash too few', checkpoint(7), checkpoint(20), path(7, 20).slice(0, -1)],
  ['with a hash too many', checkpoint(7), checkpoint(20), [...path(7, 20), sha256('x')]],
  ['of a log that was cut', checkpoint(20), checkpoint(7), path(7, 20)],
  ['of two histories of one size', { ...checkpoint(7), root: sha256('other') }, checkpoint(7), []],
])('no proof holds %s', async (_, then, now, proof) => { expect(await beginsWith(then, now, proof)).toBe(false); });

it('reads a checkpoint by its three lines, and who signed', () => {
  expect(readCheckpoint(`log.example/audit\r\n7\n${Buffer.from(sha256('x')).toString('base64')}\n\n\u2014 log.example/audit AAAA\n`)).toMatchObject({ origin: 'log.example/audit', size: 7, signers: ['log.example/audit'] });
  for (const text of ['', 'log\nseven\nAAAA', 'log\n7\nshort=\n']) expect(readCheckpoint(text)).toBeUndefined();
});
