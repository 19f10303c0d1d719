import type { Page } from 'playwright-core';

/** Until everything that was there has been painted, by the page's own clock in milliseconds. */
export const nextPaint = 'new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen(performance.now()))))';

/** From asking for an address until what `selector` names has been painted, by the page's own clock. */
export async function painted(page: Page, address: string, selector: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator(selector).first().waitFor();
  return Number(await page.evaluate(nextPaint));
}

/** From going to a place inside the viewer, as a link does, until all that these selectors name is painted. */
export async function gone(page: Page, path: string, selectors: readonly string[]): Promise<number> {
  const before = Number(await page.evaluate(`(() => { history.pushState(null, '', ${JSON.stringify(path)}); const now = performance.now(); dispatchEvent(new PopStateEvent('popstate')); return now; })()`));
  for (const selector of selectors) await page.locator(selector).first().waitFor();
  return Number(await page.evaluate(nextPaint)) - before;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
