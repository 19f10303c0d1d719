import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { sandboxEnvironment } from '../../../src/edge/sandboxes/run-sandbox.ts';
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
    expect(sandboxEnvironment({ baseUrl: 'https://gateway.example', smart, logLevel: 'warn' }, '/its/folder')).toEqual({
      BASE_URL: 'https://gateway.example/sandbox', DATA_DIR: '/its/folder', OIDC_ISSUER: 'https://gateway.example/oauth', LOG_LEVEL: 'warn',
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
