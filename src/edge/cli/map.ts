import { Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import { coverageCommand } from './map-coverage.ts';
import { diffCommand } from './map-diff.ts';
import { explainCommand } from './map-explain.ts';
import { newCommand } from './map-new.ts';
import { tryCommand } from './map-try.ts';

/** `onestory map …`: what a map does with a file. Needs no gateway, and shows values masked. */
export function mapCommand(context: CliContext): Command {
  return new Command('map')
    .description('try, compare, explain and begin maps, without a gateway; values are masked')
    .addCommand(tryCommand(context))
    .addCommand(diffCommand(context))
    .addCommand(coverageCommand(context))
    .addCommand(explainCommand(context))
    .addCommand(newCommand(context));
}
