import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import { decodeJwt } from 'jose';
import { createApp } from '../src/app.ts';
import { loadIssuers } from '../src/config-issuers.ts';
import { readConfig } from '../src/config.ts';
import { demoFiles } from '../src/demo/demo-files.ts';
import { partnerPeople, personas, signatories } from '../src/demo/personas.ts';
import { tokenFor } from '../src/edge/cli/token.ts';
import { demoClients } from '../src/edge/demo-clients.ts';
import { answerClientErrors } from '../src/edge/http/answer-client-errors.ts';
import { createFetchKeys, type FetchKeys } from '../src/edge/http/oauth/fetch-keys.ts';
import { createIssuer } from '../src/edge/http/oauth/issuer.ts';
import { chooseVerifier, trustedIssuers } from '../src/edge/http/oauth/choose-verifier.ts';
import { openSignIn } from '../src/edge/http/session/open-sign-in.ts';
import { openSandboxes } from '../src/edge/sandboxes/open-sandboxes.ts';
import { createLog, type Log } from '../src/edge/log.ts';
import { createServices, type Services, type ServiceOptions } from '../src/services.ts';
import type { Database } from '../src/store/database.ts';

export interface Gateway {
  url: string;
  app: Express;
  database: Database;
  services: Services;
  /** where the embedded issuer keeps its keys */
  dataDir: string;
  /** an access token of a persona or feed, the same until it is about to end: a feed's is short, and a machine may be slow */
  token: (who: string) => Promise<string>;
  get: (path: string, who: string, headers?: Record<string, string>) => Promise<Response>;
  search: (type: string, form: Record<string, string>, who: string) => Promise<Response>;
  /** posts bytes to intake and waits until everything received is worked off */
  send: (feed: string, part: string, bytes: string | Uint8Array) => Promise<Response>;
  close: () => Promise<void>;
}

export type GatewayOptions = Partial<Pick<ServiceOptions, 'agreements' | 'clock' | 'codeSets' | 'mappings' | 'newId'>> & {
  /** how many of the demo's people are sent through intake first */
  citizens?: number;
  /** how the issuer's requests for clients' keys are sent */
  fetchKeys?: FetchKeys;
  /** default: silent */
  log?: Log;
  /** of the software, as the gateway says it */
  version?: string;
  /** variables beside port and data folder, for the address the gateway will have; an OIDC_ISSUER among them takes the embedded one's place */
  environment?: (baseUrl: string) => Record<string, string>;
  /** offers partners' sandboxes */
  sandboxes?: true;
  /** another composition of the same services */
  adjust?: (services: Services) => Promise<Services>;
};

/** what a test does with a token it was given takes less */
const renewBeforeMs = 120_000;

/** built by `npm test` before it runs anything */
const viewerFolder = join(import.meta.dirname, '..', 'dist', 'viewer');

/** The real app on a real socket, with the embedded issuer; `citizens` of the demo are sent through intake first (the cast are the first ten). */
export async function startGateway(database: Database, options: GatewayOptions = {}): Promise<Gateway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'onestory-test-'));
  const server = createServer({ keepAliveTimeout: 65_000 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = readConfig({ PORT: String(address.port), DATA_DIR: dataDir, ...options.environment?.(`http://127.0.0.1:${address.port}`) });
  if ('problems' in read) throw new Error('the test configuration is wrong');
  const { config } = read;
  const { citizens = 0, log = createLog({ level: 'silent' }), version = 'test', adjust = (made) => Promise.resolve(made), environment: _environment, fetchKeys: _fetchKeys, sandboxes: offered, ...overrides } = options;
  const services = await adjust(await createServices({ database, config, log, pollMs: 500, ...overrides }));
  const feeds = services.mappings.feeds.map(({ key, partner }) => ({ key, organisation: partner.organisation, organisationName: partner.name }));
  const external = config.issuer.kind === 'external';
  const issuer = await createIssuer({
    baseUrl: config.baseUrl, audience: config.issuer.audience, dataDir, keyFiles: config.issuer.keyFiles, stores: services.issuerStores, clients: external ? [] : demoClients([...personas, ...partnerPeople], feeds, signatories), clock: () => new Date(), onFailure: (error) => { log('issuer-failed', { error }); },
    ...(options.fetchKeys && { fetchKeys: createFetchKeys(() => new Date(), options.fetchKeys) }),
  });
  const sandboxes = offered && openSandboxes(config, issuer.metadata);
  const app = createApp({
    services, log, sandboxes, baseUrl: config.baseUrl, version, issuer: issuer.routes, rates: config.rates, proxies: config.proxies, signIn: await openSignIn(config, external ? null : issuer, () => new Date()), viewerFolder: existsSync(viewerFolder) ? viewerFolder : null, notReady: () => [],
    verify: chooseVerifier(trustedIssuers(config.issuer, loadIssuers(config.issuer.othersFile), issuer, services.issuerStores)),
    start: { baseUrl: config.baseUrl, defaults: { baseUrl: config.baseUrl, dataDir }, dataDir, database: 'embedded', externalIssuer: null, personas, feeds: feeds.map(({ key }) => key) },
    smart: issuer.metadata,
  });
  server.on('request', app);
  answerClientErrors(server);

  const tokens = new Map<string, { until: number; token: Promise<string> }>();
  const token = (who: string): Promise<string> => {
    const held = tokens.get(who);
    if (held && Date.now() < held.until) return held.token;
    const fresh: { until: number; token: Promise<string> } = { until: Infinity, token: tokenFor({ who, base: config.baseUrl, dataDir, personas: [...personas, ...partnerPeople, ...signatories], clock: () => new Date() }).then((answer) => {
      if ('problem' in answer) throw new Error(answer.problem.code);
      fresh.until = Number(decodeJwt(answer.token).exp) * 1_000 - renewBeforeMs;
      return answer.token;
    }) };
    tokens.set(who, fresh);
    return fresh.token;
  };
  const authorised = async (who: string): Promise<Record<string, string>> => ({ Authorization: `Bearer ${await token(who)}` });
  const gateway: Gateway = {
    url: config.baseUrl, app, database, services, dataDir, token,
    get: async (path, who, headers = {}) => fetch(`${config.baseUrl}${path}`, { headers: { ...(await authorised(who)), ...headers } }),
    search: async (type, form, who) => fetch(`${config.baseUrl}/fhir/${type}/_search`, { method: 'POST', headers: await authorised(who), body: new URLSearchParams(form) }),
    send: async (feed, part, bytes) => {
      const response = await fetch(`${config.baseUrl}/intake/${feed}${part === '' ? '' : `/${part}`}`, { method: 'POST', headers: { ...(await authorised(feed)), 'Content-Type': 'application/octet-stream' }, body: bytes });
      await services.worker.idle();
      return response;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandboxes?.close();
      await services.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  if (citizens > 0) for (const file of demoFiles({ seed: 2018, citizens })) await gateway.send(file.feed, file.part, file.content);
  return gateway;
}
