import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import type { Page } from 'playwright-core';
import { openPglite } from '../src/store/database.ts';
import { openBrowser, settled } from '../test/browser/visit.ts';
import { firstDay } from '../test/first-day.ts';
import { citizenOf, objectionOf, people } from '../test/flow/whole-record.ts';
import { startGateway } from '../test/gateway.ts';

/** Pictures of every screen, taken from the demo as it starts: `npm run screens` writes docs/screens. */
const folder = join(import.meta.dirname, '..', 'docs', 'screens');
const desktop = { width: 1280, height: 800 };
const narrow = { width: 320, height: 640 };

mkdirSync(folder, { recursive: true });
const population = { seed: 2018, citizens: 30 };
const gateway = await startGateway(await openPglite('memory://'), population);
await firstDay(gateway, population);
const browser = await openBrowser();
try {
  const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
  await as(null, '/', desktop, async (page) => { await shot(page, 'start'); });
  await as('ward-doctor', '/app/find', desktop, async (page) => {
    await page.getByLabel('NHS number', { exact: true }).fill('999 000 0743');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /OKAFOR/ }).waitFor();
    await shot(page, 'find');
    await page.getByRole('link', { name: /OKAFOR/ }).click();
    await page.locator('[data-section="timeline"]').waitFor();
    await shot(page, 'person');
    await page.locator('[data-section="timeline"]').scrollIntoViewIfNeeded();
    await shot(page, 'timeline');
    await page.getByLabel('In lanes').check();
    await page.locator('.os-lanes').scrollIntoViewIfNeeded();
    await shot(page, 'lanes');
    await page.getByLabel('By date').check();
    await page.locator('[data-section="timeline"]').getByRole('listitem').getByRole('link').first().click();
    await shot(page, 'entry');
  });
  await as('ward-doctor', `/app/person/${alice}/refer`, { ...desktop, height: 1100 }, async (page) => {
    await page.getByLabel('To whom').selectOption({ index: 4 });
    await page.getByRole('textbox', { name: 'What for' }).fill('Tires on the stairs since coming home');
    await page.getByLabel('Routine').check();
    await shot(page, 'refer');
  });
  await as('ward-doctor', '/app/discharge', desktop, async (page) => { await shot(page, 'ready-to-leave'); });
  await as('community-nurse', '/app/referrals', desktop, async (page) => {
    await shot(page, 'referrals');
    await page.locator('.os-item').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Accept it', exact: true }).waitFor();
    await shot(page, 'answer');
  });
  await as('ward-doctor', '/app/break-glass', { ...desktop, height: 1200 }, async (page) => { await shot(page, 'break-glass'); });
  await as('ward-doctor', `/app/person/${alice}`, narrow, async (page) => { await shot(page, 'person-narrow'); });
  await fetch(`${gateway.url}/fhir/Consent`, {
    method: 'POST', headers: { Authorization: `Bearer ${await gateway.token('privacy-officer')}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(objectionOf(alice)),
  });
  await as('social-worker', `/app/person/${alice}`, desktop, async (page) => { await shot(page, 'withheld'); });
  await as('privacy-officer', '/app/who-looked', { ...desktop, height: 1600 }, async (page) => {
    await page.getByLabel(/NHS number/).fill(people.alice);
    await page.keyboard.press('Enter');
    await page.getByText(/OKAFOR/).first().waitFor();
    await shot(page, 'who-looked');
  });
  await as('privacy-officer', '/app/links', { ...desktop, height: 1400 }, async (page) => {
    await page.getByRole('link', { name: /^Pair / }).first().click();
    await page.getByRole('table').waitFor();
    await shot(page, 'possible-link');
  });
  await as('governance-lead', '/app/emergency', desktop, async (page) => {
    await page.getByRole('link', { name: /^EA-/ }).first().click();
    await page.getByText('In their words').waitFor();
    await shot(page, 'emergency-review');
  });
  await as('privacy-officer', `/app/person/${alice}`, desktop, async (page) => { await shot(page, 'choices'); });
  await as('governance-lead', '/app/choices', desktop, async (page) => { await shot(page, 'choices-register'); });
  await as('governance-lead', '/app/reports', { ...desktop, height: 1200 }, async (page) => {
    await page.getByLabel('Report', { exact: true }).selectOption('emergency-looks');
    await page.getByRole('button', { name: 'Show the first rows' }).click();
    await page.getByRole('table').waitFor();
    await shot(page, 'reports');
  });
  await as('governance-lead', '/app/log-proof', { ...desktop, height: 1100 }, async (page) => {
    await page.getByRole('button', { name: 'Make one now' }).click();
    await page.getByText('A new checkpoint was made.').waitFor();
    await shot(page, 'log-proof');
  });
  await as('governance-lead', '/app/feeds', desktop, async (page) => { await shot(page, 'feeds'); });
  await as('governance-lead', '/app/agreements', desktop, async (page) => {
    await shot(page, 'agreements');
    await page.getByRole('link', { name: /Early Intervention/i }).first().click();
    await shot(page, 'agreement');
  });
  await as('governance-lead', '/app/explain', { ...desktop, height: 1400 }, async (page) => {
    const { entry = [] } = (await (await gateway.search('CarePlan', { patient: `Patient/${alice}` }, 'community-nurse')).json()) as Bundle;
    await page.getByLabel('Entry', { exact: true }).fill(`CarePlan/${entry[0]?.resource?.id ?? ''}`);
    await page.getByLabel('Organisation').selectOption({ label: 'University Hospitals Birmingham NHS Foundation Trust' });
    await page.getByLabel('Role').selectOption({ label: 'Doctor' });
    await page.getByLabel('Purpose').selectOption({ label: 'Direct care' });
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText(/Shown\. Rule|Not shown\. Rule/).first().waitFor();
    await shot(page, 'explain');
  });
  await as('privacy-officer', '/app/cases', desktop, async (page) => { await shot(page, 'cases'); });
} finally {
  await browser.close();
  await gateway.close();
}

async function as(persona: string | null, path: string, viewport: { width: number; height: number }, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'Europe/London', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(persona === null ? `${gateway.url}${path}` : `${gateway.url}/session/sign-in?as=${persona}&return=${encodeURIComponent(path)}`);
  await settled(page);
  await work(page);
  await context.close();
}

async function shot(page: Page, name: string): Promise<void> {
  await settled(page);
  writeFileSync(join(folder, `${name}.png`), await page.screenshot());
  process.stdout.write(`docs/screens/${name}.png\n`);
}
