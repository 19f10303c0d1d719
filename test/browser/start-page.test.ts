import { openEmptyPglite } from '../databases.ts';
import type { Browser } from 'playwright-core';
import { startGateway, type Gateway } from '../gateway.ts';
import { elsewhere, faultsAtAnyWidth, openBrowser, visit, type Visit } from './visit.ts';

describe('in a real browser', () => {
  let gateway: Gateway;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await startGateway(await openEmptyPglite());
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  describe.each([
    ['the start page', '/', 'OneStory', ['Evaluation only: synthetic people', 'I am a ward doctor', 'I am a social worker', 'I am a community nurse', 'I look after information governance', 'Come in as somebody else']],
    ['the page for those who connect systems', '/integrate', 'Connect a system – OneStory', ['Evaluation only: synthetic people', ...['ward-doctor', 'community-nurse', 'social-worker', 'mental-health-nurse', 'privacy-officer', 'governance-lead'].map((who) => `token ${who}`)]],
  ])('%s', (_name, path, title, says) => {
    let here: Visit;
    beforeAll(async () => {
      here = await visit(browser);
      await here.page.goto(`${gateway.url}${path}`);
    });

    it('says what it is for', async () => {
      expect(await here.page.title()).toBe(title);
      const text = await here.page.innerText('body');
      for (const part of says) expect(text).toContain(part);
    });

    it('asks nobody but this gateway, and nothing on it is blocked or fails', () => {
      expect(elsewhere(here.requested, gateway.url)).toEqual([]);
      expect(here.complaints).toEqual([]);
    });

    it('is styled under its own content security policy', async () => {
      expect(await here.page.evaluate('getComputedStyle(document.querySelector(".notice")).backgroundColor')).not.toBe('rgba(0, 0, 0, 0)');
    });

    it('has no accessibility fault that axe can find, wide or narrow', async () => {
      expect(await faultsAtAnyWidth(here.page)).toEqual([]);
    });
  });

  it('somebody who works for two organisations says for which, is told so on every page, and changes it by signing in again', async () => {
    const { page, complaints, close } = await visit(browser);
    await page.goto(`${gateway.url}/session/sign-in?as=gp&return=/app/find`);
    await page.getByRole('heading', { name: 'For whom do you act?' }).waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await page.getByRole('button', { name: /^University Hospitals/ }).click();
    await page.getByText('Acting for University Hospitals Birmingham NHS Foundation Trust').waitFor();
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    await page.getByRole('link', { name: /^Change/ }).click();
    await page.getByRole('button', { name: /^The Example Practice/ }).click();
    await page.getByText('Acting for The Example Practice').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
