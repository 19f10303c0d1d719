import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { chainHash, emptyChain, verifyChain } from '../../src/audit/chain.ts';
import type { ChainHead, ChainRow } from '../../src/audit/chain.ts';
import { commitmentOf, leafData, leafHash } from '../../src/audit/leaf.ts';
import type { AuditEntry } from '../../src/audit/types.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function entry(n: number): AuditEntry {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, at: new Date(Date.UTC(2026, 2, 1, 9, 0, n)).toISOString(), request: `r-${n}`,
    who: { client: 'viewer', person: { id: 'p1', name: 'Grace Ward' } }, purpose: 'TREAT', interaction: 'read', query: 'Patient/c1', citizen: 'c1',
    outcome: 'permitted', status: 200, disclosed: [`Patient/s1/_history/${n + 1}`], custodians: [], decisions: [], withheld: [],
  };
}

function log(size: number): ChainRow[] {
  let previous = emptyChain;
  return Array.from({ length: size }, (_, i) => {
    const salt = createHash('sha256').update(`salt ${i}`).digest();
    const leaf = { seq: i + 1, at: entry(i).at, commitment: commitmentOf(entry(i), salt) };
    previous = chainHash(previous, leafHash(leaf));
    return { ...leaf, chainHash: previous, entry: entry(i), salt };
  });
}

/** What a partner keeps elsewhere. */
const headOf = (rows: ChainRow[]): ChainHead => ({ size: rows.length, chainHash: rows.at(-1)?.chainHash ?? emptyChain });

/** Somebody with every right on the database who recomputes the hashes after his change, but cannot reach a head kept elsewhere. */
function rechained(rows: readonly ChainRow[]): ChainRow[] {
  let previous = emptyChain;
  return rows.map((row, i) => {
    const leaf = { seq: i + 1, at: row.at, commitment: row.entry && row.salt ? commitmentOf(row.entry, row.salt) : row.commitment };
    previous = chainHash(previous, leafHash(leaf));
    return { ...row, ...leaf, chainHash: previous };
  });
}

describe('a leaf', () => {
  const salt = Buffer.alloc(32, 7);

  it('is an RFC 6962 leaf over data that holds no word of the entry', () => {
    const leaf = { seq: 1, at: entry(0).at, commitment: commitmentOf(entry(0), salt) };
    const data = Buffer.from(leafData(leaf)).toString('utf8');
    expect(JSON.parse(data)).toEqual({ at: '2026-03-01T09:00:00.000Z', commitment: hex(leaf.commitment), seq: 1 });
    expect(hex(leafHash(leaf))).toBe(createHash('sha256').update(Buffer.concat([Buffer.from([0]), Buffer.from(data)])).digest('hex'));
    expect(data).not.toMatch(/Grace|c1|Patient/);
  });

  it('of equal entries differs by its salt', () => {
    expect(hex(commitmentOf(entry(0), salt))).not.toBe(hex(commitmentOf(entry(0), Buffer.alloc(32, 8))));
  });

  it('does not depend on the order the entry\'s fields come back from a store', () => {
    const reordered = Object.fromEntries(Object.entries(entry(0)).reverse()) as unknown as AuditEntry;
    expect(hex(commitmentOf(reordered, salt))).toBe(hex(commitmentOf(entry(0), salt)));
  });

  it('wants a salt nobody can guess', () => {
    expect(() => commitmentOf(entry(0), Buffer.alloc(15))).toThrow(RangeError);
  });
});

