import { openEmptyPglite } from '../databases.ts';
import type { Browser } from 'playwright-core';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { citizenOf, people } from '../flow/whole-record.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { openBrowser, settled, visit, type Visit } from './visit.ts';

/** Script and markup in what partners send, put after words that stand in every sort of field. */
const script = '<script>window.ran=1</script>';
const image = '<img src=x onerror=window.ran=1>';
const style = '<b style=color:red onclick=window.ran=1>';
const poison: readonly [RegExp, string][] = [
  [/okafor/gi, script], [/\bally\b/gi, image], [/example road/gi, style], [/Two visits a week/g, image], [/Tires on the stairs/g, script], [/Sahota/g, style], [/Hanrahan/g, script],
  [/Support at home after/g, image], [/home support, two visits/gi, script], [/Example Homecare/g, style], [/Bed for rehabilitation/g, script], [/Bhogal/gi, image], [/Chidi/gi, style],
];

describe('markup in what partners sent', () => {
  let gateway: Gateway;
  let browser: Browser;
  let here: Visit;
  beforeAll(async () => {
    gateway = await startGateway(await openEmptyPglite());
    for (const { feed, part, content } of demoFiles({ seed: 2018, citizens: 3 })) {
      await gateway.send(feed, part, poison.reduce((text, [word, markup]) => text.replace(word, (found) => `${found}${markup}`), content));
    }
    browser = await openBrowser();
    here = await visit(browser);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  const check = async (): Promise<string> => {
    await settled(here.page);
    const made = await here.page.locator('#viewer img, #viewer script, #viewer [onclick], #viewer [onerror], #viewer b').count();
    expect([here.page.url(), made, await here.page.evaluate('window.ran ?? null')]).toEqual([here.page.url(), 0, null]);
    return here.page.innerText('body');
  };

  it('was taken in, and is shown as text in the results and all over the record', async () => {
    await here.page.goto(`${gateway.url}/session/sign-in?as=ward-doctor&return=/app/find`);
    await here.page.getByLabel('NHS number', { exact: true }).fill(people.alice);
    await here.page.keyboard.press('Enter');
    await here.page.getByRole('link', { name: /OKAFOR/ }).waitFor();
    expect(await check()).toContain(script.toUpperCase());
    await here.page.getByRole('link', { name: /OKAFOR/ }).click();
    await here.page.locator('[data-section="timeline"]').waitFor();
    const text = await check();
    for (const markup of [script, image, style]) expect(text).toContain(markup);
  });

  it('is shown as text in every entry\'s details and versions', async () => {
    const citizen = await citizenOf(gateway, 'ward-doctor', people.alice);
    await here.page.goto(`${gateway.url}/app/person/${citizen}`);
    await here.page.locator('[data-section="timeline"]').waitFor();
    await settled(here.page);
    const links = await Promise.all((await here.page.locator('main a[href*="/person/"]').all()).map((link) => link.getAttribute('href')));
    const entries = [...new Set(links)].flatMap((path) => (path !== null && path.split('/').length > 4 ? [path] : []));
    expect(entries.length).toBeGreaterThan(10);
    let seen = '';
    for (const path of entries) {
      await here.page.goto(`${gateway.url}${path}`);
      seen += await check();
    }
    for (const markup of [script, image, style]) expect(seen).toContain(markup);
  });

  it('is shown as text to those who look after governance, who see the citizen\'s name', async () => {
    await here.page.goto(`${gateway.url}/session/sign-in?as=governance-lead&return=/app/who-looked`);
    await settled(here.page);
    await here.page.getByLabel(/NHS number/).fill(people.alice);
    await here.page.keyboard.press('Enter');
    await here.page.getByText(/OKAFOR/).first().waitFor();
    expect(await check()).toContain(script.toUpperCase());
  });

  it('made the browser complain of nothing', () => {
    expect(here.complaints).toEqual([]);
  });
});
