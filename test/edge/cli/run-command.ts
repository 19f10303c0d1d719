import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { partnerPeople, personas, signatories } from '../../../src/demo/personas.ts';
import type { CliContext } from '../../../src/edge/cli/cli-context.ts';
import { describeProblem } from '../../../src/edge/cli/describe-problem.ts';
import { emergencyCommand } from '../../../src/edge/cli/emergency.ts';
import { feedCommand } from '../../../src/edge/cli/feed.ts';
import { linkCommand } from '../../../src/edge/cli/link.ts';
import { linkageCommand } from '../../../src/edge/cli/linkage.ts';
import { replayCommand } from '../../../src/edge/cli/replay.ts';
import type { Problem } from '../../../src/fhir/problem.ts';

export const root = join(import.meta.dirname, '..', '..', '..');

export interface CommandOutcome {
  out: string;
  problems: Problem[];
  /** what the parser itself says of a wrong call */
  errors: string;
  code: number;
}

/** Runs a command as src/cli.ts does, in this process. */
export async function runCommand(make: (context: CliContext) => Command, args: readonly string[], more: Partial<CliContext> = {}): Promise<CommandOutcome> {
  const outcome: CommandOutcome = { out: '', problems: [], errors: '', code: 0 };
  const end = (code: 1 | 2): void => { outcome.code = Math.max(outcome.code, code); };
  const context: CliContext = {
    baseUrl: 'http://127.0.0.1:1', dataDir: join(root, 'no-data'), rootDir: root, mappingsDir: join(root, 'mappings'), profilesDir: join(root, 'profiles'), token: null,
    personas: [...personas, ...partnerPeople, ...signatories], clock: () => new Date(), openRecord: () => Promise.reject(new Error('no record in this test')), whenStopped: () => () => undefined, print: (line) => { outcome.out += `${line}\n`; },
    fail: (problem, code = 1) => {
      outcome.problems.push(problem);
      end(code);
    },
    end, ...more,
  };
  try {
    await inProcess(make(context), (text) => { outcome.errors += text; }).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    outcome.code = error.exitCode;
  }
  return outcome;
}

/** Refuses a wrong call without ending the process. */
function inProcess(command: Command, writeErr: (text: string) => void): Command {
  for (const each of command.commands) inProcess(each, writeErr);
  return command.exitOverride().configureOutput({ writeErr });
}

const commands: Readonly<Record<string, (context: CliContext) => Command>> = { emergency: emergencyCommand, feed: feedCommand, link: linkCommand, linkage: linkageCommand, replay: replayCommand };

/** What a shell beside this gateway would show: exit code, standard output and standard error. */
export async function onestory({ dataDir, url }: { dataDir: string; url: string }, [name = '', ...args]: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const make = commands[name];
  if (!make) throw new Error(`no command is called ${name}`);
  const { code, out, problems, errors } = await runCommand(make, args, { dataDir, baseUrl: url });
  return { code, out, err: errors + problems.map((problem) => `${describeProblem(problem)}\n`).join('') };
}
