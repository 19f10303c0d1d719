import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { describeResults, runChecks } from '../conformance/run-checks.ts';
import { notRunning, tokenOf } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { writeNew } from './write-new.ts';

/** `onestory conformance <client>`: tries in the client's sandbox what its program will have to do, and says how it went. */
export function conformanceCommand(context: CliContext): Command {
  return new Command('conformance')
    .description('try a client in its sandbox, in five levels, and write a report; fails when a check does')
    .argument('<client>', 'with the demo, the persona or system to ask as; with ONESTORY_TOKEN, the name for the report')
    .option('--base <url>', 'address of the running gateway', context.baseUrl)
    .option('--out <file>', 'write the report to a new file instead of printing it')
    .action(async (client: string, { base, out }: { base: string; out?: string }) => {
      const token = await tokenOf(context, context.token === null ? { base, as: client } : { base });
      if ('problem' in token) return context.fail(token.problem);
      const gateway = base.replace(/\/+$/, '');
      const results = await runChecks({ base: gateway, token: token.token, key: randomUUID() }).catch(() => null);
      if (results === null) return context.fail(notRunning(gateway));
      const report = describeResults(client, context.clock(), results);
      if (out === undefined) for (const line of report.split('\n')) context.print(line);
      else writeNew(context, out, report);
      if (results.some(({ finding }) => finding?.kind === 'failed')) context.end(1);
    });
}
