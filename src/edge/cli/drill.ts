import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { readKeys, verifyLog } from '../../../docs/verify-audit.mjs';
import { problemsOf } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { backUp, inspectRestored, restore, type BackupManifest, type VerifyLog } from '../../flow/audit/drill-backup.ts';
import type { Database } from '../../store/database.ts';
import { newBackupFolder, readManifest } from './backup-folder.ts';
import type { CliContext } from './cli-context.ts';
import { fileExists } from './write-new.ts';

interface DrillOptions {
  into?: string;
  keep?: string;
  checkpoint: string[];
  key?: string;
}

/** `onestory drill …`: whether a backup of this record could take its place. Exit code 1: something does not hold, 2: nothing could be looked at. */
export function drillCommand(context: CliContext): Command {
  return new Command('drill').description('backs the record up, restores it into an empty database, and checks what came out').addCommand(runCommand(context)).addCommand(inspectCommand(context));
}

/** `onestory drill run`: the record of DATABASE_URL or DATA_DIR, into another database. */
function runCommand(context: CliContext): Command {
  return checking(new Command('run').description('copy the record of DATABASE_URL or DATA_DIR out, into an empty database, and check it'))
    .option('--into <where>', 'postgres://… of an empty database, or a folder for an embedded one; without it an embedded one that is thrown away')
    .option('--keep <folder>', 'keep the copy in this folder; without it it is thrown away')
    .action((options: DrillOptions) => reporting(context, async () => {
      if (options.keep !== undefined && existsSync(options.keep)) throw new Refusal(fileExists);
      const scratch = mkdtempSync(join(tmpdir(), 'onestory-drill-'));
      let unfinished = options.keep;
      const leaveNothing = (): void => { for (const folder of unfinished === undefined ? [scratch] : [scratch, unfinished]) rmSync(folder, { recursive: true, force: true }); };
      const forget = context.whenStopped(leaveNothing);
      try {
        const folder = newBackupFolder(options.keep ?? join(scratch, 'backup'));
        const manifest = await withRecord(context, null, (database) => timed(context, 'Backed up', () => backUp(database, folder, context.clock)), true);
        await folder.finish(manifest);
        unfinished = undefined;
        context.print(`  ${manifest.tables.length} tables, ${manifest.tables.reduce((sum, { rows }) => sum + rows, 0)} rows, ${manifest.tally.citizens} citizens, ${manifest.auditSize} entries of the audit log`);
        await withRecord(context, options.into ?? join(scratch, 'restored'), async (database) => {
          await timed(context, 'Restored', () => restore(database, manifest, folder));
          await tell(context, database, options, manifest);
        });
      } finally {
        forget();
        leaveNothing();
      }
    }));
}

/** `onestory drill inspect <where>`: a database that was restored by whatever means. */
function inspectCommand(context: CliContext): Command {
  return checking(new Command('inspect').description('check a database that was restored by other means, such as pg_dump or a base backup, before it is put to work'))
    .argument('<where>', 'postgres://…, or the folder of an embedded one')
    .option('--keep <folder>', 'a copy that onestory drill run kept, to compare the rows by citizen with')
    .action((where: string, options: DrillOptions) => reporting(context, () => withRecord(context, where, (database) => tell(context, database, options, options.keep === undefined ? null : readManifest(options.keep)), true)));
}

function checking(command: Command): Command {
  return command.option('--checkpoint <file>', 'a checkpoint that was kept elsewhere; several may be given', (file: string, before: string[]) => [...before, file], [])
    .option('--key <key>', 'the log\'s keys, or a file of them; without it no signature is checked');
}

async function tell(context: CliContext, database: Database, { checkpoint, key }: DrillOptions, manifest: BackupManifest | null): Promise<void> {
  const keys = key === undefined ? null : readKeys(existsSync(key) ? readFileSync(key, 'utf8') : key);
  if (key !== undefined && keys === null) throw new Refusal(noKeys);
  const kept = [...checkpoint.map((file) => readFileSync(file, 'utf8')), ...(manifest?.checkpoint ? [manifest.checkpoint] : [])];
  const verify: VerifyLog = (lines, checkpoints) => verifyLog(lines, checkpoints, keys);
  const { findings, notes, tally, auditSize } = await timed(context, 'Checked', () => inspectRestored(database, kept, verify, manifest));
  context.print(`  ${tally.rows} rows of ${tally.citizens} citizens, ${auditSize} entries of the audit log`);
  for (const { finding, text } of findings) context.print(`WRONG  ${text} [${finding}]`);
  for (const note of notes) context.print(`note   ${note}`);
  if (kept.length === 0) context.print('note   No checkpoint was given: nothing shows that these are all the entries there were.');
  if (findings.length === 0) context.print('holds');
  else context.end(1);
}

async function withRecord<Result>(context: CliContext, where: string | null, work: (database: Database) => Promise<Result>, asItIs = false): Promise<Result> {
  const database = await context.openRecord(where, asItIs);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function timed<Result>(context: CliContext, what: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await work();
  context.print(`${what} in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return result;
}

/** What stands in the way is told, and ends the drill with 2. */
async function reporting(context: CliContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    for (const problem of error instanceof Refusal ? problemsOf(error) : [drillFailed]) context.fail(problem, 2);
  }
}

const drillFailed: Problem = { category: 'internal', code: 'drill-failed', text: 'The drill could not be done to its end.', fix: 'Look at what stood in the way, and try again.' };
const noKeys: Problem = { category: 'invalid', code: 'audit-keys-malformed', text: 'What --key names are no keys to check checkpoints with.', expected: 'lines as onestory audit keys prints them' };
