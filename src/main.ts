import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createApp } from './app.ts';
import { loadIssuers } from './config-issuers.ts';
import { readConfig, type Config } from './config.ts';
import { castIndex } from './demo/cast.ts';
import { firstDayActs, firstDayFiles } from './demo/first-day.ts';
import { personAt } from './demo/generate-people.ts';
import { partnerPeople, personas, signatories } from './demo/personas.ts';
import { describeProblem } from './edge/cli/describe-problem.ts';
import { demoClients } from './edge/demo-clients.ts';
import { openServer } from './edge/http/open-server.ts';
import { createIssuer, type Issuer } from './edge/http/oauth/issuer.ts';
import { chooseVerifier, trustedIssuers } from './edge/http/oauth/choose-verifier.ts';
import { openSignIn } from './edge/http/session/open-sign-in.ts';
import { loadDemo } from './edge/load-demo.ts';
import { createLog, type Log } from './edge/log.ts';
import { createMetrics } from './edge/metrics/metrics.ts';
import { openDoors, type Doors } from './edge/open-doors.ts';
import { startBox } from './edge/start-box.ts';
import { problemsOf } from './fhir/outcome.ts';
import { Refusal, type Problem } from './fhir/problem.ts';
import { openRecord } from './open-record.ts';
import { openSandboxes } from './edge/sandboxes/open-sandboxes.ts';
import type { Sandboxes } from './edge/sandboxes/sandboxes.ts';
import { createServices, type Services } from './services.ts';
import type { Database } from './store/database.ts';

/** of the time a stop may take, what is left to answers under way */
const drainShare = 0.8;
/** while it stops, how often it looks for connections that nobody uses */
const idleLookMs = 100;
/** a second signal after this long means: stop now */
const impatientMs = 1_000;
const demo = { seed: 2018, citizens: 120 };

/** Reads the configuration, opens the record, listens, loads the demo if asked, and stops cleanly on SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const read = readConfig(process.env);
  if ('problems' in read) return fail(read.problems);
  const { config } = read;
  const metrics = createMetrics();
  const log = metrics.counted(createLog({ level: config.logLevel }));
  const database = await openRecord(config);
  const services = await createServices({ database, config, log });
  const issuer = await openIssuer(config, services, log);
  const people = config.issuer.kind === 'external' ? null : issuer;
  let notReady = config.demo ? ['demo data'] : [];
  const start = startInfo(config, services, people);
  const sandboxes = openSandboxes(config, issuer.metadata);
  const app = createApp({
    services, log, sandboxes, baseUrl: config.baseUrl, version: version(), start, issuer: issuer.routes, rates: config.rates, proxies: config.proxies,
    signIn: await openSignIn(config, people, () => new Date()), viewerFolder: join(import.meta.dirname, '..', 'dist', 'viewer'), notReady: () => notReady, smart: issuer.metadata,
    verify: chooseVerifier(trustedIssuers(config.issuer, loadIssuers(config.issuer.othersFile), issuer, services.issuerStores)),
  });
  const server = openServer(app, config.limits);
  await listen(server, config);
  const doors = await openDoors(config, services, log, metrics);
  const stopping = stopOnSignal({ server, doors, sandboxes, services, database }, log, config.stopSeconds * 1_000);
  log('gateway-started', { host: config.host, port: config.port });
  const sent = config.demo ? loadDemo({ services, baseUrl: config.baseUrl, dataDir: config.dataDir, personas, files: () => firstDayFiles(demo), acts: () => firstDayActs(demo, new Date()), oddLook: { at: personAt(demo, castIndex('movedHouse')).nhsNumber ?? '', officer: 'privacy-officer', looker: 'ward-doctor' }, clock: () => new Date() }) : null;
  await sent?.catch((error: unknown) => {
    if (!stopping()) throw error; // turned away like everybody: the next start sends the rest
  });
  if (stopping()) return;
  notReady = [];
  process.stdout.write(startBox(start));
}

/** The gateway's own issuer: for registered clients, and in the evaluation for the demo's people and feeds. */
async function openIssuer(config: Config, services: Services, log: Log): Promise<Issuer> {
  const feeds = services.mappings.feeds.map(({ key, partner }) => ({ key, organisation: partner.organisation, organisationName: partner.name }));
  return createIssuer({
    baseUrl: config.baseUrl, audience: config.issuer.audience, dataDir: config.dataDir, keyFiles: config.issuer.keyFiles, stores: services.issuerStores, clock: () => new Date(), onFailure: (error) => { log('issuer-failed', { error }); },
    clients: config.issuer.kind === 'external' ? [] : demoClients([...personas, ...partnerPeople], feeds, signatories),
  });
}

