import { rmSync } from 'node:fs';
import { randomFor, type Random } from '../../src/demo/random.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { hasIntakeWork } from '../../src/store/intake/intake-queue.ts';
import { until } from '../patience.ts';
import { checkInvariants, findLost, type Invariant } from './check-invariants.ts';
import type { FeedPost, Sender } from './feed-posts.ts';
import { readFinalRecord } from './final-record.ts';
import { newSettings, pause, spawnGateway, tokenOf, type GatewayProcess, type GatewaySettings } from './gateway-process.ts';
import { newLedger, postAndNote, type PostLedger } from './post-ledger.ts';

export interface KillRun {
  kills: number;
  seed: number;
  senders: Sender[];
  /** two empty databases: one for the run with kills, one for the same input undisturbed */
  databaseUrls: { killed: string; undisturbed: string };
  report?: (line: string) => void;
}

export interface KillOutcome {
  invariants: Invariant[];
  /** posts under way when the process was killed */
  cutOff: number;
  /** rows split and not settled at the moment of the kill, over all kills */
  pendingAtKills: number;
  killsWhileStarting: number;
}

/** One kill in this many strikes while the program starts. */
const startKillEvery = 6;
const loadMs = { least: 60, most: 1_500 };

/**
 * Sends the posts to a real gateway, kills it with SIGKILL at seeded moments while posts and worker are under way,
 * starts it again, and at the end sends once more what was not acknowledged and then everything. What must hold is
 * checked in the database, against the ledger of acknowledgements and against the same input undisturbed.
 */
export async function runWithKills(run: KillRun): Promise<KillOutcome> {
  const report = run.report ?? (() => undefined);
  const random = randomFor(run.seed, 'kills');
  const settings = await newSettings(run.databaseUrls.killed);
  const ledger = newLedger();
  const database = await openPostgres(run.databaseUrls.killed, 2);
  const undisturbed = await openPostgres(run.databaseUrls.undisturbed, 2);
  try {
    const outcome = { cutOff: 0, pendingAtKills: 0, killsWhileStarting: 0 };
    let gateway = spawnGateway(settings);
    await gateway.ready();
    await copySecrets(database, undisturbed);
    const left = run.senders.map(({ posts, ...sender }) => ({ ...sender, posts: [...posts] }));
    for (let kill = 1; kill <= run.kills; kill += 1) {
      const starting = kill % startKillEvery === 0;
      const before = ledger.acknowledged.length;
      const cut = starting ? await killWhileStarting(gateway, settings, random) : await killUnderLoad(gateway, settings, random, left, ledger, run.kills - kill + 1);
      const pending = await countPending(database);
      ledger.lost.push(...(await findLost(database, ledger)));
      outcome.cutOff += cut;
      outcome.pendingAtKills += pending;
      outcome.killsWhileStarting += starting ? 1 : 0;
      gateway = spawnGateway(settings);
      const startedAt = performance.now();
      await gateway.ready();
      report(`kill ${kill}/${run.kills} ${starting ? 'while starting' : 'under load'}: ${ledger.acknowledged.length - before} acknowledged, ${cut} cut off, ` +
        `${pending} rows pending; ready again after ${Math.round(performance.now() - startedAt)} ms`);
    }
    await finish(gateway, settings, left, ledger);
    await untilIdle(database);
    const once = await countRecord(database);
    await sendAll(gateway, settings, run.senders, ledger);
    await untilIdle(database);
    const twice = await countRecord(database);
    const ended = await gateway.stop('SIGTERM');
    report(`sent everything again: ${ledger.acknowledged.length} acknowledgements of ${run.senders.reduce((sum, { posts }) => sum + posts.length, 0)} posts; stopped with ${ended.code}`);
    await runUndisturbed(undisturbed, run);
    report('the same input ran undisturbed');
    const invariants = await checkInvariants(database, ledger, { once, twice }, {
      killed: await readFinalRecord(database), undisturbed: await readFinalRecord(undisturbed),
    });
    return { invariants, ...outcome };
  } finally {
    await Promise.all([database.close(), undisturbed.close()]);
    rmSync(settings.dataDir, { recursive: true, force: true });
  }
}

