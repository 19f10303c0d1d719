import { sessionCookie } from '../../../../src/edge/http/session/session-cookie.ts';
import { databases } from '../../../databases.ts';
import { startGateway, type Gateway } from '../../../gateway.ts';
import { browserLike, type BrowserLike } from './browser-like.ts';

it('the cookie is bound to this host and to TLS, except on this machine without TLS, where its name says so', () => {
  const [secure, loopback] = [sessionCookie('https://gateway.example'), sessionCookie('http://127.0.0.1:8080')];
  expect([secure.name, secure.options]).toEqual(['__Host-onestory', { httpOnly: true, secure: true, sameSite: 'strict', path: '/' }]);
  expect([loopback.name, loopback.options.secure]).toEqual(['onestory-loopback', false]);
  expect(secure.read(`onestory-loopback=${'a'.repeat(43)}`)).toBeNull();
});

describe.each(databases)('a person\'s session on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => { gateway = await startGateway(await open(3)); });
  afterAll(() => gateway.close());

  const signedIn = async (who = 'ward-doctor'): Promise<BrowserLike> => {
    const browser = browserLike(gateway.url);
    const { url } = await browser.open(`/session/sign-in?as=${who}&return=/app/find`);
    expect(url).toBe(`${gateway.url}/app/find`);
    return browser;
  };
  const session = async (browser: BrowserLike): Promise<Record<string, unknown>> => (await browser.ask('/session')).json() as Promise<Record<string, unknown>>;
  const hold = (browser: BrowserLike, value: string): void => { browser.cookies.set('onestory-loopback', { name: 'onestory-loopback', value, path: '/', attributes: 'SameSite=Strict' }); };
  const secretOf = (browser: BrowserLike): string => browser.cookies.get('onestory-loopback')?.value ?? '';
  const find = (browser: BrowserLike, init: RequestInit = {}): Promise<Response> =>
    browser.ask('/fhir/Patient/_search', { method: 'POST', body: new URLSearchParams({ identifier: 'https://fhir.nhs.uk/Id/nhs-number|9990000743' }), ...init });
  const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as { issue: { details: { coding: { code: string }[] } }[] }).issue[0]?.details.coding[0]?.code;

  it('begins through the issuer with PKCE, state and nonce, and knows for whom the person acts', async () => {
    const browser = browserLike(gateway.url);
    const { seen } = await browser.open('/session/sign-in?as=social-worker&return=/app/find');
    const asked = new URL(seen[1] ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', client_id: 'onestory-viewer' });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    expect(await session(browser)).toMatchObject({
      state: 'signed-in', person: { id: 'social-worker', name: 'Sukhdev Bains' }, organisationName: 'Birmingham City Council', organisationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, role: 'social-worker', purpose: 'TREAT',
    });
  });

  it('asks who one wants to be when nobody said, and takes only a persona', async () => {
    const browser = browserLike(gateway.url);
    const page = await browser.open('/session/sign-in?return=/app/');
    expect(page.text).toContain('Who do you want to be?');
    expect((await browser.open(page.url, { from: 'same-origin', body: new URLSearchParams({ persona: 'uhb-adt' }) })).text).toContain('Who do you want to be?');
    const { url } = await browser.open(page.url, { from: 'same-origin', body: new URLSearchParams({ persona: 'governance-lead' }) });
    expect(url).toBe(`${gateway.url}/app/`);
    expect(await session(browser)).toMatchObject({ role: 'governance' });
  });

  it('is for one of the organisations somebody works for, chosen at sign-in; to choose another ends it', async () => {
    const browser = browserLike(gateway.url);
    const page = await browser.open('/session/sign-in?as=gp&return=/app/find');
    expect(page.text).toMatch(/For whom do you act\?[\s\S]*The Example Practice[\s\S]*University Hospitals Birmingham/);
    const choose = (url: string, account: string): Promise<{ url: string; text: string }> => browser.open(url, { from: 'same-origin', body: new URLSearchParams({ persona: 'gp', account }) });
    for (const wrong of ['', 'gp~2', 'ward-doctor']) expect((await choose(page.url, wrong)).text).toContain('For whom do you act?');
    expect((await choose(page.url, 'gp~1')).url).toBe(`${gateway.url}/app/find`);
    const hospital = await session(browser);
    expect(hospital).toMatchObject({ person: { id: 'gp', name: 'Dr Nirmal Bhogal' }, organisationName: 'University Hospitals Birmingham NHS Foundation Trust', role: 'doctor', purpose: 'ETREAT', actsFor: ['The Example Practice', 'University Hospitals Birmingham NHS Foundation Trust'] });
    const before = secretOf(browser);
    const again = await browser.open('/session/sign-in?as=gp&return=/app/');
    await choose(again.url, 'gp');
    expect(await session(browser)).toMatchObject({ person: { id: 'gp' }, organisationName: 'The Example Practice', purpose: 'TREAT' });
    hold(browser, before);
    expect(await session(browser)).toEqual({ state: 'signed-out' });
    expect(await session(await signedIn())).toMatchObject({ actsFor: [] });
  });

  it('keeps its tokens from the browser and from the database', async () => {
    const browser = await signedIn();
    expect([...browser.cookies.values()].some(({ value }) => /eyJ[\w-]+\.eyJ/.test(value))).toBe(false);
    expect(browser.cookies.get('onestory-loopback')?.attributes).toMatch(/HttpOnly.*SameSite=Strict/);
    expect(await (await browser.ask('/session')).text()).not.toMatch(/eyJ/);
    const rows = await gateway.database.query<{ id: Buffer; sealed: string; subject: string }>('select id, sealed, subject from web_session');
    expect(rows.length).toBeGreaterThan(0);
    for (const { id, sealed } of rows) {
      expect(sealed).not.toMatch(/eyJ[\w-]+\.eyJ/);
      expect([id.toString('base64url'), id.toString('hex'), sealed]).not.toContain(secretOf(browser));
    }
  });

  it('tells whichever emergency access the person has for their organisation now, wherever they sign in, and nobody else\'s', async () => {
    const [mine, another, citizen] = [await signedIn('social-worker'), await signedIn(), '7d0b6e56-0000-4000-8000-000000000001'];
    for (const [reference, person, organisation, from] of [
      ['EA-2', 'social-worker', 'https://fhir.bicp.example/Id/ons-code|E08000025', 'now()'], ['EA-1', 'social-worker', 'https://fhir.bicp.example/Id/ons-code|E08000025', "now() - interval '1 minute'"],
      ['EA-3', 'social-worker', 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', 'now()'], ['EA-4', 'social-worker', 'https://fhir.bicp.example/Id/ons-code|E08000025', "now() - interval '2 hours'"], ['EA-5', 'somebody', 'https://fhir.bicp.example/Id/ons-code|E08000025', 'now()'],
    ] as const) await gateway.database.query(`insert into emergency_access (citizen_id, id, organisation, person, person_name, role, from_at, until, reason, explanation, reference) values ($1, gen_random_uuid(), $2, $3, 'x', 'social-worker', ${from}, ${from} + interval '1 hour', 'serious-harm-person', 'x', $4)`, [citizen, organisation, person, reference]);
    expect(await session(mine)).toMatchObject({ organisation: 'https://fhir.bicp.example/Id/ons-code|E08000025', emergencies: [{ citizen, reference: 'EA-1', until: expect.stringMatching(/Z$/) }, { citizen, reference: 'EA-2' }] });
    expect(await session(another)).toMatchObject({ emergencies: [] });
    await gateway.database.query('delete from emergency_access where citizen_id = $1', [citizen]);
  });

  it('reads the API as that person, through the same door, and is in the log by name', async () => {
    const browser = await signedIn();
    expect((await find(browser)).status).toBe(200);
    const log = await gateway.search('AuditEvent', { 'agent:identifier': '|ward-doctor', _count: '1' }, 'governance-lead');
    const [event] = ((await log.json()) as { entry: { resource: { agent: { name?: string }[] } }[] }).entry;
    expect(event?.resource.agent[0]?.name).toBe('Dr Leila Haddad');
  });

  it('may change what its person may and no more: the viewer\'s own scopes give nobody a right', async () => {
    const [doctor, officer] = [await signedIn(), await signedIn('privacy-officer')];
    expect([(await session(doctor))['scopes'], (await session(officer))['scopes']]).toEqual([['user/*.rs', 'user/Consent.c', 'user/ServiceRequest.cud', 'user/Task.cud'], ['user/*.rs', 'user/Consent.cu', 'user/Contract.u', 'user/Task.u']]);
    const claim = (browser: BrowserLike): Promise<Response> => browser.ask('/governance/link-reviews/LR-0000000000000000/claim', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    expect([await codeOf(await claim(doctor)), await codeOf(await claim(officer))]).toEqual(['governance-role-required', 'not-found']);
    const file = (browser: BrowserLike): Promise<Response> => browser.ask('/fhir/Consent', { method: 'POST', headers: { 'Content-Type': 'application/fhir+json' }, body: '{"resourceType":"Consent"}' });
    const refer = (browser: BrowserLike): Promise<Response> => browser.ask('/fhir/ServiceRequest', { method: 'POST', headers: { 'Content-Type': 'application/fhir+json' }, body: '{"resourceType":"ServiceRequest"}' });
    const reader = await signedIn('healthwatch-reader');
    expect([await codeOf(await file(reader)), (await file(doctor)).status, (await file(officer)).status]).toEqual(['scope-missing', 422, 422]);
    expect([await codeOf(await refer(officer)), (await refer(doctor)).status]).toEqual(['scope-missing', 422]);
  });

  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }], ['a sister site', { 'Sec-Fetch-Site': 'same-site' }], ['an address typed in', { 'Sec-Fetch-Site': 'none' }],
    ['nobody knows where', { 'Sec-Fetch-Site': '' }], ['a page being opened', { 'Sec-Fetch-Dest': 'document' }], ['an image', { 'Sec-Fetch-Dest': 'image' }],
  ])('is worth nothing to a request from %s', async (_from, headers) => {
    const browser = await signedIn();
    const refused = await find(browser, { headers });
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'cross-site-request']);
    for (const [path, method] of [['/session', 'GET'], ['/session/extend', 'POST'], ['/session/sign-out', 'POST']] as const) expect((await browser.ask(path, { method, headers })).status).toBe(403);
    expect(await session(browser)).toMatchObject({ state: 'signed-in' });
  });

  it('is not the way in for programs: a bearer token counts before a cookie', async () => {
    const browser = await signedIn();
    const refused = await find(browser, { headers: { Authorization: 'Bearer nonsense' } });
    expect([refused.status, await codeOf(refused)]).toEqual([401, 'token-invalid']);
  });

  it('has a new secret at every sign-in, and the old one ends', async () => {
    const browser = await signedIn();
    const before = secretOf(browser);
    await browser.open('/session/sign-in?as=community-nurse&return=/app/find');
    const after = secretOf(browser);
    expect(after).not.toBe(before);
    hold(browser, before);
    expect(await session(browser)).toEqual({ state: 'signed-out' });
    expect(await codeOf(await find(browser))).toBe('session-ended');
  });

  it('cannot be fixed in advance: a made-up secret is nobody\'s, and two cookies of the name are none', async () => {
    const browser = browserLike(gateway.url);
    hold(browser, 'a'.repeat(43));
    expect(await session(browser)).toEqual({ state: 'signed-out' });
    const real = await signedIn();
    const twice = await real.ask('/session', { headers: { Cookie: `onestory-loopback=${'a'.repeat(43)}; onestory-loopback=${secretOf(real)}` } });
    expect(await twice.json()).toEqual({ state: 'signed-out' });
  });

  it('begins only in the browser that was sent to the issuer', async () => {
    const victim = browserLike(gateway.url);
    const { next } = await browserLike(gateway.url).open('/session/sign-in?as=ward-doctor&return=/app/', { hops: 3 });
    expect(next).toContain('/session/callback?code=');
    expect((await victim.open(next, { from: 'cross-site' })).url).toBe(`${gateway.url}/app/sign-in-failed`);
    expect(await session(victim)).toEqual({ state: 'signed-out' });
  });

  it('does not begin with a code used before, another state, another issuer or an error', async () => {
    const browser = browserLike(gateway.url);
    const back = (await browser.open('/session/sign-in?as=ward-doctor&return=/app/')).seen.find((url) => url.includes('/session/callback?code=')) ?? '';
    expect(back).not.toBe('');
    browser.cookies.delete('onestory-loopback');
    for (const address of [back, back.replace(/state=[^&]+/, 'state=other'), '/session/callback?error=access_denied', '/session/callback']) {
      expect((await browser.open(address)).url).toBe(`${gateway.url}/app/sign-in-failed`);
    }
    const { next } = await browser.open('/session/sign-in?as=ward-doctor&return=/app/', { hops: 3 });
    expect(next).toContain('/session/callback?code=');
    expect((await browser.open(next.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'))).url).toBe(`${gateway.url}/app/sign-in-failed`);
    expect(await session(browser)).toEqual({ state: 'signed-out' });
  });

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example', '/fhir/Patient', '/app/../fhir', 'javascript:alert(1)', `/app/${'x'.repeat(600)}`])('brings nobody to %s afterwards', async (target) => {
    const { url } = await browserLike(gateway.url).open(`/session/sign-in?as=ward-doctor&return=${encodeURIComponent(target)}`);
    expect(url).toBe(`${gateway.url}/app/`);
  });

  it('does not believe another site about who one is', async () => {
    const { text } = await browserLike(gateway.url).open('/session/sign-in?as=governance-lead&return=/app/', { from: 'cross-site' });
    expect(text).not.toContain('governance-lead@');
    const { text: page } = await browserLike(gateway.url).open('/session/sign-in?as=governance-lead', { from: 'cross-site' });
    expect(page).toContain('Who do you want to be?');
  });

  it('ends by signing out, here or everywhere, at once', async () => {
    const [ward, office, other] = [await signedIn('ward-doctor'), await signedIn('ward-doctor'), await signedIn('social-worker')];
    const out = await ward.ask('/session/sign-out', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"everywhere":false}' });
    expect(await out.json()).toEqual({ location: '/app/signed-out' });
    expect(ward.cookies.has('onestory-loopback')).toBe(false);
    expect(await session(office)).toMatchObject({ state: 'signed-in' });
    const again = await signedIn('ward-doctor');
    await again.ask('/session/sign-out', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"everywhere":true}' });
    expect(await session(office)).toEqual({ state: 'signed-out' });
    expect(await codeOf(await find(office))).toBe('session-ended');
    expect(await session(other)).toMatchObject({ state: 'signed-in' });
  });

  describe('in time', () => {
    const age = (browser: BrowserLike, column: 'seen_at' | 'ends_at', change: string): Promise<unknown> =>
      gateway.database.query(`update web_session set ${column} = ${change} where id = sha256(convert_to($1, 'UTF8') || '\\x00'::bytea || convert_to($2, 'UTF8'))`, ['onestory session id', secretOf(browser)]);

    it('ends when nobody uses it, and looking at the clock is not using it', async () => {
      const browser = await signedIn();
      await age(browser, 'seen_at', "now() - interval '600 seconds'");
      const { idleLeftSeconds } = await session(browser);
      expect(idleLeftSeconds).toBeLessThanOrEqual(300);
      expect((await session(browser))['idleLeftSeconds']).toBeLessThanOrEqual(300);
      expect(((await (await browser.ask('/session/extend', { method: 'POST' })).json()) as { idleLeftSeconds: number }).idleLeftSeconds).toBeGreaterThan(890);
      await age(browser, 'seen_at', "now() - interval '600 seconds'");
      await find(browser);
      expect((await session(browser))['idleLeftSeconds']).toBeGreaterThan(890);
      await age(browser, 'seen_at', "now() - interval '901 seconds'");
      expect(await session(browser)).toEqual({ state: 'signed-out' });
      expect((await find(browser)).status).toBe(401);
    });

    it('ends after its full time, however busy', async () => {
      const browser = await signedIn();
      await age(browser, 'ends_at', "now() + interval '60 seconds'");
      expect(await session(browser)).toMatchObject({ state: 'signed-in' });
      expect((await session(browser))['endsInSeconds']).toBeLessThanOrEqual(60);
      await age(browser, 'ends_at', 'now()');
      expect((await find(browser)).status).toBe(401);
    });
  });

  it('is kept for at most 20 browsers of one person, and what is over is cleared away', async () => {
    const first = await signedIn('mental-health-nurse');
    for (let more = 0; more < 20; more += 1) await signedIn('mental-health-nurse');
    expect(await session(first)).toEqual({ state: 'signed-out' });
    const [row] = await gateway.database.query<{ count: number }>("select count(*)::int as count from web_session where subject = 'mental-health-nurse'");
    expect(row?.count).toBe(20);
  });
});
