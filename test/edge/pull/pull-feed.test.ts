import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { fetchPage } from '../../../src/edge/pull/fetch-page.ts';
import { pullFeed, usualTiming, type PullResult, type PullTarget } from '../../../src/edge/pull/pull-feed.ts';
import { pullTokenFile, startPulls } from '../../../src/edge/pull/start-pulls.ts';
import { pullPeople, type PeopleTarget } from '../../../src/edge/pull/pull-people.ts';
import { nhsNumberSystem } from '../../../src/fhir/nhs-number-status.ts';
import { oneDatabase } from '../../databases.ts';
import { exampleBundle, resourceIn } from '../../flow/fhir-examples.ts';
import { storedRows, testNumber } from '../../flow/intake-outcome.ts';
import { loadedMappings } from '../../mappings/run-example.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { until } from '../../patience.ts';
import { startGpConnectServer, type GpConnectServer, type Trick } from './gp-connect-server.ts';

const feed = 'gpexample-gpc';
const quick = { ...usualTiming, firstWaitMs: 1, longestWaitMs: 2_000 };
const outcome: OperationOutcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };
const status = (code: number, headers: Record<string, string> = {}): Trick => (_request, response) => void response.status(code).set(headers).json(outcome);
const body = (text: string): Trick => (_request, response) => void response.type('application/fhir+json').send(text);

function loadedPerPerson(): PeopleTarget['perPerson'] {
  const { perPerson } = loadedMappings().kinds.get('gp-connect') ?? {};
  if (!perPerson) throw new Error('the kind cannot be asked for one person');
  return perPerson;
}

/** A page of a search with one person's record, and more members than anybody reads: numbers and spaces as no parser would write them. */
function pageText(base: string, person: string, page: number, last: number): string {
  const record = exampleBundle('gp-connect', 'temporary-resident');
  const patient = resourceIn(record, 'Patient');
  Object.assign(patient, { id: person, name: [{ family: `Pulled${person}`, given: ['Pat'] }], birthDate: `19${40 + page}-01-02`, identifier: [{ system: 'https://EMISWeb/M85001', value: person }] });
  const link = page < last ? `,"link":[{"relation":"next","url":"${base}/Bundle?page=${page + 1}"}]` : '';
  return `{ "resourceType":"Bundle","type":"searchset","meta":{"lastUpdated":"2026-11-0${page + 1}T10:00:00+00:00"},  "total": ${last + 1}.0${link},"entry":[{"resource":${JSON.stringify(record)}}]}\n`;
}

