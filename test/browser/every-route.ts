import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { citizenOf, people } from '../flow/whole-record.ts';
import type { Gateway } from '../gateway.ts';
import { poisonAnswers, traces } from './poison.ts';
import { elsewhere, faults, settled, zoomed, zoomedOut, type Visit } from './visit.ts';

/** One address of the viewer's router, and as whom it is looked at. */
interface Row {
  route: string;
  /** null: nobody, by an address anybody may open */
  who: string | null;
  /** below /app; `{citizen}` is somebody this person may see, `{case}`, `{emergency}` and `{pair}` are references of what there is */
  path?: string;
  /** or where the first link to such a page is */
  from?: { list: string; link: string };
  /** it asks the gateway for nothing when it is opened */
  asksNothing?: true;
  /** what the gateway answers may have no word that people read: numbers, or a list of none */
  noWords?: true;
}

const nurse = 'community-nurse';
const officer = 'privacy-officer';
const lead = 'governance-lead';
const listed = (route: string, list: string): Row => ({ route, who: officer, from: { list: `/${list}`, link: `main a[href^="/app/${list}/"]:not([href$="/anew"]):not([href$="/try"])` } });

/** A row for each `<Route>` of src/viewer/app.tsx, in its order. */
const rows: readonly Row[] = [
  { route: 'signed-out', who: null, path: '/signed-out', asksNothing: true }, { route: 'sign-in-failed', who: null, path: '/sign-in-failed', asksNothing: true },
  { route: '', who: nurse, path: '/', asksNothing: true }, { route: 'find', who: nurse, path: '/find', asksNothing: true }, { route: 'break-glass', who: nurse, path: '/break-glass', asksNothing: true },
  { route: 'person/:citizen', who: nurse, path: '/person/{citizen}' }, { route: 'person/:citizen/refer', who: nurse, path: '/person/{citizen}/refer' }, { route: 'person/:citizen/advice', who: 'ward-doctor', path: '/person/{citizen}/advice' },
  { route: 'referrals', who: nurse, path: '/referrals' }, { route: 'discharge', who: 'ward-doctor', path: '/discharge' },
  { route: 'person/:citizen/:type/:id', who: nurse, from: { list: '/person/{citizen}', link: 'main a[href*="/CarePlan/"]' } },
  { route: 'choices', who: officer, path: '/choices' }, { route: 'reports', who: officer, path: '/reports', asksNothing: true }, { route: 'log-proof', who: officer, path: '/log-proof', noWords: true }, { route: 'who-looked', who: lead, path: '/who-looked' },
  { route: 'agreements', who: lead, path: '/agreements' }, { route: 'agreements/try', who: lead, path: '/agreements/try', asksNothing: true }, { ...listed('agreements/:id', 'agreements'), who: lead },
  { route: 'cases', who: officer, path: '/cases' }, { route: 'cases/watched', who: officer, path: '/cases/watched' }, { route: 'cases/:reference', who: officer, path: '/cases/{case}' },
  { route: 'emergency', who: officer, path: '/emergency' }, { route: 'emergency/:reference', who: officer, path: '/emergency/{emergency}' },
  { route: 'links', who: officer, path: '/links', noWords: true }, { route: 'links/anew', who: lead, path: '/links/anew' }, { route: 'links/:reference', who: officer, path: '/links/{pair}' },
  { route: 'explain', who: lead, path: '/explain', asksNothing: true }, { route: 'feeds', who: officer, path: '/feeds' }, listed('feeds/:key', 'feeds'),
  { route: 'known-gaps', who: lead, path: '/known-gaps', asksNothing: true }, { route: '*', who: nurse, path: '/no/such/page', asksNothing: true },
];