function startInfo(config: Config, services: Services, issuer: Issuer | null): Parameters<typeof startBox>[0] {
  return {
    baseUrl: config.baseUrl, defaults: { baseUrl: 'http://127.0.0.1:8080', dataDir: join(process.cwd(), 'data') }, dataDir: config.dataDir,
    database: config.databaseUrl === null ? 'embedded' : 'postgresql', externalIssuer: issuer ? null : config.issuer.url,
    personas: issuer ? personas : [], feeds: services.mappings.feeds.map(({ key }) => key), waiting: services.waitingFeeds,
  };
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE'
      ? new Refusal({ category: 'conflict', code: 'port-in-use', text: `Port ${port} is in use on ${host}.`, fix: 'Stop what listens there, or set PORT to another number.' })
      : error));
    server.listen(port, host, resolve);
  });
}

/** What is to be closed. */
interface Open {
  server: Server;
  doors: Doors;
  sandboxes: Sandboxes | undefined;
  services: Services;
  database: Database;
}

/**
 * Stops accepting by every way in, finishes what it has, closes the record. A second signal does not wait, and what has not ended
 * after `stopMs` (a statement that waits for a lock, a receiver that does not answer) is let go, with exit code 1: its transaction is
 * rolled back, and the next start does it. The answer to a request that still comes on a kept-alive connection closes it, so that a
 * busy caller cannot hold up the end. Returns whether it stops.
 */
function stopOnSignal({ server, doors, sandboxes, services, database }: Open, log: Log, stopMs: number): () => boolean {
  let stoppingSince: number | null = null;
  server.prependListener('request', (_request, response) => {
    if (stoppingSince !== null) response.setHeader('Connection', 'close');
  });
  const stop = async (signal: string): Promise<void> => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince > impatientMs) process.exit(1);
      return; // one Ctrl-C reaches a process group more than once
    }
    stoppingSince = performance.now();
    log('gateway-stopping', { signal });
    setTimeout(() => {
      log('gateway-stop-cut');
      process.exit(1);
    }, stopMs);
    const drainMs = stopMs * drainShare;
    await Promise.all([closeServer(server, drainMs).then(() => sandboxes?.close()), doors.close(drainMs)]); // answers under way may come from a sandbox
    await services.close();
    await database.close();
    log('gateway-stopped');
    process.exit(0);
  };
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('SIGTERM', () => void stop('SIGTERM'));
  return () => stoppingSince !== null;
}

async function closeServer(server: Server, drainMs: number): Promise<void> {
  const forced = setTimeout(() => server.closeAllConnections(), drainMs);
  const idle = setInterval(() => server.closeIdleConnections(), idleLookMs); // an answer that was under way leaves its connection open for more
  await new Promise((resolve) => {
    server.close(resolve);
  });
  clearTimeout(forced);
  clearInterval(idle);
}

function version(): string {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }).version;
}

function fail(problems: readonly Problem[]): void {
  for (const problem of problems) process.stderr.write(`${describeProblem(problem)}\n`);
  process.exit(2);
}

await main().catch((error: unknown) => {
  if (!(error instanceof Refusal)) process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`);
  fail(problemsOf(error));
});
