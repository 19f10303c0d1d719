import type { Bundle, Encounter, Observation } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';
import { citizenCount, outcomeOf, sendFile, storedRows, testNumber, type IntakeOutcome, type StoredRow } from './intake-outcome.ts';
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

describe.each(databases)('sheets kept by hand, on $kind', ({ open }) => {
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
      expect(told.map(([code]) => code)).toEqual(['person-not-known']);
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
});
