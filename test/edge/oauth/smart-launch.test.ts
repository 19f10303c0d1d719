import { Client } from 'fhir-kit-client';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { browserLike, type BrowserLike } from '../http/session/browser-like.ts';
import { changeClients } from './partner.ts';

const callback = 'http://127.0.0.1/callback';
const scope = 'openid offline_access launch user/Patient.rs user/Consent.cu';

describe('an app by SMART App Launch', () => {
  let gateway: Gateway;
  let app: oidc.Configuration;
  let patient = '';
  let doctor: BrowserLike;

  beforeAll(async () => {
    gateway = await startGateway(await openEmptyPglite(), { citizens: 2 });
    const { entry } = (await (await gateway.get('/fhir/Patient?_count=1', 'ward-doctor')).json()) as { entry: { resource: { id: string } }[] };
    patient = entry[0]?.resource.id ?? '';
    const { status } = await changeClients(gateway, '', {
      id: 'ward-board', kind: 'app', name: 'Ward board', contact: 'x@uhb.example', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', scopes: ['openid', 'offline_access', 'launch', 'user/*.rs', 'user/Consent.cu'], redirectUris: [callback], launchUrl: 'http://127.0.0.1/launch',
    });
    expect(status).toBe(201);
    app = await oidc.discovery(new URL(`${gateway.url}/oauth`), 'ward-board', { redirect_uris: [callback], token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES384' }, oidc.None(), { execute: [oidc.allowInsecureRequests] });
    doctor = await signedIn('ward-doctor');
  });
  afterAll(() => gateway.close());

  async function signedIn(who: string): Promise<BrowserLike> {
    const browser = browserLike(gateway.url);
    await browser.open(`/session/sign-in?as=${who}`, { from: 'same-origin' });
    return browser;
  }

  async function launchBy(who: string, content: object): Promise<{ status: number; body: { launch: string; address: string } }> {
    const response = await fetch(`${gateway.url}/launch`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/json' }, body: JSON.stringify(content) });
    return { status: response.status, body: (await response.json()) as { launch: string; address: string } };
  }

  interface Attempt {
    verifier: string;
    state: string;
    url: URL;
  }
  async function attempt(more: Record<string, string> = {}): Promise<Attempt> {
    const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
    const url = oidc.buildAuthorizationUrl(app, { redirect_uri: callback, scope, state, aud: `${gateway.url}/fhir`, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more });
    return { verifier, state, url };
  }
  /** From the app's site to the question, and its answer: where the browser is sent then. */
  async function answered(browser: BrowserLike, url: URL, decision = 'allow'): Promise<URL> {
    const asked = await browser.open(url.href, { from: 'cross-site' });
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining('Ward board')]);
    const { next } = await browser.open(asked.url, { from: 'same-origin', body: new URLSearchParams({ decision }), hops: 1 });
    return new URL(next);
  }
  async function tokensFor(browser: BrowserLike, more: Record<string, string> = {}): Promise<Awaited<ReturnType<typeof oidc.authorizationCodeGrant>> & { address: URL; tried: Attempt }> {
    const tried = await attempt(more);
    const address = await answered(browser, tried.url);
    return Object.assign(await oidc.authorizationCodeGrant(app, address, { pkceCodeVerifier: tried.verifier, expectedState: tried.state, idTokenExpected: true }), { address, tried });
  }
  const look = async (token: string): Promise<number> => (await fetch(`${gateway.url}/fhir/Patient/${patient}`, { headers: { Authorization: `Bearer ${token}` } })).status;

  it('is found by a client of FHIR that nobody here wrote', async () => {
    const found = await new Client({ baseUrl: `${gateway.url}/fhir` }).smartAuthMetadata();
    expect([found.authorizeUrl?.href, found.tokenUrl?.href]).toEqual([`${gateway.url}/oauth/auth`, `${gateway.url}/oauth/token`]);
    const smart = (await (await fetch(`${gateway.url}/fhir/.well-known/smart-configuration`)).json()) as { capabilities: string[]; code_challenge_methods_supported: string[] };
    expect(smart).toMatchObject({ code_challenge_methods_supported: ['S256'], capabilities: expect.arrayContaining(['launch-ehr', 'client-public', 'context-ehr-patient', 'permission-v2']) });
  });

  it('launched at a citizen, acts for who is signed in, with what they may do and no more', async () => {
    const { status, body: { launch, address } } = await launchBy('ward-doctor', { patient, client: 'ward-board' });
    expect([status, new URL(address).searchParams.get('iss'), new URL(address).searchParams.get('launch')]).toEqual([201, `${gateway.url}/fhir`, launch]);
    const tokens = await tokensFor(doctor, { launch });
    expect([tokens['patient'], tokens.scope?.includes('user/Patient.rs'), tokens.scope?.includes('Consent'), tokens.claims()?.sub]).toEqual([patient, true, false, 'ward-doctor']);
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: 'ward-doctor', client_id: 'ward-board', role: 'doctor', purpose: 'TREAT', name: expect.any(String), scope: 'user/Patient.rs' });
    expect(await look(tokens.access_token)).toBe(200);
    const forbidden = await fetch(`${gateway.url}/fhir/CarePlan?_count=1`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    expect(forbidden.status).toBe(403);
    const again = await attempt({ launch });
    expect((await answered(doctor, again.url)).searchParams.get('error')).toBe('invalid_request');
  });

  it('on its own has no citizen chosen; a refresh token is good once, and the second use ends all of it (A13)', async () => {
    const first = await tokensFor(doctor);
    expect([first['patient'], first.refresh_token]).toEqual([undefined, expect.any(String)]);
    await expect(oidc.refreshTokenGrant(app, first.refresh_token ?? '', { scope: 'user/*.cruds' })).rejects.toMatchObject({ error: 'invalid_scope' });
    const second = await oidc.refreshTokenGrant(app, first.refresh_token ?? '');
    expect(decodeJwt(second.access_token)['scope']).toBe('user/Patient.rs');
    await expect(oidc.refreshTokenGrant(app, first.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await look(second.access_token)).toBe(401);
  });

  it('uses its code once: the second use ends what the first one gave (A11)', async () => {
    const tokens = await tokensFor(doctor);
    await expect(oidc.authorizationCodeGrant(app, tokens.address, { pkceCodeVerifier: tokens.tried.verifier, expectedState: tokens.tried.state })).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await look(tokens.access_token)).toBe(401);
  });

  it('gives what comes of a code or a refresh token once, of many that come at the same moment', async () => {
    const tried = await attempt();
    const address = await answered(doctor, tried.url);
    const exchanged = await Promise.allSettled(Array.from({ length: 5 }, () => oidc.authorizationCodeGrant(app, address, { pkceCodeVerifier: tried.verifier, expectedState: tried.state, idTokenExpected: true })));
    expect(exchanged.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    const { refresh_token: token = '' } = await tokensFor(doctor);
    const renewed = await Promise.allSettled(Array.from({ length: 5 }, () => oidc.refreshTokenGrant(app, token)));
    expect(renewed.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('gets nothing where the person says no, or somebody else holds the launch', async () => {
    const refused = await answered(doctor, (await attempt()).url, 'refuse');
    expect([refused.searchParams.get('error'), refused.searchParams.get('code')]).toEqual(['access_denied', null]);
    const { body: { launch } } = await launchBy('ward-doctor', { patient, client: 'ward-board' });
    const nurse = await signedIn('community-nurse');
    expect((await answered(nurse, (await attempt({ launch })).url)).searchParams.get('error')).toBe('invalid_request');
  });

  it('leads who is not signed in to the sign-in first', async () => {
    const browser = browserLike(gateway.url);
    const asked = await browser.open((await attempt()).url.href, { from: 'cross-site' });
    const { next } = await browser.open(asked.url, { from: 'same-origin', body: new URLSearchParams({ decision: 'allow' }), hops: 0 });
    expect(new URL(next).pathname + new URL(next).search).toBe(`/session/sign-in?return=${encodeURIComponent(new URL(asked.url).pathname)}`);
    const back = await browser.open(`${next}&as=ward-doctor`, { from: 'same-origin' });
    expect([back.url, back.status]).toEqual([asked.url, 200]);
  });

  it.each<[string, Record<string, string>]>([
    ['without PKCE (A12)', { code_challenge: '', code_challenge_method: '' }], ['with plain PKCE (A12)', { code_challenge_method: 'plain' }], ['for other records', { aud: 'https://other.example/fhir' }], ['for records nobody named', { aud: '' }], ['for a scope it is not registered for', { scope: 'openid user/*.cruds' }], ['for a response that is no code', { response_type: 'token' }],
  ])('is refused %s', async (_title, more) => {
    const { url } = await attempt();
    for (const [name, value] of Object.entries(more)) if (value === '') url.searchParams.delete(name); else url.searchParams.set(name, value);
    const { next } = await browserLike(gateway.url).open(url.href, { from: 'cross-site', hops: 0 });
    const told = new URLSearchParams(next.slice(callback.length + 1)); // after ? or #
    expect([next.startsWith(callback), told.get('error'), told.get('code'), told.get('access_token')]).toEqual([true, expect.any(String), null, null]);
  });

  it.each([`${callback}/x`, `${callback}?x=1`, 'http://127.0.0.1.evil.example/callback', 'https://127.0.0.1/callback', 'HTTP://127.0.0.1/Callback', 'http://127.0.0.1/callback#x'])('never sends anybody to an address it did not register: %s (A12)', async (address) => {
    const { url } = await attempt({ redirect_uri: address });
    const { status, next } = await browserLike(gateway.url).open(url.href, { from: 'cross-site', hops: 0 });
    expect([status, next]).toEqual([400, '']);
  });

  it('the viewer itself opens at a citizen, for whom it was launched, once', async () => {
    const { body: { address } } = await launchBy('ward-doctor', { patient, client: '' });
    const launch = new URL(address).searchParams.get('launch') ?? '';
    expect((await doctor.open(address, { from: 'cross-site' })).text).toContain('Open the record');
    const answer = { from: 'same-origin' as const, body: new URLSearchParams({ launch }), hops: 0 };
    expect((await doctor.open('/app/launch', answer)).next).toBe(`${gateway.url}/app/person/${patient}`);
    expect((await doctor.open('/app/launch', answer)).status).toBe(403);
    const { body: { address: theirs } } = await launchBy('ward-doctor', { patient, client: '' });
    const nurse = await signedIn('community-nurse');
    expect((await nurse.open('/app/launch', { ...answer, body: new URLSearchParams({ launch: new URL(theirs).searchParams.get('launch') ?? '' }) })).status).toBe(403);
    expect((await doctor.open(`/app/launch?iss=https://evil.example&launch=${launch}`)).status).toBe(400);
  });

  it('cannot be launched at somebody the person may not see, by a system, or in an app nobody registered', async () => {
    expect((await launchBy('ward-doctor', { patient: '01234567-89ab-8cde-8f01-23456789abcd', client: '' })).status).toBe(404);
    expect((await launchBy('uhb-integration', { patient, client: '' })).status).toBe(403);
    expect((await launchBy('ward-doctor', { patient, client: 'nobody' })).status).toBe(400);
  });
});
