import { Command } from 'commander';
import type { FeedReport } from '../../flow/feeds/feed-doctor.ts';
import type { FeedLedger, LedgerField, LedgerState } from '../../flow/feeds/feed-ledger.ts';
import type { WorkList } from '../../flow/feeds/feed-work-list.ts';
import { callGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';
import { failEach } from './fail-each.ts';

/** `onestory feed …`: what is stuck in feeds and why, and the work on it. */
export function feedCommand(context: CliContext): Command {
  return new Command('feed')
    .description('what is stuck in feeds and why, where their fields go, the work list, and rows back to the queue')
    .addCommand(doctorCommand(context))
    .addCommand(ledgerCommand(context))
    .addCommand(workListCommand(context))
    .addCommand(requeueCommand(context));
}

/** `onestory feed doctor [feed]`: exit code 0 when nothing is stuck, 1 when something is, 2 when nobody could look. */
function doctorCommand(context: CliContext): Command {
  return calling(context, new Command('doctor').description('what is stuck, and why').argument('[feed]', 'one feed, such as uhb-adt; default: all you may see'))
    .action(async (feed: string | undefined, options: GatewayOptions) => {
      const result = await callGateway(context, options, { method: 'GET', path: feed === undefined ? '/governance/feeds' : `/governance/feeds/${encodeURIComponent(feed)}` });
      if ('problems' in result) return failEach(context, result.problems, options.json, 2);
      const feeds = feed === undefined ? (result.answer as { feeds: FeedReport[] }).feeds : [result.answer as FeedReport];
      if (options.json) context.print(JSON.stringify({ feeds }, null, 2));
      else for (const line of feeds.flatMap(sayFeed)) context.print(line);
      const ill = feeds.filter(({ ailments }) => ailments.length > 0).length;
      if (ill > 0) context.fail({ category: 'conflict', code: 'feeds-need-work', text: `${ill} of ${feeds.length} ${feeds.length === 1 ? 'feed needs' : 'feeds need'} work.` });
    });
}

function sayFeed({ feed, state, partner, mapping, queue, ailments }: FeedReport): string[] {
  return [
    `${feed}  ${state}  ${partner}`,
    `  mapping ${short(mapping.live)}${mapping.candidate === null ? '' : `, candidate ${short(mapping.candidate)}`}   last received ${queue.lastReceived ?? 'never'}   queue ${queue.received} records, ${queue.pending} rows`,
    ...(ailments.length === 0 ? ['  ok'] : ailments.flatMap(({ code, sentence, fix }) => [`  ${code}  ${sentence}`, `    fix  ${fix}`])),
  ];
}

const stateWords: Readonly<Record<LedgerState, string>> = { carried: 'carried', 'carried-as-text': 'carried as text', read: 'read', dropped: 'dropped', unmapped: 'unmapped' };

/** `onestory feed ledger <feed>`: exit code 1 when a field it sent goes nowhere and nobody said that it may. */
function ledgerCommand(context: CliContext): Command {
  return calling(context, new Command('ledger').description('where every field a feed ever sent goes, how often, with the shape of an example').argument('<feed>', 'such as uhb-adt'))
    .action(async (feed: string, options: GatewayOptions) => {
      const ledger = await call<FeedLedger>(context, options, { method: 'GET', path: `/governance/feeds/${encodeURIComponent(feed)}/ledger` });
      if (!ledger) return;
      if (options.json) context.print(JSON.stringify(ledger, null, 2));
      else for (const line of sayLedger(ledger)) context.print(line);
      if (ledger.coverage.unmapped > 0) context.end(1);
    });
}

function sayLedger({ feed, fields, coverage, complete, unmappedCodes }: FeedLedger): string[] {
  const states = (Object.keys(stateWords) as LedgerState[]).map((state) => `${coverage[state]} ${stateWords[state]}`).join(', ');
  return [
    ...fields.flatMap(sayField),
    `${feed}: ${fields.length} fields${complete ? '' : ' and more'}: ${states}   codes no table has ${unmappedCodes.length}`,
  ];
}

function sayField({ part, sentAs, state, dropped, ways }: LedgerField): string[] {
  return [
    `${part === '' ? '' : `${part} `}${sentAs}  ${state === 'unmapped' ? 'UNMAPPED' : stateWords[state]}${dropped === null ? '' : `  ${dropped.reason} (${dropped.approvedBy}, ${dropped.date})`}`,
    ...ways.map((way) => [
      `  ${String(way.seen).padStart(9)} × ${way.to === null ? stateWords[way.state] : `${stateWords[way.state]} to ${way.to}`}`,
      ...(way.example === null ? [] : [`such as ${way.example.record}${way.example.shape === null ? '' : ` "${way.example.shape}"`}`]),
    ].join('  ')),
  ];
}

/** `onestory feed work-list <feed>`: every page. */
function workListCommand(context: CliContext): Command {
  return calling(context, new Command('work-list').description('files refused, rows in quarantine by reason, and codes that no table has').argument('<feed>', 'such as uhb-adt'))
    .action(async (feed: string, options: GatewayOptions) => {
      const all: Pick<WorkList, 'quarantine' | 'unmappedCodes' | 'refusedFiles'> = { quarantine: [], unmappedCodes: [], refusedFiles: [] };
      for (let path: string | null = `/governance/feeds/${encodeURIComponent(feed)}/work-list`; path !== null;) {
        const page: (typeof all & { next: string | null }) | null = await call(context, options, { method: 'GET', path });
        if (!page) return;
        all.quarantine.push(...page.quarantine);
        all.unmappedCodes.push(...page.unmappedCodes);
        all.refusedFiles.push(...page.refusedFiles);
        path = page.next;
      }
      if (options.json) return context.print(JSON.stringify({ feed, ...all }, null, 2));
      for (const line of sayWorkList(all)) context.print(line);
    });
}

function sayWorkList({ quarantine, unmappedCodes, refusedFiles }: Pick<WorkList, 'quarantine' | 'unmappedCodes' | 'refusedFiles'>): string[] {
  if (quarantine.length + unmappedCodes.length + refusedFiles.length === 0) return ['Nothing to do.'];
  return [
    ...refusedFiles.flatMap(({ code, text, count, firstSeen, lastSeen, example }) => [`${count} ${count === 1 ? 'file' : 'files'} refused: ${code}  ${day(firstSeen)} to ${day(lastSeen)}  such as ${example}`, `    ${text}`]),
    ...quarantine.flatMap(({ code, field, value, text, expected, fix, count, firstSeen, lastSeen, example }) => [
      `${count} × ${code}${field === '' ? '' : `  ${field}`}${value === null ? '' : ` "${value}"`}  ${day(firstSeen)} to ${day(lastSeen)}  such as ${example}`,
      `    ${text}${expected === null ? '' : ` Expected: ${expected}.`}`, ...(fix === null ? [] : [`    fix  ${fix}`]),
    ]),
    ...[...Map.groupBy(unmappedCodes, ({ table }) => table)].flatMap(([table, codes]) => [
      `${table}`,
      ...codes.flatMap(({ field, value, seen, firstSeen, lastSeen, example, suggestedRow }) => [
        `  ${seen} × "${value}"  ${field}  ${day(firstSeen)} to ${day(lastSeen)}  such as ${example}`, ...(suggestedRow === null ? [] : [`    add  ${suggestedRow}`]),
      ]),
    ]),
  ];
}

/** `onestory feed requeue <feed> --code … | --field … | --file …` */
function requeueCommand(context: CliContext): Command {
  return calling(context, new Command('requeue').description('put quarantined rows back in the queue after what was wrong was mended').argument('<feed>', 'such as uhb-adt'))
    .option('--code <code>', 'rows with this problem', '').option('--field <field>', 'rows with a problem in this field', '').option('--file <name>', 'rows whose problem names this map or table', '')
    .action(async (feed: string, { code, field, file, ...options }: GatewayOptions & { code: string; field: string; file: string }) => {
      const answer = await call<{ requeued: number }>(context, options,
        { method: 'POST', path: `/governance/feeds/${encodeURIComponent(feed)}/requeue`, body: { type: 'application/json', text: JSON.stringify({ code, field, file }) } });
      if (answer) context.print(options.json ? JSON.stringify(answer) : `${answer.requeued} ${answer.requeued === 1 ? 'row is' : 'rows are'} in the queue again.`);
    });
}

function short(sha256: string): string {
  return sha256.slice(0, 12);
}

function day(instant: string): string {
  return instant.slice(0, 10);
}
