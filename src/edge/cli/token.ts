import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';

import type { Problem } from '../../fhir/problem.ts';
import type { DemoPersona } from '../demo-clients.ts';
import { demoClients, feedScopes, integrationScopes } from '../demo-clients.ts';
import { clientKeyFile, readKey } from '../http/oauth/issuer-keys.ts';
import type { CliContext } from './cli-context.ts';
import { requestToken } from './request-token.ts';

export interface TokenCommandInput {
  /** a persona, or a feed's name */
  who: string;
  /** the gateway's address */
  base: string;
  dataDir: string;
  personas: readonly DemoPersona[];
  clock: () => Date;
}

/** `onestory token <who>`: prints the token and nothing else, so that a shell can take it as it is. */
export function tokenCommand(context: CliContext): Command {
  return new Command('token')
    .description('print an access token for a demo persona, or for a feed\'s system client')
    .argument('<who>', 'ward-doctor, community-nurse, … or the name of a feed, such as uhb-adt')
    .option('--base <url>', 'address of the running gateway', context.baseUrl)
    .option('--key <file>', 'of a registered client: its private ES384 key as a JWK, such as client add --make-key wrote')
    .option('--scope <scopes>', 'of a registered client: what to ask for', '')
    .action(async (who: string, options: { base: string; key?: string; scope: string }) => {
      const answer = options.key !== undefined ? await tokenByKey(context, who, { ...options, key: options.key }) : await tokenFor({ who, base: options.base, dataDir: context.dataDir, personas: context.personas, clock: context.clock });
      if ('problem' in answer) context.fail(answer.problem);
      else context.print(answer.token);
    });
}

/** A token for a registered client, from wherever the gateway is. */
async function tokenByKey({ clock }: CliContext, clientId: string, { base, key: file, scope }: { base: string; key: string; scope: string }): Promise<{ token: string } | { problem: Problem }> {
  const key = await readKey(file).catch(() => null);
  if (key === null) return { problem: { category: 'not-found', code: 'client-keys-unreadable', text: 'The file of keys cannot be read.', expected: 'a private ES384 key as a JWK' } };
  return requestToken({ base: base.replace(/\/+$/, ''), clientId, key, scopes: scope.split(/\s+/).filter((each) => each !== ''), clock });
}

/**
 * A token for a demo persona or a feed's system client, from the gateway running at `base`. Refused: a name without a
 * key in the data folder, and a gateway beyond this machine (demo keys sign for nobody else).
 */
export async function tokenFor(input: TokenCommandInput): Promise<{ token: string } | { problem: Problem }> {
  const base = loopbackBase(input.base);
  if (base === null) return { problem: elsewhere };
  const known = await knownClients(input.dataDir);
  if (known.length === 0) return { problem: noKeys };
  if (!known.includes(input.who)) return { problem: unknown(input, known) };
  const key = await readKey(clientKeyFile(input.dataDir, input.who));
  if (key === null) return { problem: noKeys };
  const persona = demoClients(input.personas, []).find((client) => client.id === input.who);
  return requestToken({ base, clientId: input.who, key, scopes: persona?.scopes ?? (input.who.endsWith('-integration') ? integrationScopes : feedScopes), clock: input.clock });
}

/** Every client with a key in the data folder, by name. */
async function knownClients(dataDir: string): Promise<string[]> {
  const files = await readdir(dirname(clientKeyFile(dataDir, 'any'))).catch(() => []);
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length)).sort();
}

function loopbackBase(base: string): string | null {
  const url = URL.parse(base);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname) ? `${url.origin}${url.pathname}`.replace(/\/+$/, '') : null;
}

function unknown(input: TokenCommandInput, known: readonly string[]): Problem {
  const personas = input.personas.map((persona) => persona.id).filter((id) => known.includes(id));
  const feeds = known.filter((id) => !personas.includes(id));
  return {
    category: 'not-found', code: 'persona-unknown', text: 'Nobody in the demo has this name.',
    expected: `a persona (${personas.join(', ')}) or a feed (${feeds.join(', ')})`,
  };
}

const elsewhere: Problem = {
  category: 'invalid', code: 'base-not-loopback', text: 'Demo tokens are given by a gateway on this machine only.',
  expected: 'an http address on 127.0.0.1, ::1 or localhost',
};
const noKeys: Problem = {
  category: 'not-found', code: 'demo-keys-missing', text: 'The data folder holds no demo keys.',
  fix: 'Start the gateway once with npm start, and use the same DATA_DIR for this command.',
};
