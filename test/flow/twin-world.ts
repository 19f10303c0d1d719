import { signatories } from '../../src/demo/personas.ts';
import type { Database } from '../../src/store/database.ts';
import { routeTable } from './route-table.ts';
import { notCompared, type TwinRequest } from './twin-arms.ts';
import type { Asking, Difference } from './twin-ask.ts';
import { askers } from './twin-askers.ts';
import { leaks } from './twin-leaks.ts';
import { readTwinFacts, type TwinFacts } from './twin-facts.ts';
import { runTwinRounds } from './twin-rounds.ts';
import { compareWorlds, formName, twinRequests } from './twin-run.ts';
import { keptListForms } from './twin-search.ts';
import { breakGlassFor, choiceOf } from './twin-writes.ts';
import { admissionOf, hiddenPeople, openTwinWorlds, visiblePeople, type Notice, type TwinWorlds } from './twin-worlds.ts';

/** Those who only sign are many and all alike, and a feed may read next to nothing: each is asked for an eighth. */
const signing = new Set([...signatories.map(({ id }) => id), 'uhb-adt']);
const seeing = askers.filter(({ who }) => !signing.has(who));
/** Ways to search are many: each asker begins with others, so that together they ask in all. */
const turnOf = (who: string): number => Math.max(seeing.findIndex((each) => each.who === who), 0);
/** What leaks in the order of rows shows in lists that are sorted by what the rows say. */
const sortedLists = ['ServiceRequest?_sort=authored', 'Encounter?_sort=-date', 'EpisodeOfCare?_sort=date', 'CarePlan?_sort=-date'].map((list) => ({ method: 'GET', path: `/fhir/${list}&_count=100` }));
const seed = 2018;

