import { Command, Option } from 'commander';
import type { EmergencyDetails, EmergencyEntry } from '../../flow/sharing/list-emergencies.ts';
import { reviewOutcomes } from '../../fhir/review-outcomes.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** `onestory emergency …`: what emergency access waits for a review, what was looked at under it, and what was found. */
export function emergencyCommand(context: CliContext): Command {
  return new Command('emergency')
    .description('list, show, review and revoke emergency access')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(reviewCommand(context))
    .addCommand(revokeCommand(context));
}

/** `onestory emergency list`: every page. */
function listCommand(context: CliContext): Command {
  const state = new Option('--state <state>', 'open, longest first; or reviewed, newest first').choices(['open', 'reviewed']).default('open');
  return calling(context, new Command('list').description('emergency access your organisation was asked to review').addOption(state))
    .action(async (options: GatewayOptions & { state: string }) => {
      const all: EmergencyEntry[] = [];
      for (let path: string | null = `/governance/emergency-accesses?state=${options.state}`; path !== null;) {
        const answer: { emergencyAccesses: EmergencyEntry[]; next: string | null } | null = await call(context, options, { method: 'GET', path });
        if (!answer) return;
        all.push(...answer.emergencyAccesses);
        path = answer.next;
      }
      if (options.json) return context.print(JSON.stringify({ emergencyAccesses: all }, null, 2));
      if (all.length === 0) context.print(options.state === 'open' ? 'Nothing waits for a review.' : 'Nothing has been reviewed.');
      for (const entry of all) printEntry(context, entry);
    });
}

/** `onestory emergency show <reference>`: with what was looked at. */
function showCommand(context: CliContext): Command {
  return one(context, new Command('show').description('one emergency access, with what was looked at under it'))
    .action(async (reference: string, options: GatewayOptions) => {
      show(context, options, await call<EmergencyDetails>(context, options, { method: 'GET', path: pathOf(reference) }));
    });
}

/** `onestory emergency review <reference> --outcome … --note …`: for the organisation of whoever reviews. */
function reviewCommand(context: CliContext): Command {
  return one(context, new Command('review').description('record what your organisation found'))
    .addOption(new Option('--outcome <outcome>', 'what was found').choices(reviewOutcomes).makeOptionMandatory())
    .requiredOption('--note <text>', 'in words, at most 500 characters')
    .action(async (reference: string, options: GatewayOptions & { outcome: string; note: string }) => {
      const text = JSON.stringify({ outcome: options.outcome, note: options.note });
      show(context, options, await call<EmergencyDetails>(context, options, { method: 'POST', path: `${pathOf(reference)}/review`, body: { type: 'application/json', text } }));
    });
}

/** `onestory emergency revoke <reference>`: ends it for the very next request. */
function revokeCommand(context: CliContext): Command {
  return one(context, new Command('revoke').description('end live emergency access at once'))
    .action(async (reference: string, options: GatewayOptions) => {
      show(context, options, await call<EmergencyDetails>(context, options, { method: 'POST', path: `${pathOf(reference)}/revoke`, body: { type: 'application/json', text: '{}' } }));
    });
}

function one(context: CliContext, command: Command): Command {
  return calling(context, command.argument('<reference>', 'as the Task and the list name it: EA-…'));
}

function pathOf(reference: string): string {
  return `/governance/emergency-accesses/${encodeURIComponent(reference)}`;
}

function show(context: CliContext, { json }: GatewayOptions, details: EmergencyDetails | null): void {
  if (!details) return;
  if (json) return context.print(JSON.stringify(details, null, 2));
  printEntry(context, details);
  const { citizen, looks: { entries, more, records } } = details;
  context.print(`  citizen: ${citizen ?? 'not shown: nothing of your organisation was asked for'}`);
  context.print(`  seen: ${Object.entries(records).map(([category, count]) => `${category} ${count}`).join(', ') || 'nothing'}`);
  for (const { id, at, interaction } of entries) context.print(`  log: ${at} ${interaction} ${id}`);
  if (more) context.print('  log: and more; search AuditEvent by agent and date');
}

function printEntry(context: CliContext, entry: EmergencyEntry): void {
  const { reference, openedAt, openedBy, reason, explanation, until, live, daysOpen, reviews } = entry;
  const open = daysOpen === null ? 'reviewed' : `open for ${daysOpen} ${daysOpen === 1 ? 'day' : 'days'}`;
  context.print(`${reference}: opened ${openedAt}, ${live ? `live until ${until}` : `over since ${until}`}, ${open}`);
  context.print(`  by: ${openedBy.name} (${openedBy.person}), ${openedBy.role}, ${openedBy.organisationName ?? openedBy.organisation}`);
  context.print(`  why: ${reason}: ${explanation}`);
  for (const { organisation, name, outcome, note, reviewedBy, reviewedAt } of reviews) {
    context.print(`  review of ${name ?? organisation}: ${outcome === null ? 'open' : `${outcome}, by ${reviewedBy ?? ''} on ${reviewedAt ?? ''}: ${note ?? ''}`}`);
  }
}