describe('the chain', () => {
  it('of nothing is the hash of the empty tree', () => {
    expect(hex(emptyChain)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(verifyChain([])).toEqual({ kind: 'whole', head: { size: 0, chainHash: emptyChain } });
  });

  it('is whole as written, in one piece and in several', () => {
    const rows = log(9);
    expect(verifyChain(rows, { head: headOf(rows) })).toEqual({ kind: 'whole', head: headOf(rows) });
    expect(verifyChain(rows.slice(4), { after: headOf(rows.slice(0, 4)), head: headOf(rows) })).toEqual({ kind: 'whole', head: headOf(rows) });
  });

  it('stays whole when content is erased, salt and all', () => {
    const rows = log(5).map((row) => (row.seq === 3 ? { ...row, entry: null, salt: null } : row));
    expect(verifyChain(rows).kind).toBe('whole');
  });

  it('that has grown still meets an older head', () => {
    const rows = log(6);
    expect(verifyChain(rows, { head: headOf(rows.slice(0, 4)) }).kind).toBe('whole');
  });

  const at = (rows: ChainRow[], i: number): ChainRow => rows[i] as ChainRow;
  const damages: [string, (rows: ChainRow[], i: number) => ChainRow[]][] = [
    ['an entry edited', (rows, i) => rows.map((row, j) => (i === j && row.entry ? { ...row, entry: { ...row.entry, outcome: 'denied' } } : row))],
    ['an entry and its commitment edited', (rows, i) => rows.map((row, j) => {
      if (i !== j || !row.entry || !row.salt) return row;
      const edited = { ...row.entry, citizen: 'c2' };
      return { ...row, entry: edited, commitment: commitmentOf(edited, row.salt) };
    })],
    ['an instant edited', (rows, i) => rows.map((row, j) => (i === j ? { ...row, at: '2020-01-01T00:00:00.000Z' } : row))],
    ['a salt exchanged', (rows, i) => rows.map((row, j) => (i === j ? { ...row, salt: Buffer.alloc(32) } : row))],
    ['a row deleted', (rows, i) => rows.toSpliced(i, 1)],
    ['a row deleted and the rest renumbered', (rows, i) => rows.toSpliced(i, 1).map((row, j) => ({ ...row, seq: j + 1 }))],
    ['a row inserted', (rows, i) => rows.toSpliced(i, 0, { ...at(log(20), 19), seq: i + 1 })],
    ['a row doubled', (rows, i) => rows.toSpliced(i, 0, at(rows, i))],
    ['two rows exchanged', (rows, i) => rows.with(i, at(rows, i === 0 ? 1 : 0)).with(i === 0 ? 1 : 0, at(rows, i))],
    ['two rows exchanged and renumbered', (rows, i) => rows.with(i, at(rows, i === 0 ? 1 : 0)).with(i === 0 ? 1 : 0, at(rows, i)).map((row, j) => ({ ...row, seq: j + 1 }))],
    ['a chain hash edited', (rows, i) => rows.map((row, j) => (i === j ? { ...row, chainHash: emptyChain } : row))],
    ['content erased without its salt', (rows, i) => rows.map((row, j) => (i === j ? { ...row, entry: null } : row))],
  ];

  it.each(damages)('%s is found, where it is', (_, damage) => {
    fc.assert(fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(), (size, pick) => {
      const rows = log(size);
      const i = pick % size;
      const damaged = damage(rows, i);
      const finding = verifyChain(damaged, { head: headOf(rows) });
      expect(finding.kind).toBe('broken');
      const firstTouched = damaged.findIndex((row, j) => row !== rows[j] && JSON.stringify(row) !== JSON.stringify(rows[j]));
      if (finding.kind === 'broken') expect(finding.index).toBe(firstTouched === -1 ? damaged.length : firstTouched);
    }), { numRuns: 60 });
  });

  it('cut short looks whole by itself, and is found by a head kept elsewhere', () => {
    const rows = log(7);
    expect(verifyChain(rows.slice(0, 5)).kind).toBe('whole');
    expect(verifyChain(rows.slice(0, 5), { head: headOf(rows) })).toEqual({ kind: 'broken', index: 5, reason: 'truncated' });
    expect(verifyChain([], { head: headOf(rows) })).toEqual({ kind: 'broken', index: 0, reason: 'truncated' });
  });

  it.each(damages.filter(([name]) => !/hash|salt|renumbered|instant/.test(name)))('%s and every hash recomputed is found by a head kept elsewhere', (_, damage) => {
    const rows = log(6);
    const forged = rechained(damage(rows, 2));
    expect(verifyChain(forged).kind).toBe('whole');
    expect(verifyChain(forged, { head: headOf(rows) }).kind).toBe('broken');
  });

  it('hash is no RFC 6962 node hash of the same two values', () => {
    const [a, b] = [createHash('sha256').update('a').digest(), createHash('sha256').update('b').digest()];
    const node = createHash('sha256').update(Buffer.concat([Buffer.from([1]), a, b])).digest();
    expect(hex(chainHash(a, b))).not.toBe(hex(node));
    expect(() => chainHash(a, Buffer.alloc(31))).toThrow(RangeError);
  });
});
