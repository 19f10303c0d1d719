import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { auditSince, lastSeq } from '../edge/http/asking.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { castMember, detailsOf, endEmergency, openEmergency, population } from './emergency-asks.ts';
import { citizenOf } from './whole-record.ts';

/** Every use of emergency access is marked in the log, by every path; and it is over when it is over, by every path. */

const who = 'social-worker';

describe.each(databases)('looks under emergency access, on $kind', ({ open }) => {
  let gateway: Gateway;
  let access: { citizen: string; reference: string; until: string };
  let episode: string;
  const neville = castMember('objected');
  const number = `https://fhir.nhs.uk/Id/nhs-number|${neville.nhsNumber ?? ''}`;
  beforeAll(async () => {
    gateway = await startGateway(await open(population.citizens));
    access = await openEmergency(gateway, detailsOf(neville), who);
    const [row] = await gateway.database.query<{ id: string }>(`select id from citizen_row where citizen_id = $1 and type = 'EpisodeOfCare' order by id limit 1`, [access.citizen]);
    episode = row?.id ?? '';
  });
  afterAll(() => gateway.close());

  const idsIn = async (response: Response): Promise<(string | undefined)[]> => (((await response.json()) as Bundle).entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'OperationOutcome' ? [] : [resource?.id]));
  const ways: [string, () => Promise<Response>][] = [
    ['a read of the person', () => gateway.get(`/fhir/Patient/${access.citizen}`, who)],
    ['a read', () => gateway.get(`/fhir/EpisodeOfCare/${episode}`, who)],
    ['a vread', () => gateway.get(`/fhir/EpisodeOfCare/${episode}/_history/1`, who)],
    ['a history', () => gateway.get(`/fhir/EpisodeOfCare/${episode}/_history`, who)],
    ['the whole record', () => gateway.get(`/fhir/Patient/${access.citizen}/$everything?_count=2`, who)],
    ['a search by number', () => gateway.search('Patient', { identifier: number }, who)],
    ['a search by name', () => gateway.search('Patient', { family: neville.name.family }, who)],
    ['a search of everybody', () => gateway.search('Patient', { _count: '200' }, who)],
    ['a search of the person', () => gateway.search('EpisodeOfCare', { patient: access.citizen }, who)],
    ['a search that names nobody', () => gateway.search('EpisodeOfCare', { _count: '200' }, who)],
    ['a search that finds nothing of the person', () => gateway.search('EpisodeOfCare', { patient: access.citizen, status: 'entered-in-error' }, who)],
  ];

  it.each(ways)('%s is marked, with its reference, as done under emergency access', async (what, ask) => {
    const before = await lastSeq(gateway);
    const answer = await ask();
    expect(answer.status).toBe(200);
    const text = await answer.text();
    const [entry] = (await auditSince(gateway, before)).map((each) => each.entry);
    expect(entry?.emergency).toEqual([access.reference]);
    if (what.includes('nothing')) expect(text).not.toContain('EpisodeOfCare/');
    else expect(entry?.decisions).toContainEqual(expect.objectContaining({ rule: '5', sentence: 'This person had emergency access to the record.' }));
    const log = (await (await gateway.search('AuditEvent', { agent: who, _count: '1' }, 'governance-lead')).json()) as Bundle<AuditEvent>;
    const event = log.entry?.[0]?.resource;
    expect([event?.id, event?.purposeOfEvent?.map(({ coding }) => coding?.[0]?.code)]).toEqual([entry?.id, ['TREAT', 'BTG']]);
    expect(event?.entity?.filter(({ type }) => type?.code === 'emergency-access').map(({ what: of }) => of?.identifier?.value)).toEqual([access.reference]);
  });

  it('a list marks how many of what it showed were under it, and names the access among several people', async () => {
    const before = await lastSeq(gateway);
    await gateway.search('EpisodeOfCare', { _count: '200' }, who);
    const [entry] = (await auditSince(gateway, before)).map((each) => each.entry);
    expect(entry?.listed?.length).toBeGreaterThan(1);
    const marked = entry?.decisions.find(({ rule }) => rule === '5')?.count ?? 0;
    expect(marked).toBeGreaterThan(0);
    expect(marked).toBeLessThan(entry?.disclosed.length ?? 0);
  });

  it('nobody else\'s look at the person is marked, and none of this person\'s at somebody else', async () => {
    const before = await lastSeq(gateway);
    await gateway.get(`/fhir/Patient/${access.citizen}`, 'ward-doctor');
    const other = await citizenOf(gateway, who, castMember('abdul').nhsNumber ?? '');
    await gateway.get(`/fhir/Patient/${other}`, who);
    const entries = (await auditSince(gateway, before)).map((each) => each.entry);
    expect(entries.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(entries.filter(({ emergency }) => emergency !== undefined)).toEqual([]);
  });

  it('its beginning and its end are marked as well', async () => {
    const before = await lastSeq(gateway);
    expect((await openEmergency(gateway, detailsOf(neville), who)).reference).toBe(access.reference);
    await endEmergency(gateway, access.citizen, who);
    await endEmergency(gateway, access.citizen, who);
    expect((await auditSince(gateway, before)).map(({ entry: { interaction, emergency } }) => [interaction, emergency])).toEqual([
      ['break-glass', [access.reference]], ['end-break-glass', [access.reference]], ['end-break-glass', undefined],
    ]);
  });

  it('what was begun under it is not finished after it: pages, versions, searches and the person', async () => {
    access = await openEmergency(gateway, detailsOf(neville), who);
    const page = async (path: string): Promise<string> => {
      const bundle = (await (await gateway.get(path, who)).json()) as Bundle;
      return bundle.link?.find(({ relation }) => relation === 'next')?.url.slice(gateway.url.length) ?? '';
    };
    const pages = [await page(`/fhir/Patient/${access.citizen}/$everything?_count=1`), await page(`/fhir/EpisodeOfCare?_count=1&_sort=_id`)];
    expect(pages).not.toContain('');
    for (const path of pages) expect((await gateway.get(path, who)).status).toBe(200);
    let leftMs = 0;
    for (let seconds = 2; leftMs <= 0; seconds *= 4) { // longer where the machine was too busy to answer within it
      await gateway.database.query(`update emergency_access set until = statement_timestamp() + $2 * interval '1 second' where reference = $1`, [access.reference, seconds]);
      const { status } = await gateway.get(`/fhir/Patient/${access.citizen}`, who);
      [{ leftMs } = { leftMs: 0 }] = await gateway.database.query<{ leftMs: number }>('select extract(epoch from until - clock_timestamp())::float8 * 1000 as "leftMs" from emergency_access where reference = $1', [access.reference]);
      if (leftMs > 0) expect(status).toBe(200);
    }
    await wait(leftMs + 20);
    expect((await gateway.get(`/fhir/Patient/${access.citizen}`, who)).status).toBe(404);
    const [everything = '', episodes = ''] = pages;
    expect((await gateway.get(everything, who)).status).toBe(404);
    for (let path = episodes; path !== '';) {
      const text = await (await gateway.get(path, who)).text();
      expect(text).not.toContain(access.citizen);
      path = ((JSON.parse(text) as Bundle).link ?? []).find(({ relation }) => relation === 'next')?.url.slice(gateway.url.length) ?? '';
    }
    for (const [what, ask] of ways.filter(([name]) => name.startsWith('a search'))) expect([what, (await idsIn(await ask())).filter((id) => [access.citizen, episode].includes(id ?? ''))]).toEqual([what, []]);
    for (const [what, ask] of ways.filter(([name]) => !name.startsWith('a search'))) expect([what, (await ask()).status]).toEqual([what, 404]);
  });
});
