import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { askFor } from './audit-checkpoint.ts';
import { linesFromGateway, textFromGateway } from './call-gateway.ts';
import { exportSubject } from './audit-subject.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';
import { cannotWrite, fileExists, writeNew } from './write-new.ts';

/** `onestory audit export --out <file>`: the log up to a checkpoint made for it, with that checkpoint beside it. With `--patient`, what is held about one person and who looked. */
export function exportCommand(context: CliContext): Command {
  return calling(context, new Command('export').description('the whole log up to now, oldest first, with the checkpoint it ends at in <file>.checkpoint'))
    .requiredOption('--out <file>', 'where to; never over a file that is there')
    .option('--patient <id>', 'instead: what is held about this person and who looked, for an answer to the person, in the folder named by --out')
    .action(async ({ patient, ...options }: GatewayOptions & { out: string; patient?: string }) => {
      const { out } = options;
      if (patient !== undefined) return exportSubject(context, options, patient, out);
      if (existsSync(out) || existsSync(`${out}.checkpoint`)) return context.fail(fileExists, 2);
      const note = await askFor(context, options, true, null);
      if (note === null) return;
      const size = note.split('\n')[1] ?? '';
      const problems = await writeLines(linesFromGateway(context, options, { method: 'GET', path: `/audit/export?size=${size}` }), out);
      for (const problem of problems) context.fail(problem, 2);
      if (problems.length > 0 || !writeNew(context, `${out}.checkpoint`, note)) return;
      context.print(`${size} entries. To check them: onestory audit verify ${out} ${out}.checkpoint`);
    });
}

/** Whole or not at all: an export that broke off leaves no file that looks like one. */
async function writeLines(lines: AsyncIterable<string>, out: string): Promise<readonly Problem[]> {
  const unfinished = `${out}.${randomUUID()}.part`;
  try {
    await pipeline(ended(lines), createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(unfinished, out);
    return [];
  } catch (error) {
    await rm(unfinished, { force: true });
    return error instanceof Refusal ? error.problems : [cannotWrite];
  }
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** `onestory audit prove <id>`: that an entry is in the log, for whoever holds a checkpoint. */
export function proofCommand(context: CliContext): Command {
  return calling(context, new Command('prove').description('the proof that an entry is in the log; or with --since, that the log only grew'))
    .argument('[id]', 'id of the AuditEvent')
    .option('--since <n>', 'number of entries of the checkpoint you kept')
    .requiredOption('--out <file>', 'where to keep the proof; never over a file that is there')
    .action(async (id: string | undefined, options: GatewayOptions & { since?: string; out: string }) => {
      if ((id === undefined) === (options.since === undefined)) return context.fail(oneOfBoth, 2);
      const path = id === undefined ? `/audit/consistency?from=${encodeURIComponent(options.since ?? '')}` : `/audit/entries/${encodeURIComponent(id)}/proof`;
      const result = await textFromGateway(context, options, { method: 'GET', path });
      if ('text' in result) writeNew(context, options.out, `${result.text}\n`);
      else failEach(context, result.problems, options.json);
    });
}

const oneOfBoth: Problem = { category: 'unsupported', code: 'proof-not-named', text: 'It is not clear what is to be proved.', expected: 'the id of an entry, or --since with a number of entries' };

/** `onestory audit redact <id> --rule court-order`: what the entry says is gone; that it was erased is an entry of its own. */
export function redactCommand(context: CliContext): Command {
  return calling(context, new Command('redact').description('erase what an entry of the log says, where the law asks; this cannot be undone'))
    .argument('<id>', 'id of the AuditEvent')
    .requiredOption('--rule <name>', 'the rule it is erased under, such as court-order')
    .action(async (id: string, options: GatewayOptions & { rule: string }) => {
      const body = { type: 'application/json', text: JSON.stringify({ rule: options.rule }) };
      const answer = await call<{ seq: number }>(context, options, { method: 'POST', path: `/audit/entries/${encodeURIComponent(id)}/redact`, body });
      if (!answer) return;
      context.print(options.json ? JSON.stringify(answer, null, 2) : `The content of entry ${answer.seq} is erased. The log holds an entry that says so.`);
    });
}