/** Posts from every sender at once until the kill; returns how many posts got no answer. */
async function killUnderLoad(
  gateway: GatewayProcess, settings: GatewaySettings, random: Random, left: readonly Sender[], ledger: PostLedger, killsToCome: number,
): Promise<number> {
  const unanswered = ledger.unanswered.length;
  const tokens = await tokensOf(gateway, settings, left);
  const sending = left.map((sender) => sendShare(gateway, tokens, sender, Math.ceil(sender.posts.length / killsToCome), ledger));
  await pause(random.between(loadMs.least, loadMs.most));
  await gateway.stop('SIGKILL');
  await Promise.all(sending);
  return ledger.unanswered.length - unanswered;
}

/** A sender's next posts, one after the other; it stops when the gateway is gone. */
async function sendShare(gateway: GatewayProcess, tokens: ReadonlyMap<string, string>, sender: Sender, share: number, ledger: PostLedger): Promise<void> {
  for (let sent = 0; sent < share; sent += 1) {
    const [post] = sender.posts;
    if (!post || !gateway.running()) return;
    const answered = await postAndNote(ledger, gateway.url, tokens.get(sender.feed) ?? '', post);
    if (answered || !sender.ordered) sender.posts.shift();
    if (!answered) return;
  }
}

/** The idle process goes, and the next one is killed on its way up. */
async function killWhileStarting(gateway: GatewayProcess, settings: GatewaySettings, random: Random): Promise<number> {
  await gateway.stop('SIGKILL');
  const next = spawnGateway(settings);
  await pause(random.between(200, 2_500));
  await next.stop('SIGKILL');
  return 0;
}

/** What the kills left over, and what was never acknowledged. */
async function finish(gateway: GatewayProcess, settings: GatewaySettings, left: readonly Sender[], ledger: PostLedger): Promise<void> {
  await sendAll(gateway, settings, left, ledger);
  const known = new Set(ledger.acknowledged.map(({ post }) => keyOf(post)));
  const again = ledger.unanswered.filter((post) => !known.has(keyOf(post)));
  const tokens = await tokensOf(gateway, settings, left);
  for (const post of again) await postAndNote(ledger, gateway.url, tokens.get(post.feed) ?? '', post);
}

async function sendAll(gateway: GatewayProcess, settings: GatewaySettings, senders: readonly Sender[], ledger: PostLedger): Promise<void> {
  const tokens = await tokensOf(gateway, settings, senders);
  await Promise.all(senders.map(async ({ feed, posts }) => {
    for (const post of posts) await postAndNote(ledger, gateway.url, tokens.get(feed) ?? '', post);
  }));
}

async function runUndisturbed(database: Database, run: KillRun): Promise<void> {
  const settings = await newSettings(run.databaseUrls.undisturbed);
  const gateway = spawnGateway(settings);
  await gateway.ready();
  await sendAll(gateway, settings, run.senders, newLedger());
  await untilIdle(database);
  await gateway.stop('SIGTERM');
  rmSync(settings.dataDir, { recursive: true, force: true });
}

export async function untilIdle(database: Database): Promise<void> {
  await until(async () => !(await hasIntakeWork(database)), 'the end of intake', 50);
}

/** With the same keys both databases give the same record the same id. */
export async function copySecrets(from: Database, to: Database): Promise<void> {
  for (const { name, value } of await from.query<{ name: string; value: Buffer }>(`select name, value from setting where name in ('id', 'person', 'page')`)) {
    await to.query('insert into setting (name, value) values ($1, $2)', [name, value]);
  }
}

async function tokensOf(gateway: GatewayProcess, settings: GatewaySettings, senders: readonly Sender[]): Promise<Map<string, string>> {
  return new Map(await Promise.all(senders.map(async ({ feed }) => [feed, await tokenOf(gateway, settings, feed)] as const)));
}

async function countPending(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `select ((select count(*) from intake_row where state = 'pending') + (select count(*) from source_record where state = 'received'))::int as n`);
  return row?.n ?? 0;
}

/** Sizes that sending everything once more must not change. */
async function countRecord(database: Database): Promise<Record<string, number>> {
  const [row] = await database.query<Record<string, number>>(
    `select (select count(*) from source_record)::int as "source records", (select count(*) from intake_row)::int as rows,
       (select count(*) from citizen_version)::int as versions, (select count(*) from citizen)::int as citizens,
       (select count(*) from citizen_fragment)::int as fragments, (select count(*) from relationship)::int as relationships`);
  return row ?? {};
}

function keyOf({ feed, part, sha256 }: FeedPost): string {
  return `${feed}/${part}/${sha256}`;
}
