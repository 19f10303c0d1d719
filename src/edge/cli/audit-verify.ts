import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { linesOf, readKeys, readWitnesses, verifyEntry, verifyGrowth, verifyLog, type Keys, type Report, type Witnesses } from '../../../docs/verify-audit.mjs';
import type { Problem } from '../../fhir/problem.ts';
import type { CliContext } from './cli-context.ts';

interface VerifyOptions {
  key?: string;
  witness?: string;
}

/**
 * `onestory audit verify …`: the checks of docs/verify-audit.mjs, which partners have by itself, on files alone. Exit code 1
 * when something does not hold, 2 when a file cannot be read.
 */
export function verifyCommand(context: CliContext): Command {
  return checking(new Command('verify').description('check an export against checkpoints you kept, without the gateway'))
    .argument('<export>', 'the file of onestory audit export')
    .argument('<checkpoint...>', 'files')
    .action((file: string, checkpoints: string[], options: VerifyOptions) =>
      tell(context, [file, ...checkpoints], options, (...keys) => verifyLog(linesOf(file), checkpoints.map(read), ...keys)));
}

export function verifyEntryCommand(context: CliContext): Command {
  return checking(new Command('verify-entry').description('check a proof that an entry is in the log'))
    .argument('<proof>', 'the file of onestory audit prove')
    .argument('[checkpoint]', 'the one you kept; without it the one in the proof')
    .action((file: string, checkpoint: string | undefined, options: VerifyOptions) =>
      tell(context, [file, ...(checkpoint === undefined ? [] : [checkpoint])], options, (...keys) => verifyEntry(read(file), checkpoint === undefined ? null : read(checkpoint), ...keys)));
}

export function verifyGrowthCommand(context: CliContext): Command {
  return checking(new Command('verify-growth').description('check a proof that the log of now begins with the log you know'))
    .argument('<proof>', 'the file of onestory audit prove --since')
    .argument('<checkpoint>', 'the one you kept')
    .action((file: string, checkpoint: string, options: VerifyOptions) => tell(context, [file, checkpoint], options, (...keys) => verifyGrowth(read(file), read(checkpoint), ...keys)));
}

function checking(command: Command): Command {
  return command.option('--key <key>', 'the log\'s keys as onestory audit keys prints them, or a file of them; without it no signature is checked')
    .option('--witness <key>', 'keys of witnesses, or a file of them: each must have signed one of the checkpoints');
}

async function tell(context: CliContext, files: readonly string[], { key, witness }: VerifyOptions, check: (keys: Keys | null, witnesses: Witnesses | null) => Promise<Report>): Promise<void> {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) return context.fail(unreadable(missing[0] ?? ''), 2);
  const [keys, witnesses] = [key === undefined ? null : readKeys(given(key)), witness === undefined ? null : readWitnesses(given(witness))];
  if ((key !== undefined && keys === null) || (witness !== undefined && witnesses === null)) return context.fail(noKeys, 2);
  const { findings, notes } = await check(keys, witnesses);
  for (const { code, text } of findings) context.print(`WRONG  ${text} [${code}]`);
  for (const note of notes) context.print(`note   ${note}`);
  if (findings.length === 0) context.print('holds');
  else context.end(1);
}

/** Keys as they are, or a file of them. */
function given(keys: string): string {
  return existsSync(keys) ? read(keys) : keys;
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function unreadable(file: string): Problem {
  return { category: 'not-found', code: 'file-unreadable', text: 'The file cannot be read.', at: { file } };
}

const noKeys: Problem = { category: 'invalid', code: 'audit-keys-malformed', text: 'What --key or --witness names are no keys to check checkpoints with.', expected: 'lines as onestory audit keys prints them, of witnesses as they print them' };
