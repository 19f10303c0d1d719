import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { Refusal } from '../../fhir/problem.ts';
import { explainField, explainPath, type ExplainedAbsence, type ExplainedValue } from '../../flow/mapping/explain-value.ts';
import type { CliContext } from './cli-context.ts';
import { openBench, orFail, readSources, showing, trying, type BenchOptions } from './map-bench.ts';

type ExplainOptions = BenchOptions & { feed?: string; part?: string; row?: string; field?: string };

const mostShown = 20;

/** `onestory map explain <file> <FHIR path>` and back, `--field PID-5.1`. Exit code 2 when the path or the field is not there. */
export function explainCommand(context: CliContext): Command {
  return trying(context, new Command('explain').description('which rule, line and source field gave a value, or where a field went'))
    .argument('<file>', 'what the partner sends')
    .argument('[path]', 'FHIR path such as Patient.name.family')
    .option('--field <name>', 'a source field instead: PID-5.1, or the header of a column')
    .option('--feed <feed|kind>', 'who sends the file; known of an example')
    .option('--part <name>', 'the part of its kind the file is')
    .option('--row <number>', 'one row or message of the file only')
    .action((file: string, path: string | undefined, options: ExplainOptions) => orFail(context, async () => {
      const target = options.feed ?? kindOfExample(options.mappings, file);
      const [source] = readSources(options, [file]);
      if (!source || (path === undefined) === (options.field === undefined)) throw new Refusal(onePath);
      if (options.row !== undefined && !/^[1-9]\d{0,8}$/.test(options.row)) throw new Refusal(noRow);
      const bench = openBench(context, options);
      const asked = { part: options.part ?? null, row: options.row === undefined ? null : Number(options.row), show: showing(options) };
      const { values, absent } = options.field === undefined
        ? { values: await explainPath(bench, target, source, path ?? '', asked), absent: [] }
        : await explainField(bench, target, source, options.field, asked);
      if (options.json) return context.print(JSON.stringify({ values, absent }, null, 2));
      for (const line of [...values.slice(0, mostShown).flatMap((value) => sayValue(bench.folder, value)), ...absent.map((each) => sayAbsence(file, each))]) context.print(line);
      if (values.length > mostShown) context.print(`and ${values.length - mostShown} more; --row shows one row, --json everything`);
    }, options));
}

function sayValue(folder: string, { row, path, value, rule, from }: ExplainedValue): string[] {
  return [
    `row ${row}  ${path} = "${value}"`,
    `    map   ${join(folder, rule.file)}:${rule.line}:${rule.column}  ${rule.text}`,
    ...from.map(({ field, file, line, column, value: sent }) => `    from  ${field}${sent === undefined ? '' : ` "${sent}"`}  ${[file, line, column].filter((part) => part !== undefined).join(':')}`),
    ...(from.length === 0 ? ['    from  the map itself'] : []),
  ];
}

function sayAbsence(file: string, { field, state, reason }: ExplainedAbsence): string {
  const said = { read: 'is read by a condition and carried nowhere', dropped: `is dropped: ${reason ?? ''}`, unmapped: 'is neither carried nor dropped' }[state];
  return `${file}  ${field} ${said}`;
}

/** `mappings/<kind>/examples/<case>/input.*` */
function kindOfExample(mappings: string, file: string): string {
  const [kind = '', examples] = relative(resolve(mappings), resolve(file)).split(sep);
  if (examples === 'examples' && basename(dirname(dirname(file))) === 'examples') return kind;
  throw new Refusal({ category: 'not-found', code: 'kind-not-named', text: 'Nothing says who sends this file.', at: { file }, fix: 'Name the feed or the kind with --feed.' });
}

const noRow = { category: 'unsupported', code: 'row-not-a-number', text: 'This is no number of a row.', expected: '--row with a whole number; the first row or message after the header is 1' } as const;
const onePath = { category: 'unsupported', code: 'path-not-named', text: 'Ask for one FHIR path, or for one field with --field.', expected: 'map explain <file> Patient.name.family, or map explain <file> --field PID-5.1' } as const;
