import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { commitmentOf, leafData, leafHash } from '../../src/audit/leaf.ts';
import { completedBy, consistencyPath, emptyRoot, grow, inclusionPath, nodeHash, rootOf, subtreesOf, type Frontier, type Range } from '../../src/audit/tree.ts';
import { entryOf } from './log-of.ts';
import { naiveLeaf, naivePath, naiveProof, naiveRoot } from './naive-tree.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The leaves that Certificate Transparency's implementations are tried with. */
const knownLeaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((data) => naiveLeaf(Buffer.from(data, 'hex')));
const knownRoots: [size: number, root: string][] = [
  [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'], [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'], [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'], [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
];

interface Grown {
  frontier: Frontier;
  /** what each entry keeps: its leaf's hash and those it completes */
  kept: Uint8Array[][];
}

function grownOf(leaves: readonly Uint8Array[]): Grown {
  let frontier: Frontier = { size: 0, peaks: [] };
  const kept = leaves.map((leaf) => {
    const { frontier: next, completed } = grow(frontier, leaf);
    frontier = next;
    return completed;
  });
  return { frontier, kept };
}

/** As the store answers: each whole subtree from the entry that completed it. */
const hashOf = ({ kept }: Grown, range: Range): Uint8Array => rootOf(subtreesOf(range).map((part) => kept[completedBy(part) - 1]?.[part.level] ?? Buffer.alloc(0)));

const manyLeaves = Array.from({ length: 300 }, (_, i) => createHash('sha256').update(`leaf ${i}`).digest());
const sizes = fc.integer({ min: 1, max: manyLeaves.length });

describe('a leaf', () => {
  const salt = Buffer.alloc(32, 7);

  it('is an RFC 6962 leaf over data that holds no word of the entry', () => {
    const leaf = { seq: 1, at: entryOf(0).at, commitment: commitmentOf(entryOf(0), salt) };
    const data = Buffer.from(leafData(leaf)).toString('utf8');
    expect(JSON.parse(data)).toEqual({ at: '2026-03-01T09:00:00.000Z', commitment: hex(leaf.commitment), seq: 1 });
    expect(hex(leafHash(leaf))).toBe(hex(naiveLeaf(Buffer.from(data))));
    expect(data).not.toMatch(/Grace|c1|Patient/);
  });

  it('of equal entries differs by its salt', () => {
    expect(hex(commitmentOf(entryOf(0), salt))).not.toBe(hex(commitmentOf(entryOf(0), Buffer.alloc(32, 8))));
  });

  it('does not depend on the order the entry\'s fields come back from a store', () => {
    const reordered = Object.fromEntries(Object.entries(entryOf(0)).reverse()) as unknown as ReturnType<typeof entryOf>;
    expect(hex(commitmentOf(reordered, salt))).toBe(hex(commitmentOf(entryOf(0), salt)));
  });

  it('wants a salt nobody can guess', () => {
    expect(() => commitmentOf(entryOf(0), Buffer.alloc(15))).toThrow(RangeError);
  });
});

describe('the tree', () => {
  it.each(knownRoots)('of %d known leaves has the known root', (size, root) => {
    expect(hex(rootOf(grownOf(knownLeaves.slice(0, size)).frontier.peaks))).toBe(root);
    expect(hex(naiveRoot(knownLeaves.slice(0, size)))).toBe(root);
  });

  it('of nothing is the hash of nothing, and a leaf is no node', () => {
    expect(hex(rootOf([]))).toBe(hex(emptyRoot));
    const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(hex(nodeHash(a, b))).not.toBe(hex(naiveLeaf(Buffer.concat([a, b]))));
    expect(() => nodeHash(a, Buffer.alloc(31))).toThrow(RangeError);
  });

  it('grown leaf by leaf is that of the definition, at every size', () => {
    for (let size = 0; size <= 130; size += 1) {
      const { frontier } = grownOf(manyLeaves.slice(0, size));
      expect([frontier.size, hex(rootOf(frontier.peaks))]).toEqual([size, hex(naiveRoot(manyLeaves.slice(0, size)))]);
    }
  });

  it('keeps with each entry what it completes: on average less than two hashes', () => {
    const { kept, frontier } = grownOf(manyLeaves);
    expect(kept.map(({ length }) => length).slice(0, 8)).toEqual([1, 2, 1, 3, 1, 2, 1, 4]);
    expect(kept.flat().length).toBe(2 * manyLeaves.length - frontier.peaks.length);
  });

  it('of any earlier size can be had from what is kept', () => {
    const grown = grownOf(manyLeaves);
    fc.assert(fc.property(sizes, (size) => { expect(hex(hashOf(grown, { start: 0, end: size }))).toBe(hex(naiveRoot(manyLeaves.slice(0, size)))); }));
  });

  it('refuses a frontier that is not of its size', () => {
    expect(() => grow({ size: 3, peaks: [Buffer.alloc(32)] }, Buffer.alloc(32))).toThrow(RangeError);
  });
});

describe('a path', () => {
  const grown = grownOf(manyLeaves);

  it('of an entry is PATH of the definition', () => {
    fc.assert(fc.property(sizes, fc.nat(), (size, pick) => {
      const index = pick % size;
      expect(inclusionPath(index, size).map((range) => hex(hashOf(grown, range)))).toEqual(naivePath(index, manyLeaves.slice(0, size)).map(hex));
    }), { numRuns: 300 });
  });

  it('of growth is PROOF of the definition', () => {
    fc.assert(fc.property(sizes, fc.nat(), (to, pick) => {
      const from = 1 + (pick % to);
      expect(consistencyPath(from, to).map((range) => hex(hashOf(grown, range)))).toEqual(naiveProof(from, manyLeaves.slice(0, to)).map(hex));
    }), { numRuns: 300 });
  });

  it('of ten million entries needs few rows, and none beyond 2^31 is lost to whole numbers', () => {
    for (const size of [10_000_000, 2 ** 31 + 5, 2 ** 45 + 3]) {
      for (const index of [0, 1, Math.floor(size / 3), size - 1]) {
        const path = inclusionPath(index, size);
        const rows = path.flatMap(subtreesOf);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(rows.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size)));
        expect(path.reduce((sum, { start, end }) => sum + end - start, 1)).toBe(size);
        expect(rows.every((row) => completedBy(row) <= size && Number.isInteger(row.index))).toBe(true);
      }
    }
  });

  it('of what is not there is refused', () => {
    for (const [index, size] of [[0, 0], [5, 5], [-1, 3]] as const) expect(() => inclusionPath(index, size)).toThrow(RangeError);
    for (const [from, to] of [[0, 3], [4, 3]] as const) expect(() => consistencyPath(from, to)).toThrow(RangeError);
  });
});
