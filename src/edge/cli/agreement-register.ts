import { Command } from 'commander';
import { checkAgreementFile } from '../../flow/sharing/check-agreement-file.ts';
import type { AgreementEntry } from '../../flow/sharing/list-agreements.ts';
import type { CallOptions, GatewayCall } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions as Options } from './gateway-command.ts';
import { readAgreementFile } from './read-agreement-file.ts';

/** `onestory agreement list`: the register with what is signed, what is missing and what comes near. */
export function listCommand(context: CliContext): Command {
  return calling(context, new Command('list').description('the register: states, signatures and dates')).action(async (options: Options) => {
    const answer = await call<{ agreements: AgreementEntry[] }>(context, options, { method: 'GET', path: '/governance/agreements' });
    if (!answer) return;
    if (options.json) return context.print(JSON.stringify(answer, null, 2));
    for (const entry of answer.agreements) printEntry(context, entry);
  });
}

/** `onestory agreement propose <file>`: sends a text as a new version. */
export function proposeCommand(context: CliContext): Command {
  return calling(context, new Command('propose').description('send a text to the gateway as a new version').argument('<file>', 'YAML file')).action(async (file: string, options: Options) => {
    const read = await readAgreementFile(file);
    if ('problem' in read) return context.fail(read.problem, read.unreadable ? 2 : 1);
    await change(context, options, { method: 'POST', path: '/governance/agreements', body: { type: 'application/yaml', text: read.text } }, 'Registered.');
  });
}

/** `onestory agreement sign <id> <version>`: signs for the organisation of whoever signs, the text of `--file` or what is registered. */
export function signCommand(context: CliContext): Command {
  return calling(context, naming(new Command('sign').description('sign for your own organisation')))
    .requiredOption('--as-party <system|value>', 'identifier of the organisation that signs')
    .requiredOption('--signatory <name>', 'who signs for it')
    .option('--file <file>', 'the text you have read: refused when something else is registered')
    .action(async (id: string, version: string, options: Options & { asParty: string; signatory: string; file?: string }) => {
      const sha256 = options.file === undefined ? await registeredHash(context, options, id, version) : await hashOfFile(context, options.file);
      if (sha256 === null) return;
      const text = JSON.stringify({ party: options.asParty, signatory: options.signatory, sha256 });
      await change(context, options, { method: 'POST', path: `${pathOf(id, version)}/sign`, body: { type: 'application/json', text } }, `Signed for ${options.asParty}, content ${sha256}.`);
    });
}

/** `onestory agreement activate <id> <version>`: puts a version in force whose clauses, or some of them, are signed; the one before ends. */
export function activateCommand(context: CliContext): Command {
  return calling(context, naming(new Command('activate').description('put a signed version in force; the version before it ends'))).action((id: string, version: string, options: Options) =>
    change(context, options, { method: 'POST', path: `${pathOf(id, version)}/activate`, body: { type: 'application/json', text: '{}' } }, 'Activated.'));
}

/** `onestory agreement terminate <id> <version>`: ends a version at once and for good. */
export function terminateCommand(context: CliContext): Command {
  return calling(context, naming(new Command('terminate').description('end a version at once and for good'))).action((id: string, version: string, options: Options) =>
    change(context, options, { method: 'POST', path: `${pathOf(id, version)}/terminate`, body: { type: 'application/json', text: '{}' } }, 'Terminated.'));
}

function naming(command: Command): Command {
  return command.argument('<id>', 'the agreement\'s id').argument('<version>', 'its version');
}

async function change(context: CliContext, options: Options, request: GatewayCall, done: string): Promise<void> {
  const entry = await call<AgreementEntry>(context, options, request);
  if (!entry) return;
  if (options.json) return context.print(JSON.stringify(entry, null, 2));
  context.print(done);
  printEntry(context, entry);
}

function printEntry(context: CliContext, entry: AgreementEntry): void {
  const signed = entry.parties.filter(({ signedAt }) => signedAt !== null);
  const missing = entry.parties.filter(({ organisation }) => entry.missingSignatures.includes(organisation));
  context.print(`${entry.id} version ${entry.version}: ${entry.state}, ${entry.firstDay} to ${entry.lastDay} (${daysAway(entry.daysToEnd)}), review ${entry.reviewDate} (${daysAway(entry.daysToReview)})`);
  context.print(`  signed: ${signed.length === 0 ? 'nobody' : signed.map(({ name }) => name).join(', ')}`);
  for (const { name, organisation } of missing) {
    const held = entry.waitingClauses.filter((clause) => clause.missing.includes(organisation)).map(({ number }) => number);
    context.print(`  missing: ${name}, ${organisation}; without it nothing is shared by clause ${held.join(', ')}`);
  }
  for (const { of, day } of entry.warnings) context.print(`  soon: ${of === 'end' ? 'the last day in force' : 'the review'} is ${day}`);
  context.print(`  next: ${entry.next}`);
}

function daysAway(days: number): string {
  return days >= 0 ? `in ${days} days` : `${-days} days ago`;
}

async function registeredHash(context: CliContext, options: CallOptions, id: string, version: string): Promise<string | null> {
  return (await call<AgreementEntry>(context, options, { method: 'GET', path: pathOf(id, version) }))?.sha256 ?? null;
}

async function hashOfFile(context: CliContext, file: string): Promise<string | null> {
  const read = await readAgreementFile(file);
  if ('problem' in read) {
    context.fail(read.problem, read.unreadable ? 2 : 1);
    return null;
  }
  const { agreement, problems } = checkAgreementFile({ file, text: read.text }, null);
  for (const problem of problems) context.fail(problem);
  return agreement?.sha256 ?? null;
}

function pathOf(id: string, version: string): string {
  return `/governance/agreements/${encodeURIComponent(id)}/${encodeURIComponent(version)}`;
}
