import type { OperationOutcome } from '@medplum/fhirtypes';
import { saveClient, setClientEnabled } from '../../../../src/store/partners/oauth-clients.ts';
import { subscriptionTo } from '../../../flow/subscription-cases.ts';
import { openEmptyPglite } from '../../../databases.ts';
import { startGateway, type Gateway } from '../../../gateway.ts';
import { browserLike, type BrowserLike } from './browser-like.ts';
import { startSecondIssuer, type SecondIssuer } from './second-issuer.ts';

const by = { reason: 'x', byId: 'x', byName: 'x', byOrganisation: 'x' };

describe('with somebody else\'s issuer, by configuration alone', () => {
  let issuer: SecondIssuer;
  let gateway: Gateway;
  let address = '';
  beforeAll(async () => {
    issuer = await startSecondIssuer(() => address, 20); // shorter than the gateway likes: renewed at every use
    gateway = await startGateway(await openEmptyPglite(), {
      environment: (baseUrl) => {
        address = baseUrl;
        return { OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: issuer.clientId, OIDC_CLIENT_SECRET: issuer.secret };
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.stop();
  });

  /** Through the issuer's own pages: who one is, and whether the viewer may act. */
  async function signedIn(who: string): Promise<BrowserLike> {
    const browser = browserLike(gateway.url);
    const login = await browser.open('/session/sign-in?return=/app/find');
    const consent = await browser.open(login.url, { from: 'same-origin', body: new URLSearchParams({ prompt: 'login', login: who, password: 'x' }) });
    const { url } = await browser.open(consent.url, { from: 'same-origin', body: new URLSearchParams({ prompt: 'consent' }) });
    expect(url).toBe(`${gateway.url}/app/find`);
    return browser;
  }
  const session = async (browser: BrowserLike): Promise<unknown> => (await browser.ask('/session')).json();
  const ask = (browser: BrowserLike): Promise<Response> => browser.ask('/fhir/Organization?_count=1');

  it('people sign in there, and the API knows them', async () => {
    const browser = await signedIn('rosa');
    expect(await session(browser)).toMatchObject({ state: 'signed-in', person: { id: 'rosa', name: 'Dr rosa' }, role: 'doctor' });
    expect((await ask(browser)).status).toBe(200);
  });

  it('a page whose form leads to a sign-in may lead there', async () => {
    const page = await fetch(`${gateway.url}/app/launch?iss=${encodeURIComponent(`${gateway.url}/fhir`)}&launch=01234567-89ab-4cde-8f01-23456789abcd`);
    expect([page.status, page.headers.get('Content-Security-Policy')]).toEqual([200, expect.stringContaining(`form-action 'self' ${issuer.url};`)]);
  });

  it('a client that is disabled here is so with tokens from there, and one nobody registered here has no Subscriptions', async () => {
    const subscribe = async (): Promise<[number, string | undefined]> => {
      const response = await fetch(`${gateway.url}/fhir/Subscription`, { method: 'POST', headers: { Authorization: `Bearer ${await issuer.systemToken()}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(subscriptionTo('died', 'https://receiver.example.org/hook')) });
      const text = await response.text();
      return [response.status, text === '' ? undefined : (JSON.parse(text) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code];
    };
    expect(await subscribe()).toEqual([403, 'subscription-unregistered']);
    const { database } = gateway;
    await saveClient(database, { id: 'lab', kind: 'system', name: 'x', organisation: issuer.organisation, purpose: 'HSYSADMIN', scopes: ['system/*.rs'], keysUrl: 'https://x.example/', redirectUris: [], launchUrl: null, contact: 'x', keys: [] }, by);
    expect(await subscribe()).toEqual([201, undefined]);
    await setClientEnabled(database, 'lab', false, 60, by);
    expect(await subscribe()).toEqual([401, 'token-revoked']);
  });

  it('a feed is sent by its own organisation\'s client, whoever else goes by its name there', async () => {
    const sent = async (feed: string): Promise<number> => (await fetch(`${gateway.url}/intake/${feed}`, { method: 'POST', headers: { Authorization: `Bearer ${await issuer.systemToken(feed, 'intake')}` }, body: '' })).status;
    expect([await sent('bcc-cld'), await sent('uhb-adt')]).toEqual([403, 400]); // nothing was sent
  });

  it('tokens are renewed as they run out, once for many requests at the same moment', async () => {
    const browser = await signedIn('sana');
    const before = issuer.renewals();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(browser)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
    expect(issuer.renewals() - before).toBeGreaterThan(0);
    expect(issuer.renewals() - before).toBeLessThan(8);
  });

  it('signing out leads to the issuer\'s own end, which leads back', async () => {
    const browser = await signedIn('tom');
    const { location } = (await (await browser.ask('/session/sign-out', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })).json()) as { location: string };
    const { origin, searchParams } = new URL(location);
    expect([origin, searchParams.get('post_logout_redirect_uri')]).toEqual([issuer.url, `${gateway.url}/app/signed-out`]);
    expect((await browser.open(location)).status).toBe(200);
    expect(await session(browser)).toEqual({ state: 'signed-out' });
  });

  it('an issuer that is away ends nothing: what cannot be renewed now is told as that', async () => {
    const browser = await signedIn('uma');
    await issuer.stop();
    const away = await ask(browser);
    expect([200, 401, 503]).toContain(away.status); // the token may have a second left
    await issuer.start();
    expect((await ask(browser)).status).toBe(200);
  });

  it('what the issuer revoked ends with the next renewal', async () => {
    const browser = await signedIn('vera');
    issuer.revokeAll();
    expect((await ask(browser)).status).toBe(401);
    expect(await session(browser)).toEqual({ state: 'signed-out' });
  });
});

it('without a client at the external issuer people are told that there is no sign-in, and programs go on', async () => {
  const gateway = await startGateway(await openEmptyPglite(), { environment: () => ({ OIDC_ISSUER: 'http://127.0.0.1:9' }) });
  const browser = browserLike(gateway.url);
  expect((await browser.open('/session/sign-in')).url).toBe(`${gateway.url}/app/sign-in-failed?reason=not-offered`);
  expect(await (await browser.ask('/session')).json()).toEqual({ state: 'signed-out' });
  expect((await fetch(`${gateway.url}/fhir/metadata`)).status).toBe(200);
  await gateway.close();
});
