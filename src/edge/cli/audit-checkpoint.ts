import { generateKeyPairSync } from 'node:crypto';
import { Command } from 'commander';
import { textFromGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { calling, type GatewayOptions } from './gateway-command.ts';
import { writeNew } from './write-new.ts';

/** `onestory audit checkpoint`: the newest, one of a size, or one of now; printed, or kept in a file. */
export function checkpointCommand(context: CliContext): Command {
  return calling(context, new Command('checkpoint').description('what the log says of itself, signed'))
    .option('--new', 'make one now')
    .option('--size <n>', 'the one of this many entries')
    .option('--out <file>', 'where to keep it; never over a file that is there')
    .action(async (options: GatewayOptions & { new?: true; size?: string; out?: string }) => {
      const note = await askFor(context, options, options.new === true, options.size ?? null);
      if (note === null) return;
      if (options.out === undefined) context.print(note.trimEnd());
      else writeNew(context, options.out, note);
    });
}

/** The gateway's checkpoint; null once its refusal has been told. */
export async function askFor(context: CliContext, options: GatewayOptions, anew: boolean, size: string | null): Promise<string | null> {
  const result = await textFromGateway(context, options, anew
    ? { method: 'POST', path: '/audit/checkpoint', body: { type: 'application/json', text: '{}' } }
    : { method: 'GET', path: `/audit/checkpoint${size === null ? '' : `?size=${encodeURIComponent(size)}`}` });
  if ('text' in result) return result.text;
  failEach(context, result.problems, options.json);
  return null;
}

/** `onestory audit keys`: what signatures are checked with. */
export function keysCommand(context: CliContext): Command {
  return calling(context, new Command('keys').description('the keys that sign checkpoints, one to a line'))
    .action(async (options: GatewayOptions) => {
      const result = await textFromGateway(context, options, { method: 'GET', path: '/audit/keys' });
      if ('text' in result) return context.print(result.text.trimEnd());
      failEach(context, result.problems, options.json);
    });
}

/** `onestory audit new-key --out <file>`: a key for ONESTORY_AUDIT_KEY_FILES. */
export function newKeyCommand(context: CliContext): Command {
  return new Command('new-key').description('make a key that signs checkpoints, for ONESTORY_AUDIT_KEY_FILES')
    .requiredOption('--out <file>', 'where to keep it; never over a file that is there')
    .action(({ out }: { out: string }) => {
      writeNew(context, out, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    });
}
