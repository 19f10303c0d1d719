import { Command } from 'commander';
import { auditAccessReport } from './audit-access-report.ts';
import { checkpointCommand, keysCommand, newKeyCommand } from './audit-checkpoint.ts';
import { exportCommand, proofCommand, redactCommand } from './audit-log.ts';
import { auditReplay } from './audit-replay.ts';
import { auditReport } from './audit-report.ts';
import { verifyCommand, verifyEntryCommand, verifyGrowthCommand } from './audit-verify.ts';
import type { CliContext } from './cli-context.ts';

/** `onestory audit …`: what the log answers, its checkpoints, export and proofs, and checking all of them without the gateway. */
export function auditCommand(context: CliContext): Command {
  return new Command('audit')
    .description('who looked at whom and why; checkpoints, export and proofs of the log, and checking them off-line')
    .addCommand(auditReport(context))
    .addCommand(auditReplay(context))
    .addCommand(auditAccessReport(context))
    .addCommand(checkpointCommand(context))
    .addCommand(keysCommand(context))
    .addCommand(newKeyCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(proofCommand(context))
    .addCommand(redactCommand(context))
    .addCommand(verifyCommand(context))
    .addCommand(verifyEntryCommand(context))
    .addCommand(verifyGrowthCommand(context));
}
