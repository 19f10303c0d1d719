import { Command, Option } from 'commander';
import type { LinksExplained } from '../../flow/linkage/explain-links.ts';
import type { LinkReviewDetails, LinkReviewEntry } from '../../flow/linkage/list-link-reviews.ts';
import type { FieldEvidence } from '../../linkage/grade-pair.ts';
import { linkOutcomes } from '../../fhir/link-outcomes.ts';
import type { CliContext } from './cli-context.ts';
import { findCitizen } from './find-citizen.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** `onestory link …`: pairs of records that may be about one person, and what people decide of them. */
export function linkCommand(context: CliContext): Command {
  return new Command('link')
    .description('settle records that may be about one person')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(claimCommand(context, 'claim', 'take a pair to decide it'))
    .addCommand(claimCommand(context, 'release', 'give a pair back undecided'))
    .addCommand(decideCommand(context))
    .addCommand(undoCommand(context))
    .addCommand(whyCommand(context));
}

/** `onestory link list`: every page. */
function listCommand(context: CliContext): Command {
  const state = new Option('--state <state>', 'open, oldest first; or settled').choices(['open', 'settled']).default('open');
  return calling(context, new Command('list').description('pairs that wait for somebody').addOption(state))
    .action(async (options: GatewayOptions & { state: string }) => {
      const all: LinkReviewEntry[] = [];
      for (let path: string | null = `/governance/link-reviews?state=${options.state}`; path !== null;) {
        const answer: { linkReviews: LinkReviewEntry[]; next: string | null } | null = await call(context, options, { method: 'GET', path });
        if (!answer) return;
        all.push(...answer.linkReviews);
        path = answer.next;
      }
      if (options.json) return context.print(JSON.stringify({ linkReviews: all }, null, 2));
      if (all.length === 0) context.print(options.state === 'open' ? 'Nothing waits for a decision.' : 'Nothing is settled.');
      for (const entry of all) printEntry(context, entry);
    });
}

/** `onestory link show <reference>`: both records side by side. */
function showCommand(context: CliContext): Command {
  return one(context, new Command('show').description('both records side by side, and how alike they are'))
    .action(async (reference: string, options: GatewayOptions) => {
      const details = await call<LinkReviewDetails>(context, options, { method: 'GET', path: pathOf(reference) });
      if (!details) return;
      if (options.json) return context.print(JSON.stringify(details, null, 2));
      printDetails(context, details);
    });
}

function claimCommand(context: CliContext, what: 'claim' | 'release', description: string): Command {
  return one(context, new Command(what).description(description)).action(async (reference: string, options: GatewayOptions) => change(context, options, reference, what, {}));
}

/** `onestory link decide <reference> --outcome … --reason … --seen …`: on what `show` printed, and on nothing newer. */
function decideCommand(context: CliContext): Command {
  return one(context, new Command('decide').description('say whether the two are one person'))
    .addOption(new Option('--outcome <outcome>', 'what you think').choices(linkOutcomes).makeOptionMandatory())
    .requiredOption('--reason <text>', 'why, at most 500 characters')
    .requiredOption('--seen <value>', 'as show printed it: the decision is on that')
    .action(async (reference: string, options: GatewayOptions & { outcome: string; reason: string; seen: string }) => {
      const { outcome, reason, seen } = options;
      await change(context, options, reference, 'decide', { outcome, reason, seen });
    });
}

/** `onestory link undo <reference> --reason …` */
function undoCommand(context: CliContext): Command {
  return one(context, new Command('undo').description('take back what was decided')).requiredOption('--reason <text>', 'why, at most 500 characters')
    .action(async (reference: string, options: GatewayOptions & { reason: string }) => change(context, options, reference, 'undo', { reason: options.reason }));
}

