import { join } from 'node:path';
import { Command } from 'commander';
import { coverKind, type MapCoverage } from '../../flow/mapping/map-coverage.ts';
import type { CliContext } from './cli-context.ts';
import { openBench, orFail, type BenchOptions } from './map-bench.ts';

/** `onestory map coverage <kind>`: exit code 1 when the examples leave a field behind or a column unshown. Rules that never fired are told and fail nothing. */
export function coverageCommand(context: CliContext): Command {
  return new Command('coverage')
    .description('what the examples of a kind leave untried: fields nothing reads, elements nothing sets')
    .argument('<kind>', 'a kind such as cld')
    .option('--mappings <folder>', 'folder of the maps', context.mappingsDir)
    .option('--json', 'print everything as one JSON object')
    .action((kind: string, options: BenchOptions) => orFail(context, async () => {
      const bench = openBench(context, options);
      const covered = await coverKind(bench, kind);
      if (options.json) context.print(JSON.stringify(covered, null, 2));
      else for (const line of sayCoverage(covered, bench.folder)) context.print(line);
      if (covered.fields.unmapped.length + covered.notShown.length > 0) context.end(1);
    }, options));
}

function sayCoverage({ kind, examples, fields, reasons, notShown, targets }: MapCoverage, folder: string): string[] {
  const total = Object.values(fields).reduce((sum, each) => sum + each.length, 0);
  return [
    ...examples.map(({ name, rows, ok, left }) => `${name}  rows ${ok}/${rows} mapped${left.length === 0 ? '' : `  left behind: ${left.join(', ')}`}`),
    ...fields.unmapped.map((field) => `${field}  NEVER READ  carry it in the map, or drop it in ${join(folder, kind, 'dropped.csv')} with a reason`),
    ...notShown.map((header) => `${header}  NOT SHOWN  no example has a value in this column`),
    ...reasons.map(({ field, reason }) => `${field}  dropped  ${reason}`),
    ...targets.never.map(({ path, at }) => `${path}  never set  ${join(folder, at.file)}:${at.line}:${at.column}  ${at.text}`),
    `${kind}: ${examples.length} examples   source fields ${total - fields.unmapped.length}/${total}: ${fields.carried.length} carried, ${fields.read.length} read, ${fields.dropped.length} dropped, ${fields.unmapped.length} never read`
      + `   elements ${targets.total - targets.never.length}/${targets.total} set`,
  ];
}
