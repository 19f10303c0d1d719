import { Command } from 'commander';
import type { Problem } from '../../fhir/problem.ts';
import { checkAgreementFile, compareAgreementFiles, knownOrganisations, type CheckedFile } from '../../flow/sharing/check-agreement-file.ts';
import type { CliContext } from './cli-context.ts';
import { readAgreementFile } from './read-agreement-file.ts';

/** `onestory agreement check <file...>`: exit code 0 when every file can be proposed, 1 when one cannot, 2 when one cannot be read at all. */
export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('check agreement files, with the place of every mistake, and say what they share')
    .argument('<file...>', 'YAML files, such as agreements/early-intervention.yaml')
    .option('--json', 'print the findings as one JSON object')
    .action(async (files: string[], options: { json?: true }) => {
      const known = knownOrganisations(context.mappingsDir);
      const checked: CheckedFile[] = [];
      for (const file of files) {
        const read = await readAgreementFile(file);
        const result = 'text' in read ? checkAgreementFile({ file, text: read.text }, known) : { file, problems: [read.problem], agreement: null };
        checked.push(result);
        for (const problem of result.problems) context.fail(problem, 'text' in read || !read.unreadable ? 1 : 2);
        if (!options.json && result.agreement) printSummary(context, result.agreement);
      }
      if (options.json) context.print(JSON.stringify({ files: checked.map((each) => ({ ...each, ok: each.problems.length === 0 })) }, null, 2));
    });
}

function printSummary(context: CliContext, { summary: [heading = '', ...sentences], sha256 }: NonNullable<CheckedFile['agreement']>): void {
  context.print(heading);
  for (const sentence of sentences) context.print(`  ${sentence}`);
  context.print(`  SHA-256 of the content: ${sha256}`);
}

/** `onestory agreement diff <old> <new>`: exit code 0 whatever differs, 1 when a text is no agreement, 2 when it cannot be read. */
export function diffCommand(context: CliContext): Command {
  return new Command('diff')
    .description('say what a new text opens, closes or changes')
    .argument('<old>', 'file of the version before')
    .argument('<new>', 'file of the version to compare')
    .option('--json', 'print the differences as one JSON object')
    .action(async (old: string, next: string, options: { json?: true }) => {
      const [before, after] = [await readAgreementFile(old), await readAgreementFile(next)];
      if (!('text' in before) || !('text' in after)) {
        for (const each of [before, after]) if ('problem' in each) context.fail(each.problem, each.unreadable ? 2 : 1);
        return;
      }
      const compared = compareAgreementFiles({ file: old, text: before.text }, { file: next, text: after.text });
      if ('problems' in compared) return failAll(context, compared.problems);
      if (options.json) context.print(JSON.stringify({ ...compared.difference, sentences: compared.sentences }, null, 2));
      else for (const sentence of compared.sentences) context.print(sentence);
    });
}

function failAll(context: CliContext, problems: readonly Problem[]): void {
  for (const problem of problems) context.fail(problem);
}
