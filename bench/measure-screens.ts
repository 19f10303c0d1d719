import type { Browser, BrowserContext } from 'playwright-core';
import { openBrowser } from '../test/browser/visit.ts';
import { gone, median, painted } from './in-browser.ts';
import { readableSamples, reader } from './readable-samples.ts';
import type { Goal, Print } from './settings.ts';
import type { World } from './world.ts';

/** A person waits no longer than this for something to read, and for what a click brings. */
const firstGoal: Goal = { of: 'value', atMost: 1_000 };
const clickGoal: Goal = { of: 'value', atMost: 200 };

/** Where a click leads, and what has to be painted by then. `{citizen}` is another person each time. */
const screens: readonly { name: string; who: string; path: string; shows: readonly string[] }[] = [
  { name: 'person', who: reader, path: '/app/person/{citizen}', shows: ['where-now', 'plans', 'who-to-talk-to'].map((name) => `[data-section="${name}"] .os-card__body > *`) },
  { name: 'refer', who: reader, path: '/app/person/{citizen}/refer', shows: ['#refer-to'] },
  { name: 'referrals', who: reader, path: '/app/referrals', shows: ['main .os-items, main .os-either ~ p'] },
  { name: 'discharge', who: reader, path: '/app/discharge', shows: ['main .os-items, main .os-lead ~ p'] },
  { name: 'who-looked', who: 'governance-lead', path: '/app/who-looked', shows: ['.os-looks'] },
  { name: 'choices', who: 'governance-lead', path: '/app/choices', shows: ['main .os-items, main .os-either ~ p'] },
  { name: 'log-proof', who: 'governance-lead', path: '/app/log-proof', shows: ['[data-checkpoint] .os-facts, [data-checkpoint] > p'] },
];

/**
 * What the browser saw, in milliseconds, medians: `screens.first`, until somebody who is signed in can read the first page in
 * a browser that was never here; `screens.{name}`, from a click until the screen is painted, with its data from the gateway.
 */
export async function measureScreens(world: World, print: Print): Promise<void> {
  const server = await world.onestory(await world.loaded());
  const { citizens } = await readableSamples(world, server);
  const browser = await openBrowser();
  const looks = Math.max(2, Math.round(world.settings.rounds * 2));
  try {
    const first: number[] = [];
    for (let look = 0; look < looks; look += 1) await signedIn(browser, server.url, reader, async (context) => { first.push(await painted(await context.newPage(), `${server.url}/app/find`, 'main input')); });
    print('screens.first', median(first), 'ms', undefined, firstGoal);
    for (const who of new Set(screens.map((screen) => screen.who))) {
      await signedIn(browser, server.url, who, async (context) => {
        for (const { name, path, shows } of screens.filter((screen) => screen.who === who)) {
          world.say(`screens: ${name}`);
          const times: number[] = [];
          for (let look = 0; look <= looks; look += 1) {
            const page = await context.newPage(); // nothing of the gateway's answers is kept from one window to the next
            await painted(page, `${server.url}/app/known-gaps`, 'h1');
            times.push(await gone(page, path.replace('{citizen}', citizens[look % citizens.length] ?? ''), shows));
            await page.close();
          }
          print(`screens.${name}`, median(times.slice(1)), 'ms', undefined, clickGoal); // the first fetched the screen's own program
        }
      });
    }
  } finally {
    await browser.close();
  }
}

/** A browser that has a session and nothing else. */
async function signedIn(browser: Browser, url: string, who: string, work: (context: BrowserContext) => Promise<void>): Promise<void> {
  const door = await browser.newContext();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    await (await door.newPage()).goto(`${url}/session/sign-in?as=${who}&return=/app/`);
    await context.addCookies(await door.cookies());
    await work(context);
  } finally {
    await Promise.all([door.close(), context.close()]);
  }
}