describe.each(oneDatabase)('pulling a practice\'s records, on $kind', ({ open }) => {
  let gateway: Gateway;
  let source: GpConnectServer;
  let ahead = 0;
  let people = 0;
  beforeAll(async () => {
    gateway = await startGateway(await open(), { clock: () => new Date(Date.now() + ahead * 1000) });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    source = await startGpConnectServer();
    people += 1;
    source.pages = [0, 1, 2].map((page) => pageText(source.base, `G${people}P${page}`, page, 2));
    ahead = 0;
    await gateway.database.query('delete from pull_state');
  });
  afterEach(() => source.close());

  const target = (changes: Partial<PullTarget> = {}): PullTarget => ({ feed, base: source.base, query: 'Bundle?_sort=_lastUpdated', since: '_lastUpdated', everySeconds: 60, maxBytes: 1_000_000, ...changes });
  const pull = (changes: Partial<PullTarget> = {}, stop = new AbortController().signal): Promise<PullResult> => pullFeed(gateway.services.pulling, target(changes), null, quick, stop);
  const kept = async (): Promise<string[]> => (await gateway.database.query<{ content: Buffer }>('select content from source_record where feed = $1 order by record_id', [feed])).map(({ content }) => content.toString('utf8'));
  const arrived = async (): Promise<number> => {
    await gateway.services.worker.idle();
    return (await storedRows(gateway, 'Patient')).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(`"G${people}P`)).length;
  };

  it('takes every page byte for byte, and asks the next time for what changed since', async () => {
    expect(await pull()).toEqual({ kind: 'finished', pages: 3 });
    expect((await kept()).slice(-3)).toEqual(source.pages);
    expect(await arrived()).toBe(3);
    ahead = 61;
    source.pages = ['{"resourceType":"Bundle","type":"searchset"}'];
    expect(await pull()).toEqual({ kind: 'finished', pages: 1 });
    expect(source.asked).toEqual(['Bundle?_sort=_lastUpdated', 'Bundle?page=1', 'Bundle?page=2', 'Bundle?_sort=_lastUpdated&_lastUpdated=ge2026-11-01T10%3A00%3A00.000Z']);
  });

  it('is patient: busy, out of order, cut off and slow, each is tried again', async () => {
    source.tricks = [status(503), status(429, { 'Retry-After': '1' }), (request) => void request.socket.destroy(), () => undefined];
    const begun = Date.now();
    expect(await pull({ timeoutSeconds: 4 })).toEqual({ kind: 'finished', pages: 3 });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(2_000);
    expect(await arrived()).toBe(3);
  });

  it('goes on after a stop where it was, and takes no page twice', async () => {
    const stopping = new AbortController();
    source.tricks = [body(source.pages[0] ?? ''), () => { stopping.abort(); }];
    expect(await pull({}, stopping.signal)).toEqual({ kind: 'stopped' });
    expect(await arrived()).toBe(1);
    expect(await pull()).toEqual({ kind: 'finished', pages: 2 });
    expect(source.asked).toEqual(['Bundle?_sort=_lastUpdated', 'Bundle?page=1', 'Bundle?page=1', 'Bundle?page=2']);
    expect(await arrived()).toBe(3);
  });

  it('begins anew when the place it was at is gone', async () => {
    source.tricks = [body(source.pages[0] ?? ''), status(410)];
    expect(await pull()).toEqual({ kind: 'failed', pages: 1, code: 'pull-refused' });
    ahead = 120;
    expect(await pull()).toEqual({ kind: 'finished', pages: 3 });
    expect(source.asked.slice(2)).toEqual(['Bundle?_sort=_lastUpdated', 'Bundle?page=1', 'Bundle?page=2']);
  });

  const failures: [name: string, trick: (source: GpConnectServer) => Trick, code: string][] = [
    ['an OperationOutcome with status 200', () => body(JSON.stringify(outcome)), 'pull-outcome'],
    ['refused', () => status(403), 'pull-refused'],
    ['a page of HTML', () => body('<html></html>'), 'pull-not-fhir'],
    ['a resource that is no Bundle', () => body('{"resourceType":"Patient"}'), 'pull-not-fhir'],
    ['a page beyond the limit', () => body(`{"resourceType":"Bundle","type":"searchset","x":"${'x'.repeat(1_000_000)}"}`), 'pull-too-large'],
    ['a redirect', () => (_request, response) => response.redirect('http://127.0.0.1:9/elsewhere'), 'pull-unreachable'],
    ['a next page on another server', () => body('{"resourceType":"Bundle","type":"searchset","link":[{"relation":"next","url":"https://elsewhere.example/fhir/Bundle?page=1"}]}'), 'pull-foreign-link'],
    ['a next page outside the base', ({ base }) => body(`{"resourceType":"Bundle","type":"searchset","link":[{"relation":"next","url":"${base}/../admin"}]}`), 'pull-foreign-link'],
  ];
  it.each(failures)('%s: the pull fails and nothing is taken', async (_, trick, code) => {
    const before = await kept();
    source.tricks = Array.from({ length: 5 }, () => trick(source));
    expect(await pull()).toEqual({ kind: 'failed', pages: 0, code });
    expect(await kept()).toEqual(before);
  });

  it('a source whose pages lead in a circle is not followed for ever', async () => {
    source.pages[2] = (source.pages[2] ?? '').replace('"entry"', `"link":[{"relation":"next","url":"${source.base}/Bundle?page=1"}],"entry"`);
    expect(await pull()).toEqual({ kind: 'failed', pages: 3, code: 'pull-endless' });
  });

  it('rests longer after each failure, and is tried once then', async () => {
    const dueAfter = async (): Promise<number> => {
      const [row] = await gateway.database.query<{ at: Date }>('select not_before as at from pull_state where feed = $1', [feed]);
      return Math.round(((row?.at.getTime() ?? 0) - Date.now()) / 1000) - ahead;
    };
    const rests: number[] = [];
    for (let failure = 0; failure < 5; failure += 1) {
      source.tricks = [status(404)];
      expect((await pull()).kind).toBe('failed');
      rests.push(await dueAfter());
      expect(await pull()).toEqual({ kind: 'not-due' });
      ahead += (rests.at(-1) ?? 0) + 1;
    }
    expect(rests.map((seconds) => Math.round(seconds / 60))).toEqual([1, 1, 2, 4, 8]);
    source.tricks = [];
    expect((await pull()).kind).toBe('finished');
    expect(await dueAfter()).toBeLessThanOrEqual(60);
  });

  it('is one process\'s at a time', async () => {
    const results = await Promise.all([pull(), pull()]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['finished', 'not-due']);
    expect(source.asked).toHaveLength(3);
  });

  it('what a late source may hold is told as incomplete, until it was read to its end', async () => {
    const record = exampleBundle('gp-connect', 'gpexample-whole-record');
    resourceIn(record, 'Patient').id = `LATE${people}`;
    await gateway.send(feed, '', JSON.stringify(record).replaceAll('Patient/A-1', `Patient/LATE${people}`));
    const [patient] = (await storedRows(gateway, 'Patient')).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(`"LATE${people}"`));
    const issues = async (): Promise<(string | undefined)[]> => {
      const everything = (await (await gateway.get(`/fhir/Patient/${patient?.citizen}/$everything`, 'gp')).json()) as Bundle;
      return (everything.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'OperationOutcome' ? resource.issue.map(({ code }) => code) : []));
    };
    expect(await issues()).not.toContain('incomplete');
    ahead = -3600; // the last time anybody could reach the source was an hour ago
    source.tricks = Array.from({ length: 5 }, () => status(503));
    expect((await pull()).kind).toBe('failed');
    expect(await issues()).toContain('incomplete');
    ahead = 0;
    expect((await pull()).kind).toBe('finished');
    expect(await issues()).not.toContain('incomplete');
  });

  it('runs by itself, shows the source its token, and stops when told', async () => {
    const file = pullTokenFile(gateway.dataDir, feed);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'secret-of-the-source\n');
    const events: unknown[] = [];
    const pulls = startPulls({ services: gateway.services.pulling, targets: [target()], dataDir: gateway.dataDir, log: (event, fields) => { events.push([event, fields]); }, timing: quick, lookMs: 5 });
    await until(() => events.length > 0, 'a pull', 10);
    await pulls.stop();
    expect(events).toEqual([['pull-finished', { feed, count: 3 }]]);
    expect(source.headers).toEqual(source.headers.map(() => 'Bearer secret-of-the-source'));
  });

  describe('person by person', () => {
    const everybody: PeopleTarget = { feed: 'gpcanalside-gpc', base: '', everySeconds: 60, maxBytes: 1_000_000, peoplePerPull: 2, perPerson: loadedPerPerson() };
    const pullThem = (changes: Partial<PeopleTarget> = {}): Promise<PullResult> => pullPeople(gateway.services.pulling, { ...everybody, base: source.base, ...changes }, 'secret', quick, new AbortController().signal);
    /** The practice's record of somebody: whom the number names, and registered there. */
    const record = (nth: number, given = 'Petra'): string => {
      const bundle = exampleBundle('gp-connect', 'registration-ended');
      const patient = resourceIn(bundle, 'Patient');
      patient.id = `CAN${nth}`;
      const [details] = patient.extension ?? [];
      for (const each of details?.extension ?? []) if (each.url === 'registrationStatus') Object.assign(each.valueCodeableConcept?.coding?.[0] ?? {}, { code: 'A', display: 'Active' });
      if (details?.extension) details.extension = details.extension.filter(({ url }) => url !== 'registrationPeriod');
      const [number] = (patient.identifier ?? []).filter(({ system }) => system === nhsNumberSystem);
      patient.identifier = [{ ...number, system: nhsNumberSystem, value: testNumber(700 + nth) }];
      patient.name = [{ use: 'official', family: `Canal${nth}`, given: [given] }];
      return JSON.stringify(bundle).replaceAll('M85001', 'M85002');
    };
    const entries = async (): Promise<{ citizen?: string; query: string }[]> => (await gateway.database.query<{ entry: string }>(`select entry from audit_entry where entry like '%"pull-person"%' order by seq`)).map(({ entry }) => JSON.parse(entry) as { query: string });

    it('asks for those who are registered there, some at a time and no number in an address, and says so before', async () => {
      for (const nth of [1, 2, 3]) await gateway.send(everybody.feed, '', record(nth));
      await gateway.services.worker.idle();
      for (const nth of [1, 2, 3]) source.records.set(testNumber(700 + nth), record(nth, 'Petronella'));
      expect(await pullThem()).toEqual({ kind: 'finished', pages: 2, without: 0 });
      expect(await pullThem()).toEqual({ kind: 'not-due' });
      ahead = 61;
      expect(await pullThem()).toEqual({ kind: 'finished', pages: 1, without: 0 });
      expect(source.numbers.toSorted()).toEqual([701, 702, 703].map(testNumber).toSorted());
      expect(new Set(source.asked)).toEqual(new Set(['Patient/$gpc.getstructuredrecord']));
      await gateway.services.worker.idle();
      const now = (await storedRows(gateway, 'Patient')).filter(({ resource }) => JSON.stringify(resource['name']).includes('Petronella'));
      expect(now.map(({ version }) => version)).toEqual([2, 2, 2]);
      const told = await entries();
      expect(told.map(({ citizen }) => citizen).toSorted()).toEqual(now.map(({ citizen }) => citizen).toSorted());
      expect(JSON.stringify(told)).not.toMatch(new RegExp([701, 702, 703].map(testNumber).join('|')));
      ahead = 122; // and from the first one again
      expect(new Set(source.spine.flat())).toEqual(new Set([undefined]));
      source.spine = [];
      expect(await pullThem({ spine: { from: '200000000359', to: '918999198738' } })).toMatchObject({ kind: 'finished', pages: 2 });
      expect(source.spine.map(([, ...others]) => others)).toEqual(Array(2).fill(['200000000359', '918999198738', 'urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1']));
      expect(new Set(source.spine.map(([trace = '']) => trace.replaceAll(/[0-9a-f]/g, 'x'))).size).toBe(1);
      expect(new Set(source.spine.map(([trace]) => trace)).size).toBe(2);
    });

    it('takes nobody else\'s record, and lets a person of whom there is none keep nobody waiting', async () => {
      const before = (await gateway.database.query('select 1 from source_record where feed = $1', [everybody.feed])).length;
      source.records.set(testNumber(701), record(9));
      source.records.set(testNumber(703), record(3, 'Third'));
      expect(await pullThem({ peoplePerPull: 10 })).toEqual({ kind: 'finished', pages: 1, without: 2 });
      expect(await gateway.database.query('select 1 from source_record where feed = $1', [everybody.feed])).toHaveLength(before + 1);
    });

    it('goes on where it was when the source did not answer', async () => {
      for (const nth of [1, 2, 3]) source.records.set(testNumber(700 + nth), record(nth, `Again${people}`));
      source.tricks = [status(200), ...Array.from({ length: 5 }, () => status(503))];
      expect(await pullThem({ peoplePerPull: 10 })).toEqual({ kind: 'failed', pages: 0, code: 'pull-busy' });
      const asked = source.numbers.length;
      ahead = 61;
      expect(await pullThem({ peoplePerPull: 10 })).toEqual({ kind: 'finished', pages: 2, without: 0 });
      expect(source.numbers.slice(asked)).not.toContain(source.numbers[0]);
    });

    it('asks about nobody when the entry cannot be kept', async () => {
      const refusing = { ...gateway.services.pulling, announcePerson: () => Promise.reject(new Error('no room')) };
      await expect(pullPeople(refusing, { ...everybody, base: source.base }, null, quick, new AbortController().signal)).rejects.toThrow('no room');
      expect(source.numbers).toEqual([]);
    });
  });

  it('is in the audit trail like what is pushed', async () => {
    await pull();
    const [entry] = await gateway.database.query<{ entry: string }>('select entry from audit_entry where agent like $1 order by seq desc limit 1', [`%${feed}%`]);
    expect(entry?.entry).toContain(`intake/${feed}`);
  });
});

it('reads no more of a page than it may', async () => {
  const source = await startGpConnectServer();
  source.tricks = [(_request, response) => {
    response.type('application/fhir+json');
    const more = (): void => { if (!response.destroyed) response.write('x'.repeat(10_000), more); };
    more();
  }];
  const answer = await fetchPage({ url: `${source.base}/Bundle`, base: source.base, token: null, timeoutMs: 5_000, maxBytes: 100_000, stop: new AbortController().signal });
  expect(answer).toMatchObject({ kind: 'failed', code: 'pull-too-large', again: false });
  await source.close();
});
