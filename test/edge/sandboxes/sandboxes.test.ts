import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Bundle } from '@medplum/fhirtypes';
import express from 'express';
import { runChecks } from '../../../src/edge/conformance/run-checks.ts';
import { createRateLimits } from '../../../src/edge/http/rate-limits.ts';
import { sandboxRoutes } from '../../../src/edge/http/sandbox.ts';
import { createSandboxes } from '../../../src/edge/sandboxes/sandboxes.ts';
import { Refusal } from '../../../src/fhir/problem.ts';
import { sandboxEnvironment, type RunningSandbox } from '../../../src/edge/sandboxes/run-sandbox.ts';
import { conformanceCommand } from '../../../src/edge/cli/conformance.ts';
import { hearWho, sayWho } from '../../../src/edge/sandboxes/say-who.ts';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { runCommand } from '../cli/run-command.ts';
import { citizenOf } from '../http/asking.ts';
import { planOf } from '../http/writing.ts';

const nurse = 'community-nurse';
const abdul = '9990000379';
/** starting one takes seconds, and longer on a busy machine */
const patiently = 300_000;

it('a sandbox\'s process is told where callers find it and where its own folder is, and nothing else', () => {
  process.env['DATABASE_URL'] = 'postgres://record:secret@127.0.0.1/record';
  try {
    const smart = { issuer: 'https://gateway.example/oauth', authorizationEndpoint: '', tokenEndpoint: '', jwksUri: '', introspectionEndpoint: '', revocationEndpoint: '', scopes: [], grantTypes: [], authMethods: [], signingAlgorithms: [] };
    expect(sandboxEnvironment({ baseUrl: 'https://gateway.example', smart, logLevel: 'warn', rates: { clientPerMinute: 60, addressPerMinute: 5 } }, '/its/folder')).toEqual({
      BASE_URL: 'https://gateway.example/sandbox', DATA_DIR: '/its/folder', OIDC_ISSUER: 'https://gateway.example/oauth', LOG_LEVEL: 'warn', ONESTORY_RATE_CLIENT: '60',
    });
  } finally {
    delete process.env['DATABASE_URL'];
  }
});

