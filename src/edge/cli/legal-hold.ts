import { Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import { findCitizen } from './find-citizen.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** As GET /governance/legal-holds has it. */
interface ToldHold {
  id: string;
  citizen: string | null;
  organisation: string | null;
  until: string | null;
  reason: string;
  placedName: string;
  placedAt: string;
  ended: { at: string; name: string; reason: string } | null;
}

/** `onestory legal-hold …`: what must not be erased, whatever the rules say. */
export function legalHoldCommand(context: CliContext): Command {
  return new Command('legal-hold').description('what must not be erased, whatever the rules say').addCommand(listCommand(context)).addCommand(placeCommand(context)).addCommand(endCommand(context));
}

function listCommand(context: CliContext): Command {
  return calling(context, new Command('list').description('holds, those that were ended included')).action(async (options: GatewayOptions) => {
    const all: ToldHold[] = [];
    for (let path: string | null = address; path !== null;) {
      const page: { legalHolds: ToldHold[]; next: string | null } | null = await call(context, options, { method: 'GET', path });
      if (!page) return;
      all.push(...page.legalHolds);
      path = page.next;
    }
    if (options.json) return context.print(JSON.stringify({ legalHolds: all }, null, 2));
    if (all.length === 0) context.print('Nothing is held.');
    for (const hold of all) say(context, hold);
  });
}

/** `onestory legal-hold place --patient … --reason …` */
function placeCommand(context: CliContext): Command {
  return calling(context, new Command('place').description('keep what is about a citizen, or of an organisation'))
    .option('--patient <id>', 'a citizen\'s id or NHS number').option('--organisation <system|value>', 'an organisation', '').option('--until <day>', 'the last day; without it until it is ended', '')
    .requiredOption('--reason <text>', 'why, at most 500 characters')
    .action(async ({ patient, organisation, until, reason, ...options }: GatewayOptions & { patient?: string } & Record<'organisation' | 'until' | 'reason', string>) => {
      const citizen = patient === undefined ? '' : await findCitizen(context, options, patient);
      if (citizen !== null) await change(context, options, address, { patient: citizen, organisation, until, reason });
    });
}

function endCommand(context: CliContext): Command {
  return calling(context, new Command('end').description('end a hold: what is due may be erased again').argument('<id>', 'as the list names it')).requiredOption('--reason <text>', 'why, at most 500 characters')
    .action((id: string, { reason, ...options }: GatewayOptions & { reason: string }) => change(context, options, `${address}/${encodeURIComponent(id)}/end`, { reason }));
}

const address = '/governance/legal-holds';

async function change(context: CliContext, options: GatewayOptions, path: string, body: object): Promise<void> {
  const hold = await call<ToldHold>(context, options, { method: 'POST', path, body: { type: 'application/json', text: JSON.stringify(body) } });
  if (!hold) return;
  if (options.json) return context.print(JSON.stringify(hold, null, 2));
  say(context, hold);
}

function say(context: CliContext, { id, citizen, organisation, until, reason, placedName, placedAt, ended }: ToldHold): void {
  context.print(`${id}: ${ended ? 'ended' : `held until ${until ?? 'it is ended'}`}`);
  context.print(`  of: ${[citizen && `citizen ${citizen}`, organisation].filter((part) => part !== null).join(' and ')}`);
  context.print(`  why: ${reason}`);
  context.print(`  by: ${placedName} on ${placedAt}`);
  if (ended) context.print(`  ended: by ${ended.name} on ${ended.at}: ${ended.reason}`);
}
