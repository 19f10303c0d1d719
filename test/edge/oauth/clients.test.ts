import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from 'node:http';
import express from 'express';
import { decodeJwt, type JSONWebKeySet } from 'jose';
import { clientCommand } from '../../../src/edge/cli/client.ts';
import { tokenCommand } from '../../../src/edge/cli/token.ts';
import { createFetchKeys } from '../../../src/edge/http/oauth/fetch-keys.ts';
import { keysBoundMs } from '../../../src/edge/http/oauth/issuer-clients.ts';
import { keepKey, publicKey } from '../../../src/edge/http/oauth/issuer-keys.ts';
import { createIssuer } from '../../../src/edge/http/oauth/issuer.ts';
import { createTokenVerifier, revocationBoundMs, type TokenVerifier } from '../../../src/edge/http/oauth/verify-token.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { root, runCommand } from '../cli/run-command.ts';
import { lastSeq, auditSince } from '../http/asking.ts';
import { nobodyOf } from './demo-issuer.ts';
import { askIssuer, askToken, assertionOf, changeClients, partnerKey, type OAuthAnswer, type PartnerKey } from './partner.ts';

const uhb = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';
const scopes = ['system/Patient.rs', 'system/*.r', 'intake'];
const keysUrl = 'https://keys.partner.example/jwks.json';

