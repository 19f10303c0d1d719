import type { Bundle, Encounter, Observation } from '@medplum/fhirtypes';
import { oneDatabase } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';
import { citizenCount, outcomeOf, sendFile, storedRows, testNumber, type IntakeOutcome, type StoredRow } from './intake-outcome.ts';
import type { WorkList } from '../../src/flow/feeds/feed-work-list.ts';
import { badPackage, datedExtracts, mark, readExample, residents } from './dated-extracts.ts';
import { integrationOf, request } from './replay-works.ts';
import { csvFile } from './partner-rows.ts';
import { citizenOf } from './whole-record.ts';

type Row = { [name: string]: string };
const number = testNumber(612);
const readyDate = 'https://fhir.bicp.example/StructureDefinition/discharge-ready-date';

/** A stay as the hospital's own messages tell it: ready since the second of May. */
const admission = message({
  id: 'D1', event: 'A01', at: '20240428143000', pid: { 3: `${number}^^^NHS~H601^^^RRK`, 5: 'SAMPLE^ROWAN^^^MX^^L', 7: '19380211' },
  pv1: { 2: 'I', 19: 'V601^^^RRK', 44: '20240428143000' }, more: ['ZU1||||||||||||||||||||||Y||20240502091500'],
});

describe.each(oneDatabase)('sheets and extracts, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const send = (feed: string, ...rows: Row[]): Promise<IntakeOutcome> => sendFile(gateway, feed, '', csvFile(gateway, feed, '', rows, ';'));
  const stored = async <T>(type: string, key: string): Promise<(StoredRow & { resource: T })[]> =>
    (await storedRows(gateway, type)).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${key}`)) as (StoredRow & { resource: T })[];

  describe('of a discharge hub', () => {
    const day = (sheetDate: string, more: Row = {}): Row => ({ sheetDate, hospitalNumber: 'H601', visitNumber: 'V601', admissionDate: '28/04/2024', criteriaToReside: 'No', pathway: 'P1', ...more });
    const valueOf = ({ resource }: { resource: Observation }, code: string) => resource.component?.find((each) => each.code.coding?.[0]?.code === code);

    it('a row waits for the hospital to describe the person, and makes nobody of its own', async () => {
      const citizens = await citizenCount(gateway);
      const { told, taskId } = await send('uhb-discharge-sheet', day('01/05/2024', { readyDate: '30/04/2024', nhsNumber: number, surname: 'Sample' }));
      expect(told).toEqual([['person-not-known', expect.stringMatching(/^row 1, line 2, field Hospital Number, for /)]]);
      expect(await citizenCount(gateway)).toBe(citizens);
      await gateway.send('uhb-adt', '', admission);
      await gateway.services.worker.idle();
      expect((await outcomeOf(gateway, 'uhb-discharge-sheet', taskId)).counts).toMatchObject({ stored: 1, quarantined: 0 });
      expect(await stored('Observation', 'H601/')).toHaveLength(1);
    });

    it('never touches the hospital\'s own date, which is better; each day is a note of its own, told apart by its feed', async () => {
      const [before] = await stored<Encounter>('Encounter', 'V601');
      expect(before?.resource.extension?.find(({ url }) => url === readyDate)?.valueDateTime).toBe('2024-05-02T09:15:00+01:00');
      await send('uhb-discharge-sheet', day('04/05/2024', { readyDate: '03/05/2024' }));
      await send('uhb-discharge-sheet', day('02/05/2024', { readyDate: '29/04/2024', criteriaToReside: '' }));
      expect(await stored('Encounter', 'V601')).toEqual([before]);

      const notes = (await stored<Observation>('Observation', 'H601/')).sort((a, b) => (a.resource.effectiveDateTime ?? '').localeCompare(b.resource.effectiveDateTime ?? ''));
      expect(notes.map((note) => [note.resource.effectiveDateTime, valueOf(note, 'ready')?.valueDateTime, note.version])).toEqual([
        ['2024-05-01', '2024-04-30', 1], ['2024-05-02', '2024-04-29', 1], ['2024-05-04', '2024-05-03', 1], // the sheet of the second came last
      ]);
      for (const { resource } of notes) {
        expect(resource).toMatchObject({ encounter: { reference: `Encounter/${before?.id}` }, method: { coding: [{ code: 'hub-sheet' }] } });
        expect(resource.meta?.source).toMatch(/^urn:onestory:uhb:uhb-discharge-sheet#/);
      }
    });

    it('a row whose number or name is somebody else\'s is set aside and puts no note on the person it names', async () => {
      const other = testNumber(613);
      const { told, counts, task } = await send('uhb-discharge-sheet', day('06/05/2024', { nhsNumber: other, surname: 'Sample' }), day('07/05/2024', { surname: 'Okonkwo' }), day('08/05/2024', { nhsNumber: number, surname: 'Okonkwo' }), day('09/05/2024', { surname: 'Sampel' }));
      expect(counts).toMatchObject({ stored: 2, quarantined: 2 });
      expect(told).toEqual([['person-named-otherwise', expect.stringContaining('NHS Number')], ['person-named-otherwise', expect.stringContaining('Surname')]]);
      expect(JSON.stringify(task)).not.toMatch(new RegExp(`${other}|Okonkwo`));
      expect(await stored('Observation', 'H601/V601/2024-05-06')).toEqual([]);
    });

    it('the same day again with the same words changes nothing, with others makes a new version of that day', async () => {
      const again = await send('uhb-discharge-sheet', day('04/05/2024', { readyDate: '03/05/2024' }), day('', { visitNumber: '' }));
      expect(again.counts).toMatchObject({ unchanged: 1, quarantined: 1 });
      await send('uhb-discharge-sheet', day('04/05/2024', { readyDate: '02/05/2024' }));
      expect((await stored<Observation>('Observation', 'H601/V601/2024-05-04')).map((note) => [note.version, valueOf(note, 'ready')?.valueDateTime])).toEqual([[2, '2024-05-02']]);
    });
  });

  describe('of the voluntary sector', () => {
    const canary = 'Canarywharton';
    const person = (more: Row = {}): Row => ({
      personRef: 'N601', date: '12/03/2024', firstName: 'Rowan', surname: 'Sample', dateOfBirth: '11/02/1938', nhsNumber: number, need: 'Company', activity: 'Tuesday walking group',
      consentGiven: 'Y', consentDate: '11/03/2024', ...more,
    });
    const everything = async (): Promise<string> => JSON.stringify([
      await gateway.database.query('select * from citizen_version'), await gateway.database.query('select * from citizen_fragment'), await gateway.database.query('select * from citizen_row'),
    ], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

    it.each([['blank', { consentGiven: '' }, 'value-missing'], ['without a day', { consentDate: '' }, 'value-missing'], ['neither yes nor no', { consentGiven: 'Later' }, 'check-failed'], ['no, of somebody who never said yes', { consentGiven: 'N' }, 'person-not-known']])(
      'consent %s: the row is refused, and nothing that can be read is kept of it', async (_, consent, code) => {
        const citizens = await citizenCount(gateway);
        const { told, counts, task } = await send('bvsc-nns', person({ personRef: 'N699', nhsNumber: '', surname: canary, need: canary, ...consent }));
        expect(told.map(([each]) => each)).toContain(code);
        expect(counts).toMatchObject({ received: 1, stored: 0, quarantined: 1 });
        expect(JSON.stringify(task)).not.toContain(canary);
        expect(await everything()).not.toContain(canary);
        expect(await citizenCount(gateway)).toBe(citizens);
      });

    it('with consent others learn of the activity and not of the need; taken back they learn nothing, and an older sheet does not reopen it', async () => {
      const seen = async (type: string): Promise<string> => {
        const citizen = await citizenOf(gateway, 'social-worker', number);
        const bundle = (await (await gateway.search(type, { patient: `Patient/${citizen}` }, 'social-worker')).json()) as Bundle;
        return JSON.stringify((bundle.entry ?? []).map(({ resource }) => resource));
      };
      expect((await send('bvsc-nns', person())).counts).toMatchObject({ stored: 1 });
      expect(await seen('EpisodeOfCare')).toContain('Tuesday walking group');
      expect(await seen('ServiceRequest')).not.toContain('Company');
      expect((await send('bvsc-nns', person({ date: '02/04/2024', consentGiven: 'Withdrawn', consentDate: '02/04/2024' }))).counts).toMatchObject({ stored: 1 });
      expect(await seen('EpisodeOfCare')).not.toContain('Tuesday walking group');
      await send('bvsc-nns', person({ date: '13/03/2024', consentDate: '10/03/2024', activity: 'Thursday walking group' }));
      expect(await seen('EpisodeOfCare')).not.toMatch(/walking group/);
      await send('bvsc-nns', person({ date: '20/04/2024', consentDate: '20/04/2024' }));
      expect(await seen('EpisodeOfCare')).toContain('Tuesday walking group');
    });
  });

  describe('that say all there is, when an older one comes late', () => {
    const personOf = async (key: string): Promise<StoredRow[]> => (await storedRows(gateway, 'Patient')).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(`"value":"${key}"`));
    const marks = (rows: readonly StoredRow[]): string[] => rows.flatMap((each) => [1, 2, 3].map(mark).filter((text) => JSON.stringify(each.resource).includes(text)));

    it.each(datedExtracts)('$feed/$part: it replaces nothing, and its Task says so', async ({ feed, part, personKey, ofItsDay, extract }) => {
      const ask = async (n: number): Promise<IntakeOutcome> => sendFile(gateway, feed, part, extract(gateway, n));
      expect((await ask(2)).counts['quarantined']).toBe(0);
      const late = await ask(1);
      expect([late.counts['stored'] === 0, late.told.map(([code]) => code).includes('older-than-known')]).toEqual([!ofItsDay, true]);
      expect([marks(await personOf(personKey)), (await personOf(personKey))[0]?.version]).toEqual([[mark(2)], 1]);
      await ask(3);
      await ask(2);
      expect([marks(await personOf(personKey)), (await personOf(personKey))[0]?.version]).toEqual([[mark(3)], 2]);
    });

    it('in any order three of them end the same, and one that says the same again makes those between older', async () => {
      const orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
      for (const turn of [0, 1, 2]) await sendFile(gateway, 'rowanhouse-residents', 'residents', residents(orders.map((order) => [order.join('-'), order[turn] ?? 0])));
      for (const order of orders) expect(marks(await personOf(order.join('-')))).toEqual([mark(3)]);
      // of day 3 the home says what it said of day 1: what comes late of day 2 is older all the same
      for (const [day, said] of [[1, 1], [3, 1], [2, 2]]) await sendFile(gateway, 'rowanhouse-residents', 'residents', residents([['D9', day ?? 0]]).replace(mark(day ?? 0), mark(said ?? 0)));
      expect(marks(await personOf('D9'))).toEqual([mark(1)]);
    });

    it('what it flags counts all the same: labels only gather', async () => {
      const patient = (n: number, isConfidential: string): string => csvFile(gateway, 'cocoagrove-emis', 'patient', [{
        patientGuid: 'D10', surname: mark(n), dateOfBirth: '1941-05-17', dummyType: 'false', deleted: 'false', spineSensitive: 'false', isConfidential, processingId: String(n),
      }]);
      const problem = csvFile(gateway, 'cocoagrove-emis', 'problem', [{
        observationGuid: 'D10-1', patientGuid: 'D10', deleted: 'false', problemStatusDescription: 'Active Problem', processingId: '2', effectiveDate: '2022-11-04', snomedCTConceptId: '248279007', term: 'Frailty', isConfidential: 'false',
      }]);
      await sendFile(gateway, 'cocoagrove-emis', 'patient', patient(2, 'false'));
      await sendFile(gateway, 'cocoagrove-emis', 'problem', problem);
      await sendFile(gateway, 'cocoagrove-emis', 'patient', patient(1, 'true'));
      const [person] = await personOf('D10');
      expect([marks(person ? [person] : []), JSON.stringify(person?.resource['meta'])]).toEqual([[mark(2)], expect.stringContaining('source-dissent')]);
      const [entry] = (await storedRows(gateway, 'Condition')).filter(({ resource }) => JSON.stringify(resource['identifier']).includes('D10-1'));
      expect(JSON.stringify(entry?.resource['meta'])).toContain('source-dissent');
    });

    it('a hospice\'s older "yes" does not take back a "no"', async () => {
      const answer = (consentToShare: string, consentDate: string): Promise<IntakeOutcome> => sendFile(gateway, 'birmhospice-epaccs', 'person', csvFile(gateway, 'birmhospice-epaccs', 'person', [{
        patientId: 'D11', surname: 'Sample', dateOfBirth: '1941-05-17', careStart: '2024-01-01', consentToShare, consentDate,
      }]));
      const denied = async (): Promise<number> => (await gateway.database.query<{ n: number }>(
        'select count(*)::int as n from choice_rule c join citizen_row r using (citizen_id) where r.id = $1 and c.live @> now()', [(await personOf('D11'))[0]?.id]))[0]?.n ?? 0;
      await answer('No', '2024-05-01');
      const closed = await denied();
      expect(closed).toBeGreaterThan(0);
      await answer('Yes', '2024-04-01');
      expect(await denied()).toBe(closed);
      await answer('Not asked', '');
      expect(await denied()).toBe(closed);
      await answer('Yes', '2024-06-01');
      expect(await denied()).toBe(0);
      await answer('No', '');
      expect(await denied()).toBe(closed);
      await answer('not asked', ''); // other letters: the same file again would be the same file
      expect(await denied()).toBe(0);
    });
  });

  it('the work list tells of every format what is wrong, with the shape of the value, and which files were refused whole', async () => {
    const listed = async (feed: string): Promise<WorkList> => {
      const partner = gateway.services.mappings.feeds.find(({ key }) => key === feed)?.partner;
      return gateway.services.feedWork.workList(integrationOf(partner?.organisation ?? ''), feed, 0, request);
    };
    const told = async (feed: string): Promise<string[]> => (await listed(feed)).quarantine.map(({ code, field, value, count }) => `${count} ${code} ${field} ${value ?? '-'}`);
    const twice = readExample('care-home/examples/bad-assessment/input.json').replace('"answer": "c",', '"answer": "c", "score": "high",');
    await sendFile(gateway, 'elmtree-residents', 'assessments', twice);
    await sendFile(gateway, 'stgiles-epaccs', '', readExample('epaccs-cda/examples/bad-times/input.xml'));
    await sendFile(gateway, 'gpexample-gpc', '', readExample('gp-connect/examples/bad-observations/input.json'));
    await sendFile(gateway, 'bchc-csds', '', badPackage());
    await sendFile(gateway, 'bchc-csds', '', 'no package');
    await sendFile(gateway, 'uhb-adt', '', message({ id: 'W1', event: 'A28', pid: { 3: 'W1^^^RRK', 7: '19380231' }, pv1: null }));
    expect(await told('elmtree-residents')).toEqual(expect.arrayContaining(['1 check-failed validUntil ####-##-##', '1 value-missing /assessor -']));
    expect(await told('stgiles-epaccs')).toEqual(expect.arrayContaining([expect.stringMatching(/^1 value-invalid \/ClinicalDocument\/.*\/effectiveTime\/@value ####-##-##$/)]));
    expect(await told('gpexample-gpc')).toEqual(expect.arrayContaining(['1 check-failed Observation.status xxxxxxxx']));
    expect(await told('bchc-csds')).toEqual(expect.arrayContaining(['2 date-format REFERRAL REJECTION DATE ##/##/####', '1 check-failed SERVICE REQUEST IDENTIFIER XX-###']));
    expect(await told('uhb-adt')).toEqual(['1 date-not-real PID-7 ########']);

    // what validation finds in what was made is told of the field that gave it, in every format, and found there
    const one = JSON.parse(readExample('fhir-r4/examples/batch-of-two-people/input.json')) as Bundle;
    const future: [feed: string, part: string, content: string, where: string, rule: RegExp, grouped: string][] = [
      ['bcc-cld', '', readExample('cld/examples/alice-discharge-package/input.csv').replaceAll('1938-02-11', '2999-02-11'), 'row 1, line 2, field Date of Birth', / Date of Birth gave Patient\.birthDate\. The rule is in person\.map line \d+ column \d+\.$/, '4 birth-date-future Date of Birth ####-##-##'],
      ['uhb-adt', '', message({ id: 'W2', event: 'A28', pid: { 3: 'W2^^^RRK', 7: '29990211' }, pv1: null }), 'row 1, line 3, column 41, field PID-7.1', / PID-7\.1 gave Patient\.birthDate\. The rule is in person\.map /, '1 birth-date-future PID-7.1 ########'],
      ['rowanhouse-residents', 'residents', readExample('care-home/examples/rowanhouse-resident-list/input.json').replace('1940-03-12', '2999-03-12'), 'row 2, line 29, column 22, field dateOfBirth, element dateOfBirth', / dateOfBirth gave /, '1 birth-date-future dateOfBirth ####-##-##'],
      ['stgiles-epaccs', '', readExample('epaccs-cda/examples/alice-plan-with-every-entry/input.xml').replace('birthTime value="1938', 'birthTime value="2099'),
        'row 1, line 17, column 134, field recordTarget.patientRole.patient.birthTime.value, element ClinicalDocument.recordTarget.patientRole.patient.birthTime.@value', / recordTarget\.patientRole\.patient\.birthTime\.value gave /, '1 birth-date-future recordTarget.patientRole.patient.birthTime.value ########'],
      ['roh-fhir', '', JSON.stringify({ ...one, type: 'transaction', entry: one.entry?.slice(0, 1) }).replace('1946-06-06', '2999-06-06'), 'row 1, line 1, field Patient.birthDate, element entry[0].resource.birthDate', /The rule is in transaction\.map /, '1 birth-date-future Patient.birthDate ####-##-##'],
    ];
    for (const [feed, part, content, where, rule, grouped] of future) {
      const { told: [first], rows } = await sendFile(gateway, feed, part, content);
      expect([first, rows.at(-1)?.problems[0]?.fix, await told(feed)]).toEqual([['birth-date-future', `${where}, for Patient.birthDate`], expect.stringMatching(rule), expect.arrayContaining([grouped])]);
    }
    // and so is what linkage finds: the number is somebody else's, and nobody is told whose
    const taken = testNumber(614);
    await sendFile(gateway, 'uhb-adt', '', message({ id: 'W3', event: 'A28', pid: { 3: `${taken}^^^NHS~W3^^^RRK`, 5: 'ZIELINSKI^JAN', 7: '19511231', 8: '1', 32: 'NSTS01' }, pv1: null }));
    const foreign: [feed: string, part: string, content: string, where: string, grouped: string][] = [
      ['bcc-cld', '', readExample('cld/examples/alice-discharge-package/input.csv').split('\n').slice(0, 2).join('\n').replace('BCC0012345', 'W4'), 'row 1, line 2, field NHS Number', 'NHS Number'],
      ['rowanhouse-residents', 'residents', readExample('care-home/examples/rowanhouse-resident-list/input.json').replaceAll('RH-07', 'W5'), 'row 1, line 7, column 20, field nhsNumber, element nhsNumber', 'nhsNumber'],
      ['stgiles-epaccs', '', readExample('epaccs-cda/examples/alice-plan-with-every-entry/input.xml').replaceAll('SG-330', 'W6').replaceAll('.9990000.3.', '.9990000.3.6.').replace('PLAN-5', 'W-6'),
        'row 1, line 13, column 5, field recordTarget.patientRole.id.extension, element ClinicalDocument.recordTarget.patientRole.id[1].@extension', 'recordTarget.patientRole.id.extension'],
      ['roh-fhir', '', JSON.stringify({ ...one, type: 'transaction', entry: one.entry?.slice(0, 1) }).replace('"P-2"', '"W7"'), 'row 1, line 1, field Patient.identifier.value, element entry[0].resource.identifier[1].value', 'Patient.identifier.value'],
    ];
    const keyed = (...keys: string[]): string => JSON.stringify({ ...one, type: 'transaction', entry: one.entry?.slice(0, 1) }).replace(/\{[^{}]*"P-2"\},\{[^{}]*\}/, () =>
      keys.map((key) => `{"system":"https://fhir.bicp.example/Id/roh/${key}","value":"W-${key}"}`).join()).replace('Quinn', keys.join(''));
    for (const keys of [['person'], ['case']]) await sendFile(gateway, 'roh-fhir', '', keyed(...keys));
    const { told: both } = await sendFile(gateway, 'roh-fhir', '', keyed('person', 'case'));
    expect(both).toEqual([['identifiers-of-two-people', 'row 1, line 1, field Patient.identifier.value, element entry[0].resource.identifier[1].value, for Patient.identifier[1].value']]);
    for (const [feed, part, content, where, field] of foreign) {
      const { told: [first], task } = await sendFile(gateway, feed, part, content.replace(/999\d{7}|999 000 6296/, taken));
      expect([first, await told(feed)]).toEqual([['nhs-number-of-another-person', expect.stringContaining(`${where}, for Patient.identifier[`)], expect.arrayContaining([`1 nhs-number-of-another-person ${field} ##########`])]);
      expect(JSON.stringify(task)).not.toContain(taken);
    }
    expect((await listed('bchc-csds')).refusedFiles).toMatchObject([{ code: 'package-not-zip', count: 1 }]);
  });
});
