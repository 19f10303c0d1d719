import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { ClientEntry } from '../../flow/partners/client-registry.ts';
import type { Problem } from '../../fhir/problem.ts';
import { keepKey, publicKey } from '../http/oauth/issuer-keys.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

interface KeyOptions {
  keys?: string;
  keysUrl?: string;
  makeKey?: string;
}

/** `onestory client …`: programs that may ask the gateway for tokens. Private keys never leave the machine they were made on. */
export function clientCommand(context: CliContext): Command {
  return new Command('client')
    .description('register, list and switch off programs that may ask for tokens')
    .addCommand(listCommand(context))
    .addCommand(addCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(switchCommand(context, 'disable', 'end a client and the tokens it has'))
    .addCommand(switchCommand(context, 'enable', 'let a client ask for tokens again'));
}

/** `onestory client list`: every page. */
function listCommand(context: CliContext): Command {
  return calling(context, new Command('list').description('every client, with its keys and what happened to it')).action(async (options: GatewayOptions) => {
    const all: ClientEntry[] = [];
    for (let path: string | null = '/governance/clients'; path !== null;) {
      const answer: { clients: ClientEntry[]; next: string | null } | null = await call(context, options, { method: 'GET', path });
      if (!answer) return;
      all.push(...answer.clients);
      path = answer.next;
    }
    if (options.json) return context.print(JSON.stringify({ clients: all }, null, 2));
    if (all.length === 0) context.print('No client is registered.');
    for (const entry of all) print(context, entry);
  });
}

interface AddOptions extends GatewayOptions, KeyOptions {
  organisation: string;
  name: string;
  contact: string;
  scope: string;
  kind: string;
  purpose: string;
  redirect?: string[];
  launchUrl?: string;
}

/** `onestory client add <id> --organisation … --name … --contact … --scope … --keys FILE` */
function addCommand(context: CliContext): Command {
  return withKeys(calling(context, new Command('add').description('register a client').argument('<id>', 'its name, such as uhb-bloods')))
    .requiredOption('--organisation <system|value>', 'whose it is')
    .requiredOption('--name <text>', 'what it is called')
    .requiredOption('--contact <text>', 'whom to ask about it')
    .requiredOption('--scope <scopes>', 'every scope it may ask for, in quotes, such as "system/Patient.rs system/Task.rs"')
    .addOption(new Option('--kind <kind>', 'system: acts by itself; app: for whoever signs in').choices(['system', 'app']).default('system'))
    .option('--purpose <code>', 'why a system asks', '')
    .option('--redirect <address...>', 'of an app: where people come back to')
    .option('--launch-url <address>', 'of an app: where it is started')
    .action(async (id: string, options: AddOptions) => {
      const keys = await keysFrom(options);
      if ('problem' in keys) return context.fail(keys.problem);
      const { organisation, name, contact, scope, kind, purpose, redirect = [], launchUrl = '' } = options;
      await change(context, options, '/governance/clients', { id, kind, name, contact, organisation, purpose, scopes: scope.split(/\s+/).filter((each) => each !== ''), redirectUris: redirect, launchUrl, ...keys });
    });
}

/** `onestory client rotate <id> --keys FILE --old-until INSTANT` */
function rotateCommand(context: CliContext): Command {
  return withKeys(calling(context, new Command('rotate').description('new keys beside the old ones, which count until a stated instant').argument('<id>', 'as list prints it')))
    .requiredOption('--old-until <instant>', 'when the old keys end, such as 2026-12-01T00:00Z; or now')
    .action(async (id: string, options: GatewayOptions & KeyOptions & { oldUntil: string }) => {
      const keys = await keysFrom(options);
      if ('problem' in keys) return context.fail(keys.problem);
      await change(context, options, `/governance/clients/${encodeURIComponent(id)}/keys`, { oldUntil: options.oldUntil, ...keys });
    });
}

function switchCommand(context: CliContext, what: 'disable' | 'enable', description: string): Command {
  return calling(context, new Command(what).description(description).argument('<id>', 'as list prints it'))
    .requiredOption('--reason <text>', 'why, at most 500 characters')
    .action(async (id: string, options: GatewayOptions & { reason: string }) => {
      await change(context, options, `/governance/clients/${encodeURIComponent(id)}/${what}`, { reason: options.reason });
    });
}

function withKeys(command: Command): Command {
  return command
    .option('--keys <file>', 'its public keys, a JWK Set')
    .option('--keys-url <address>', 'where it publishes its public keys')
    .option('--make-key <file>', 'a private key in this file, made if it is not there; only its public half is sent');
}

/** What is sent of keys: public ones alone. */
async function keysFrom({ keys, keysUrl, makeKey }: KeyOptions): Promise<{ keys?: unknown; keysUrl?: string } | { problem: Problem }> {
  if ([keys, keysUrl, makeKey].filter((given) => given !== undefined).length > 1) return { problem: oneWay };
  if (keysUrl !== undefined) return { keysUrl };
  try {
    if (makeKey !== undefined) return { keys: { keys: [publicKey(await keepKey(makeKey))] } };
    return keys === undefined ? {} : { keys: JSON.parse(await readFile(keys, 'utf8')) as unknown };
  } catch {
    return { problem: { category: 'not-found', code: 'client-keys-unreadable', text: 'The file of keys cannot be read.', expected: makeKey === undefined ? 'a JWK Set: {"keys": […]}' : 'a private ES384 key as a JWK, or no file yet' } };
  }
}

async function change(context: CliContext, options: GatewayOptions, path: string, content: unknown): Promise<void> {
  const entry = await call<ClientEntry>(context, options, { method: 'POST', path, body: { type: 'application/json', text: JSON.stringify(content) } });
  if (!entry) return;
  if (options.json) context.print(JSON.stringify(entry, null, 2));
  else print(context, entry);
}

function print(context: CliContext, { id, kind, name, organisation, organisationName, enabled, scopes, keys, keysUrl, contact, changes }: ClientEntry): void {
  context.print(`${id}: ${name}, ${kind} of ${organisationName ?? organisation}, ${enabled ? 'enabled' : 'disabled'}`);
  context.print(`  scopes: ${scopes.join(' ')}`);
  context.print(`  keys: ${keysUrl ?? (keys.length === 0 ? 'none' : keys.map(({ kid, validUntil }) => `${kid}${validUntil === null ? '' : ` until ${String(validUntil)}`}`).join(', '))}`);
  context.print(`  contact: ${contact}`);
  for (const { at, change: what, byName, reason } of changes) context.print(`  ${String(at)} ${what} by ${byName}: ${reason}`);
}

const oneWay: Problem = { category: 'invalid', code: 'keys-given-twice', text: 'Keys are given in more than one way.', expected: '--keys, --keys-url or --make-key' };
