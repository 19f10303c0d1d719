import { readdir, readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';

import { requestToken } from '../../../src/edge/cli/request-token.ts';
import { clientKeyFile, readKey } from '../../../src/edge/http/oauth/issuer-keys.ts';
import { createTokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import { startIssuer } from './demo-issuer.ts';
import type { RunningIssuer } from './demo-issuer.ts';

let running: RunningIssuer;
/** Whatever a library prints while it starts and runs is kept, so that a test can say there was nothing. */
const printed: unknown[] = [];
const streams = ['log', 'info', 'warn', 'error'] as const;
const originals = streams.map((stream) => console[stream]);

beforeAll(async () => {
  for (const stream of streams) console[stream] = (...words: unknown[]) => { printed.push(words); };
  running = await startIssuer();
});
afterAll(async () => {
  streams.forEach((stream, index) => { console[stream] = originals[index] ?? console.log; });
  await running.stop();
});

interface Assertion {
  client?: string;
  /** to set; `undefined` takes one away */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey | Uint8Array;
  form?: Record<string, string>;
}

async function clientKey(client: string): Promise<JWK> {
  return (await readKey(clientKeyFile(running.dataDir, client))) ?? {};
}

async function assertionOf({ client = 'ward-doctor', claims = {}, header = {}, key }: Assertion): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: client, sub: client, aud: `${running.baseUrl}/oauth/token`, iat: now, exp: now + 60, jti: crypto.randomUUID(), ...claims };
  const own = await clientKey(client);
  return new SignJWT(JSON.parse(JSON.stringify(all)) as JWTPayload).setProtectedHeader({ alg: 'ES384', ...(own.kid !== undefined && { kid: own.kid }), ...header }).sign(key ?? await importJWK(own, 'ES384'));
}

