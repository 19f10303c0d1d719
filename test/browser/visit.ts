import { existsSync } from 'node:fs';
import chromiumPackage from '@sparticuz/chromium';
import axe from 'axe-core';
import { chromium, type Browser, type Page, type Request } from 'playwright-core';
import { patienceMs } from '../patience.ts';

/** Debian's Chromium where there is one, else the one that npm brings. */
export async function openBrowser(): Promise<Browser> {
  const system = '/usr/bin/chromium';
  if (existsSync(system)) return chromium.launch({ executablePath: system, args: ['--no-sandbox'], headless: true });
  return chromium.launch({ executablePath: await chromiumPackage.executablePath(), args: [...chromiumPackage.args.filter((arg) => !unwanted.includes(arg)), '--no-sandbox', '--disable-gpu'], headless: true });
}
/**
 * What it is packed for: one process, which ends the browser with the first window that is closed; a graphics card imitated by the
 * processor, where pages are flat; and no border between origins, which everybody's browser has.
 */
const unwanted = ['--disable-web-security', '--allow-running-insecure-content', '--disable-site-isolation-trials', '--disable-features=AudioServiceOutOfProcess,IsolateOrigins,site-per-process', '--single-process', '--no-zygote', '--ignore-gpu-blocklist', '--in-process-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

export const desktop = { width: 1280, height: 800 };
export const narrow = { width: 320, height: 640 };
/** What is left of 1280 by 1024 at 400 %. */
const fourTimes = { width: 320, height: 256 };

/** As somebody sees it who needs 400 %, colours of their own and no motion. */
export async function zoomed(page: Page): Promise<void> {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await page.setViewportSize(fourTimes);
}

export async function zoomedOut(page: Page): Promise<void> {
  await page.emulateMedia({ forcedColors: null, reducedMotion: null });
  await page.setViewportSize(desktop);
}

/** The next answer to this is lost on its way: what was asked is done, and the page is not told. Returns what tells with which status it was done. */
export async function loseAnswer(page: Page, address: string): Promise<() => Promise<number>> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  await page.route(address, async (route) => {
    try {
      const answer = await route.fetch({ headers: { ...route.request().headers(), 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' } }); // which the browser adds to what it sends itself
      await route.abort();
      resolve(answer.status());
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  }, { times: 1 });
  return () => promise;
}

/** What each window has asked for and has no answer to yet. */
const fetching = new WeakMap<Page, Set<Request>>();

/** A browser window of somebody's own, and what it asked and complained of. */
export interface Visit {
  page: Page;
  /** every address asked for */
  requested: string[];
  /** errors, warnings and refusals of the content security policy */
  complaints: string[];
  close: () => Promise<void>;
}

export async function visit(browser: Browser, viewport: { width: number; height: number } = desktop): Promise<Visit> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'Europe/London' });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const requested: string[] = [];
  const waiting = new Set<Request>();
  fetching.set(page, waiting);
  page.on('requestfinished', (request) => waiting.delete(request));
  page.on('requestfailed', (request) => waiting.delete(request));
  page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) waiting.clear(); }); // nobody waits for what the page before it asked for
  const complaints: string[] = [];
  page.on('request', (request) => {
    requested.push(request.url());
    waiting.add(request);
  });
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`); });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, requested, complaints, close: () => context.close() };
}

/** Requests to anybody but this gateway. */
export function elsewhere(requested: readonly string[], gateway: string): string[] {
  return requested.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:') && new URL(url).origin !== gateway);
}

/**
 * Waits until nothing is being fetched for the screen any more, and for a few looks in a row, because a page answers a click in a
 * process of its own. By looking from outside: the pages allow no script but their own.
 */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  const end = Date.now() + patienceMs;
  for (let quiet = 0; quiet < 4; await page.waitForTimeout(25)) {
    quiet = (fetching.get(page)?.size ?? 0) > 0 || (await page.locator('[data-loading]').count()) > 0 ? 0 : quiet + 1;
    if (Date.now() > end) throw new Error('still loading');
  }
}

/** No rule of these reads style sheets, which axe else reads anew at every look. */
const axeOptions: axe.RunOptions = { resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }, preload: { assets: ['media'] } };

/** What axe finds against WCAG 2.2 A and AA, and what sticks out sideways. Empty is good. */
export async function faults(page: Page): Promise<unknown[]> {
  if (page.frames().length > 1) throw new Error('a frame within the page, which is not looked into');
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source);
  const violations = await page.evaluate<{ id: string; at: unknown[] }[]>(`axe.run(document, ${JSON.stringify(axeOptions)}).then((found) => found.violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target, failureSummary }) => [target, failureSummary]) })))`);
  const overflow = await overflowOf(page);
  const wide = overflow > 0 ? await page.evaluate(tooWide) : [];
  return [...violations, ...(overflow > 0 ? [{ id: 'wider than the window', by: overflow, wide }] : [])];
}

/** By how many pixels the page is wider than its window, once it has taken the window's width: a page is laid out in its own process. */
export async function overflowOf(page: Page): Promise<number> {
  for (const end = Date.now() + 10_000; ;) {
    const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
    if (overflow <= 0 || Date.now() > end) return overflow;
    await page.waitForTimeout(50);
  }
}

/** What reaches out of the window: element, class and the beginning of its text. */
const tooWide = `[...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth).slice(0, 8)
  .map((each) => [each.tagName, each.className, each.getBoundingClientRect().right, (each.textContent ?? '').slice(0, 40)].join(' '))`;

/** As `faults`, at this width and at 320 pixels, which is 1280 at 400 % (WCAG 1.4.10). */
export async function faultsAtAnyWidth(page: Page): Promise<unknown[]> {
  return [...(await faults(page)), ...(await faultsWhenNarrow(page))];
}

/** At 320 pixels alone: for what is laid out like something that was looked at in both. */
export async function faultsWhenNarrow(page: Page): Promise<unknown[]> {
  const before = page.viewportSize() ?? desktop;
  await page.setViewportSize(narrow);
  const found = await faults(page);
  await page.setViewportSize(before);
  return found;
}

/** True where all of it can be seen without scrolling. */
export async function isInSight(page: Page, text: string | RegExp): Promise<boolean> {
  const box = await page.getByText(text).first().boundingBox();
  const size = page.viewportSize() ?? desktop;
  return box !== null && box.y >= 0 && box.y + box.height <= size.height && box.x >= 0 && box.x + box.width <= size.width;
}

/** What has the focus, by its own words. */
export const focusedText = '(document.activeElement?.textContent ?? "").trim()';
/** The label of what has the focus. */
export const focusedLabel = 'document.activeElement?.labels?.[0]?.textContent?.trim() ?? ""';

/** Presses Tab until what has the focus is what is wanted: there is a way by keyboard. */
export async function tabTo(page: Page, wanted: (text: string) => boolean, of = focusedText): Promise<void> {
  for (let presses = 0; presses < 160; presses += 1) {
    await page.keyboard.press('Tab');
    if (wanted(await page.evaluate(of))) return;
  }
  throw new Error(`never focused; last was ${String(await page.evaluate(of))}`);
}