describe.each(databases)('a registered client, on $kind', ({ open }) => {
  let gateway: Gateway;
  /** what the partner publishes at its address, and how often that was asked for */
  let published: { keys: unknown[] } = { keys: [] };
  let fetched = 0;
  let [key, other, rsa] = [null, null, null] as unknown as [PartnerKey, PartnerKey, PartnerKey];

  beforeAll(async () => {
    [key, other, rsa] = await Promise.all([partnerKey(), partnerKey(), partnerKey('RS384')]);
    gateway = await startGateway(await open(), { fetchKeys: sendKeys });
  });
  afterAll(() => gateway.close());
  const sendKeys = (url: string): Promise<Response> => {
    fetched += 1;
    return Promise.resolve(url === keysUrl ? Response.json(published) : new Response('', { status: 404 }));
  };
  /** The same issuer in another process, by this clock. */
  async function besides(clock: () => Date): Promise<{ url: string; stop: () => Promise<unknown> }> {
    const second = await createIssuer({ baseUrl: gateway.url, audience: `${gateway.url}/fhir`, dataDir: gateway.dataDir, clients: [], stores: gateway.services.issuerStores, clock, fetchKeys: createFetchKeys(clock, sendKeys) });
    const server = await new Promise<Server>((resolve) => { const made = express().use('/oauth', second.routes(nobodyOf(second))).listen(0, '127.0.0.1', () => { resolve(made); }); });
    const stop = (): Promise<unknown> => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, stop };
  }

  const asking = { name: 'Bloods', contact: 'integration@uhb.example', organisation: uhb, scopes };
  const register = (id: string, more: object): ReturnType<typeof changeClients> => changeClients(gateway, '', { id, ...asking, ...more });
  const jwks = (...keys: PartnerKey[]): object => ({ keys: keys.map(({ open: each }) => each) });
  const tokenOf = ({ body }: OAuthAnswer): string => String(body['access_token']);
  const look = async (token: string): Promise<[number, string | undefined]> => {
    const response = await fetch(`${gateway.url}/fhir/Patient?_id=x`, { headers: { Authorization: `Bearer ${token}` } });
    return [response.status, ((await response.json()) as { issue?: { details?: { coding?: { code: string }[] } }[] }).issue?.[0]?.details?.coding?.[0]?.code];
  };
  /** Another process, whose clock is turned by hand, milliseconds. */
  const verifierAt = async (elapsed: () => number): Promise<TokenVerifier> => createTokenVerifier({
    issuer: `${gateway.url}/oauth`, audience: `${gateway.url}/fhir`, algorithms: ['ES384'], stops: gateway.services.issuerStores.stops, elapsed, jwks: (await (await fetch(`${gateway.url}/oauth/jwks`)).json()) as JSONWebKeySet,
  });

  it('is registered by the governance lead, which is written down, and gets tokens that name its organisation', async () => {
    const before = await lastSeq(gateway);
    const { status, body } = await register('uhb-bloods', { keys: jwks(key, rsa) });
    expect([status, body]).toMatchObject([201, { id: 'uhb-bloods', enabled: true, organisationName: 'University Hospitals Birmingham NHS Foundation Trust', keys: expect.arrayContaining([{ kid: key.kid, addedAt: expect.any(String), validUntil: null }]), changes: [{ change: 'added', byName: 'Teresa Wilk' }] }]);
    expect((await auditSince(gateway, before)).map(({ entry }) => [entry.interaction, entry.query])).toContainEqual(['client-add', 'governance/clients/uhb-bloods']);
    for (const each of [key, rsa]) {
      const answer = await askToken(gateway.url, 'uhb-bloods', each, 'system/Patient.rs');
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 300, scope: 'system/Patient.rs' } });
      expect(decodeJwt(tokenOf(answer))).toMatchObject({ client_id: 'uhb-bloods', organisation: uhb, role: 'integration', purpose: 'HSYSADMIN' });
      expect((await look(tokenOf(answer)))[0]).toBe(200);
    }
  });

  it.each(['privacy-officer', 'ward-doctor', 'uhb-integration'])('is registered by nobody else: %s', async (who) => {
    const { status } = await changeClients(gateway, '', { id: 'uhb-other', ...asking, keys: jwks(other) }, who);
    expect(status).toBe(403);
  });

  it.each<[string, object, number, string]>([
    ['whose private key was sent', { keys: { keys: [{ kty: 'EC', d: 'x' }] } }, 400, 'client-key-private'],
    ['without keys', {}, 400, 'field-invalid'],
    ['of nobody known', { organisation: 'urn:x|y', keysUrl }, 400, 'field-invalid'],
    ['with a field nobody knows', { keysUrl, secret: 'x' }, 400, 'field-unknown'],
    ['that takes a name there is', { id: 'uhb-bloods', keysUrl }, 409, 'client-exists'],
    ['that takes the name of one of the demo\'s people', { id: 'ward-doctor', keysUrl }, 409, 'client-exists'], ['that takes the viewer\'s name', { id: 'onestory-viewer', keysUrl }, 409, 'client-exists'], ['that takes the gateway\'s name', { id: 'onestory', keysUrl }, 409, 'client-exists'],
    ['that takes the name of another organisation\'s feed', { id: 'bcc-cld', keysUrl }, 409, 'client-exists'],
  ])('%s is refused', async (_title, more, status, code) => {
    expect(await register('uhb-refused', more)).toMatchObject({ status, body: { code } });
  });

  it.each<[string, string, string]>([
    ['less than it is registered for', 'system/Patient.r', ''], ['a type of every type', 'system/Task.r', ''],
    ['more letters', 'system/Patient.cruds', 'invalid_scope'], ['another context', 'user/Patient.rs', 'invalid_scope'], ['no form', 'system/Patient.sr', 'invalid_scope'],
    ['one of version 1', 'system/Patient.read', 'invalid_scope'], ['one narrowed by a search', 'system/Patient.rs?name=x', 'invalid_scope'], ['none', '', 'invalid_scope'],
  ])('asks for %s (A13)', async (_title, scope, error) => {
    expect((await askToken(gateway.url, 'uhb-bloods', key, scope)).body['error'] ?? '').toBe(error);
  });

  it('is told what is wrong with an assertion only once it has shown its key', async () => {
    const now = Math.floor(Date.now() / 1000);
    const wrong: [Parameters<typeof askToken>[4], RegExp][] = [
      [{ claims: { exp: now + 900 } }, /five minutes/], [{ header: { kid: undefined } }, /kid/], [{ header: { jku: 'https://evil.example/jwks' } }, /jku/], [{ header: { typ: 'at+jwt' } }, /typ/], [{ claims: { aud: [`${gateway.url}/oauth/token`, 'https://other.example'] } }, /aud/],
    ];
    for (const [assertion, description] of wrong) {
      const { status, body } = await askToken(gateway.url, 'uhb-bloods', key, 'system/Patient.rs', assertion);
      expect([status, body['error'], body['error_description']]).toEqual([401, 'invalid_client', expect.stringMatching(description)]);
    }
    expect((await askToken(gateway.url, 'uhb-bloods', { ...other, kid: key.kid }, 'system/Patient.rs', { claims: { exp: now + 900 } })).body['error_description']).toBe('client authentication failed');
  });

  it.each(['client_id', 'sub'])('is nobody with a %s no database can hold', async (where) => {
    const nobody = 'uhb\u0000bloods';
    const answer = where === 'sub' ? await askToken(gateway.url, 'uhb-bloods', key, 'intake', { claims: { iss: nobody, sub: nobody } }) : await askIssuer(gateway.url, 'token', '', { client_id: nobody, grant_type: 'client_credentials' });
    expect([answer.status >= 400 && answer.status < 500, answer.body['error']]).toEqual([true, expect.stringMatching(/^invalid_(?:client|request)$/)]);
  });

  it('uses an assertion once, whichever process it goes to', async () => {
    const second = await besides(() => new Date());
    const assertion = await assertionOf(gateway.url, 'uhb-bloods', key);
    const form = { grant_type: 'client_credentials', scope: 'system/Patient.rs' };
    expect((await askIssuer(gateway.url, 'token', assertion, form)).status).toBe(200);
    expect(await askIssuer(second.url, 'token', assertion, form)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await askIssuer(second.url, 'token', await assertionOf(gateway.url, 'uhb-bloods', key), form)).status).toBe(200);
    await second.stop();
  });

  it('changes its keys over without an hour nobody can sign in', async () => {
    await register('uhb-rotating', { keys: jwks(key) });
    const rotate = (keys: PartnerKey, oldUntil: string): ReturnType<typeof changeClients> => changeClients(gateway, '/uhb-rotating/keys', { keys: jwks(keys), oldUntil });
    expect(await rotate(other, '2020-01-01T00:00Z')).toMatchObject({ status: 400, body: { code: 'field-invalid' } });
    expect(await rotate(other, new Date(Date.now() + 3600_000).toISOString())).toMatchObject({ status: 200, body: { changes: [{ change: 'added' }, { change: 'rotated' }] } });
    for (const each of [key, other]) expect((await askToken(gateway.url, 'uhb-rotating', each, 'intake')).status).toBe(200);
    expect(await rotate(other, 'now')).toMatchObject({ status: 409, body: { code: 'client-key-known' } });
    expect((await rotate(rsa, 'now')).status).toBe(200);
    for (const each of [key, other]) expect((await askToken(gateway.url, 'uhb-rotating', each, 'intake')).status).toBe(401);
    expect((await askToken(gateway.url, 'uhb-rotating', rsa, 'intake')).status).toBe(200);
  });

  it('is no more once it is disabled, and neither are its tokens', async () => {
    await register('uhb-leaving', { keys: jwks(other) });
    const token = tokenOf(await askToken(gateway.url, 'uhb-leaving', other, 'system/Patient.rs'));
    let now = 0;
    const verify = await verifierAt(() => now);
    expect(await verify(`Bearer ${token}`)).toHaveProperty('requester');
    expect(await changeClients(gateway, '/uhb-leaving/disable', { reason: 'The contract ended' })).toMatchObject({ status: 200, body: { enabled: false } });
    now = revocationBoundMs - 1;
    expect(await verify(`Bearer ${token}`)).toHaveProperty('requester');
    now = revocationBoundMs;
    expect(await verify(`Bearer ${token}`)).toMatchObject({ problem: { code: 'token-revoked' } });
    expect(await look(token)).toEqual([401, 'token-revoked']);
    expect(await askToken(gateway.url, 'uhb-leaving', other, 'system/Patient.rs')).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await changeClients(gateway, '/uhb-leaving/disable', { reason: 'Again' })).toMatchObject({ status: 409, body: { code: 'client-switched-already' } });
    expect((await changeClients(gateway, '/uhb-leaving/enable', { reason: 'It went on' })).status).toBe(200);
    expect((await askToken(gateway.url, 'uhb-leaving', other, 'system/Patient.rs')).status).toBe(200);
    const stopped = (seconds: number): Promise<boolean> => gateway.services.issuerStores.stops.isStopped(['client uhb-leaving'], new Date(Date.now() + seconds * 1000));
    expect([await stopped(-60), await stopped(60)]).toEqual([true, false]); // not for those there were
    expect(await changeClients(gateway, '/nobody/disable', { reason: 'x' })).toMatchObject({ status: 404, body: { code: 'client-unknown' } });
  });

  it('ends a token of its own, asks after it, and learns nothing of another\'s', async () => {
    await register('uhb-asking', { keys: jwks(other) });
    const [mine, theirs] = [tokenOf(await askToken(gateway.url, 'uhb-bloods', key, 'system/Patient.rs')), tokenOf(await askToken(gateway.url, 'uhb-asking', other, 'system/Patient.rs'))];
    const as = async (path: string, token: string): Promise<OAuthAnswer> => askIssuer(gateway.url, `token/${path}`, await assertionOf(gateway.url, 'uhb-bloods', key), { token });
    expect((await as('introspection', mine)).body).toMatchObject({ active: true, client_id: 'uhb-bloods', scope: 'system/Patient.rs', token_type: 'Bearer', organisation: uhb });
    for (const unknown of [theirs, 'nonsense', `${mine}x`]) {
      expect(await as('introspection', unknown)).toEqual({ status: 200, body: { active: false } });
      expect((await as('revocation', unknown)).status).toBe(200);
    }
    expect((await look(theirs))[0]).toBe(200);
    expect((await as('revocation', mine)).status).toBe(200);
    expect((await as('introspection', mine)).body).toEqual({ active: false });
    expect(await look(mine)).toEqual([401, 'token-revoked']);
    expect((await fetch(`${gateway.url}/oauth/token/introspection`, { method: 'POST', body: new URLSearchParams({ token: theirs }) })).status).toBe(400);
  });

  it.each(['token', 'token/introspection', 'token/revocation'])('asks %s by POST, or is told so', async (path) => {
    const answer = await fetch(`${gateway.url}/oauth/${path}`);
    expect([answer.status, answer.headers.get('allow'), await answer.json()]).toEqual([405, 'POST', { error: 'invalid_request', error_description: 'this address takes POST with a form' }]);
  });

  it('publishes its keys where it registered, and nowhere else', async () => {
    published = { keys: [key.open] };
    await register('uhb-published', { keysUrl });
    const ask = (by: PartnerKey, header: Record<string, unknown> = {}): Promise<OAuthAnswer> => askToken(gateway.url, 'uhb-published', by, 'intake', { header });
    expect((await ask(key)).status).toBe(200);
    expect((await ask(key, { jku: keysUrl })).status).toBe(200);
    expect((await ask(key, { jku: `${keysUrl}?x` })).status).toBe(401);
    for (let flood = 0; flood < 10; flood += 1) expect((await ask(other)).status).toBe(401);
    expect(fetched).toBe(1);
    await register('uhb-published-too', { keysUrl });
    const both = await Promise.all(['uhb-published', 'uhb-published-too'].map(async (id) => (await askToken(gateway.url, id, key, 'intake')).status));
    expect(both).toEqual([200, 200]);
    expect(await changeClients(gateway, '/uhb-published/keys', { keys: jwks(other), oldUntil: new Date(Date.now() + 3600_000).toISOString() })).toMatchObject({ status: 400, body: { code: 'field-invalid' } });
  });

  it('takes a key away from where it publishes it, and nobody signs in with it after five minutes', async () => {
    let now = Date.now();
    const process = await besides(() => new Date(now));
    published = { keys: [key.open] };
    const ask = async (by: PartnerKey): Promise<number> => (await askIssuer(process.url, 'token', await assertionOf(gateway.url, 'uhb-published', by), { grant_type: 'client_credentials', scope: 'intake' })).status;
    expect(await ask(key)).toBe(200);
    published = { keys: [other.open] };
    now += keysBoundMs;
    expect([await ask(key), await ask(other)]).toEqual([401, 200]);
    published = { keys: [key.open] };
    expect((await changeClients(gateway, '/uhb-published/keys', { keysUrl, oldUntil: 'now' })).status).toBe(200);
    expect([await ask(other), await ask(key)]).toEqual([401, 200]);
    await process.stop();
  });

  it('is kept from the command line, as docs/signing-in.md has it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onestory-client-'));
    const own = await keepKey(join(folder, 'my-key.json'));
    writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: [publicKey(own)] }));
    writeFileSync(join(folder, 'new-keys.json'), JSON.stringify(jwks(await partnerKey())));
    const commands = [...readFileSync(join(root, 'docs', 'signing-in.md'), 'utf8').matchAll(/^npm run (?:-s )?onestory -- (client|token) ((?:.*\\\n)*.*)$/gm)].map(([, command = '', rest = '']) => ({
      command, args: [...rest.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = '']) => (quoted ?? bare).replace('uhb-bloods', 'uhb-written').replace(/^[\w-]+\.json$/, (file) => join(folder, file)).replace(/^2026-.*/, new Date(Date.now() + 60_000).toISOString())),
    }));
    expect(commands.map(({ command, args: [first] }) => `${command} ${first}`)).toEqual(['client add', 'token uhb-written', 'client rotate']);
    const context = { baseUrl: gateway.url, dataDir: gateway.dataDir };
    const outcomes = [];
    for (const { command, args } of commands) outcomes.push(await runCommand(command === 'client' ? clientCommand : tokenCommand, args, context));
    expect(outcomes.flatMap(({ problems }) => problems)).toEqual([]);
    expect(decodeJwt(outcomes[1]?.out.trim() ?? '')).toMatchObject({ client_id: 'uhb-written', scope: 'system/Patient.rs' });
    const made = join(folder, 'made.json');
    await runCommand(clientCommand, ['add', 'uhb-made', '--as', 'governance-lead', '--organisation', uhb, '--name', 'x', '--contact', 'x', '--scope', 'intake', '--make-key', made], context);
    expect((await runCommand(tokenCommand, ['uhb-made', '--key', made, '--scope', 'intake'], context)).out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await runCommand(clientCommand, ['disable', 'uhb-made', '--reason', 'No more', '--as', 'governance-lead'], context)).out).toMatch(/disabled by Teresa Wilk|uhb-made: x, system of [^\n]*, disabled/);
    expect((await runCommand(clientCommand, ['list', '--as', 'governance-lead'], context)).out).toMatch(/^uhb-written: Blood results, system of [^\n]*, enabled\n {2}scopes: system\/Patient.rs system\/Task.rs\n {2}keys: \S+ until 20[^\n]*\n/m);
    expect((await runCommand(clientCommand, ['list', '--as', 'ward-doctor'], context)).problems.map(({ code }) => code)).toEqual(['governance-role-required']);
    rmSync(folder, { recursive: true });
  });

  it('is found by its own description', async () => {
    const smart = (await (await fetch(`${gateway.url}/.well-known/smart-configuration`)).json()) as Record<string, string>;
    expect(smart).toMatchObject({ token_endpoint: `${gateway.url}/oauth/token`, introspection_endpoint: `${gateway.url}/oauth/token/introspection`, revocation_endpoint: `${gateway.url}/oauth/token/revocation`, token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'] });
    const { rest } = (await (await fetch(`${gateway.url}/fhir/metadata`)).json()) as { rest: { security: { extension: { extension: { url: string; valueUri: string }[] }[] } }[] };
    expect(rest[0]?.security.extension[0]?.extension).toContainEqual({ url: 'revoke', valueUri: smart['revocation_endpoint'] });
    const { clients } = (await (await gateway.get('/governance/clients?after=uhb-asking', 'governance-lead')).json()) as { clients: { id: string }[] };
    expect(clients.map(({ id }) => id)).toEqual(['uhb-bloods', 'uhb-leaving', 'uhb-made', 'uhb-published', 'uhb-published-too', 'uhb-rotating', 'uhb-written']);
  });
});

it('what ends a token ends it everywhere within two seconds', () => {
  expect(revocationBoundMs).toBe(2000);
});
