import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { demoFiles } from './demo/demo-files.ts';
import { feedScopes } from './edge/demo-clients.ts';
import { answerClientErrors } from './edge/http/answer-client-errors.ts';
import { signInNotOffered } from './edge/http/session/sign-in.ts';
import { createLog } from './edge/log.ts';
import type { ToldSandbox } from './edge/sandboxes/run-sandbox.ts';
import { hearWho } from './edge/sandboxes/say-who.ts';
import { Refusal } from './fhir/problem.ts';
import { openRecord } from './open-record.ts';
import { createServices, type Services } from './services.ts';
import { readDatabaseSize } from './store/server-version.ts';

const synthetic = { seed: 2018, citizens: 12 };
/** a sandbox that has grown beyond this ends: it is there to try things, not to keep them */
const mostBytes = 512 * 1024 ** 2;
const sizeEveryMs = 60_000;

/**
 * A partner's sandbox: this gateway's own code over an embedded database in a folder of its own, with synthetic people in it.
 * Started, and told all it knows, by the gateway that offers it (edge/sandboxes); ends when that one ends. Which database it
 * opens is no setting: there is no other than the embedded one here.
 */
async function main(): Promise<void> {
  const read = readConfig(process.env);
  if ('problems' in read) throw new Refusal(...read.problems);
  const config: Config = { ...read.config, demo: true };
  const { secret, smart } = await new Promise<ToldSandbox>((resolve) => { process.once('message', (told) => { resolve(told as ToldSandbox); }); });
  const log = createLog({ level: config.logLevel });
  const database = await openRecord({ databaseUrl: null, dataDir: config.dataDir });
  const services = await createServices({ database, config, log });
  await loadPeople(services);
  const server = createServer({ requestTimeout: config.limits.requestTimeoutMs, maxHeaderSize: 16_384 }, createApp({
    services, log, baseUrl: config.baseUrl, version: 'sandbox', issuer: () => (_request, _response, next) => { next(); }, rates: config.rates, proxies: config.proxies, signIn: signInNotOffered, viewerFolder: null, notReady: () => [],
    verify: hearWho(Buffer.from(secret, 'base64')), smart,
    start: { baseUrl: config.baseUrl, defaults: { baseUrl: config.baseUrl, dataDir: config.dataDir }, dataDir: config.dataDir, database: 'embedded', externalIssuer: smart.issuer, personas: [], feeds: [] },
  }));
  answerClientErrors(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await services.close();
    await database.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('disconnect', () => void stop());
  setInterval(() => void endWhenTooLarge(services, stop), sizeEveryMs).unref();
  process.send?.({ port: (server.address() as AddressInfo).port });
}

/** Sent through intake like everybody's, once. */
async function loadPeople(services: Services): Promise<void> {
  if (await services.demoLoaded()) return;
  const feeds = new Map(services.mappings.feeds.map(({ key, partner }) => [key, partner]));
  for (const { feed, part, content } of demoFiles(synthetic)) {
    const partner = feeds.get(feed);
    if (!partner) continue;
    const sender = { client: feed, token: 'synthetic', organisation: partner.organisation, organisationName: partner.name, role: 'integration', purpose: 'HSYSADMIN', scopes: feedScopes } as const;
    await services.acceptBytes(sender, { feed, part, bytes: Buffer.from(content) }, { id: services.newId() });
  }
  await services.worker.idle();
  await services.markDemoLoaded();
}

async function endWhenTooLarge({ database }: Services, stop: () => Promise<void>): Promise<void> {
  if (await readDatabaseSize(database) > mostBytes) await stop();
}

await main().catch((error: unknown) => {
  process.stderr.write(`the sandbox could not start: ${error instanceof Refusal ? error.problems.map(({ code }) => code).join(', ') : 'an unforeseen error'}\n`);
  process.exit(2);
});
