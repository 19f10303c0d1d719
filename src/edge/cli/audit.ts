import { Command } from 'commander';
import { checkpointCommand, keysCommand, newKeyCommand } from './audit-checkpoint.ts';
import { exportCommand, proofCommand, redactCommand } from './audit-log.ts';
import { verifyCommand, verifyEntryCommand, verifyGrowthCommand } from './audit-verify.ts';
import type { CliContext } from './cli-context.ts';

/** `onestory audit …`: checkpoints of the log, its export, proofs, and checking all of them without the gateway. */
export function auditCommand(context: CliContext): Command {
  return new Command('audit')
    .description('checkpoints, export and proofs of the audit log, and checking them off-line')
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
