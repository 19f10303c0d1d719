import { completedBy, rootOf, subtreesOf, type Range } from '../../audit/tree.ts';
import type { Problem } from '../../fhir/problem.ts';
import { readSubtrees } from '../../store/audit/audit-tree.ts';
import type { Database } from '../../store/database.ts';

/** The hashes of these ranges of the log's leaves, in their order: RFC 6962's MTH of each. One question to the database for all; null where the log lacks one. */
export async function hashesOf(database: Database, ranges: readonly Range[]): Promise<Uint8Array[] | null> {
  const parts = ranges.map(subtreesOf);
  const hashes = await readSubtrees(database, parts.flat().map((part) => ({ ...part, completedBy: completedBy(part) })));
  if (!hashes) return null;
  let taken = 0;
  return parts.map(({ length }) => rootOf(hashes.slice(taken, taken += length)));
}

/** Whether the tree of the first `size` entries, by what is kept with them, has this root. */
export async function hasRoot(database: Database, size: number, root: Uint8Array): Promise<boolean> {
  const [found] = await hashesOf(database, [{ start: 0, end: size }]) ?? [];
  return found !== undefined && Buffer.compare(found, root) === 0;
}

/** Whoever relies on the log must hear of this. */
export const logBroken: Problem = {
  category: 'internal', code: 'audit-log-broken', text: 'The audit log is not what it was when its last checkpoint was signed.', fix: 'Repair nothing. Keep a copy of the database, export the log, and see docs/audit.md.',
};
