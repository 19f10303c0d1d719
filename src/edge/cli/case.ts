import { Command, Option } from 'commander';
import { caseOutcomes } from '../../fhir/case-words.ts';
import type { CaseDetails, CaseEntry } from '../../flow/audit/list-cases.ts';
import type { WatchedCitizen } from '../../store/audit/watched-citizens.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** `onestory case …`: odd looks that somebody should be asked about, and what became of it. */
export function caseCommand(context: CliContext): Command {
  const say = (act: string, field: string, what: string): Command => one(context, new Command(act).description(what)).requiredOption('--text <text>', 'in words, at most 500 characters')
    .action(async (reference: string, options: GatewayOptions & { text: string }) => { await actOn(context, reference, act, { [field]: options.text }, options); });
  return new Command('case')
    .description('list, show and deal with cases of odd looks')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(one(context, new Command('take').description('say that you deal with it')).action(async (reference: string, options: GatewayOptions) => { await actOn(context, reference, 'take', {}, options); }))
    .addCommand(say('ask', 'question', 'ask the organisation of whom it is about'))
    .addCommand(say('answer', 'answer', 'answer what was asked'))
    .addCommand(say('note', 'note', 'add a note for those who deal with it'))
    .addCommand(closeCommand(context))
    .addCommand(say('reopen', 'reason', 'open a closed case again'))
    .addCommand(watchedCommand(context))
    .addCommand(watchCommand(context))
    .addCommand(unwatchCommand(context));
}

/** `onestory case list`: every page. */
function listCommand(context: CliContext): Command {
  const state = new Option('--state <state>', 'open or closed').choices(['open', 'closed']).default('open');
  return calling(context, new Command('list').description('cases put to your organisation, or that it was asked about').addOption(state))
    .action(async (options: GatewayOptions & { state: string }) => {
      const all = await everyPage<'cases', CaseEntry>(context, options, `/governance/cases?state=${options.state}`, 'cases');
      if (!all) return;
      if (options.json) return context.print(JSON.stringify({ cases: all }, null, 2));
      if (all.length === 0) context.print(options.state === 'open' ? 'No case is open.' : 'No case was closed.');
      for (const entry of all) printEntry(context, entry);
    });
}

function showCommand(context: CliContext): Command {
  return one(context, new Command('show').description('one case: what was odd, at which looks, and what became of it'))
    .action(async (reference: string, options: GatewayOptions) => { show(context, options, await call<CaseDetails>(context, options, { method: 'GET', path: pathOf(reference) })); });
}

function closeCommand(context: CliContext): Command {
  return one(context, new Command('close').description('say what was found'))
    .addOption(new Option('--outcome <outcome>', 'what was found').choices(caseOutcomes).makeOptionMandatory())
    .requiredOption('--text <text>', 'in words, at most 500 characters')
    .action(async (reference: string, options: GatewayOptions & { outcome: string; text: string }) => { await actOn(context, reference, 'close', { outcome: options.outcome, reason: options.text }, options); });
}

/** `onestory case watched`: the list of your organisation. */
function watchedCommand(context: CliContext): Command {
  return calling(context, new Command('watched').description('citizens your organisation keeps an eye on'))
    .action(async (options: GatewayOptions) => {
      const all = await everyPage<'watched', WatchedCitizen>(context, options, '/governance/watched-citizens', 'watched');
      if (!all) return;
      if (options.json) return context.print(JSON.stringify({ watched: all }, null, 2));
      if (all.length === 0) context.print('The list is empty.');
      for (const each of all) printWatched(context, each);
    });
}

function watchCommand(context: CliContext): Command {
  return calling(context, new Command('watch').description('keep an eye on a citizen').argument('<citizen>', 'the citizen\'s id'))
    .addOption(new Option('--kind <kind>', 'people others are curious about, or your own staff').choices(['prominent', 'staff']).default('prominent'))
    .option('--person <id>', 'of staff, who they are at the issuer', '')
    .requiredOption('--reason <text>', 'why, at most 500 characters')
    .action(async (citizen: string, options: GatewayOptions & { kind: string; person: string; reason: string }) => {
      const text = JSON.stringify({ patient: citizen, kind: options.kind, person: options.person, reason: options.reason });
      told(context, options, await call<WatchedCitizen>(context, options, { method: 'POST', path: '/governance/watched-citizens', body: { type: 'application/json', text } }));
    });
}

