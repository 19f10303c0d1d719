import { isAbsolute, relative } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../../fhir/problem.ts';
import { mayShowValues } from '../../flow/may-show-values.ts';
import { readInput } from '../../flow/mapping/kind-examples.ts';
import { openWorkbench, type Workbench } from '../../flow/mapping/map-workbench.ts';
import type { NamedSource } from '../../flow/mapping/open-source.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { maskValue } from '../../flow/intake/mask-value.ts';

/** Options of every command that tries maps. */
export interface BenchOptions {
  mappings: string;
  json?: true;
  showValues?: true;
}

export function trying(context: CliContext, command: Command): Command {
  return command
    .option('--mappings <folder>', 'folder of the maps', context.mappingsDir)
    .option('--show-values', 'show values as they are: only of files that are known to be invented')
    .option('--json', 'print everything as one JSON object');
}

/** The maps a command works with; a folder below the working directory is named from there, so that an editor finds its files. */
export function openBench(context: CliContext, { mappings }: BenchOptions): Workbench {
  const from = relative(process.cwd(), mappings);
  return openWorkbench(from.startsWith('..') || isAbsolute(from) ? mappings : from, context.profilesDir, context.clock);
}

/** What of a value may be seen. */
export function showing({ showValues }: BenchOptions): (value: string) => string {
  return showValues ? (value) => value : maskValue;
}

/** The files with their bytes. Refused: one that cannot be read, or whose values are asked for and may not be shown. */
export function readSources(options: BenchOptions, paths: readonly string[]): NamedSource[] {
  return paths.map((path) => {
    const bytes = readOrNull(path);
    if (bytes === null) throw new Refusal({ category: 'not-found', code: 'file-unreadable', text: 'The file cannot be read.', at: { file: path }, fix: 'Check the path and the rights to it.' });
    const refused = options.showValues ? mayShowValues(options.mappings, path, bytes) : null;
    if (refused) throw new Refusal(refused);
    return { path, bytes };
  });
}

function readOrNull(path: string): ReturnType<typeof readInput> | null {
  try {
    return readInput(path);
  } catch {
    return null;
  }
}

/** Runs a command's work: a refusal is told problem by problem, and with `json` as its result too. Exit code 2 where something asked for is not there or not allowed, 1 for mistakes in it. */
export async function orFail(context: CliContext, work: () => Promise<void> | void, { json }: { json?: true } = {}): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    failEach(context, error.problems, json);
  }
}
