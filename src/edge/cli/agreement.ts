import { Command } from 'commander';
import { activateCommand, listCommand, proposeCommand, signCommand, terminateCommand } from './agreement-register.ts';
import { checkCommand, diffCommand } from './agreement-text.ts';
import { whatIfCommand } from './agreement-what-if.ts';
import type { CliContext } from './cli-context.ts';

/** `onestory agreement …`: from a text to an agreement in force, and its end. `check` and `diff` need no gateway. */
export function agreementCommand(context: CliContext): Command {
  return new Command('agreement')
    .description('check, compare, propose, sign, activate and end data-sharing agreements')
    .addCommand(checkCommand(context))
    .addCommand(diffCommand(context))
    .addCommand(whatIfCommand(context))
    .addCommand(listCommand(context))
    .addCommand(proposeCommand(context))
    .addCommand(signCommand(context))
    .addCommand(activateCommand(context))
    .addCommand(terminateCommand(context));
}
