import type { Parameters } from '@medplum/fhirtypes';
import { Client } from 'fhir-kit-client';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { openLoadedPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { auditSince, lastSeq } from '../http/asking.ts';
import { browserLike, type BrowserLike } from '../http/session/browser-like.ts';
import { changeClients } from './partner.ts';

const callback = 'http://127.0.0.1/callback';
const scope = 'openid offline_access launch user/Patient.rs user/Consent.cu';

describe('an app by SMART App Launch', () => {
  let gateway: Gateway;
  let app: oidc.Configuration;
  let [patient, other] = ['', ''];
  let doctor: BrowserLike;

  beforeAll(async () => {
    gateway = await startGateway(await openLoadedPglite(3));
    const { entry } = (await (await gateway.get('/fhir/Patient?_count=2', 'ward-doctor')).json()) as { entry: { resource: { id: string } }[] };
    [patient = '', other = ''] = entry.map(({ resource }) => resource.id);
    const { status } = await changeClients(gateway, '', {
      id: 'ward-board', kind: 'app', name: 'Ward board', contact: 'x@uhb.example', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', scopes: ['openid', 'fhirUser', 'offline_access', 'launch', 'launch/patient', 'patient/*.rs', 'user/*.rs', 'user/Consent.cu'], redirectUris: [callback], launchUrl: 'http://127.0.0.1/launch',
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
  /** One of them had tokens, which are good for nothing. */
  async function ended(answers: readonly PromiseSettledResult<{ access_token: string; refresh_token?: string }>[]): Promise<void> {
    const [given, ...more] = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    expect([more, await look(given?.access_token ?? '')]).toEqual([[], 401]);
    await expect(oidc.refreshTokenGrant(app, given?.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  }
  const look = async (token: string): Promise<number> => (await fetch(`${gateway.url}/fhir/Patient/${patient}`, { headers: { Authorization: `Bearer ${token}` } })).status;

  it('is found by a client of FHIR that nobody here wrote', async () => {
    const found = await new Client({ baseUrl: `${gateway.url}/fhir` }).smartAuthMetadata();
    expect([found.authorizeUrl?.href, found.tokenUrl?.href]).toEqual([`${gateway.url}/oauth/auth`, `${gateway.url}/oauth/token`]);
    const smart = (await (await fetch(`${gateway.url}/fhir/.well-known/smart-configuration`)).json()) as { capabilities: string[]; code_challenge_methods_supported: string[] };
    expect(smart).toMatchObject({ code_challenge_methods_supported: ['S256'], capabilities: expect.arrayContaining(['launch-ehr', 'client-public', 'context-ehr-patient', 'context-standalone-patient', 'sso-openid-connect', 'permission-v2']) });
  });

  it('launched at a citizen, acts for who is signed in, with what they may do and no more', async () => {
    const { status, body: { launch, address } } = await launchBy('ward-doctor', { patient, client: 'ward-board' });
    expect([status, new URL(address).searchParams.get('iss'), new URL(address).searchParams.get('launch')]).toEqual([201, `${gateway.url}/fhir`, launch]);
    const before = await lastSeq(gateway);
    const tokens = await tokensFor(doctor, { launch });
    expect((await auditSince(gateway, before)).map(({ entry: { interaction, query, who } }) => [interaction, query, who.person?.id])).toContainEqual(['client-allow', 'oauth/auth?client_id=ward-board&scope=user/Patient.rs', 'ward-doctor']);
    expect([tokens['patient'], tokens.scope?.includes('user/Patient.rs'), tokens.scope?.includes('Consent'), tokens.claims()?.sub]).toEqual([patient, true, false, 'ward-doctor']);
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: 'ward-doctor', client_id: 'ward-board', role: 'doctor', purpose: 'TREAT', name: expect.any(String), scope: 'user/Patient.rs' });
    expect(await look(tokens.access_token)).toBe(200);
    const forbidden = await fetch(`${gateway.url}/fhir/CarePlan?_count=1`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    expect(forbidden.status).toBe(403);
    const again = await attempt({ launch });
    expect((await answered(doctor, again.url)).searchParams.get('error')).toBe('invalid_request');
  });

  it('with scopes of the patient\'s context reads of the one it was launched at, and of nobody else', async () => {
    const { body: { launch } } = await launchBy('ward-doctor', { patient, client: 'ward-board' });
    const { access_token: token, scope: given } = await tokensFor(doctor, { launch, scope: 'openid launch patient/*.rs user/Consent.cu user/*.rs' });
    expect([given?.split(' ').filter((each) => each.includes('/')), decodeJwt(token)['patient']]).toEqual([['patient/*.rs'], patient]);
    const before = await lastSeq(gateway);
    const read = async (path: string): Promise<{ status: number; code: string | undefined; ids: string[]; text: string }> => {
      const answer = await fetch(`${gateway.url}/fhir/${path}`, { headers: { Authorization: `Bearer ${token}` }, ...(path.includes('$match') || path.includes('$break-glass') ? { method: 'POST' } : {}) });
      const body = (await answer.json()) as { entry?: { resource: { id: string } }[]; issue?: { details?: { coding?: { code: string }[] } }[] };
      return { status: answer.status, code: body.issue?.[0]?.details?.coding?.[0]?.code, ids: (body.entry ?? []).map(({ resource }) => resource.id), text: JSON.stringify(body) };
    };
    expect((await read('Patient?_count=50')).ids).toEqual([patient]);
    const mine = await Promise.all([`Patient/${patient}`, `Patient/${patient}/$everything`, `EpisodeOfCare?patient=${patient}`, 'Organization?_count=1'].map(read));
    expect(mine.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const never = '01234567-89ab-8cde-8f01-23456789abcd';
    for (const path of ['Patient/ID', 'Patient/ID/$everything', 'Patient/ID/$timeline', 'EpisodeOfCare?patient=ID', 'Encounter?subject=Patient/ID&_include=Encounter:subject', 'Patient?_id=ID']) {
      const [theirs, nobodys] = [await read(path.replace('ID', other)), await read(path.replace('ID', never))];
      expect([path, theirs.status, theirs.text.replaceAll(other, never).includes('suppressed'), theirs.ids]).toEqual([path, nobodys.status, false, nobodys.ids]);
    }
    const everything = await read('EpisodeOfCare?_count=100&_include=EpisodeOfCare:patient');
    expect([everything.ids.length > 0, everything.text.includes(other)]).toEqual([true, false]);
    for (const path of ['Patient/$match', 'Patient/$break-glass', '_history', 'AuditEvent?_count=1', 'Contract?_count=1', `Patient/${patient}/$presence`]) expect([path, (await read(path)).status]).toEqual([path, 403]);
    const looked = (await auditSince(gateway, before)).map(({ entry }) => entry).filter(({ outcome, interaction }) => outcome !== 'failed' && ['read', 'everything', 'search-type'].includes(interaction));
    const again = async (id: string): Promise<Parameters> => (await (await gateway.get(`/fhir/AuditEvent/${id}/$reconstruct`, 'governance-lead')).json()) as Parameters;
    const same = ({ parameter }: Parameters): boolean | undefined => parameter?.find(({ name }) => name === 'same')?.valueBoolean;
    for (const entry of looked) expect([entry.query, entry.who.within, same(await again(entry.id))]).toEqual([entry.query, patient, true]);
    expect(looked.filter(({ disclosed }) => disclosed.length > 0).length).toBeGreaterThan(4);
    const theirs = await fetch(`${gateway.url}/fhir/Patient/${other}`, { headers: { Authorization: `Bearer ${await gateway.token('ward-doctor')}` } });
    const whole = (await auditSince(gateway, before)).map(({ entry }) => entry).find(({ citizen, disclosed, interaction }) => citizen === other && interaction === 'read' && disclosed.length > 0);
    expect([theirs.status, same(await again(whole?.id ?? ''))]).toEqual([200, true]);
    const beyond = { ...whole, id: crypto.randomUUID(), who: { ...whole?.who, within: patient } } as AuditEntry; // as if a look within one person's context had shown another
    await gateway.services.audit.append(beyond);
    const made = await again(beyond.id);
    expect([same(made), made.parameter?.filter(({ name }) => name === 'not-permitted').map(({ valueUri }) => valueUri)]).toEqual([false, whole?.disclosed]);
    const standing = await attempt({ scope: 'openid patient/*.rs' });
    expect((await answered(doctor, standing.url)).searchParams.get('error')).toBe('access_denied');
  });

  it('on its own asks the person about whom it is to open, of those they may see, and is given that one', async () => {
    const { name } = (await (await gateway.get(`/fhir/Patient/${patient}`, 'ward-doctor')).json()) as { name: { family: string; given: string[] }[] };
    const tried = await attempt({ scope: 'openid fhirUser launch/patient patient/*.rs' });
    const asked = await doctor.open(tried.url.href, { from: 'cross-site' });
    expect(asked.text).toContain('you choose next');
    const answer = (fields: Record<string, string>): ReturnType<BrowserLike['open']> => doctor.open(asked.url, { from: 'same-origin', body: new URLSearchParams({ decision: 'allow', ...fields }), hops: 1 });
    const family = name[0]?.family ?? '';
    for (const [fields, says] of [
      [{}, 'Find'], [{ who: family, born: 'yesterday' }, 'must be a real date'], [{ who: '', born: '1944' }, 'Enter an NHS number or a name'], [{ who: '?!' }, 'this is neither'], [{ who: '999 000 074' }, 'this has 9'], [{ who: '99900007433' }, 'typed twice'], [{ who: '999-000-0744' }, 'not a valid NHS number'],
      [{ who: 'Nobodyofthisname' }, 'No record can be shown'], [{ who: '999 100 0046' }, 'No record can be shown'], [{ patient: '01234567-89ab-8cde-8f01-23456789abcd' }, 'No record can be shown'], [{ patient: '' }, 'No record can be shown'],
    ] as [Record<string, string>, string][]) {
      const { status, next, text } = await answer(fields);
      expect([fields, status, next, text.includes('About whom'), text.includes(says), text.includes('No record can be shown') && says !== 'No record can be shown', text.includes(patient)]).toEqual([fields, 200, '', true, true, false, false]);
    }
    const before = await lastSeq(gateway);
    expect((await answer({ who: `${name[0]?.given[0] ?? ''} ${family}` })).text).toContain(`value="${patient}"`);
    expect((await auditSince(gateway, before)).map(({ entry: { interaction, query, who } }) => [interaction, query.split('?')[0], who.person?.id])).toEqual([['search-type', 'Patient', 'ward-doctor']]);
    const back = new URL((await answer({ patient })).next);
    const tokens = await oidc.authorizationCodeGrant(app, back, { pkceCodeVerifier: tried.verifier, expectedState: tried.state, idTokenExpected: true });
    expect([tokens['patient'], decodeJwt(tokens.access_token)['patient'], await look(tokens.access_token)]).toEqual([patient, patient, 200]);
    expect((await fetch(`${gateway.url}/fhir/Patient/${other}`, { headers: { Authorization: `Bearer ${tokens.access_token}` } })).status).toBe(404);
  });

  it('is told who signed in by the claim fhirUser, and may read about them; nobody else may', async () => {
    const tokens = await tokensFor(doctor, { scope: 'openid fhirUser user/Patient.rs' });
    const address = tokens.claims()?.['fhirUser'] as string;
    expect(address.startsWith(`${gateway.url}/fhir/Practitioner/`)).toBe(true);
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    expect([answer.status, await answer.json()]).toEqual([200, { resourceType: 'Practitioner', id: address.split('/').at(-1), meta: { source: 'urn:onestory:composed#signed-in' }, active: true, name: [{ text: 'Dr Leila Haddad' }] }]);
    expect((await fetch(address, { headers: { Authorization: `Bearer ${tokens.access_token}`, 'If-None-Match': answer.headers.get('ETag') ?? '' } })).status).toBe(304);
    const path = new URL(address).pathname;
    expect([(await gateway.get(path, 'ward-doctor')).status, (await gateway.get(path, 'community-nurse')).status, (await gateway.get(path, 'uhb-integration')).status]).toEqual([200, 404, 404]);
    const without = await tokensFor(doctor, { scope: 'openid user/Patient.rs' });
    expect([without.claims()?.['fhirUser'], (await fetch(address, { headers: { Authorization: `Bearer ${without.access_token}` } })).status]).toEqual([undefined, 403]);
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

  it('that lives in a browser asks from its own origin, with its token and without cookies; no other origin does', async () => {
    const tried = await attempt();
    const code = (await answered(doctor, tried.url)).searchParams.get('code') ?? '';
    const exchange = (origin: string): Promise<Response> => fetch(`${gateway.url}/oauth/token`, { method: 'POST', headers: { Origin: origin }, body: new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: tried.verifier, redirect_uri: callback, client_id: 'ward-board' }) });
    const refused = await exchange('https://evil.example');
    expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([400, null]);
    const given = await exchange('http://127.0.0.1');
    expect([given.status, given.headers.get('Access-Control-Allow-Origin')]).toEqual([200, 'http://127.0.0.1']);
    const { access_token: token } = (await given.json()) as { access_token: string };
    const from = async (origin: string, path: string, method = 'GET', headers: Record<string, string> = {}): Promise<unknown[]> => {
      const answer = await fetch(`${gateway.url}${path}`, { method, headers: { Origin: origin, ...headers } });
      return [answer.status, answer.headers.get('Access-Control-Allow-Origin'), answer.headers.get('Access-Control-Allow-Credentials')];
    };
    const [bearer, preflight] = [{ Authorization: `Bearer ${token}` }, { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' }];
    expect(await from('http://127.0.0.1', `/fhir/Patient/${patient}`, 'OPTIONS', preflight)).toEqual([204, 'http://127.0.0.1', null]);
    expect(await from('http://127.0.0.1', `/fhir/Patient/${patient}`, 'GET', bearer)).toEqual([200, 'http://127.0.0.1', null]);
    expect(await from('http://127.0.0.1', `/fhir/Patient/${patient}`)).toEqual([401, 'http://127.0.0.1', null]);
    expect(await from('https://evil.example', `/fhir/Patient/${patient}`, 'OPTIONS', preflight)).toEqual([401, null, null]);
    for (const path of ['/fhir/metadata', '/fhir/.well-known/smart-configuration']) {
      expect(await from('https://elsewhere.example', path, 'OPTIONS', preflight)).toEqual([204, '*', null]);
      expect(await from('https://elsewhere.example', path)).toEqual([200, '*', null]);
    }
    expect(await from('http://127.0.0.1', '/governance/agreements', 'GET', bearer)).toEqual([expect.any(Number), null, null]);
  });

  it('cannot allow itself with a token it has: only the person in their browser can', async () => {
    const { access_token: token } = await tokensFor(doctor);
    const server = browserLike(gateway.url); // the app's own: it writes whatever headers it likes
    const asked = await server.open((await attempt()).url.href, { from: 'cross-site' });
    expect(asked.text).toContain('12 hours');
    const answer = await server.ask(new URL(asked.url).pathname, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Sec-Fetch-Dest': 'document', 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'decision=allow' });
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/app/sign-in-failed']);
    const { body: { launch } } = await launchBy('ward-doctor', { patient, client: '' });
    const opened = await server.ask('/app/launch', { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-www-form-urlencoded' }, body: `launch=${launch}` });
    expect(opened.headers.get('Location')).toMatch(/^\/session\/sign-in/);
  });

  it('uses its code once: the second use ends what the first one gave (A11)', async () => {
    const tokens = await tokensFor(doctor);
    await expect(oidc.authorizationCodeGrant(app, tokens.address, { pkceCodeVerifier: tokens.tried.verifier, expectedState: tokens.tried.state })).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await look(tokens.access_token)).toBe(401);
  });

  it('gives what comes of a code or a refresh token once, of many that come at the same moment, and ends it because there were many', async () => {
    const tried = await attempt({ nonce: 'with\u0000nothing in it' });
    const address = await answered(doctor, tried.url);
    const exchanged = await Promise.allSettled(Array.from({ length: 5 }, () => oidc.authorizationCodeGrant(app, address, { pkceCodeVerifier: tried.verifier, expectedState: tried.state, expectedNonce: 'with\u0000nothing in it', idTokenExpected: true })));
    await ended(exchanged);
    const { refresh_token: token = '' } = await tokensFor(doctor);
    const renewed = await Promise.allSettled(Array.from({ length: 5 }, () => oidc.refreshTokenGrant(app, token)));
    await ended(renewed);
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
