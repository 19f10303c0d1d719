import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { loadProfiles } from '../src/fhir/profiles.ts';
import { openPostgres } from '../src/store/database.ts';
import { openBrowser } from '../test/browser/visit.ts';
import { entered, gone, median, painted, type Seen } from './in-browser.ts';
import { readableSamples, reader } from './readable-samples.ts';
import type { Goal, Print } from './settings.ts';
import { loadCitizens } from './sharing/load-citizens.ts';
import type { World } from './world.ts';

/** A person waits no longer than this for something to read, and for what a click brings. */
const firstGoal: Goal = { of: 'value', atMost: 1_000 };
const clickGoal: Goal = { of: 'value', atMost: 200 };

/** Where a click leads, and what has to be painted by then. `{citizen}` is another person each time. */
const screens: readonly { name: string; who: string; path: string; shows: readonly Seen[] }[] = [
  { name: 'person', who: reader, path: '/app/person/{citizen}', shows: ['where-now', 'plans', 'who-to-talk-to'].map((name) => ({ css: `[data-section="${name}"] .os-card__body > *` })) },
  { name: 'refer', who: reader, path: '/app/person/{citizen}/refer', shows: [{ css: '#refer-to' }] },
  { name: 'break-glass', who: reader, path: '/app/break-glass', shows: [{ css: 'main form' }] },
  { name: 'who-looked', who: 'governance-lead', path: '/app/who-looked', shows: [{ css: '.os-looks' }] },
  { name: 'log-proof', who: 'governance-lead', path: '/app/log-proof', shows: [{ css: '[data-checkpoint] .os-facts, [data-checkpoint] > p' }] },
  ...([['referrals', 'Referrals', reader], ['discharge', 'Ready to leave', reader], ['choices', 'Choices'], ['agreements', 'Agreements'], ['cases', 'Odd looks'], ['emergency', 'Emergency access'], ['links', 'Possible links'], ['feeds', 'Feeds'], ['reports', 'Reports'], ['explain', 'Why an entry is shown or not']] as readonly (readonly [name: string, heading: string, who?: string])[])
    .map(([name, heading, who = 'governance-lead']) => ({ name, who, path: `/app/${name}`, shows: [{ css: 'main:not(:has([data-loading], .os-notice--error)) h1', text: heading }] })),
];

/** Ways to look somebody up, as they are typed. */
const finds: readonly { name: string; fill: (page: Page, person: Sought) => Promise<void> }[] = [
  { name: 'find-number', fill: (page, { number }) => page.getByLabel('NHS number', { exact: true }).fill(number) },
  { name: 'find-name', fill: async (page, { family, born: [year = '', month = '', day = ''] }) => {
    for (const [label, text] of [['Surname', family], ['Day', day], ['Month', month], ['Year', year]] as const) await page.getByLabel(label, { exact: true }).fill(text);
  } },
];

interface Sought {
  number: string;
  family: string;
  born: string[];
}

/**
 * What the browser saw, in milliseconds, medians: `screens.first`, until somebody who is signed in can read the first page in
 * a browser that was never here; `screens.{name}`, from a click until the screen is painted, with its data from the gateway;
 * `screens.find-number` and `-name`, from Enter until who was found is painted, among as many people as there are.
 */
export async function measureScreens(world: World, print: Print): Promise<void> {
  const url = await world.loaded();
  await grown(world, url);
  const server = await world.onestory(url);
  const { citizens, headers } = await readableSamples(world, server);
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
          const times = await timesOf(context, looks, async (page, look) => {
            await painted(page, `${server.url}/app/known-gaps`, 'h1');
            return gone(page, path.replace('{citizen}', citizens[look % citizens.length] ?? ''), shows);
          });
          print(`screens.${name}`, median(times), 'ms', undefined, clickGoal);
        }
      });
    }
    const sought = (await Promise.all(citizens.slice(0, 40).map((citizen) => whoIs(`${server.url}/fhir/Patient/${citizen}`, headers)))).filter(({ number, family, born }) => number !== '' && family !== '' && born.length === 3);
    await signedIn(browser, server.url, reader, async (context) => {
      for (const { name, fill } of finds) {
        world.say(`screens: ${name}`);
        const times = await timesOf(context, looks, async (page, look) => {
          await painted(page, `${server.url}/app/find`, 'main input');
          await fill(page, sought[look % sought.length] as Sought);
          return entered(page, [{ css: '[data-results] a' }]);
        });
        print(`screens.${name}`, median(times), 'ms', undefined, clickGoal);
      }
    });
  } finally {
    await browser.close();
  }
}

/** People beyond those whose records came through intake: who they are, past it. What is looked up is looked up among all. */
async function grown(world: World, url: string): Promise<void> {
  const { citizens, screenPeople } = world.settings;
  if (screenPeople <= citizens) return;
  loadProfiles(join(import.meta.dirname, '..', 'profiles'));
  const database = await openPostgres(url);
  try {
    await loadCitizens(database, citizens, screenPeople, world.say, ({ resource }) => resource.resourceType === 'Patient');
  } finally {
    await database.close();
  }
  await world.query(url, 'vacuum analyze');
}

/** In a window of its own each time: nothing of the gateway's answers is kept from one to the next. The first, which fetches the screen's own program, does not count. */
async function timesOf(context: BrowserContext, looks: number, look: (page: Page, n: number) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n <= looks; n += 1) {
    const page = await context.newPage();
    times.push(await look(page, n));
    await page.close();
  }
  return times.slice(1);
}

async function whoIs(address: string, headers: Record<string, string>): Promise<Sought> {
  const patient = (await (await fetch(address, { headers })).json()) as { identifier?: { system?: string; value?: string }[]; name?: { family?: string }[]; birthDate?: string };
  return {
    number: patient.identifier?.find(({ system }) => system === 'https://fhir.nhs.uk/Id/nhs-number')?.value ?? '',
    family: patient.name?.find(({ family }) => family !== undefined)?.family ?? '', born: patient.birthDate?.split('-') ?? [],
  };
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
