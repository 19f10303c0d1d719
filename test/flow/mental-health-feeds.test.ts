import type { Bundle, Resource } from '@medplum/fhirtypes';
import { oneDatabase } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenCount, outcomeOf, sendFile, storedRows, testNumber, type IntakeOutcome } from './intake-outcome.ts';
import { csvFile } from './partner-rows.ts';

type Row = { [name: string]: string };
const readyDate = 'https://fhir.bicp.example/StructureDefinition/discharge-ready-date';

describe.each(oneDatabase)('mental health records over time, on $kind', ({ open }) => {
  let gateway: Gateway;
  let people = 0;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const send = (feed: string, part: string, ...rows: Row[]): Promise<IntakeOutcome> => sendFile(gateway, feed, part, csvFile(gateway, feed, part, rows));
  const client = (key: string, more: Row = {}): Row => ({
    clientId: key, nhsNumber: testNumber(400 + people), nhsNumberStatus: '01', dateOfBirth: `19${41 + people}-03-09`, genderCode: 'F', givenName1: 'Rowan', familyName: `Sample${'abcdefghijklmnop'[people] ?? ''}`,
    gpPracticeCode: 'M85001', ...more,
  });
  /** A new person of this trust, registered with the practice that the persona `gp` works for. */
  async function newPerson(feed: string, more: Row = {}): Promise<string> {
    people += 1;
    const key = `P${people}`;
    expect((await send(feed, 'client', client(key, more))).counts).toMatchObject({ stored: 1 });
    return key;
  }
  async function found<T extends Resource>(who: string, type: T['resourceType'], system: string, value: string): Promise<T[]> {
    const bundle = (await (await gateway.search(type, { identifier: `https://fhir.bicp.example/Id/${system}|${value}` }, who)).json()) as Bundle;
    return (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === type ? [resource as T] : []));
  }
  async function history(type: string, id: string | undefined): Promise<Record<string, unknown>[]> {
    const bundle = (await (await gateway.get(`/fhir/${type}/${id}/_history`, 'mental-health-nurse')).json()) as Bundle;
    return (bundle.entry ?? []).map(({ resource }) => resource as unknown as Record<string, unknown>).reverse();
  }

  it('a deleted row is withdrawn and stays; sent again without the mark it counts again', async () => {
    const person = await newPerson('bsmhft-rio');
    const referral = { clientId: person, referralNumber: `R-${person}`, receivedDate: '2024-03-11 11:40:00', acceptedDate: '2024-03-12 09:00:00', teamReferredTo: 'OACMHT-S' };
    for (const deletedFlag of ['', 'Y', 'N']) await send('bsmhft-rio', 'referral', { ...referral, deletedFlag });
    const [request] = await found('mental-health-nurse', 'ServiceRequest', 'bsmhft/referral', `R-${person}`);
    expect((await history('ServiceRequest', request?.id)).map(({ status }) => status)).toEqual(['active', 'entered-in-error', 'active']);
    const [episode] = await found('mental-health-nurse', 'EpisodeOfCare', 'bsmhft/episode', `R-${person}`);
    expect((await history('EpisodeOfCare', episode?.id)).map(({ status }) => status)).toEqual(['active', 'entered-in-error', 'active']);
  });

  it('ready, no longer ready, ready again: each date stays in the history of the stay', async () => {
    const person = await newPerson('bsmhft-rio');
    const stay = { clientId: person, admissionId: `A-${person}`, admissionDate: '2024-01-10 15:20:00', wardCode: 'OAW1', legalStatus: 'INF' };
    for (const dischargeReadyDate of ['2024-02-10 10:00:00', '', '2024-02-26 10:00:00']) await send('bsmhft-rio', 'inpatient', { ...stay, dischargeReadyDate });
    const [encounter] = await found('mental-health-nurse', 'Encounter', 'bsmhft/inpatient', `A-${person}`);
    const dates = (await history('Encounter', encounter?.id)).map(({ extension }) => (extension as { url: string; valueDateTime?: string }[] | undefined)?.find(({ url }) => url === readyDate)?.valueDateTime);
    expect(dates).toEqual(['2024-02-10T10:00:00+00:00', undefined, '2024-02-26T10:00:00+00:00']);
  });

  it.each([['bsmhft-rio', 'OAW1', 'INF', 'S2'], ['bwc-rio', 'W72', 'INFML', 'MHA2']])('%s: a stay under the Mental Health Act is closed to those who could see it before', async (feed, wardCode, informal, section) => {
    const person = await newPerson(feed);
    const key = [`${feed.split('-')[0]}/inpatient`, `B-${person}`] as const;
    const stay = { clientId: person, admissionId: key[1], admissionDate: '2024-01-10 15:20:00', wardCode };
    await send(feed, 'inpatient', { ...stay, legalStatus: informal });
    expect(await found('gp', 'Encounter', ...key)).toHaveLength(1);
    expect(await found('social-worker', 'Encounter', ...key)).toEqual([]);
    await send(feed, 'inpatient', { ...stay, legalStatus: section });
    for (const type of ['Encounter', 'EpisodeOfCare'] as const) expect(await found('gp', type, ...key)).toEqual([]);
    await send(feed, 'inpatient', { ...stay, legalStatus: informal });
    expect(await found('gp', 'Encounter', ...key)).toEqual([]); // that it ended tells that it was
    const labels = (await storedRows(gateway, 'Encounter')).find(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${key[1]}"`))?.resource['meta'];
    expect(JSON.stringify(labels)).toContain('legal-restriction');
  });

  it('every row of the table of legal statuses is closed, an informal one too, and the time somebody was ready is not', async () => {
    const person = await newPerson('bsmhft-rio');
    await send('bsmhft-mhsds', 'spell', { localPatientId: person, hospProvSpellId: `S-${person}`, startDateHospProvSpell: '2024-01-10' });
    await send('bsmhft-mhsds', 'mha-period', { localPatientId: person, mhActLegalStatusClassPeriodId: `L-${person}`, startDateMhActLegalStatusClass: '2024-01-10', legalStatusCode: '01' });
    await send('bsmhft-mhsds', 'clinically-ready', { localPatientId: person, hospProvSpellId: `S-${person}`, startDateClinReadyForDisch: '2024-02-10' });
    const observations = await storedRows(gateway, 'Observation');
    const read = (who: string, key: string): Promise<Response> => gateway.get(`/fhir/Observation/${observations.find(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${key}"`))?.id}`, who);
    expect((await read('mental-health-nurse', `L-${person}`)).status).toBe(200);
    expect((await read('gp', `L-${person}`)).status).toBe(404);
    const [spell] = await found('gp', 'Encounter', 'bsmhft/mhsds-spell', `S-${person}`);
    expect(await (await read('gp', `S-${person}/2024-02-10/`)).json()).toMatchObject({ encounter: { reference: `Encounter/${spell?.id}` }, effectivePeriod: { start: '2024-02-10' } });
  });

  it('rows that only add to a person wait until any feed of the trust describes them, and make nobody new', async () => {
    people += 1;
    const person = `P${people}`;
    const citizens = await citizenCount(gateway);
    const address = await send('bsmhft-rio', 'client-address', { clientId: person, addressType: 'PRIMARY', addressFrom: '2020-01-01', addressLine1: '1 Waiting Lane' });
    const referral = await send('bsmhft-mhsds', 'referral', { localPatientId: person, serviceRequestId: `W-${person}`, careProfTeamLocalId: 'MEM', referralRequestReceivedDate: '2024-03-31' });
    for (const [{ told, counts }, field] of [[address, 'Client_ID'], [referral, 'LocalPatientId']] as const) {
      expect(told).toEqual([['person-not-known', expect.stringContaining(`row 1, line 2, field ${field}`)]]);
      expect(counts).toMatchObject({ stored: 0, quarantined: 1 });
    }
    expect(await citizenCount(gateway)).toBe(citizens);
    await send('bsmhft-rio', 'client', client(person));
    await gateway.services.worker.idle();
    expect((await outcomeOf(gateway, 'bsmhft-rio', address.taskId)).counts).toMatchObject({ stored: 1, quarantined: 0 });
    expect((await outcomeOf(gateway, 'bsmhft-mhsds', referral.taskId)).counts).toMatchObject({ stored: 1, quarantined: 0 });
    expect(await citizenCount(gateway)).toBe(citizens + 1);
    expect(await found('gp', 'ServiceRequest', 'bsmhft/mhsds-referral', `W-${person}`)).toHaveLength(1);
    expect(JSON.stringify(await found('gp', 'Patient', 'bsmhft/person', person))).toMatch(/Sample.*1 Waiting Lane/); // composed of both rows
  });

  it('a practice that a person left is shown nothing any more', async () => {
    const person = await newPerson('bsmhft-rio', { gpPracticeCode: '' });
    const registration = { clientId: person, gpPracticeCode: 'M85001', gpFrom: '2020-01-01' };
    await send('bsmhft-rio', 'referral', { clientId: person, referralNumber: `G-${person}`, receivedDate: '2024-03-11 11:40:00', teamReferredTo: 'OACMHT-S' });
    const seen = async (): Promise<number> => (await found('gp', 'ServiceRequest', 'bsmhft/referral', `G-${person}`)).length;
    expect(await seen()).toBe(0);
    await send('bsmhft-rio', 'client-gp', registration);
    expect(await seen()).toBe(1);
    await send('bsmhft-rio', 'client-gp', { ...registration, gpTo: '2024-01-01' });
    expect(await seen()).toBe(0);
  });

  it('the second mental health service is shared by the same clauses as the first', async () => {
    const person = await newPerson('bwc-rio');
    await send('bwc-rio', 'referral', { clientId: person, referralNumber: `F-${person}`, receivedDate: '2024-03-04 09:12:00', urgency: 'V', teamReferredTo: '4010' });
    const [request] = await found('gp', 'ServiceRequest', 'bwc/referral', `F-${person}`);
    expect(request).toMatchObject({ priority: 'asap', meta: { tag: [{ code: 'RQ3' }] } });
    expect(request?.meta?.security?.map(({ code }) => code).sort()).toEqual(['MH', 'R']);
    expect(await found('social-worker', 'ServiceRequest', 'bwc/referral', `F-${person}`)).toEqual([]);
  });
});
