import { existsSync, watch } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { textOf } from '../../fhir/json.ts';
import { findTarget } from '../../flow/mapping/kind-examples.ts';
import type { NamedSource } from '../../flow/mapping/open-source.ts';
import { tryMap, type TriedFile } from '../../flow/mapping/try-map.ts';
import type { CliContext } from './cli-context.ts';
import { openBench, orFail, readSources, showing, trying, type BenchOptions } from './map-bench.ts';
import { showProgress } from './progress.ts';
import { chooseShown, sayProblems } from './say-problem.ts';

type TryOptions = BenchOptions & { part?: string; out?: string; watch?: true };

/** `onestory map try <kind|feed> <files…>`: exit code 0 when nothing is wrong with any file, 1 when something is, 2 when something asked for is not there. */
export function tryCommand(context: CliContext): Command {
  return trying(context, new Command('try').description('run files through a map, and tell everything that is wrong with them'))
    .argument('<kind|feed>', 'a kind such as cld, or a feed such as bcc-cld with its own code tables')
    .argument('<files...>', 'what the partner sends')
    .option('--part <name>', 'the part of its kind every file is; default: the one its name begins with')
    .option('--out <folder>', 'write what the good rows became, one file for each of the files')
    .option('--watch', 'try again whenever the maps or the files change')
    .action(async (target: string, files: string[], options: TryOptions) => {
      if (options.watch) await tryAgain(context, target, files, options);
      else await orFail(context, () => tryOnce(context, target, files, options), options);
    });
}

/** Tries every file once, and tells what is wrong with it. */
export async function tryOnce(context: CliContext, target: string, files: readonly string[], options: TryOptions): Promise<void> {
  const bench = openBench(context, options);
  findTarget(bench.mappings, target);
  const sources = readSources(options, files);
  const began = context.clock().getTime();
  const tried = await tryEach(context, sources, (source) => tryMap(bench, target, source, { part: options.part ?? null, show: showing(options) }));
  if (options.out !== undefined) await writeResources(options.out, tried);
  if (options.json) context.print(JSON.stringify({ files: tried.map(describeFile) }, null, 2));
  else for (const line of [...tried.flatMap(({ problems }) => sayProblems(bench.folder, problems)), ...tried.flatMap(sayLeft), saySummary(tried, context.clock().getTime() - began)]) context.print(line);
  if (tried.some(hasErrors)) context.end(1);
}

/** One after another, telling how far it has come. */
async function tryEach(context: CliContext, sources: readonly NamedSource[], tryOne: (source: NamedSource) => Promise<TriedFile>): Promise<TriedFile[]> {
  const sizeOf = ({ bytes }: NamedSource): number => (bytes instanceof Uint8Array ? bytes.length : bytes.reduce((sum, file) => sum + file.bytes.length, 0));
  const progress = showProgress(sources.reduce((sum, source) => sum + sizeOf(source), 0), context.clock);
  const tried: TriedFile[] = [];
  let done = 0;
  try {
    for (const source of sources) {
      tried.push(await tryOne(source));
      progress.show(done += sizeOf(source));
    }
  } finally {
    progress.stop();
  }
  return tried;
}

/** Runs until it is interrupted. It watches before it tries, so that no edit is missed; editors write a file in several steps, so it waits until they are done. */
async function tryAgain(context: CliContext, target: string, files: readonly string[], options: TryOptions): Promise<void> {
  let waiting: NodeJS.Timeout | undefined;
  const tryNow = (): Promise<void> => orFail(context, () => tryOnce(context, target, files, options));
  let running = Promise.resolve();
  const changed = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      running = running.then(() => {
        context.print('');
        return tryNow();
      });
    }, 100);
  };
  for (const path of [options.mappings, ...files].filter((each) => existsSync(each))) watch(path, { recursive: path === options.mappings }, changed);
  running = running.then(tryNow);
  await new Promise(() => undefined);
}

function hasErrors({ problems }: TriedFile): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function sayLeft({ file, rows, problems, fields: { left } }: TriedFile): string[] {
  if (rows === 0 && problems.length === 0) return [`${file}  has no rows: nothing was tried`];
  return left.length === 0 ? [] : [`${file}  ${left.length === 1 ? 'one field is' : `${left.length} fields are`} neither carried nor dropped: ${left.join(', ')}`];
}

function saySummary(tried: readonly TriedFile[], tookMs: number): string {
  const sum = (count: (each: TriedFile) => number): number => tried.reduce((total, each) => total + count(each), 0);
  const bad = tried.filter(hasErrors).length;
  const [rows, ok, used, total] = [sum((each) => each.rows), sum((each) => each.ok), sum(({ fields }) => fields.used), sum(({ fields }) => fields.total)];
  const required = sum((each) => each.required.total);
  return [
    `${tried.length} ${tried.length === 1 ? 'file' : 'files'}  ${tried.length - bad} ok  ${bad} failed`, `rows ${ok}/${rows} ok`,
    `resources ${sum(({ resources }) => resources.length)}`, ...(total === 0 ? [] : [`fields used ${used}/${total} (${Math.floor((used * 100) / total)} %)`]),
    ...(required === 0 ? [] : [`required elements ${required - sum((each) => each.required.missing.length)}/${required}`]), `${(tookMs / 1000).toFixed(1)} s`,
  ].join('   ');
}

function describeFile({ resources, problems, ...tried }: TriedFile): unknown {
  const { shown, more } = chooseShown(problems);
  const counts = [...Map.groupBy(resources, ({ resourceType }) => textOf(resourceType))].map(([type, own]) => [type, own.length]);
  return { ...tried, resources: Object.fromEntries(counts) as Record<string, number>, problems: shown, more };
}

/** One file of resources beside another is a record of people: only its owner may read it. */
async function writeResources(folder: string, tried: readonly TriedFile[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [index, { file, resources }] of tried.entries()) {
    await writeFile(join(folder, `${index + 1}-${basename(file)}.json`), `${JSON.stringify(resources, null, 2)}\n`, { mode: 0o600 });
  }
}
