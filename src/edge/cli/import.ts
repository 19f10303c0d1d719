import type { OperationOutcome, Task } from '@medplum/fhirtypes';
import { Command } from 'commander';
import { packed } from '../../flow/mapping/kind-examples.ts';
import { callGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { calling, type GatewayOptions } from './gateway-command.ts';
import { orFail, readSources } from './map-bench.ts';
import { tryOnce } from './map-try.ts';
import { showProgress } from './progress.ts';
import { sendFile } from './send-file.ts';

type ImportOptions = GatewayOptions & { part?: string; dryRun?: true; resume?: true; mappings: string };

const pollMs = 250;

/** `onestory import <feed> <file>`: exit code 0 when every row was taken, 1 when some were not, 2 when the file cannot be read or no gateway answers. */
export function importCommand(context: CliContext): Command {
  return calling(context, new Command('import').description('send a file to the running gateway as a feed, and wait for what becomes of it'))
    .argument('<feed>', 'such as bcc-cld; the token must be that feed\'s own (with the demo: --as bcc-cld)')
    .argument('<file>', 'what the partner sends')
    .option('--part <name>', 'the part of its kind the file is')
    .option('--dry-run', 'run it through the maps here and send nothing')
    .option('--resume', 'go on where an earlier import of the same file stopped')
    .option('--mappings <folder>', 'folder of the maps, for --dry-run', context.mappingsDir)
    .action((feed: string, file: string, options: ImportOptions) => orFail(context, async () => {
      const { mappings, part, json } = options;
      if (options.dryRun) {
        await tryOnce(context, feed, [file], { mappings, ...(part !== undefined && { part }), ...(json && { json }) });
        if (!json) context.print('Nothing was sent.');
        return;
      }
      const [source] = readSources({ mappings }, [file]);
      await send(context, feed, Buffer.from(packed(source?.bytes ?? [])), options);
    }, options));
}

async function send(context: CliContext, feed: string, bytes: Buffer, options: ImportOptions): Promise<void> {
  const progress = showProgress(bytes.byteLength, context.clock);
  const sent = await sendFile(context, options, { feed, part: options.part ?? '', bytes, resume: options.resume === true, progress: progress.show });
  progress.stop();
  if ('problems' in sent) return failEach(context, sent.problems, options.json);
  const task = await finishedTask(context, options, sent.taskPath);
  if (!task) return;
  if (options.json) context.print(JSON.stringify(task, null, 2));
  else for (const line of sayTask(task)) context.print(line);
  if (task.status !== 'completed' || countOf(task, 'quarantined') + countOf(task, 'rejected') > 0) context.end(1);
}

/** Null once the gateway's refusal has been told. */
async function finishedTask(context: CliContext, options: GatewayOptions, path: string): Promise<Task | null> {
  for (;;) {
    const asked = await callGateway(context, options, { method: 'GET', path });
    if ('problems' in asked) {
      failEach(context, asked.problems, options.json);
      return null;
    }
    const task = asked.answer as Task;
    if (task.status === 'completed' || task.status === 'failed') return task;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function sayTask(task: Task): string[] {
  const counts = (task.output ?? []).flatMap(({ type, valueInteger }) => (valueInteger === undefined ? [] : [`${valueInteger} ${type.coding?.[0]?.code ?? ''}`]));
  const outcome = task.contained?.find((resource): resource is OperationOutcome => resource.resourceType === 'OperationOutcome');
  return [
    ...(outcome?.issue ?? []).flatMap(({ severity, details, diagnostics }) => [`${severity}: ${details?.text ?? ''} [${details?.coding?.[0]?.code ?? ''}]`, ...(diagnostics === undefined ? [] : [`    ${diagnostics}`])]),
    `Task/${task.id ?? ''} ${task.status}: ${counts.join(', ')}`,
  ];
}

function countOf(task: Task, code: string): number {
  return task.output?.find(({ type }) => type.coding?.[0]?.code === code)?.valueInteger ?? 0;
}