/** Every path the router knows, as its source has them; `*` stands there twice. */
function routerPaths(): string[] {
  const source = readFileSync(join(import.meta.dirname, '../../src/viewer/app.tsx'), 'utf8');
  return [...new Set([...source.matchAll(/<Route (?:path="([^"]*)"|index)/g)].map(([, path = '']) => path))];
}

/** What the officer has to deal with, or has dealt with. */
const standing = [
  ['case', `select reference from access_case order by reference limit 1`], ['pair', `select reference from link_review order by reference limit 1`],
  ['emergency', `select reference from emergency_access join emergency_review v using (citizen_id, id) where v.organisation like '%|RRK' order by reference limit 1`],
] as const;

const asked = /\/(?:fhir|governance|audit)\//;
/** What the browser itself says of answers that were kept from it, and of what nobody has; all else is a fault. */
const expected = /status of (?:500|404)/;

/** The gateway's answers, held back, broken or as they are. */
async function answers(page: Page, handle: (route: Route) => Promise<void>): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.route(asked, handle);
}
const broken = JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', code: 'exception', details: { coding: [{ code: 'internal' }], text: 'Something went wrong here.' } }] });

/** Each address of the router in each of its states, in a window of 1280 pixels and in one of 400 % with forced colours and no motion; and with script in all that the gateway says. */
export function everyRouteCases(current: () => { gateway: Gateway; visit: () => Promise<Visit> }): void {
  let here: Visit;
  let page: Page;
  let gateway: Gateway;
  let who: string | null = null;
  const citizens = new Map<string, string>();
  const references = new Map<string, string>();
  beforeAll(async () => {
    ({ gateway } = current());
    here = await current().visit();
    ({ page } = here);
    for (const each of [nurse, 'ward-doctor']) citizens.set(each, await citizenOf(gateway, each, people.abdul));
    for (const [name, query] of standing) references.set(name, (await gateway.database.query<{ reference: string }>(query))[0]?.reference ?? '');
  });

  async function comeIn(as: string | null): Promise<void> {
    if (as === null || as === who) return;
    await page.goto(`${gateway.url}/session/sign-in?as=${as}&return=/app/known-gaps`);
    await settled(page);
    who = as;
  }
  async function addressOf({ path, from, who: as }: Row): Promise<string> {
    const full = (text: string): string => `${gateway.url}/app${text.replace('{citizen}', citizens.get(as ?? '') ?? '').replace(/\{(\w+)\}/, (_, name: string) => references.get(name) ?? '')}`;
    if (!from) return full(path ?? '/');
    await page.goto(full(from.list));
    const link = page.locator(from.link).first();
    await link.waitFor();
    return new URL(await link.getAttribute('href') ?? '', gateway.url).href;
  }

  it('every address of the router has a row here', () => {
    expect(rows.map(({ route }) => route).sort()).toEqual(routerPaths().sort());
  });

  it.each(rows)('/$route is without fault while it waits, when it fails and as it is, wide, at 400 %, with forced colours and no motion', async (row) => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await comeIn(row.who);
    const address = await addressOf(row);
    if (row.asksNothing === undefined) {
      await zoomed(page);
      const held = Promise.withResolvers<void>();
      await answers(page, async (route) => {
        await held.promise;
        await route.fulfill({ status: 500, contentType: 'application/fhir+json', body: broken }).catch(() => undefined);
      });
      await page.goto(address);
      await page.locator('[data-loading]').first().waitFor();
      expect(await faults(page)).toEqual([]);
      held.resolve();
      await page.getByRole('alert').or(page.locator('.os-notice')).first().waitFor();
      await settled(page);
      expect(await faults(page)).toEqual([]);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await zoomedOut(page);
    }
    await page.goto(address);
    await settled(page);
    expect(await faults(page)).toEqual([]);
    await zoomed(page);
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate(inMotion)).toBe(0);
    await zoomedOut(page);
    expect(here.complaints.filter((text) => !expected.test(text))).toEqual([]);
  });

  it('asked nobody but the gateway; what follows is another window, in which every word of an answer ends with script', async () => {
    expect(elsewhere(here.requested, gateway.url)).toEqual([]);
    await here.close();
    here = await current().visit();
    ({ page } = here);
    who = null;
    await poisonAnswers(page);
  });

  it.each(rows.filter(({ asksNothing }) => asksNothing === undefined))('/$route shows script in whatever the gateway says as text', async (row) => {
    await comeIn(row.who);
    await page.goto(await addressOf(row));
    await settled(page);
    for (const summary of await page.locator('main summary:visible').all()) await summary.click();
    expect(await page.evaluate('window.poisoned')).toBeGreaterThan(0);
    expect(row.noWords ? ['text', 'absent'] : ['text']).toContain(await page.evaluate(traces));
    expect(here.complaints.filter((text) => !expected.test(text))).toEqual([]);
  });

  it('of all these pages none asked anybody but the gateway', async () => {
    expect(elsewhere(here.requested, gateway.url)).toEqual([]);
    await here.close();
  });
}

const inMotion = "[...document.querySelectorAll('body *')].filter((each) => parseFloat(getComputedStyle(each).animationDuration) > 0.01 || parseFloat(getComputedStyle(each).transitionDuration) > 0.01).length";
