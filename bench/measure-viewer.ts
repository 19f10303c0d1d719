import { performance } from 'node:perf_hooks';
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../test/browser/visit.ts';
import { gone, median, painted } from './in-browser.ts';
import { readableSamples } from './readable-samples.ts';
import type { Print } from './settings.ts';
import type { World } from './world.ts';

const persona = 'community-nurse';
const cards = ['where-now', 'plans', 'who-to-talk-to'].map((section) => `[data-section="${section}"]`);

/**
 * What a person waits for, as the browser saw it, in milliseconds, medians of as many looks in turns:
 * `viewer.start`: until the doors of the start page are painted, in a browser that was never here, against the smallest page of the same server;
 * `viewer.first`: until one can type a number, in a browser that has the session and nothing else;
 * `viewer.person`: from choosing a person until where they are, the plan and whom to phone are painted, against the one answer of the API this needs.
 */
export async function measureViewer(world: World, print: Print): Promise<void> {
  const server = await world.onestory(await world.loaded());
  const { citizens } = await readableSamples(world, server);
  const browser = await openBrowser();
  const times: Record<'bare' | 'start' | 'first' | 'answer' | 'person', number[]> = { bare: [], start: [], first: [], answer: [], person: [] };
  try {
    const looks = Math.max(1, Math.round(world.settings.seconds * world.settings.rounds));
    for (let look = 0; look < looks; look += 1) {
      const citizen = citizens[look % citizens.length] ?? '';
      world.say(`viewer: look ${look + 1} of ${looks}`);
      await inNewBrowser(async (page) => {
        times.bare.push(await painted(page, `${server.url}/livez`, 'body'));
      });
      await inNewBrowser(async (page) => {
        times.start.push(await painted(page, `${server.url}/`, '.doors'));
      });
      await inNewBrowser(async (page, context) => {
        await page.goto(`${server.url}/session/sign-in?as=${persona}&return=/app/`);
        const cookies = await context.cookies();
        await inNewBrowser(async (fresh, empty) => {
          await empty.addCookies(cookies);
          times.first.push(await painted(fresh, `${server.url}/app/find`, 'main input'));
          const asked = performance.now();
          await fresh.evaluate(`fetch(${JSON.stringify(`/fhir/Patient/${citizen}/$everything?_count=200`)}, { headers: { Accept: 'application/fhir+json' } }).then((answer) => answer.text()).then(() => null)`);
          times.answer.push(performance.now() - asked);
          times.person.push(await gone(fresh, `/app/person/${citizen}`, cards.map((css) => ({ css }))));
        });
      });
    }
  } finally {
    await browser.close();
  }
  const [bare, start, first, answer, person] = [median(times.bare), median(times.start), median(times.first), median(times.answer), median(times.person)];
  print('viewer.bare', bare, 'ms');
  print('viewer.start', start, 'ms', bare / start);
  print('viewer.first', first, 'ms', bare / first);
  print('viewer.answer', answer, 'ms');
  print('viewer.person', person, 'ms', answer / person);

  async function inNewBrowser(work: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    try {
      await work(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }
}
