import { Command } from 'commander';
import { compareMaps, type ChangedResource, type FileDifference } from '../../flow/mapping/compare-maps.ts';
import { examplesOf, findTarget } from '../../flow/mapping/kind-examples.ts';
import { openWorkbench, type Workbench } from '../../flow/mapping/map-workbench.ts';
import { withBaseMaps } from './base-maps.ts';
import type { CliContext } from './cli-context.ts';
import { openBench, orFail, readSources, showing, trying, type BenchOptions } from './map-bench.ts';

type DiffOptions = BenchOptions & { base: string; part?: string };

/** `onestory map diff --base <version|folder> [kind|feed] [files…]`: exit code 0 whatever differs, 1 when maps have mistakes, 2 when something asked for is not there. */
export function diffCommand(context: CliContext): Command {
  return trying(context, new Command('diff').description('what files become now, and what they became under other maps'))
    .requiredOption('--base <version|folder>', 'what to compare with: a branch, tag or commit, or a folder of maps')
    .argument('[kind|feed]', 'default: every kind')
    .argument('[files...]', 'default: the examples of the kind')
    .option('--part <name>', 'the part of its kind every file is')
    .action((target: string | undefined, files: string[], options: DiffOptions) => orFail(context, async () => {
      const after = openBench(context, options);
      const asked = target === undefined ? [...after.mappings.kinds.keys()] : [target];
      const sources = await Promise.all(asked.map(async (each) => ({ target: each, sources: readSources(options, files.length > 0 ? files : inputsOf(after, each)) })));
      await withBaseMaps(options.base, options.mappings, async (folder) => {
        const before = openWorkbench(folder, context.profilesDir, context.clock);
        const compared = await Promise.all(sources.map(async ({ target: name, sources: own }) => ({
          target: name, files: await Promise.all(own.map((source) => compareMaps(before, after, name, source, { part: options.part ?? null, show: showing(options) }))),
        })));
        if (options.json) context.print(JSON.stringify({ compared }, null, 2));
        else for (const line of compared.flatMap(({ target: name, files: own }) => [...own.flatMap(sayFile), ...saySum(name, own)])) context.print(line);
      });
    }, options));
}

function inputsOf(bench: Workbench, target: string): string[] {
  const { kind } = findTarget(bench.mappings, target);
  return examplesOf(bench.folder, kind.name).map(({ input }) => input);
}

function sayFile({ file, changes, problems }: FileDifference): string[] {
  return [
    ...changes.flatMap((change) => [`${file}  ${change.type} ${change.number} ${change.effect}`, ...change.paths.map(({ path, before, after }) =>
      `    ${path}  ${before === undefined ? 'none' : `"${before}"`} -> ${after === undefined ? 'none' : `"${after}"`}`)]),
    ...problems.map(({ code, field, before, after }) => `${file}  ${code}${field === '' ? '' : ` at ${field}`}: ${before} before, ${after} now`),
  ];
}

/** Which elements changed how often over all files, places in lists taken together. */
function saySum(target: string, files: readonly FileDifference[]): string[] {
  const changes = files.flatMap((file) => file.changes);
  const count = (effect: ChangedResource['effect']): number => changes.filter((change) => change.effect === effect).length;
  const paths = Map.groupBy(changes.flatMap((change) => change.paths.map(({ path }) => path.replace(/\[\d+\]/g, ''))), (path) => path);
  return [
    `${target}: ${files.length} files, ${files.reduce((sum, { resources }) => sum + resources, 0)} resources, ${count('changed')} changed, ${count('added')} added, ${count('removed')} removed`,
    ...[...paths].map(([path, all]) => `    ${path}  ${all.length}`),
  ];
}
