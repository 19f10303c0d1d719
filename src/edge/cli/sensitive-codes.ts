import { Command } from 'commander';
import type { Problem } from '../../fhir/problem.ts';
import { importSensitiveCodes } from '../../flow/intake/import-sensitive-codes.ts';
import { hasCode } from '../has-code.ts';
import type { CliContext } from './cli-context.ts';

interface ImportOptions {
  set: string;
  label: string;
  system: string;
  refset?: string;
  source?: string;
}

/** `onestory sensitive-codes …`: the lists of codes that make a record sensitive. Needs no gateway; a running one takes them at its next start. */
export function sensitiveCodesCommand(context: CliContext): Command {
  return new Command('sensitive-codes').description('the codes that make a record sensitive').addCommand(importCommand(context));
}

/** Exit code 0 when every line was taken or known, 1 when one was refused, 2 when the list cannot be read at all. */
function importCommand(context: CliContext): Command {
  return new Command('import')
    .description('add the codes of a list to a code set in mappings/sensitive-codes')
    .argument('<file>', 'an RF2 simple reference set snapshot, a CSV with a column "code", or one code per line')
    .requiredOption('--set <name>', 'the code set, such as hiv-aids; made if it is not there')
    .requiredOption('--label <labels>', 'label of every code, such as HIV; several with spaces between')
    .option('--system <uri>', 'system of codes whose line names none', 'http://snomed.info/sct')
    .option('--refset <id>', 'RF2: only members of this reference set')
    .option('--source <text>', 'where the list comes from; default: the name of the file')
    .action(async (file: string, options: ImportOptions) => {
      if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(options.set)) {
        context.fail({ category: 'invalid', code: 'sensitive-codes-name', text: 'This is no name of a code set.', expected: 'lower-case words with hyphens, such as hiv-aids' }, 2);
        return;
      }
      const asked = { file, mappings: context.mappingsDir, set: options.set, label: options.label, system: options.system, refset: options.refset ?? null, source: options.source ?? `imported from ${file.split('/').at(-1) ?? ''}` };
      const done = await importSensitiveCodes(asked, (problem) => context.fail(problem)).catch((error: unknown) => unreadable(context, file, error));
      if (!done) return;
      context.print(`${options.set}: ${done.total} codes. Of ${done.read} lines ${done.added} added, ${done.known} known already, ${done.skipped} passed over, ${done.refused} refused.`);
      if (done.added > 0) context.print('They take effect when the gateway starts next.');
    });
}

/** A list that is not there, or not text: what it holds is not repeated. */
function unreadable(context: CliContext, file: string, error: unknown): null {
  const notCsv = error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
  if (!notCsv && !['ENOENT', 'EACCES', 'EISDIR'].some((code) => hasCode(error, code))) throw error;
  const problem: Problem = notCsv
    ? { category: 'malformed', code: 'code-list-malformed', text: 'The list cannot be read to its end, so nothing of it was taken.', at: { file, ...('lines' in error && { line: Number(error.lines) }) }, expected: 'CSV or tab separated text in UTF-8, lines of at most 100,000 characters' }
    : { category: 'not-found', code: 'file-unreadable', text: 'The file cannot be read.', at: { file }, fix: 'Check the path and the rights to it.' };
  context.fail(problem, 2);
  return null;
}
