import { Command } from 'commander';

import { readConfig } from './config.ts';
import { personas } from './demo/personas.ts';
import type { CliContext } from './edge/cli/cli-context.ts';
import { describeProblem } from './edge/cli/describe-problem.ts';
import { tokenCommand } from './edge/cli/token.ts';
import type { Problem } from './fhir/problem.ts';

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
    token: env['ONESTORY_TOKEN'] ?? null,
    personas,
    clock: () => new Date(),
    print: (line) => { process.stdout.write(`${line}\n`); },
    fail: (problem) => { complain(problem); process.exitCode = 1; },
  };
  const program = new Command('onestory')
    .description('OneStory from the command line. Commands that touch the record call the running gateway.')
    .addCommand(tokenCommand(context));
  await program.parseAsync(argv);
}

function complain(problem: Problem): void {
  process.stderr.write(`${describeProblem(problem)}\n`);
}

await run(process.argv, process.env);
