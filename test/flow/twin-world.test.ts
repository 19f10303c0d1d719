import fc from 'fast-check';
import { decodeJwt } from 'jose';
import type { Bundle, CapabilityStatement } from '@medplum/fhirtypes';
import { readClaims } from '../../src/edge/http/oauth/read-claims.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import type { Gateway } from '../gateway.ts';
import { twinRequest, type TwinRequest } from './twin-requests.ts';
import { openTwinWorlds, storedRows, type StoredRow, type TwinWorlds } from './twin-worlds.ts';

const callers = ['ward-doctor', 'community-nurse', 'social-worker', 'privacy-officer', 'governance-lead', 'uhb-adt'];
/** The log tells them what was withheld from whom: that is what it is for. */
const oversight = ['privacy-officer', 'governance-lead'];
const twins = [
  { kind: 'pglite', notice: 'none', requests: 80 }, { kind: 'postgresql', notice: 'none', requests: 400 }, { kind: 'postgresql', notice: 'generic', requests: 200 },
] as const;
const maxPages = 80;

/** What an answer says, whichever world gave it: addresses and page tokens by what they mean. */
interface Said {
  status: number;
  headers: Record<string, string>;
  text: string;
  pages: unknown[];
  next?: string;
}

/** What is asked in every run: whole records page by page, and one identifier system, which names hidden people as well. */
function always(rows: readonly StoredRow[]): [string, TwinRequest][] {
  const citizens = [...new Set(rows.map(({ citizen }) => citizen))].slice(0, 16);
  return [
    ...citizens.flatMap((citizen): [string, TwinRequest][] => [['ward-doctor', { path: `/fhir/Patient/${citizen}/$everything?_count=9` }], ['social-worker', { path: `/fhir/CarePlan?patient=${citizen}&_sort=-date` }]]),
    ['uhb-adt', { path: `/fhir/Patient/${citizens[0]}` }],
    ...callers.map((who): [string, TwinRequest] => [who, { path: '/fhir/Patient/_search', form: [['identifier', 'https://fhir.nhs.uk/Id/nhs-number|'], ['_count', '1']] }]),
  ];
}

async function requesterOf(gateway: Gateway, who: string): Promise<Requester> {
  const read = readClaims(decodeJwt(await gateway.token(who)));
  if ('problem' in read) throw new Error(read.problem.code);
  return read.requester;
}

async function ask(gateway: Gateway, who: string, { path, form, headers = {} }: TwinRequest): Promise<Said> {
  const authorised = { ...headers, Authorization: `Bearer ${await gateway.token(who)}` };
  const response = await fetch(`${gateway.url}${path}`, form ? { method: 'POST', headers: authorised, body: new URLSearchParams(form) } : { headers: authorised });
  const requester = await requesterOf(gateway, who);
  const pages: unknown[] = [];
  const sent = await response.text();
  const text = sent.replaceAll(gateway.url, 'https://gateway').replace(/_page=([\w-]+)/g, (_, token: string) => {
    pages.push([token.length, gateway.services.openPage(requester, token)]);
    return '_page=*';
  });
  const told = Object.fromEntries([...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)));
  const bundle = response.headers.get('content-type')?.startsWith('application/fhir+json') && sent !== '' ? (JSON.parse(sent) as Bundle) : undefined;
  const next = bundle?.link?.find(({ relation }) => relation === 'next')?.url.slice(gateway.url.length);
  return { status: response.status, headers: told, text, pages, ...(next !== undefined && { next }) };
}

/** Puts a request to both worlds, with all its pages; says where they answer differently. */
async function difference(worlds: TwinWorlds, who: string, request: TwinRequest, met?: Map<string, number>): Promise<{ plain: unknown; fuller: unknown } | null> {
  let [here, there] = [request, request];
  for (let page = 0; page < maxPages; page += 1) {
    const [{ next, ...plain }, { next: further, ...fuller }] = await Promise.all([ask(worlds.plain, who, here), ask(worlds.fuller, who, there)]);
    if (JSON.stringify([plain, next === undefined]) !== JSON.stringify([fuller, further === undefined])) return { plain, fuller };
    const sort = `${page > 0 ? 'page ' : ''}${plain.status}${plain.text.includes('"entry"') ? ' with entries' : ''}${plain.text.includes('"withheld"') ? ' and a notice' : ''}`;
    met?.set(sort, (met.get(sort) ?? 0) + 1);
    if (next === undefined || further === undefined) return null;
    [here, there] = [{ path: next }, { path: further }];
  }
  throw new Error('the pages do not end');
}

describe.each(twins)('twin worlds, notices $notice, on $kind', ({ kind, notice, requests }) => {
  let worlds: TwinWorlds;
  let rows: StoredRow[];
  let statement: CapabilityStatement;
  const met = new Map<string, number>();
  beforeAll(async () => {
    worlds = await openTwinWorlds(kind, notice);
    rows = await storedRows(worlds.fuller.database);
    statement = (await (await fetch(`${worlds.plain.url}/fhir/metadata`)).json()) as CapabilityStatement;
  }, 180_000);
  afterAll(() => worlds.close());

  it('differ in what is stored', async () => {
    expect(rows.length).toBeGreaterThan(3 * (await storedRows(worlds.plain.database)).length);
  });

  it(`answer ${requests} random requests the same: status, headers, body, order, counts, links, every page`, async () => {
    const examples = always(rows);
    await fc.assert(fc.asyncProperty(fc.constantFrom(...callers), twinRequest(statement, rows), async (who, request) => {
      fc.pre(!(oversight.includes(who) && request.path.startsWith('/fhir/AuditEvent')));
      expect(await difference(worlds, who, request, met)).toBeNull();
    }), { numRuns: requests + examples.length, examples });
  }, 180_000);

  it('were asked what finds something and what does not, with pages, refused and unknown', () => {
    const sorts = ['200', '200 with entries', 'page 200 with entries', '404', '403', ...(notice === 'none' ? [] : ['200 with entries and a notice'])];
    expect(Object.fromEntries(sorts.map((sort) => [sort, (met.get(sort) ?? 0) > 0]))).toEqual(Object.fromEntries(sorts.map((sort) => [sort, true])));
  });

  it('refuse a page link of one world, edited or in the hands of somebody else, in the same words', async () => {
    const search = { path: '/fhir/Patient?_count=1' };
    const [plain, fuller] = await Promise.all([ask(worlds.plain, 'ward-doctor', search), ask(worlds.fuller, 'ward-doctor', search)]);
    const edit = (path = ''): string => path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const answers = [
      await ask(worlds.plain, 'community-nurse', { path: plain.next ?? '' }), await ask(worlds.fuller, 'community-nurse', { path: fuller.next ?? '' }),
      await ask(worlds.plain, 'ward-doctor', { path: edit(plain.next) }), await ask(worlds.fuller, 'ward-doctor', { path: edit(fuller.next) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  // last, because it spoils the worlds
  it('would be told apart: once hidden rows are given a class the callers may see, answers differ', async () => {
    await worlds.fuller.database.query(
      `update citizen_row set class_id = (select min(class_id) from sharing_class where category = 'encounter' and labels = '{}') where content_hash = ''`);
    const details = await fc.check(fc.asyncProperty(twinRequest(statement, rows), async (request) => (await difference(worlds, 'ward-doctor', request)) === null), { numRuns: 100, endOnFailure: true });
    expect(details.failed).toBe(true);
  });
});
