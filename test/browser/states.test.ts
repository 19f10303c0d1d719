import { openLoadedPglite } from '../databases.ts';
import type { Browser, Page } from 'playwright-core';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { citizenOf, people } from '../flow/whole-record.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { changeClients } from '../edge/oauth/partner.ts';
import { faultsAtAnyWidth, focusedLabel, focusedText, openBrowser, settled, tabTo, visit, type Visit } from './visit.ts';

/** What screens look like when something is not there, late, over or broken: designed, not default. */
describe('a screen', () => {
  let gateway: Gateway;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await startGateway(await openLoadedPglite(3), { environment: () => ({ ONESTORY_SESSION_IDLE_SECONDS: '3600' }) });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  let here: Visit;
  let page: Page;
  beforeEach(async () => {
    here = await visit(browser);
    ({ page } = here);
  });
  afterEach(() => here.close());

  const signIn = async (who: string, to: string): Promise<void> => {
    await page.goto(`${gateway.url}/session/sign-in?as=${who}&return=${encodeURIComponent(to)}`);
    await settled(page);
  };
  const main = (): Promise<string> => page.innerText('main');
  /** Coming back to the window makes the viewer compare its clock with the gateway's. */
  const lookAgain = (): Promise<unknown> => page.evaluate('document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))');

  it('of an address that does not exist says so and leads back', async () => {
    await signIn('ward-doctor', '/app/no/such/page');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await page.getByRole('link', { name: 'Go to the first page' }).click();
    await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
    expect(here.complaints).toEqual([]);
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'nobody'])('of the record %s, which is nobody\'s, is the one for nobody one may know of', async (id) => {
    await signIn('ward-doctor', `/app/person/${id}`);
    await page.getByText(/No record can be shown/).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
  });

  it('before signing in, and after the session ended somewhere else, shows nobody', async () => {
    await page.goto(`${gateway.url}/app/find`);
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    expect(here.complaints).toEqual([]);
    const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
    await signIn('ward-doctor', `/app/person/${alice}`);
    await page.getByText('OKAFOR, Alice').first().waitFor();
    await gateway.database.query('delete from web_session');
    await page.getByRole('link', { name: 'Find a person' }).click();
    await page.getByLabel('NHS number', { exact: true }).fill(people.alice);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await page.innerText('body')).not.toMatch(/okafor/i);
  });

  it('in a tab where somebody else signs in begins anew: nobody\'s record stays on it, and nobody is looked at by its address', async () => {
    const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
    await signIn('ward-doctor', `/app/person/${alice}`);
    await page.getByText('OKAFOR, Alice').first().waitFor();
    await settled(page);
    const other = await page.context().newPage();
    await other.goto(`${gateway.url}/session/sign-in?as=community-nurse&return=/app/find`);
    const before = here.requested.length;
    await lookAgain();
    await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
    expect(await page.innerText('body')).not.toMatch(/okafor|haddad/i);
    expect(here.requested.slice(before).filter((url) => url.includes('/fhir/'))).toEqual([]);
    await other.close();
  });

  it('whose sign-in failed says so, and a gateway that does not answer is told from one that shows nothing', async () => {
    await page.goto(`${gateway.url}/session/callback?state=x&code=y`);
    await page.getByRole('heading', { name: 'Signing in did not work' }).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await signIn('ward-doctor', '/app/find');
    await page.context().setOffline(true);
    await page.getByLabel('NHS number', { exact: true }).fill(people.alice);
    await page.keyboard.press('Enter');
    await page.getByText(/The gateway did not answer/).waitFor();
    expect(await main()).not.toMatch(/No record can be shown/);
    await page.context().setOffline(false);
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: /OKAFOR/ }).waitFor();
  });

  it('warns before the session ends, lets one stay, and empties itself when it has ended', async () => {
    const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
    await signIn('ward-doctor', `/app/person/${alice}`);
    await gateway.database.query("update web_session set seen_at = now() - interval '3510 seconds'");
    await page.reload(); // reads the session anew; the record it asks for counts as use, so once more
    await settled(page);
    const [{ seen } = { seen: new Date() }] = await gateway.database.query<{ seen: Date }>("with moved as (update web_session set seen_at = now() - interval '3510 seconds' returning seen_at) select max(seen_at) as seen from moved");
    const dialog = page.getByRole('dialog', { name: 'You will be signed out soon' });
    await lookAgain();
    await dialog.waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await gateway.database.query(`select 1 from web_session where seen_at > $1::timestamptz + interval '1 second'`, [seen])).toHaveLength(1);
    await gateway.database.query("update web_session set seen_at = now() - interval '3700 seconds'");
    await lookAgain();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await page.innerText('body')).not.toMatch(/okafor/i);
    expect(await faultsAtAnyWidth(page)).toEqual([]);
  });

  it('says that a session which has lasted its full time is about to end, whatever one does', async () => {
    await signIn('ward-doctor', '/app/find');
    await gateway.database.query("update web_session set ends_at = now() + interval '100 seconds'");
    await lookAgain();
    await page.getByRole('dialog', { name: 'Your session is coming to its end' }).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByLabel('NHS number', { exact: true }).fill(people.alice);
  });

  it('that is still waiting has the shape of what is coming, and says so to those who do not see it', async () => {
    const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
    const answered = Promise.withResolvers<void>();
    await page.route('**/fhir/**', async (route) => {
      await answered.promise;
      await route.continue().catch(() => {}); // the page may be gone
    });
    await page.goto(`${gateway.url}/session/sign-in?as=ward-doctor&return=/app/person/${alice}`);
    await page.locator('[data-loading]').first().waitFor();
    expect(await page.getByRole('status').first().innerText()).toContain('Loading');
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    answered.resolve();
  });

  it('whose program did not come says so and can be tried again', async () => {
    const program = /\/assets\/referral-list-/;
    await page.route(program, (route) => route.abort());
    await signIn('ward-doctor', '/app/find');
    await page.getByRole('link', { name: 'Referrals' }).click();
    await page.getByText(/The gateway did not answer/).waitFor();
    await page.unroute(program);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Referrals', level: 1 }).waitFor();
  });

  it('of an app that asks about whom it is to open is whole by keyboard alone, at any width, and says nothing of people one may not see', async () => {
    const callback = `${gateway.url}/integrate`;
    await changeClients(gateway, '', { id: 'ward-board', kind: 'app', name: 'Ward board', contact: 'x@uhb.example', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', scopes: ['openid', 'launch/patient', 'patient/*.rs'], redirectUris: [callback] });
    await signIn('ward-doctor', '/app/find');
    const asks = new URLSearchParams({ response_type: 'code', client_id: 'ward-board', redirect_uri: callback, scope: 'openid launch/patient patient/*.rs', state: 'a-state-of-the-app', aud: `${gateway.url}/fhir`, code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
    await page.goto(`${gateway.url}/oauth/auth?${asks.toString()}`);
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    const press = async (button: string): Promise<void> => {
      await tabTo(page, (text) => text.startsWith(button));
      await page.keyboard.press('Enter');
    };
    const find = async (who: string, born: string): Promise<void> => {
      for (const [label, text] of [['NHS number or name', who], ['Date of birth, if you know it', born]] as const) {
        await tabTo(page, (text) => text === label, focusedLabel);
        await page.keyboard.press('Control+A');
        await page.keyboard.type(text === '' ? ' ' : text);
      }
      await page.keyboard.press('Enter');
    };
    await press('Allow');
    await page.getByRole('heading', { name: 'About whom is Ward board to open?' }).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await find('999 000 0744', 'soon');
    await page.getByText('There is a problem').waitFor();
    expect([await page.title(), await page.evaluate('document.activeElement.className'), await page.locator('[aria-invalid]').count()]).toEqual(['Error: Choose a person – OneStory', 'errors', 2]);
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await find('999 100 0046', '');
    await page.getByText('No record can be shown').waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await find(people.alice, '11 feb 1938');
    expect(await page.getByRole('button', { name: /^OKAFOR/ }).innerText()).toMatch(/^OKAFOR, Alice \(Mrs\)\s+Born 11-Feb-1938\s/);
    expect([await page.evaluate(focusedText), await faultsAtAnyWidth(page)]).toEqual(['1 person found', []]);
    await page.reload(); // and back repeats no form
    await page.goBack();
    await page.goForward();
    expect(await page.getByRole('button', { name: /^OKAFOR/ }).count()).toBe(1);
    await press('OKAFOR');
    await page.waitForURL(`${callback}?**`);
    expect([new URL(page.url()).searchParams.get('state'), new URL(page.url()).searchParams.has('code')]).toEqual(['a-state-of-the-app', true]);
    expect(here.complaints).toEqual([]);
  });

  it('of a person whose newest record has not arrived says whose it is, and never "none"', async () => {
    const messages = [...demoFiles({ seed: 2018, citizens: 3 })].filter(({ feed }) => feed === 'uhb-adt').flatMap(({ content }) => content.split(/(?=MSH\|)/));
    const good = messages.findLast((message) => message.includes(people.alice)) ?? '';
    await gateway.send('uhb-adt', '', `${good.replace(/^((?:[^|]*\|){9})([^|]*)/, '$1$2X')}QQQ|1|unknown\r`);
    const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
    await signIn('ward-doctor', `/app/person/${alice}`);
    await page.getByText('The newest information from University Hospitals Birmingham NHS Foundation Trust has not arrived yet. What is missing here may still exist.').waitFor();
    for (const [part, section, others] of [['story', 'alerts', ['where-now', 'plans', 'who-to-talk-to']], ['timeline', 'timeline', ['referrals', 'episodes']]] as const) {
      const one = new RegExp(`\\$${part}`);
      await page.route(one, (route) => route.abort());
      await page.reload();
      const failed = page.locator(`[data-section="${section}"]`);
      await failed.getByText(/The gateway did not answer/).waitFor();
      for (const name of [section, ...others]) expect(await page.locator(`[data-section="${name}"]`).innerText()).not.toMatch(/None recorded|Nothing is recorded|No stay in hospital/);
      for (const name of others) expect(await page.locator(`[data-section="${name}"]`).innerText()).toMatch(/did not arrive/);
      await page.unroute(one);
      await failed.getByRole('button', { name: 'Try again' }).click();
      await failed.getByText(/The gateway did not answer/).waitFor({ state: 'detached' });
    }
    await page.locator('.os-event').first().waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
  });
});
