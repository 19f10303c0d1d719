import { AxeBuilder } from '@axe-core/playwright';
import chromiumPackage from '@sparticuz/chromium';
import { chromium, type Browser, type Page } from 'playwright-core';
import { openPglite } from '../../src/store/database.ts';
import { startGateway, type Gateway } from '../gateway.ts';

describe('the start page in a real browser', () => {
  let gateway: Gateway;
  let browser: Browser;
  let page: Page;
  const requested: string[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    gateway = await startGateway(await openPglite('memory://'));
    browser = await chromium.launch({ executablePath: await chromiumPackage.executablePath(), args: [...chromiumPackage.args, '--no-sandbox'], headless: true });
    page = await (await browser.newContext()).newPage();
    page.on('request', (request) => requested.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${gateway.url}/`);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  it('says what this is, that it is for evaluation, and who one can be', async () => {
    expect(await page.title()).toBe('OneStory');
    const text = await page.innerText('body');
    expect(text).toContain('Evaluation only: synthetic people');
    for (const who of ['ward-doctor', 'community-nurse', 'social-worker', 'mental-health-nurse', 'privacy-officer', 'governance-lead']) expect(text).toContain(`token ${who}`);
  });

  it('asks nobody but this gateway, and nothing on it is blocked or fails', () => {
    expect(requested.map((url) => new URL(url)).filter(({ origin, protocol }) => protocol !== 'data:' && origin !== gateway.url)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('is styled under its own content security policy', async () => {
    expect(await page.evaluate('getComputedStyle(document.querySelector(".notice")).backgroundColor')).not.toBe('rgba(0, 0, 0, 0)');
  });

  it('has no accessibility fault that axe can find (WCAG 2.2 A and AA)', async () => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target) }))).toEqual([]);
  });
});
