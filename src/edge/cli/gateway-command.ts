import type { Command } from 'commander';
import { callGateway, type CallOptions, type GatewayCall } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';

/** Options of every command that calls the gateway. */
export type GatewayOptions = CallOptions & { json?: true };

export function calling(context: CliContext, command: Command): Command {
  return command
    .option('--base <url>', 'address of the running gateway', context.baseUrl)
    .option('--as <persona>', 'with the demo: ask as this persona instead of with ONESTORY_TOKEN')
    .option('--json', 'print the gateway\'s answer');
}

/** The gateway's answer; null once its refusal has been told. */
export async function call<Answer>(context: CliContext, options: GatewayOptions, request: GatewayCall): Promise<Answer | null> {
  const result = await callGateway(context, options, request);
  if ('answer' in result) return result.answer as Answer;
  failEach(context, result.problems, options.json);
  return null;
}
