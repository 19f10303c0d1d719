import type { Page } from 'playwright-core';

/** Until everything that was there has been painted, by the page's own clock in milliseconds. */
export const nextPaint = 'new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen(performance.now()))))';

/** From asking for an address until what `selector` names has been painted, by the page's own clock. */
export async function painted(page: Page, address: string, selector: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator(selector).first().waitFor();
  return Number(await page.evaluate(nextPaint));
}

/** What has to be seen: the first element of a CSS selector, with this text where one is given. */
export interface Seen {
  css: string;
  text?: string;
}

/** From going to a place inside the viewer, as a link does, until all of this is painted. The page itself looks, at every frame. */
export async function gone(page: Page, path: string, shows: readonly Seen[]): Promise<number> {
  return Number(await page.evaluate(`(async () => {
    history.pushState(null, '', ${JSON.stringify(path)});
    const before = performance.now();
    dispatchEvent(new PopStateEvent('popstate'));
    ${until(shows)}
    return await ${nextPaint} - before;
  })()`));
}

/** From Enter until all of this is painted. */
export async function entered(page: Page, shows: readonly Seen[]): Promise<number> {
  // keys and scripts reach the page by two ways: what waits for the key is there before it is pressed
  await page.evaluate(`void (window.seen = (async () => {
    const before = await new Promise((pressed) => addEventListener('keydown', () => pressed(performance.now()), { capture: true, once: true }));
    ${until(shows)}
    return await ${nextPaint} - before;
  })())`);
  await page.keyboard.press('Enter');
  return Number(await page.evaluate('window.seen'));
}

/** Playwright looks again after 20, 50, 100, 100 and 500 ms, which is too seldom for what takes a tenth of a second. */
function until(shows: readonly Seen[]): string {
  return `const shows = ${JSON.stringify(shows)};
    const there = ({ css, text }) => [...document.querySelectorAll(css)].some((each) => each.getClientRects().length > 0 && (text === undefined || each.textContent.trim() === text));
    const end = performance.now() + 30_000;
    while (!shows.every(there)) {
      if (performance.now() > end) throw new Error('not shown within 30 s: ' + JSON.stringify(shows));
      await new Promise((frame) => requestAnimationFrame(frame));
    }`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
