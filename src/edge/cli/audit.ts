import { Command } from 'commander';
import { auditAccessReport } from './audit-access-report.ts';
import { auditReplay } from './audit-replay.ts';
import { auditReport } from './audit-report.ts';
import type { CliContext } from './cli-context.ts';

/** `onestory audit …`: what the log answers. */
export function auditCommand(context: CliContext): Command {
  return new Command('audit')
    .description('who looked at whom and why: reports, a citizen\'s own report, and looks made plain again')
    .addCommand(auditReport(context))
    .addCommand(auditReplay(context))
    .addCommand(auditAccessReport(context));
}
