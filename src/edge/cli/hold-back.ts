import { Command } from 'commander';
import type { HoldBackRule } from '../../audit/hold-back.ts';
import type { HoldBackEntry } from '../../flow/audit/hold-back.ts';
import type { CliContext } from './cli-context.ts';
import { findCitizen } from './find-citizen.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** A decision as JSON has it: its instants are texts. */
type ToldHoldBack = Omit<HoldBackEntry, 'from' | 'until' | 'decidedAt' | 'ended'> & Record<'from' | 'decidedAt', string> & { until: string | null; ended: Record<'at' | 'name' | 'reason', string> | null };

/** `onestory hold-back …`: looks a citizen is not told of for a time. */
export function holdBackCommand(context: CliContext): Command {
  return new Command('hold-back')
    .description('looks a citizen is not told of for a time: who decided so, under which rule and why')
    .addCommand(listCommand(context))
    .addCommand(rulesCommand(context))
    .addCommand(decideCommand(context))
    .addCommand(endCommand(context));
}

/** `onestory hold-back list [--patient …]`: every page, newest first. */
function listCommand(context: CliContext): Command {
  return calling(context, new Command('list').description('decisions, those that were ended included')).option('--patient <id>', 'a citizen\'s id or NHS number')
    .action(async ({ patient, ...options }: GatewayOptions & { patient?: string }) => {
      const citizen = patient === undefined ? undefined : await findCitizen(context, options, patient);
      if (citizen === null) return;
      const all: ToldHoldBack[] = [];
      for (let path: string | null = `${address}${citizen === undefined ? '' : `?patient=${encodeURIComponent(citizen)}`}`; path !== null;) {
        const page: Page | null = await call<Page>(context, options, { method: 'GET', path });
        if (!page) return;
        all.push(...page.holdBacks);
        path = page.next;
      }
      if (options.json) return context.print(JSON.stringify({ holdBacks: all }, null, 2));
      if (all.length === 0) context.print('Nothing is held back.');
      for (const entry of all) say(context, entry);
    });
}

/** `onestory hold-back rules`: under which law, by whom and for how long. */
function rulesCommand(context: CliContext): Command {
  return calling(context, new Command('rules').description('the rules under which looks may be held back')).action(async (options: GatewayOptions) => {
    const page = await call<Page>(context, options, { method: 'GET', path: address });
    if (!page) return;
    if (options.json) return context.print(JSON.stringify({ rules: page.rules }, null, 2));
    for (const { code, title, law, roles, reviewWithinMonths } of page.rules) context.print(`${code}: ${title['en-GB'] ?? ''}. ${law}. By ${roles.join(' or ')}; looked at again within ${reviewWithinMonths} months.`);
  });
}

/** `onestory hold-back decide …`: refused is what the rule does not allow. */
function decideCommand(context: CliContext): Command {
  return calling(context, new Command('decide').description('hold looks back'))
    .requiredOption('--patient <id>', 'the citizen\'s id or NHS number').requiredOption('--organisation <system|value>', 'the organisation that looked')
    .option('--person <id>', 'one person of it; without it everybody', '').requiredOption('--from <when>', 'a London day or an instant')
    .option('--until <when>', 'the same; without it looks to come as well', '').requiredOption('--rule <code>', 'as onestory hold-back rules has them')
    .requiredOption('--reason <text>', 'why, at most 500 characters').requiredOption('--review-by <day>', 'the day by which it is looked at again')
    .action(async ({ patient, organisation, person, from, until, rule, reason, reviewBy, ...options }: GatewayOptions & Record<'patient' | 'organisation' | 'person' | 'from' | 'until' | 'rule' | 'reason' | 'reviewBy', string>) => {
      const citizen = await findCitizen(context, options, patient);
      if (citizen === null) return;
      await change(context, options, address, { patient: citizen, organisation, person, from, until, rule, reason, reviewBy });
    });
}

/** `onestory hold-back end <id> --reason …`: from now on they are told. */
function endCommand(context: CliContext): Command {
  return calling(context, new Command('end').description('have the looks told again').argument('<id>', 'as the list names it')).requiredOption('--reason <text>', 'why, at most 500 characters')
    .action((id: string, { reason, ...options }: GatewayOptions & { reason: string }) => change(context, options, `${address}/${encodeURIComponent(id)}/end`, { reason }));
}

const address = '/governance/hold-backs';

interface Page {
  holdBacks: ToldHoldBack[];
  rules: HoldBackRule[];
  next: string | null;
}

async function change(context: CliContext, options: GatewayOptions, path: string, body: object): Promise<void> {
  const entry = await call<ToldHoldBack>(context, options, { method: 'POST', path, body: { type: 'application/json', text: JSON.stringify(body) } });
  if (!entry) return;
  if (options.json) return context.print(JSON.stringify(entry, null, 2));
  say(context, entry);
}

function say(context: CliContext, { id, citizen, organisation, organisationName, person, from, until, rule, reason, decidedName, decidedAt, reviewBy, overdue, ended }: ToldHoldBack): void {
  context.print(`${id}: ${ended ? 'ended' : 'held back'}${overdue ? ', OVERDUE to be looked at again' : ''}`);
  context.print(`  looks of: ${person ?? 'everybody'}, ${organisationName ?? organisation}, from ${from} until ${until ?? 'it is ended'}`);
  context.print(`  at: ${citizen}`);
  context.print(`  why: ${rule}: ${reason}`);
  context.print(`  by: ${decidedName} on ${decidedAt}, to be looked at again by ${reviewBy}`);
  if (ended) context.print(`  ended: by ${ended.name} on ${ended.at}: ${ended.reason}`);
}