/** `onestory link why <patient>`: by which rules, on which fields and by whose decisions a citizen's records are one. */
function whyCommand(context: CliContext): Command {
  return calling(context, new Command('why').description('why a citizen\'s records are one').argument('<patient>', 'the citizen\'s id or NHS number'))
    .action(async (patient: string, options: GatewayOptions) => {
      const citizen = await findCitizen(context, options, patient);
      const told = citizen === null ? null : await call<LinksExplained>(context, options, { method: 'GET', path: `/governance/links/${encodeURIComponent(citizen)}` });
      if (!told) return;
      if (options.json) return context.print(JSON.stringify(told, null, 2));
      if (told.hidden) context.print('Something of this person is hidden from you, so what links may rest on is not shown.');
      for (const { id, rule, agreed, fields, bits, held, ruleVersion } of told.links) {
        context.print(`Patient/${id}: ${rule}${agreed.length > 0 ? `, agreed: ${agreed.join(', ')}` : ''}`);
        if (bits !== null) context.print(`  by rule ${ruleVersion ?? ''}: ${bits.toFixed(1)} bits: ${fieldsOf(fields)}`);
        if (held.length > 0) context.print(`  held: ${held.join('; ')}`);
      }
      for (const { kind, rule, personName, role, reason, at, undone, persons } of told.decisions) {
        context.print(`${at}: ${kind} by ${rule ?? `${personName ?? ''} (${role ?? ''})`}${reason === null ? '' : `: ${reason}`}${undone ? '; undone' : ''}; ${persons.map((id) => `Patient/${id}`).join(', ')}`);
      }
    });
}

async function change(context: CliContext, options: GatewayOptions, reference: string, what: string, body: object): Promise<void> {
  const entry = await call<LinkReviewEntry>(context, options, { method: 'POST', path: `${pathOf(reference)}/${what}`, body: { type: 'application/json', text: JSON.stringify(body) } });
  if (!entry) return;
  if (options.json) return context.print(JSON.stringify(entry, null, 2));
  printEntry(context, entry);
}

function one(context: CliContext, command: Command): Command {
  return calling(context, command.argument('<reference>', 'as the list names it: LR-…'));
}

function pathOf(reference: string): string {
  return `/governance/link-reviews/${encodeURIComponent(reference)}`;
}

function printEntry(context: CliContext, { reference, foundAt, foundBy, bits, fields, held, state, claim, outcome, decidedAt }: LinkReviewEntry): void {
  const stands = claim ? `claimed by ${claim.name} until ${claim.until}` : outcome ? `${outcome} since ${decidedAt ?? ''}` : state;
  context.print(`${reference}: found ${foundAt} by ${foundBy}, ${bits === null ? 'not weighed' : `${bits.toFixed(1)} bits`}, ${stands}`);
  if (fields.length > 0) context.print(`  ${fieldsOf(fields)}`);
  if (held.length > 0) context.print(`  held: ${held.join('; ')}`);
}

function printDetails(context: CliContext, details: LinkReviewDetails): void {
  const { records, now, ruleVersion, seen, secondOpinion, opinions } = details;
  printEntry(context, details);
  if (now) context.print(`  by rule ${ruleVersion}: ${now.grade}, ${now.bits.toFixed(1)} bits: ${fieldsOf(now.fields)}`);
  if (secondOpinion) context.print('  joining them takes two people');
  for (const { by, outcome, reason, at } of opinions) context.print(`  ${by} on ${at}: ${outcome}: ${reason}`);
  for (const { citizen, patient } of records) {
    context.print(`  Patient/${citizen}`);
    for (const { family, given } of patient.name ?? []) context.print(`    name: ${[...(given ?? []), family].join(' ')}`);
    context.print(`    born: ${patient.birthDate ?? 'not said'}; ${patient.gender ?? 'gender not said'}`);
    for (const { value } of patient.identifier ?? []) context.print(`    identifier: ${value ?? ''}`);
    for (const { line, postalCode } of patient.address ?? []) context.print(`    address: ${[...(line ?? []), postalCode].join(', ')}`);
    for (const { value } of patient.telecom ?? []) context.print(`    contact: ${value ?? ''}`);
  }
  context.print(`  seen: ${seen}`);
}

function fieldsOf(fields: readonly FieldEvidence[]): string {
  return fields.map(({ field, level, bits }) => `${field} ${level} ${bits >= 0 ? '+' : ''}${bits.toFixed(1)}`).join(', ');
}
