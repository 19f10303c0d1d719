import { Command } from 'commander';
import type { LinkageChange, LinkageRun } from '../../store/linkage/linkage-runs.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

const address = '/governance/linkage-run';

/** `onestory linkage …`: what a changed linkage rule would link and unlink, approved and applied. */
export function linkageCommand(context: CliContext): Command {
  return new Command('linkage')
    .description('compare past links with the linkage rule of now')
    .addCommand(act(context, 'start', 'begin to compare'))
    .addCommand(calling(context, new Command('show').description('how far it is, and how much would change')).action(async (options: GatewayOptions) => tell(context, options, await call(context, options, { method: 'GET', path: address }))))
    .addCommand(diffCommand(context))
    .addCommand(calling(context, new Command('approve').description('apply what was found').argument('<run>', 'the id that show prints')).action(async (run: string, options: GatewayOptions) => tell(context, options, await send(context, options, 'approve', { run }))))
    .addCommand(act(context, 'give-up', 'end it without applying anything'));
}

function act(context: CliContext, what: string, description: string): Command {
  return calling(context, new Command(what).description(description)).action(async (options: GatewayOptions) => tell(context, options, await send(context, options, what, {})));
}

/** `onestory linkage diff`: every page. */
function diffCommand(context: CliContext): Command {
  return calling(context, new Command('diff').description('what would link and what would unlink')).action(async (options: GatewayOptions) => {
    const all: LinkageChange[] = [];
    for (let path: string | null = `${address}/changes`; path !== null;) {
      const answer: { changes: LinkageChange[]; next: string | null } | null = await call(context, options, { method: 'GET', path });
      if (!answer) return;
      all.push(...answer.changes);
      path = answer.next;
    }
    if (options.json) return context.print(JSON.stringify({ changes: all }, null, 2));
    if (all.length === 0) context.print('Nothing would change.');
    for (const { kind, id, citizen, other, bits, outcome } of all) {
      context.print(`${kind} Patient/${id} ${kind === 'link' ? `of Patient/${citizen} with Patient/${other ?? ''}` : `from Patient/${citizen}`}${bits === null ? '' : `, ${bits.toFixed(1)} bits`}${outcome === null ? '' : `: ${outcome}`}`);
    }
  });
}

function send(context: CliContext, options: GatewayOptions, what: string, body: object): Promise<LinkageRun | null> {
  return call<LinkageRun>(context, options, { method: 'POST', path: `${address}/${what}`, body: { type: 'application/json', text: JSON.stringify(body) } });
}

function tell(context: CliContext, { json }: GatewayOptions, run: LinkageRun | null): void {
  if (!run) return;
  if (json) return context.print(JSON.stringify(run, null, 2));
  context.print(`${run.id}: ${run.state}, rule ${run.rule}, ${run.looked} records looked at`);
  context.print(`  would link ${run.link}, would unlink ${run.unlink}; applied ${run.applied}, left in doubt ${run.doubtful}, changed meanwhile ${run.outdated}`);
}
