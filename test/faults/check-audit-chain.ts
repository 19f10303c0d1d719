import { verifyChain, type ChainFinding, type ChainHead } from '../../src/audit/chain.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { readChain } from '../../src/store/audit-trail.ts';
import type { Database } from '../../src/store/database.ts';

const pieceSize = 1_000;

/** Recomputes the stored chain in pieces, up to the head the database keeps. */
export async function verifyStoredChain(database: Database): Promise<ChainFinding> {
  let after: ChainHead | undefined;
  for (;;) {
    const rows = await readChain(database, after?.size ?? 0, pieceSize);
    const finding = verifyChain(rows.map(({ entry, ...row }) => {
      const parsed = JSON.parse(entry) as AuditEntry;
      return { ...row, at: parsed.at, entry: parsed };
    }), { ...(after && { after }) });
    if (finding.kind === 'broken') return finding;
    after = finding.head;
    if (rows.length < pieceSize) break;
  }
  const [head] = await database.query<{ seq: string; chain_hash: Buffer }>('select seq, chain_hash from audit_head');
  return verifyChain([], { after, head: { size: Number(head?.seq ?? 0), chainHash: head?.chain_hash ?? Buffer.alloc(0) } });
}

export async function checkAuditChain(database: Database): Promise<{ entries: number; violations: string[] }> {
  const [counted] = await database.query<{ n: number }>('select count(*)::int as n from audit_entry');
  const finding = await verifyStoredChain(database);
  return { entries: counted?.n ?? 0, violations: finding.kind === 'whole' ? [] : [`the chain is broken at ${finding.index}: ${finding.reason}`] };
}