it('a sandbox believes the gateway that started it, and no token of anybody else', async () => {
  const [secret, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const requester = { client: 'somebody', token: 't', organisation: 'a|1', organisationName: 'A', role: 'nurse', purpose: 'TREAT', scopes: [] } as const;
  expect(await hearWho(secret)(await sayWho(secret, requester))).toEqual({ requester });
  for (const header of [await sayWho(other, requester), undefined, 'Bearer x', 'Bearer eyJhbGciOiJub25lIn0.e30.']) expect(await hearWho(secret)(header)).toMatchObject({ problem: { code: 'token-invalid' } });
});

describe('those that run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-sandboxes-'));
  afterAll(() => { rmSync(folder, { recursive: true }); });
  const requester = { client: 'b', token: 't', organisation: 'a|1', organisationName: 'A', role: 'nurse', purpose: 'TREAT', scopes: [] } as const;
  /** Somebody works in it until the function is called. */
  const holding = (): { work: () => Promise<void>; done: () => void } => {
    let done = (): void => undefined;
    const until = new Promise<void>((resolve) => { done = resolve; });
    return { work: () => until, done };
  };
  function opened(run: () => Partial<RunningSandbox> = () => ({})) {
    const stopped: string[] = [];
    let now = 0;
    const sandboxes = createSandboxes({
      folder, most: 2, idleMs: 1, clock: () => new Date(now),
      run: (path) => new Promise((resolve) => { resolve({ port: 9, authorise: () => Promise.resolve('Bearer x'), ended: new Promise(() => undefined), stop: () => { stopped.push(path); return Promise.resolve(); }, ...run() }); }),
    });
    return { sandboxes, stopped, later: () => { now += 10; } };
  }

  it('make room for another only where nobody is at work in them', async () => {
    const { sandboxes, stopped } = opened();
    const [one, two] = [holding(), holding()];
    const working = [sandboxes.use('a', one.work), sandboxes.use('c', two.work)];
    await expect(sandboxes.use('b', () => Promise.resolve())).rejects.toMatchObject({ message: 'sandboxes-in-use' });
    one.done();
    await working[0];
    expect([await sandboxes.use('b', () => Promise.resolve('begun')), stopped.length]).toEqual(['begun', 1]);
    two.done();
    await Promise.all(working);
    await sandboxes.close();
  });

  it('are not stopped for being idle where somebody came while it was their turn', async () => {
    const stopping = holding();
    let begun = 0;
    const { sandboxes, stopped, later } = opened(() => ((begun += 1) === 1 ? { stop: stopping.work } : {}));
    await sandboxes.use('slow', () => Promise.resolve());
    await sandboxes.use('a', () => Promise.resolve());
    const resetting = sandboxes.reset('slow');
    later();
    await setTimeout(10); // a sweep has found it idle
    const one = holding();
    const working = sandboxes.use('a', one.work);
    stopping.done();
    await resetting;
    await sandboxes.reset('nobody'); // its turn is after the sweep's
    expect(stopped).toEqual([]);
    one.done();
    await working;
    await sandboxes.close();
  });

  it.each<[string, () => Partial<RunningSandbox>]>([
    ['sandbox-not-started', () => { throw new Refusal({ category: 'unavailable', code: 'sandbox-not-started', text: 'x' }); }], ['sandbox-not-answering', () => ({})],
  ])('that cannot answer are told as that, and begun anew: %s', async (code, run) => {
    const { sandboxes } = opened(run);
    const services = { sandboxes, identify: () => Promise.resolve({ requester }), recordRefusal: () => Promise.resolve(), log: () => undefined, rates: createRateLimits({ clientPerMinute: 0, addressPerMinute: 0 }) };
    const server = createServer(express().use('/sandbox', sandboxRoutes(services)));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    for (let i = 0; i < 2; i += 1) {
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/fhir/metadata`);
      expect([answer.status, answer.headers.get('Retry-After') !== null, await answer.text()]).toEqual([503, true, expect.stringContaining(code)]);
    }
    server.closeAllConnections();
    server.close();
    await sandboxes.close();
  });
});

it('a check that is not answered fails by itself, and the export a check began is ended', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const statement = { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1', rest: [{ operation: [{ name: 'export' }] }] };
    if (request.url?.includes('Patient?')) request.destroy();
    else if (request.url?.endsWith('metadata')) response.end(JSON.stringify(statement));
    else response.writeHead(request.url?.includes('xport') ? 202 : 404, { 'Content-Location': `http://${request.headers.host}/sandbox/fhir/_export/one` }).end('{}');
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const results = await runChecks({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'x', key: 'k' });
  server.closeAllConnections();
  server.close();
  expect(results.filter(({ level }) => level > 1).map(({ name, finding }) => [name, finding])).toEqual(expect.arrayContaining([['people are found, in pages', { kind: 'failed', why: 'there was no answer' }], ['an export is begun', null]]));
  expect(asked.at(-1)).toBe('DELETE /sandbox/fhir/_export/one');
});

describe('a partner\'s sandbox', () => {
  let gateway: Gateway;
  beforeAll(async () => { gateway = await startGateway(await openEmptyPglite(), { citizens: 1, sandboxes: true }); }, patiently);
  afterAll(() => gateway.close());

  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> => fetch(`${gateway.url}${path}`, {
    method, headers: { Authorization: `Bearer ${await gateway.token(nurse)}`, ...(body !== undefined && { 'Content-Type': 'application/fhir+json' }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const inSandbox = async (): Promise<string> => {
    const found = (await (await ask('GET', `/sandbox/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C${abdul}`)).json()) as Bundle;
    expect(found.link?.[0]?.url.startsWith(`${gateway.url}/sandbox/fhir/Patient`)).toBe(true);
    return found.entry?.[0]?.resource?.id ?? '';
  };
  const rows = async (): Promise<unknown> => gateway.database.query('select count(*)::int as rows, (select count(*)::int from audit_entry) as entries from citizen_row');

  it('answers as the gateway does, keeps what is posted, and none of it is in the record; nor is the record in it', async () => {
    expect((await fetch(`${gateway.url}/sandbox/fhir/Patient`)).status).toBe(401);
    const [mine, record] = [await inSandbox(), await citizenOf(gateway, nurse, abdul)];
    const before = await rows();
    const made = await ask('POST', '/sandbox/fhir/CarePlan', planOf(mine, 'tried'));
    const [, id = ''] = /^.*\/sandbox\/fhir\/CarePlan\/([^/]+)\/_history\/1$/.exec(made.headers.get('Location') ?? '') ?? [];
    expect([made.status, (await ask('GET', `/sandbox/fhir/CarePlan/${id}`)).status, (await ask('GET', `/sandbox/fhir/Patient/${record}`)).status]).toEqual([201, 200, 404]);
    expect(await rows()).toEqual(before);
    expect([(await ask('GET', `/fhir/CarePlan/${id}`)).status, (await ask('GET', `/fhir/Patient/${mine}`)).status]).toEqual([404, 404]);
    expect((await ask('GET', '/sandbox/fhir/CarePlan?unheard-of=1')).status).toBe(400);
    const tried = await runCommand(conformanceCommand, [nurse, '--base', gateway.url], { dataDir: gateway.dataDir });
    const [first = '', fifth = ''] = tried.out.split('## 5.');
    expect([first.match(/\| passed \|/g)?.length, first.match(/\| (?:failed|not [a-z ]+): .*/g), fifth.match(/\| failed.*/g)]).toEqual([16, null, null]);
    expect([tried.code, tried.problems]).toEqual([0, []]);
    expect((await ask('POST', '/sandbox/$reset')).status).toBe(200);
    expect(readdirSync(join(gateway.dataDir, 'sandboxes'))).toEqual([]);
  }, patiently);
});
