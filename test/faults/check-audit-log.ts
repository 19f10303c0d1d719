import { verifyLog, type Report } from '../../docs/verify-audit.mjs';
import { checkpointText, signedNote } from '../../src/audit/checkpoint.ts';
import { rootOf } from '../../src/audit/tree.ts';
import { lineOfKept, wordsSaid } from '../../src/flow/audit/log-lines.ts';
import { readLog } from '../../src/store/audit/audit-log.ts';
import { readHead } from '../../src/store/audit/audit-tree.ts';
import type { Database } from '../../src/store/database.ts';
import { newSigner } from '../audit/log-of.ts';

const together = 1_000;

/** The stored log as lines, oldest first. */
export async function* storedLines(database: Database): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const entries = await readLog(database, wordsSaid, { after, last: Number.MAX_SAFE_INTEGER, limit: together });
    yield* entries.map(lineOfKept);
    if (entries.length < together) return;
    after = entries.at(-1)?.seq ?? 0;
  }
}

/** What the head says now, as a checkpoint of it would. */
export async function headNote(database: Database): Promise<string> {
  const head = await readHead(database);
  return signedNote(checkpointText({ origin: 'test', size: head.size, root: rootOf(head.peaks) }), [newSigner('test')]);
}

/** The stored log as partners check it, against these checkpoints or its own head. */
export async function verifyStoredLog(database: Database, notes?: readonly string[]): Promise<Report> {
  return verifyLog(storedLines(database), notes ?? [await headNote(database)]);
}

export async function checkAuditLog(database: Database): Promise<{ entries: number; violations: string[] }> {
  const [counted] = await database.query<{ n: number }>('select count(*)::int as n from audit_entry');
  return { entries: counted?.n ?? 0, violations: (await verifyStoredLog(database)).findings.map(({ text }) => text) };
}
