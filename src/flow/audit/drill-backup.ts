import { readCheckpoint } from '../../audit/checkpoint.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { readLog } from '../../store/audit/audit-log.ts';
import { readHead } from '../../store/audit/audit-tree.ts';
import { copyIn, copyOut, tallyOf, type CopiedTable, type RecordTally } from '../../store/audit/backup.ts';
import type { Database } from '../../store/database.ts';
import { lineOfKept, wordsSaid } from './log-lines.ts';

/** What a backup says of itself. */
export interface BackupManifest {
  madeAt: string;
  tables: CopiedTable[];
  tally: RecordTally;
  /** entries of the audit log */
  auditSize: number;
  /** the newest signed checkpoint in it; null = none was ever made */
  checkpoint: string | null;
}

/** Where a backup's rows are kept: a file for each table. */
export interface BackupFiles {
  write: (table: string, rows: string[]) => Promise<void>;
  read: (table: string) => AsyncIterable<string[]>;
}

const entriesTogether = 500;

/** Copies the whole record out, as of one moment. */
export async function backUp(database: Database, files: Pick<BackupFiles, 'write'>, clock: () => Date): Promise<BackupManifest> {
  const madeAt = clock().toISOString();
  return { madeAt, ...await copyOut(database, files.write) };
}

/** Puts a backup into an empty database; refused where there is a record already. */
export async function restore(database: Database, { tables }: BackupManifest, files: Pick<BackupFiles, 'read'>): Promise<void> {
  if (!await copyIn(database, tables.map(({ table }) => table), files.read)) throw new Refusal(notEmpty);
}

/** Something about a restored record that does not hold. */
export interface DrillFinding {
  /** as docs/verify-audit.mjs calls it, or one of a drill's own */
  finding: string;
  text: string;
}

/** Checks a log as docs/verify-audit.mjs does. */
export type VerifyLog = (lines: AsyncIterable<string>, checkpoints: readonly string[]) => Promise<{ findings: { code: string; text: string }[]; notes: string[] }>;

/**
 * What a restored record is: its log entry by entry against every checkpoint that was kept, its rows by citizen against what
 * the backup counted. Checkpoints beyond its end show that the backup is older than what was signed.
 */
export async function inspectRestored(database: Database, checkpoints: readonly string[], verify: VerifyLog, manifest: BackupManifest | null): Promise<{ findings: DrillFinding[]; notes: string[]; tally: RecordTally; auditSize: number }> {
  const { size } = await readHead(database);
  const ahead = checkpoints.flatMap((note) => readCheckpoint(note)?.size ?? []).filter((signed) => signed > size);
  const log = await verify(logLines(database, size), checkpoints.filter((note) => (readCheckpoint(note)?.size ?? 0) <= size));
  const tally = await tallyOf(database);
  const same = manifest === null || (['citizens', 'rows', 'byCitizen'] as const).every((each) => manifest.tally[each] === tally[each]);
  return {
    tally, auditSize: size, notes: log.notes,
    findings: [
      ...log.findings.map(({ code, text }) => ({ finding: code, text })),
      ...(ahead.length > 0 ? [{ finding: 'backup-older', text: `The log ends after ${size} entries, and one of ${Math.max(...ahead)} was signed: the backup is from before that.` }] : []),
      ...(same ? [] : [{ finding: 'rows-differ', text: `Rows by citizen are not what the backup counted: ${tally.rows} rows of ${tally.citizens} citizens, where it had ${manifest.tally.rows} of ${manifest.tally.citizens}.` }]),
      ...(manifest === null || manifest.auditSize === size ? [] : [{ finding: 'entries-differ', text: `The log has ${size} entries, where the backup counted ${manifest.auditSize}.` }]),
    ],
  };
}

async function* logLines(database: Database, size: number): AsyncGenerator<string> {
  for (let after = 0; after < size;) {
    const entries = await readLog(database, wordsSaid, { after, last: size, limit: entriesTogether });
    if (entries.length === 0) return; // cut off: the verifier says so
    yield* entries.map(lineOfKept);
    after = entries.at(-1)?.seq ?? size;
  }
}

const notEmpty: Problem = { category: 'conflict', code: 'restore-not-empty', text: 'The database to restore into holds a record already; it stays as it is.', fix: 'Name a new, empty database.' };