function unwatchCommand(context: CliContext): Command {
  return calling(context, new Command('unwatch').description('take a citizen off the list').argument('<id>', 'as the list gives it'))
    .action(async (id: string, options: GatewayOptions) => {
      told(context, options, await call<WatchedCitizen>(context, options, { method: 'POST', path: `/governance/watched-citizens/${encodeURIComponent(id)}/end`, body: { type: 'application/json', text: '{}' } }));
    });
}

async function everyPage<Name extends string, Item>(context: CliContext, options: GatewayOptions, first: string, name: Name): Promise<Item[] | null> {
  const all: Item[] = [];
  for (let path: string | null = first; path !== null;) {
    const answer: ({ next: string | null } & Record<Name, Item[]>) | null = await call(context, options, { method: 'GET', path });
    if (!answer) return null;
    all.push(...answer[name]);
    path = answer.next;
  }
  return all;
}

async function actOn(context: CliContext, reference: string, act: string, fields: Readonly<Record<string, string>>, options: GatewayOptions): Promise<void> {
  show(context, options, await call<CaseDetails>(context, options, { method: 'POST', path: `${pathOf(reference)}/${act}`, body: { type: 'application/json', text: JSON.stringify(fields) } }));
}

function one(context: CliContext, command: Command): Command {
  return calling(context, command.argument('<reference>', 'as the list names it: CA-…'));
}

function pathOf(reference: string): string {
  return `/governance/cases/${encodeURIComponent(reference)}`;
}

function show(context: CliContext, { json }: GatewayOptions, details: CaseDetails | null): void {
  if (!details) return;
  if (json) return context.print(JSON.stringify(details, null, 2));
  printEntry(context, details);
  for (const { label, kind, citizen, odd, looks } of details.subjects) {
    context.print(`  ${kind === 'day' ? `day ${label}` : `person ${label}: ${citizen ?? 'not shown: nothing of your organisation was seen'}`}`);
    for (const { sentence, rarity, looks: times, lastAt } of odd) context.print(`    ${sentence} ${rarity} ${times} ${times === 1 ? 'time' : 'times'}, last ${lastAt}.`);
    for (const { id, at, interaction } of looks) context.print(`    log: ${at} ${interaction} ${id}`);
    if (kind === 'citizen' && citizen !== null && looks[0]) context.print(`    replay: onestory audit replay --user ${details.about.person} --patient ${citizen} --at ${looks[0].at}`);
  }
  if (details.more) context.print('  and more than is shown here');
  for (const { at, kind, personName, text, outcome, due } of details.events) {
    context.print(`  ${at} ${kind}${personName === null ? '' : ` by ${personName}`}${outcome === null ? '' : `, ${outcome}`}${due === null ? '' : `, answer due ${due}`}${text === null ? '' : `: ${personName === null ? text.replaceAll(',', ', ') : text}`}`);
  }
}

function printEntry(context: CliContext, { reference, state, outcome, side, keeper, keeperName, about, score, openedAt, due, overdue, takenBy }: CaseEntry): void {
  context.print(`${reference}: ${state}${outcome === null ? '' : `, ${outcome}`}, opened ${openedAt}${score === null ? '' : `, ${score} points`}${due === null ? '' : `, due ${due}${overdue ? ' (overdue)' : ''}`}`);
  context.print(`  about: ${about.name} (${about.person}), ${about.role}, ${about.organisationName ?? about.organisation}`);
  context.print(`  ${side === 'keeper' ? `put to: ${keeperName ?? keeper}` : `asked by: ${keeperName ?? keeper}`}${takenBy === null ? '' : `, taken by ${takenBy}`}`);
}

function printWatched(context: CliContext, { id, citizen, kind, person, reason, decidedName, ended }: WatchedCitizen): void {
  context.print(`${id}: ${citizen}, ${kind}${person === null ? '' : ` ${person}`}, by ${decidedName}: ${reason}${ended === null ? '' : ` (ended ${String(ended.at)})`}`);
}

function told(context: CliContext, { json }: GatewayOptions, watched: WatchedCitizen | null): void {
  if (!watched) return;
  if (json) return context.print(JSON.stringify(watched, null, 2));
  printWatched(context, watched);
}
