import { join } from 'node:path';
import type { Command } from 'commander';
import { partnerPeople, personas, signatories } from '../../../src/demo/personas.ts';
import type { CliContext } from '../../../src/edge/cli/cli-context.ts';
import type { Problem } from '../../../src/fhir/problem.ts';

export const root = join(import.meta.dirname, '..', '..', '..');

export interface CommandOutcome {
  out: string;
  problems: Problem[];
  code: number;
}

/** Runs a command as src/cli.ts does, in this process. */
export async function runCommand(make: (context: CliContext) => Command, args: readonly string[], more: Partial<CliContext> = {}): Promise<CommandOutcome> {
  const outcome: CommandOutcome = { out: '', problems: [], code: 0 };
  const end = (code: 1 | 2): void => { outcome.code = Math.max(outcome.code, code); };
  const context: CliContext = {
    baseUrl: 'http://127.0.0.1:1', dataDir: join(root, 'no-data'), rootDir: root, mappingsDir: join(root, 'mappings'), profilesDir: join(root, 'profiles'), token: null,
    personas: [...personas, ...partnerPeople, ...signatories], clock: () => new Date(), openRecord: () => Promise.reject(new Error('no record in this test')), print: (line) => { outcome.out += `${line}\n`; },
    fail: (problem, code = 1) => {
      outcome.problems.push(problem);
      end(code);
    },
    end, ...more,
  };
  await make(context).parseAsync(args, { from: 'user' });
  return outcome;
}
