import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import type { ReplayReport } from '../../flow/feeds/replay-feed.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';
import { timeLeft } from './progress.ts';

const pollMs = 2_000;

/** `onestory replay …`: what a changed mapping would change, and putting it in the place of what works. */
export function replayCommand(context: CliContext): Command {
  return new Command('replay')
    .description('try a changed mapping on everything a feed ever sent, see what differs, and approve it')
    .addCommand(changing(context, 'start', 'run the changed mapping in thought and show what differs').action(async (feed: string, options: GatewayOptions) => {
      await follow(context, options, feed, await post(context, options, feed, 'start', {}));
    }))
    .addCommand(changing(context, 'show', 'how far it is and what differs').action(async (feed: string, options: GatewayOptions) => {
      tell(context, options, await show(context, options, feed));
    }))
    .addCommand(changing(context, 'approve', 'write what differs; from then on the changed mapping works').requiredOption('--candidate <sha256>', 'the candidate you read the report of, as the report names it')
      .action(async (feed: string, { candidate, ...options }: GatewayOptions & { candidate: string }) => {
        await follow(context, options, feed, await post(context, options, feed, 'approve', { candidate }));
      }))
    .addCommand(changing(context, 'give-up', 'forget it; what works goes on').action(async (feed: string, options: GatewayOptions) => {
      tell(context, options, await post(context, options, feed, 'give-up', {}));
    }));
}

function changing(context: CliContext, name: string, description: string): Command {
  return calling(context, new Command(name).description(description).argument('<feed>', 'such as uhb-adt'));
}

function pathOf(feed: string): string {
  return `/governance/feeds/${encodeURIComponent(feed)}/replay`;
}

function show(context: CliContext, options: GatewayOptions, feed: string): Promise<ReplayReport | null> {
  return call<ReplayReport>(context, options, { method: 'GET', path: pathOf(feed) });
}

function post(context: CliContext, options: GatewayOptions, feed: string, change: string, body: object): Promise<ReplayReport | null> {
  return call<ReplayReport>(context, options, { method: 'POST', path: `${pathOf(feed)}/${change}`, body: { type: 'application/json', text: JSON.stringify(body) } });
}

/** Waits until it rests, with a progress bar on standard error: rows gone through, rate and time left. */
async function follow(context: CliContext, options: GatewayOptions, feed: string, begun: ReplayReport | null): Promise<void> {
  const bar = new SingleBar({ clearOnComplete: true, noTTYOutput: true, notTTYSchedule: 10_000, stream: process.stderr, format: '{bar} {value}/{total} rows  {rate}/s  {eta_formatted} left', formatTime: timeLeft }, Presets.shades_classic);
  const startedAt = performance.now();
  let report = begun;
  if (report) bar.start(Math.max(1, report.progress.rows), 0, { rate: 0 });
  while (report && ['shadow', 'swapping', 'closing'].includes(report.state)) {
    const { progress: { rowsDone, rows } } = report;
    bar.setTotal(Math.max(1, rows));
    bar.update(rowsDone, { rate: Math.round(rowsDone * 1_000 / Math.max(1, performance.now() - startedAt)) });
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    report = await show(context, options, feed);
  }
  bar.stop();
  tell(context, options, report);
}

function tell(context: CliContext, { json }: GatewayOptions, report: ReplayReport | null): void {
  if (!report) return;
  if (json) return context.print(JSON.stringify(report, null, 2));
  const { feed, state, base, candidate, added, onboarding, progress, counts, differences, erased, approvedBy } = report;
  context.print(`${feed}: ${state}, ${onboarding ? `new feed, mapping ${short(candidate)}` : `candidate ${short(candidate)} in the place of ${short(base)}`}`);
  context.print(`  ${progress.recordsStaged} records, ${progress.rows} rows${progress.people > 0 ? `, ${progress.people} people` : ''}; started by ${report.startedBy}${approvedBy === null ? '' : `, approved by ${approvedBy}`}`);
  if (added) context.print(`  only more codes than before (${added.codes} in ${added.tables.join(', ')}): nobody was gone through whose records cannot name one`);
  if (erased > 0) context.print(`  ${erased} records are not kept any more: what only they said stays as it is`);
  context.print(`  ${counts.resource} resources differ, ${counts['new-problem']} new problems, ${counts['solved-problem']} solved problems`);
  for (const { kind, subject, place, count, examples } of differences) {
    context.print(`  ${String(count).padStart(7)} × ${kind === 'resource' ? '' : `${kind} `}${subject}  ${place}`);
    context.print(`            such as ${examples.map(({ record, id }) => (id === null ? record : `${subject}/${id} (${record})`)).join(', ')}`);
  }
  if (state === 'ready') context.print(`  to approve it: npm run -s onestory -- replay approve ${feed} --candidate ${candidate}`);
}

function short(sha256: string): string {
  return sha256.slice(0, 12);
}
