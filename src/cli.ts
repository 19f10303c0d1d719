import { join } from 'node:path';
import { Command } from 'commander';

import { readConfig } from './config.ts';
import { partnerPeople, personas, signatories } from './demo/personas.ts';
import { agreementCommand } from './edge/cli/agreement.ts';
import { auditCommand } from './edge/cli/audit.ts';
import { clientCommand } from './edge/cli/client.ts';
import { caseCommand } from './edge/cli/case.ts';
import type { CliContext } from './edge/cli/cli-context.ts';
import { conformanceCommand } from './edge/cli/conformance.ts';
import { describeProblem } from './edge/cli/describe-problem.ts';
import { drillCommand } from './edge/cli/drill.ts';
import { emergencyCommand } from './edge/cli/emergency.ts';
import { evidenceCommand } from './edge/cli/evidence.ts';
import { holdBackCommand } from './edge/cli/hold-back.ts';
import { importCommand } from './edge/cli/import.ts';
import { legalHoldCommand } from './edge/cli/legal-hold.ts';
import { linkCommand } from './edge/cli/link.ts';
import { linkageCommand } from './edge/cli/linkage.ts';
import { mapCommand } from './edge/cli/map.ts';
import { feedCommand } from './edge/cli/feed.ts';
import { replayCommand } from './edge/cli/replay.ts';
import { retentionCommand } from './edge/cli/retention.ts';
import { sensitiveCodesCommand } from './edge/cli/sensitive-codes.ts';
import { tokenCommand } from './edge/cli/token.ts';
import type { Problem } from './fhir/problem.ts';
import { openRecord, openRecordAt } from './open-record.ts';

/** The command line: results on standard output, everything else on standard error, exit code 0, 1 or 2. */
async function run(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const result = readConfig(env);
  if ('problems' in result) {
    for (const problem of result.problems) complain(problem);
    process.exitCode = 2;
    return;
  }
  const context: CliContext = {
    baseUrl: result.config.baseUrl,
    dataDir: result.config.dataDir,
    rootDir: join(import.meta.dirname, '..'),
    mappingsDir: join(import.meta.dirname, '..', 'mappings'),
    profilesDir: join(import.meta.dirname, '..', 'profiles'),
    token: env['ONESTORY_TOKEN'] || null,
    personas: [...personas, ...partnerPeople, ...signatories],
    clock: () => new Date(),
    openRecord: (where, asItIs) => (where === null ? openRecord(result.config, asItIs) : openRecordAt(where, asItIs)),
    whenStopped,
    print: (line) => { process.stdout.write(`${harmless(line)}\n`); },
    fail: (problem, exitCode = 1) => {
      complain(problem);
      end(exitCode);
    },
    end,
  };
  const program = new Command('onestory')
    .description('OneStory from the command line. Commands that touch the record call the running gateway.')
    .addCommand(tokenCommand(context))
    .addCommand(agreementCommand(context))
    .addCommand(auditCommand(context))
    .addCommand(clientCommand(context))
    .addCommand(drillCommand(context))
    .addCommand(caseCommand(context))
    .addCommand(emergencyCommand(context))
    .addCommand(evidenceCommand(context))
    .addCommand(holdBackCommand(context))
    .addCommand(legalHoldCommand(context))
    .addCommand(retentionCommand(context))
    .addCommand(linkCommand(context))
    .addCommand(linkageCommand(context))
    .addCommand(mapCommand(context))
    .addCommand(importCommand(context))
    .addCommand(feedCommand(context))
    .addCommand(replayCommand(context))
    .addCommand(sensitiveCodesCommand(context))
    .addCommand(conformanceCommand(context));
  await program.parseAsync(argv);
}

/** Whoever reads the output may have had enough of it (`| head`): that is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** A stopped command leaves nothing behind it that it would have taken away at its end. */
function whenStopped(work: () => void): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    work();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return () => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop); };
}

/** The worst of all exit codes counts. */
function end(exitCode: 1 | 2): void {
  process.exitCode = Math.max(exitCode, Number(process.exitCode ?? 0));
}

function complain(problem: Problem): void {
  process.stderr.write(`${harmless(describeProblem(problem))}\n`);
}

/** Texts of files and of a gateway may hold what steers a terminal. */
function harmless(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, ' ');
}

await run(process.argv, process.env);