async function ask(assertion: string, form: Record<string, string> = {}): Promise<{ status: number; body: Record<string, string>; headers: Headers }> {
  const response = await fetch(`${running.baseUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials', scope: 'user/*.rs', client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', ...form,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string>, headers: response.headers };
}

describe('a persona', () => {
  it('gets a token for an hour that the gateway takes for what it says', async () => {
    const { status, body, headers } = await ask(await assertionOf({}));
    expect([status, body['token_type'], body['scope'], headers.get('cache-control')]).toEqual([200, 'Bearer', 'user/*.rs', 'no-store']);
    const token = body['access_token'] ?? '';
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES384', typ: 'at+jwt' });
    const { iat = 0, exp = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(3600);

    const verify = createTokenVerifier({ issuer: running.issuer.metadata.issuer, audience: `${running.baseUrl}/fhir`, algorithms: ['ES384'], jwks: running.issuer.jwks });
    expect(await verify(`Bearer ${token}`)).toEqual({
      requester: {
        client: 'ward-doctor', token: expect.any(String), person: { id: 'ward-doctor', name: 'Dr Synthetic' },
        organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisationName: 'University Hospitals Birmingham',
        role: 'doctor', purpose: 'TREAT', scopes: ['user/*.rs'],
      },
    });
  });

  it('who records choices may ask for that scope, and another may not', async () => {
    const scope = 'user/*.rs user/Consent.cu';
    expect((await ask(await assertionOf({ client: 'privacy-officer' }), { scope })).body['scope']).toBe(scope);
    expect((await ask(await assertionOf({}), { scope })).body['error']).toBe('invalid_scope');
  });
});

it('a feed\'s system client gets five minutes, and is nobody in person', async () => {
  const { body } = await ask(await assertionOf({ client: 'uhb-adt' }), { scope: 'system/Task.rs intake' });
  const claims = decodeJwt(body['access_token'] ?? '');
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
  expect(claims).toMatchObject({ client_id: 'uhb-adt', role: 'integration', purpose: 'HSYSADMIN' });
  expect(claims).not.toHaveProperty('name');
});

describe('an assertion is refused', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each<[string, Assertion]>([
    ['for living longer than five minutes (A9)', { claims: { exp: now + 900, iat: now } }],
    ['for living longer than five minutes, without saying since when (A9)', { claims: { exp: now + 900, iat: undefined } }],
    ['when what is left is short but the whole was long (A9)', { claims: { exp: now + 60, iat: now - 600 } }],
    ['after its end', { claims: { exp: now - 60, iat: now - 120 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without an id', { claims: { jti: undefined } }],
    ['with an id that is no text', { claims: { jti: 5 } }],
    ['for another audience', { claims: { aud: 'https://other.example/token' } }],
    ['of an issuer that is not the client', { claims: { iss: 'privacy-officer' } }],
    ['of nobody known', { claims: { iss: 'nobody', sub: 'nobody' } }],
    ['for a client whose key it is not', { claims: { iss: 'privacy-officer', sub: 'privacy-officer' } }],
  ])('%s', async (_title, assertion) => {
    const { status, body } = await ask(await assertionOf(assertion));
    expect([status, body['error'], body['access_token']]).toEqual([401, 'invalid_client', undefined]);
  });

  it('for this audience and another', async () => {
    const aud = [`${running.baseUrl}/oauth/token`, 'https://other.example/token'];
    expect((await ask(await assertionOf({ claims: { aud } }))).body['error']).toBe('invalid_client');
  });

  it('signed by a key nobody registered', async () => {
    const { privateKey } = await generateKeyPair('ES384');
    expect((await ask(await assertionOf({ key: privateKey }))).body['error']).toBe('invalid_client');
  });

  it('with the public key as a shared secret', async () => {
    const key = new TextEncoder().encode(JSON.stringify(await readKey(clientKeyFile(running.dataDir, 'ward-doctor'))));
    const assertion = await assertionOf({ key, header: { alg: 'HS256' } });
    expect((await ask(assertion)).body['error']).toBe('invalid_client');
  });

  it('the second time', async () => {
    const assertion = await assertionOf({});
    expect((await ask(assertion)).status).toBe(200);
    expect((await ask(assertion)).body['error']).toBe('invalid_client');
  });

  it('all but once, when it comes many times at once', async () => {
    const assertion = await assertionOf({});
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(assertion)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });

  it('when its audience is the name a spoofed Host gives this issuer', async () => {
    const assertion = await assertionOf({ claims: { aud: 'http://evil.example/oauth/token' } });
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'user/*.rs', client_assertion: assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }).toString();
    const { status } = await raw('POST', '/oauth/token', { host: 'evil.example', 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(form.length) }, form);
    expect(status).toBe(401);
  });
});

describe('nothing is granted', () => {
  it.each([
    ['without a scope', { scope: '' }, 'invalid_scope'],
    ['for a scope nobody has', { scope: 'user/*.rs user/*.cruds' }, 'invalid_scope'],
    ['for a feed\'s scope', { scope: 'intake' }, 'invalid_scope'],
    ['for another resource', { resource: 'https://other.example/fhir' }, 'invalid_target'],
    ['by password', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['by authorization code to a client of the command line', { grant_type: 'authorization_code', code: 'x' }, 'invalid_request'],
    ['by refresh token to a client of the command line', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_request'],
  ])('%s', async (_title, form, error) => {
    expect((await ask(await assertionOf({}), form)).body['error']).toBe(error);
  });

  it.each([['GET', '/oauth/auth?client_id=ward-doctor&response_type=code&scope=openid'], ['POST', '/oauth/token'], ['POST', '/oauth/reg'], ['POST', '/oauth/token/introspection']])('to a bare %s %s', async (method, path) => {
    const { status, body } = await raw(method, path, {});
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain('access_token');
  });
});

it('names itself as configured, whatever Host or forwarding headers say', async () => {
  const { body } = await raw('GET', '/oauth/.well-known/openid-configuration', { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' });
  expect(body).not.toContain('evil.example');
  expect(JSON.parse(body)).toMatchObject({
    issuer: running.issuer.metadata.issuer, token_endpoint: running.issuer.metadata.tokenEndpoint, jwks_uri: running.issuer.metadata.jwksUri,
    grant_types_supported: expect.arrayContaining(['client_credentials', 'authorization_code']), response_types_supported: ['code'], code_challenge_methods_supported: ['S256'], token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
  });
});

describe('its keys', () => {
  it('are published without their private part', async () => {
    const response = await fetch(running.issuer.metadata.jwksUri);
    expect(await response.json()).toEqual(running.issuer.jwks);
    expect(JSON.stringify(running.issuer.jwks)).not.toMatch(/"d":/);
  });

  it('lie in files only their owner can read', async () => {
    const files = (await readdir(join(running.dataDir, 'issuer'), { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    expect(files.map((file) => file.name).sort()).toEqual(['privacy-officer.json', 'signing-key.json', 'uhb-adt.json', 'uhb-integration.json', 'viewer-key.json', 'ward-doctor.json']);
    for (const file of files) expect((await stat(join(file.parentPath, file.name))).mode & 0o777).toBe(0o600);
  });

  it('are the same after a restart, so that nobody has to ask again', async () => {
    const { body } = await ask(await assertionOf({}));
    const again = await startIssuer(running.dataDir, running.database);
    await again.stop();
    expect(again.issuer.jwks).toEqual(running.issuer.jwks);
    const verify = createTokenVerifier({ issuer: running.issuer.metadata.issuer, audience: `${running.baseUrl}/fhir`, algorithms: ['ES384'], jwks: again.issuer.jwks });
    expect(await verify(`Bearer ${body['access_token'] ?? ''}`)).toHaveProperty('requester');
  });

  it('change over while tokens of the old one still count', async () => {
    const [old, renewed] = ['old', 'renewed'].map((name) => join(running.dataDir, `${name}.json`)) as [string, string];
    const tokens: string[] = [];
    const counted: boolean[][] = [];
    let port = 0;
    for (const keyFiles of [[old], [renewed, old], [renewed]]) {
      const process = await startIssuer(running.dataDir, running.database, { keyFiles, port });
      port = Number(new URL(process.baseUrl).port);
      const answer = await requestToken({ base: process.baseUrl, clientId: 'ward-doctor', key: await clientKey('ward-doctor') as never, scopes: ['user/*.rs'], clock: () => new Date() });
      if ('token' in answer) tokens.push(answer.token);
      counted.push(await Promise.all(tokens.map(async (token) => 'requester' in await process.issuer.verify(`Bearer ${token}`))));
      await process.stop();
    }
    const signers = tokens.map((token) => decodeProtectedHeader(token).kid);
    expect([counted, signers[0] === signers[1], signers[1] === signers[2]]).toEqual([[[true], [true, true], [false, true, true]], false, true]);
  });

  it('differ from folder to folder', async () => {
    const other = await startIssuer(undefined, running.database);
    const key = await readFile(clientKeyFile(other.dataDir, 'ward-doctor'), 'utf8');
    await other.stop();
    expect(key).not.toBe(await readFile(clientKeyFile(running.dataDir, 'ward-doctor'), 'utf8'));
  });
});

it('the command line\'s exchange gets a token', async () => {
  const key = await readKey(clientKeyFile(running.dataDir, 'ward-doctor'));
  if (key === null) throw new Error('no key');
  const answer = await requestToken({ base: running.baseUrl, clientId: 'ward-doctor', key, scopes: ['user/*.rs'], clock: () => new Date() });
  expect('token' in answer && decodeJwt(answer.token)['client_id']).toBe('ward-doctor');
});

it('prints nothing, whatever it is asked', () => {
  expect(printed).toEqual([]);
});

/** A request with headers that fetch would not let a caller set. */
async function raw(method: string, path: string, headers: Record<string, string>, body = ''): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(running.baseUrl);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => { parts.push(part); });
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }); });
    });
    request.on('error', reject);
    request.end(body);
  });
}