/** The whole comparison on one engine in one mode of notice. */
export function describeTwinWorlds({ kind, notice, requests }: { kind: Database['kind']; notice: Notice; requests: number }): void {
  describe(`twin worlds, notices ${notice}, on ${kind}`, () => {
    let asking: Asking;
    let facts: TwinFacts;
    let routes: string[];
    /** what leaks are looked for with: changes nothing */
    let harmless: TwinRequest[];
    const asked = new Set<string>();
    beforeAll(async () => {
      const worlds = await openTwinWorlds(kind, notice);
      asking = { worlds, maxPages: 2, met: new Map() };
      facts = await readTwinFacts(worlds);
      routes = routeTable(worlds.plain.app);
      harmless = twinRequests(facts, routes.filter((route) => /^GET .fhir/.test(route)), { who: 'ward-doctor', role: 'doctor' }, 400, seed + 1).filter(({ alone }) => alone !== true);
    }, 240_000);
    afterAll(() => asking.worlds.close());

    const all = async (who: string, list: readonly TwinRequest[]): Promise<Difference | null> => compareWorlds(asking, who, list);

    it('differ in what is stored', () => {
      expect(facts.rows.length).toBeGreaterThan(3 * facts.known.length);
    });

    it.each(askers)(`answer ${requests} requests (an eighth of those who only sign) of $who the same: status, headers, body, order, counts, links, pages`, async (asker) => {
      const list = twinRequests(facts, routes, asker, signing.has(asker.who) ? Math.ceil(requests / 8) : requests, seed + turnOf(asker.who));
      for (const { arm } of list) if (arm !== undefined) asked.add(arm);
      expect(await all(asker.who, list)).toBeNull();
    }, 240_000);

    it('show whole records alike, to their last page, and nobody more by an identifier all people have', async () => {
      for (const who of ['ward-doctor', 'social-worker', 'mental-health-nurse']) {
        const whole = facts.citizens.flatMap((citizen) => ['', '/$everything?_count=9'].map((what) => ({ method: 'GET', path: `/fhir/Patient/${citizen}${what}` }))); // read once more by its ETag, where there is one
        const everybody = { method: 'POST', path: '/fhir/Patient/_search', body: 'identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C&_count=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
        expect(await compareWorlds({ ...asking, maxPages: 99 }, who, [...whole, everybody])).toBeNull();
      }
    }, 120_000);

    it('were asked by every route and in every way to search, and answered in every way there is', () => {
      // a run this short asks in a part of them; one of full length that no longer gets round has become too short
      const short = requests < 500;
      const forms = short ? [] : facts.forms.map(formName);
      const lists = keptListForms(facts.forms).map(({ name }) => name);
      expect(lists.length).toBeGreaterThan(6);
      expect([...routes, ...forms, ...lists].filter((arm) => !asked.has(arm) && !Object.hasOwn(notCompared, arm))).toEqual([]);
      const sorts = ['200', '200 with entries', 'page 200 with entries', '400', '403', '404', '405', ...(short ? [] : ['304', '406', '415', '422']), ...(notice === 'none' ? [] : ['200 with entries and a notice'])];
      expect(sorts.filter((sort) => !asking.met.has(sort))).toEqual([]);
    });

    if (requests < 500) it('are asked in rounds by `npm run check:twin`, which goes on with the next seed until enough was asked', async () => {
      const [modes, next]: [Notice[], [number, number][]] = [[], []];
      const open = (mode: Notice): Promise<TwinWorlds> => {
        modes.push(mode);
        return Promise.resolve({ ...asking.worlds, close: () => Promise.resolve() });
      };
      const rounds = { requests: 101, firstSeed: 7, modes: [notice, 'none'] as const, asking: seeing.filter(({ who }) => who === 'ward-doctor') };
      expect(await runTwinRounds(rounds, open, (asked, seed) => { next.push([asked, seed]); })).toEqual({ asked: 101, seed: 8, found: null });
      expect([modes, next]).toEqual([[notice, 'none'], [[100, 8], [101, 9]]]);
    });

    it('know no more of hidden people than of nobody when emergency access is asked for, and afterwards', async () => {
      const right = [...hiddenPeople.slice(0, 3), ...visiblePeople.slice(4, 8)].map(({ nhsNumber, birthDate, family }) => breakGlassFor({ 'nhs-number': nhsNumber, 'birth-date': birthDate, family, reason: 'serious-harm-person' }));
      expect(await all('community-nurse', right)).toBeNull();
      expect(asking.met.get('200')).toBeGreaterThan(0);
      for (const who of askers.filter(({ role }) => role !== 'governance')) expect(await all(who.who, [{ method: 'GET', path: '/fhir/Task?code=break-glass&_count=200' }])).toBeNull();
    });

    it('take a choice about somebody seen in the same way, and show it so', async () => {
      const [, , , citizen = ''] = facts.citizens;
      const after = [`/fhir/Consent?patient=Patient/${citizen}`, `/fhir/Patient/${citizen}`, `/fhir/Patient/${citizen}/$everything`].map((path) => ({ method: 'GET', path }));
      expect(await all('privacy-officer', [choiceOf(citizen), ...after])).toBeNull();
      expect(asking.met.get('201')).toBeGreaterThan(0);
      for (const { who, role } of askers) expect(await all(who, role === 'governance' ? [] : after)).toBeNull();
    });

    it.each(requests < 500 ? leaks.slice(-1) : leaks)('would be told apart by %s', async (_, leak) => {
      const hidden = facts.rows.filter(({ id }) => !facts.known.some((row) => row.id === id)).slice(0, 8);
      // what tells most first: the first difference is enough
      const list = [...sortedLists, { method: 'GET', path: '/fhir/EpisodeOfCare?status=active&_count=100' }, ...hidden.map(({ type, id }) => ({ method: 'GET', path: `/fhir/${type}/${id}/_history/1` })), ...harmless, ...facts.known.map(({ type, id }) => ({ method: 'GET', path: `/fhir/${type}/${id}` }))];
      const mend = await leak(asking.worlds.fuller.database);
      const found = await all('ward-doctor', list);
      await mend();
      expect(found).not.toBeNull();
    }, 120_000);

    it('are alike again once mended', async () => {
      expect(await all('ward-doctor', harmless.slice(0, 50))).toBeNull();
    });

    // last: whom a hidden person's record is joined with has another id in each world
    it('take in what a feed says of somebody hidden as of somebody new, and tell the feed the same', async () => {
      const people = [...hiddenPeople, ...visiblePeople.slice(0, 1)].filter((person) => admissionOf(person) !== '').slice(-5);
      for (const person of people) {
        const sent = { method: 'POST', path: '/intake/uhb-adt', body: admissionOf(person), headers: { Prefer: 'wait=10', 'Content-Type': 'application/octet-stream' }, alone: true };
        expect(await all('uhb-adt', [sent, { method: 'GET', path: '/fhir/Task?_count=200' }])).toBeNull();
      }
    });
  });
}
