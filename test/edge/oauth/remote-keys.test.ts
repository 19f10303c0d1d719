import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createTokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import type { TokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import { audience, now, sign, syntheticIssuer } from './synthetic-issuer.ts';
import type { SyntheticIssuer } from './synthetic-issuer.ts';

/** An issuer on a real socket that counts what it is asked and can be told to fail or lie. */
let keys: SyntheticIssuer;
let server: Server;
let url: string;
let asked: Record<string, number>;
let answer: (path: string) => { status: number; body: unknown; headers?: Record<string, string> };
let clock: Date;
let verify: TokenVerifier;

const healthy = (path: string) => (path === '/keys' ? { status: 200, body: keys.jwks } : { status: 200, body: { issuer: url, jwks_uri: `${url}/keys` } });

beforeAll(async () => {
  keys = await syntheticIssuer();
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked[path] = (asked[path] ?? 0) + 1;
    const { status, body, headers } = answer(path);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = {};
  answer = healthy;
  clock = new Date(now);
  verify = createTokenVerifier({ issuer: url, audience, algorithms: ['ES384'], clock: () => clock });
});

const good = async (): Promise<string> => `Bearer ${await sign(keys.privateKey, { iss: url })}`;
const codeOf = async (header: string): Promise<string> => {
  const result = await verify(header);
  return 'problem' in result ? result.problem.code : 'accepted';
};

it('an external issuer\'s keys are found once and then used from memory', async () => {
  const header = await good();
  expect(await Promise.all(Array.from({ length: 10 }, () => codeOf(header)))).toEqual(Array.from({ length: 10 }, () => 'accepted'));
  expect(asked).toEqual({ '/.well-known/openid-configuration': 1, '/keys': 1 });
});

it('nothing is fetched before somebody brings a token', async () => {
  await verify(undefined);
  await verify('Bearer null');
  expect(asked).toEqual({});
});

it('an issuer that goes away afterwards is not missed while its keys are fresh (A10)', async () => {
  const header = await good();
  expect(await codeOf(header)).toBe('accepted');
  answer = () => ({ status: 503, body: '' });
  expect(await codeOf(header)).toBe('accepted');
});

it('a flood of made-up key ids reaches the issuer once (A10)', async () => {
  expect(await codeOf(await good())).toBe('accepted');
  const codes = await Promise.all(Array.from({ length: 50 }, async (_, index) => codeOf(`Bearer ${await sign(keys.privateKey, { iss: url }, { kid: `made-up-${index}` })}`)));
  expect(new Set(codes)).toEqual(new Set(['token-invalid']));
  expect(asked['/keys']).toBeLessThanOrEqual(2);
});

it('while one key takes another\'s place, tokens of both hold; one the issuer does not publish holds nowhere', async () => {
  const next = await syntheticIssuer();
  const withNext = async (): Promise<string> => `Bearer ${await sign(next.privateKey, { iss: url }, { kid: 'key-of-tomorrow' })}`;
  expect([await codeOf(await good()), await codeOf(await withNext())]).toEqual(['accepted', 'token-invalid']);
  answer = (path) => (path === '/keys' ? { status: 200, body: { keys: [...keys.jwks.keys, ...next.jwks.keys.map((key) => ({ ...key, kid: 'key-of-tomorrow' }))] } } : healthy(path));
  verify = createTokenVerifier({ issuer: url, audience, algorithms: ['ES384'], clock: () => clock }); // as every process is once it has fetched again
  expect([await codeOf(await good()), await codeOf(await withNext())]).toEqual(['accepted', 'accepted']);
});

describe('an issuer that cannot be trusted or reached lets nobody in', () => {
  it.each<[string, typeof answer]>([
    ['it fails', () => ({ status: 500, body: '' })],
    ['it talks nonsense', () => ({ status: 200, body: '<html>' })],
    ['it answers with an endless list', () => ({ status: 200, body: `"${'x'.repeat(300_000)}"` })],
    ['it names another issuer', (path) => (path === '/keys' ? healthy(path) : { status: 200, body: { issuer: 'https://evil.example', jwks_uri: `${url}/keys` } })],
    ['it keeps its keys in a file', () => ({ status: 200, body: { issuer: url, jwks_uri: 'file:///etc/passwd' } })],
    ['it sends discovery elsewhere', (path) => (path === '/keys' ? healthy(path) : { status: 302, body: '', headers: { location: '/keys' } })],
    ['it sends the keys elsewhere', (path) => (path === '/keys' ? { status: 302, body: '', headers: { location: '/other' } } : healthy(path))],
    ['its keys are gone', (path) => (path === '/keys' ? { status: 404, body: {} } : healthy(path))],
    ['its keys are no keys', (path) => (path === '/keys' ? { status: 200, body: { keys: 7 } } : healthy(path))],
  ])('%s', async (_title, how) => {
    answer = how;
    expect(await codeOf(await good())).toBe('issuer-unavailable');
  });

  it('and is asked again only after half a minute', async () => {
    answer = () => ({ status: 500, body: '' });
    const header = await good();
    expect(await codeOf(header)).toBe('issuer-unavailable');
    answer = healthy;
    clock = new Date(now.getTime() + 29_000);
    expect(await codeOf(header)).toBe('issuer-unavailable');
    expect(asked).toEqual({ '/.well-known/openid-configuration': 1 });
    clock = new Date(now.getTime() + 31_000);
    expect(await codeOf(header)).toBe('accepted');
  });
});
