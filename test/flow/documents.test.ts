import { readFileSync } from 'node:fs';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { parse } from 'csv-parse/sync';
import { stringify } from './csv-text.ts';
import { oneDatabase } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { exampleFile } from '../mappings/run-example.ts';
import { citizenCount, sendFile, storedRows, testNumber } from './intake-outcome.ts';
import { citizenOf, wholeRecord } from './whole-record.ts';

/** Hospices, care homes and a practice, sent through the real gateway: what only shows over several files, and through the door. */

type Row = { [header: string]: string };
const exampleText = (kind: string, example: string, extension: string): string => readFileSync(exampleFile(kind, example, `input.${extension}`), 'utf8');
const rowsOf = (kind: string, example: string): Row[] => parse(exampleText(kind, example, 'csv'), { columns: true });
const firstOf = (kind: string, example: string): Row => rowsOf(kind, example)[0] ?? {};

const [respect1 = '', respect2 = ''] = exampleText('epaccs-cda', 'respect-in-two-versions', 'xml').match(/<ClinicalDocument[^]*?<\/ClinicalDocument>/g) ?? [];
/** The same document about another person of the hospice, under other numbers. */
const about = (document: string, person: string, number: string, family: string): string =>
  document.replaceAll('SG-330', person).replaceAll('9990000743', number).replaceAll('Okafor', family).replaceAll('RESPECT-1', `R-${person}`)
    .replaceAll('1.2.826.0.1.9990000.3.', `1.2.826.0.1.9990000.3.${person.replace(/\D/g, '')}.`).replaceAll(/extension="E-(\d+)"/g, `extension="E-$1-${person}"`);
const person = (changes: Row): Row => ({ ...firstOf('epaccs-csv', 'abdul-comes-into-care'), ...changes });

describe.each(oneDatabase)('documents of partners, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const states = async (feed: string, part: string, content: string): Promise<string[]> => (await sendFile(gateway, feed, part, content)).rows.map(({ state }) => state);
  const codes = async (feed: string, part: string, content: string): Promise<string[][]> => (await sendFile(gateway, feed, part, content)).rows.map(({ problems }) => problems.map(({ code }) => code));
  /** What the hospice's record says of its plan, without the ids that differ from person to person. */
  const plan = async (key: string): Promise<string[]> => (await storedRows(gateway)).filter(({ resource }) => JSON.stringify(resource['identifier'] ?? '').includes(key) && resource['resourceType'] !== 'Patient')
    .map(({ resource: { resourceType, status, title, valueCodeableConcept, period } }) => JSON.stringify([resourceType, status, title, valueCodeableConcept, period])).sort();

  it('a ReSPECT form that was replaced is revoked, whichever version came first', async () => {
    const [early, late] = [['SG-401', testNumber(1), 'Early'], ['SG-402', testNumber(2), 'Late']] as const;
    for (const document of [about(respect1, ...early), about(respect2, ...early), about(respect2, ...late), about(respect1, ...late)]) {
      expect(await states('stgiles-epaccs', '', document)).toEqual(['stored']);
    }
    const inOrder = await plan('SG-401');
    expect(inOrder.map((each) => each.replaceAll('SG-401', 'SG-402'))).toEqual(await plan('SG-402'));
    expect(inOrder.filter((each) => each.startsWith('["Flag","active"'))).toHaveLength(2);
    expect(inOrder).toContain('["CarePlan","revoked","ReSPECT, version 1, signed 2019-03-04",null,{"start":"2019-03-04"}]');
  });

  it('the same document again changes nothing, and another under its id is refused', async () => {
    const document = about(respect1, 'SG-403', testNumber(3), 'Again');
    expect(await states('stgiles-epaccs', '', document)).toEqual(['stored']);
    expect(await states('stgiles-epaccs', '', `<DistributionEnvelope xmlns="urn:nhs-itk:ns:201005"><payloads><payload>\n${document}</payload></payloads></DistributionEnvelope>`)).not.toContain('stored');
    const before = await storedRows(gateway);
    expect(await states('stgiles-epaccs', '', document.replace('For cardiopulmonary', 'Not for cardiopulmonary'))).toEqual(['quarantined']);
    expect(await storedRows(gateway)).toEqual(before);
  });

  it('a document that is refused leaves nothing, and the next is taken', async () => {
    const before = await storedRows(gateway);
    const attack = await sendFile(gateway, 'stgiles-epaccs', '', exampleText('epaccs-cda', 'bad-doctype', 'xml'));
    expect([attack.task.status, attack.told.map(([code]) => code), attack.rows]).toEqual(['failed', ['xml-doctype'], []]);
    expect(await storedRows(gateway)).toEqual(before);
    expect(await states('stgiles-epaccs', '', about(respect1, 'SG-404', testNumber(4), 'Next'))).toEqual(['stored']);
  });

  it('a slip in an NHS number is caught: every changed digit, every swapped pair, a lost digit', async () => {
    const number = testNumber(5);
    const changed = [...number].flatMap((digit, at) => '0123456789'.split('').filter((other) => other !== digit).map((other) => number.slice(0, at) + other + number.slice(at + 1)));
    const swapped = [...number].slice(1).flatMap((digit, at) => (digit === number[at] ? [] : [number.slice(0, at) + digit + (number[at] ?? '') + number.slice(at + 2)]));
    const people = await citizenCount(gateway);
    const slips = [...changed, ...swapped, number.slice(1), `0${number.slice(1)}`];
    const told = await codes('birmhospice-epaccs', 'person', stringify(slips.map((slip, n) => person({ 'Patient ID': `SLIP-${n}`, 'NHS Number': slip, Surname: `Slip${n}` }))));
    expect(told).toHaveLength(90 + swapped.length + 2);
    expect(new Set(told.map((each) => each.join()))).toEqual(new Set(['nhs-number-invalid', 'nhs-number-format']));
    expect(await citizenCount(gateway)).toBe(people);
  });

  it('spaces and hyphens are no slip, and a number of somebody else is never attached', async () => {
    const [own, other] = [testNumber(6), testNumber(7)];
    const spaced = `${own.slice(0, 3)} ${own.slice(3, 6)} ${own.slice(6)}`;
    const send = (...rows: Row[]): Promise<string[][]> => codes('birmhospice-epaccs', 'person', stringify(rows.map(person)));
    expect(await send({ 'Patient ID': 'N-1', 'NHS Number': spaced, Surname: 'Spaced' }, { 'Patient ID': 'N-2', 'NHS Number': other, Surname: 'Other', 'Date of Birth': '1930-01-01' })).toEqual([[], []]);
    expect(await send({ 'Patient ID': 'N-1', 'NHS Number': spaced.replaceAll(' ', '-'), Surname: 'Spaced' })).toEqual([[]]);
    const people = await citizenCount(gateway);
    // one number for two people, and one person with the number of another
    expect(await send({ 'Patient ID': 'N-3', 'NHS Number': own, Surname: 'Stranger', Forename: 'Zoe', 'Date of Birth': '1955-05-05' }, { 'Patient ID': 'N-1', 'NHS Number': other, Surname: 'Spaced' }))
      .toEqual([['nhs-number-of-another-person'], ['nhs-number-of-another-person']]);
    expect(await citizenCount(gateway)).toBe(people);
  });

  it('a number that is not traced, of somebody with another birth date, is not attached either', async () => {
    const number = testNumber(8);
    const send = (row: Row): Promise<string[][]> => codes('birmhospice-epaccs', 'person', stringify([person({ 'NHS Number': number, ...row })]));
    expect(await send({ 'Patient ID': 'S-1', Surname: 'Traced' })).toEqual([[]]);
    for (const status of ['02', '04', '05']) expect(await send({ 'Patient ID': `S-${status}`, 'NHS Number Status': status, Surname: 'Wrongly', Forename: 'Una', 'Date of Birth': '1966-06-06' })).toEqual([['nhs-number-of-another-person']]);
  });

  it('a resident who left is ended and not deleted, and absence from a later list says nothing', async () => {
    const list = (example: string): string => exampleText('care-home', example, 'json');
    const stay = async (): Promise<unknown> => (await storedRows(gateway, 'EpisodeOfCare')).find(({ resource }) => JSON.stringify(resource).includes('RH-07-1'))?.resource;
    expect(await states('rowanhouse-residents', 'residents', list('rowanhouse-resident-list'))).toEqual(['stored', 'stored']);
    expect(await stay()).toMatchObject({ status: 'active' });
    expect(await states('rowanhouse-residents', 'residents', list('rowanhouse-resident-moves-on'))).toEqual(['stored']);
    expect(await stay()).toMatchObject({ status: 'finished', period: { start: '2023-05-22', end: '2024-04-30' } });
    expect(await states('rowanhouse-residents', 'assessments', list('rowanhouse-trusted-assessment'))).toEqual(['stored']);
    const file = JSON.parse(list('rowanhouse-resident-list')) as { residents: unknown[] };
    await states('rowanhouse-residents', 'residents', JSON.stringify({ residents: file.residents.slice(1) }));
    expect(await stay()).toMatchObject({ status: 'finished' });
  });

  it('the latest code about sharing counts, in whatever order and file the codes come', async () => {
    const patient = firstOf('emis', 'patient-registered');
    const [agreed = {}, dissent = {}] = rowsOf('emis', 'sharing-dissent-taken-back-later');
    const guids = ['{A}', '{B}', '{C}'];
    await states('cocoagrove-emis', 'patient', stringify(guids.map((PatientGuid, n) => ({ ...patient, PatientGuid, NhsNumber: testNumber(10 + n), Surname: `Choice${n}`, DateOfBirth: `194${n}-02-03` }))));
    const send = (...rows: Row[]): Promise<string[]> => states('cocoagrove-emis', 'sharing', stringify(rows));
    await send({ ...dissent, PatientGuid: '{A}' }, { ...agreed, PatientGuid: '{A}' }, { ...agreed, PatientGuid: '{B}' });
    await send({ ...dissent, PatientGuid: '{B}' }, { ...dissent, PatientGuid: '{C}', EffectiveDate: '2025-01-01' });
    await send({ ...agreed, PatientGuid: '{C}' });
    const consents = (await storedRows(gateway, 'Consent')).filter(({ resource }) => JSON.stringify(resource).includes('/cocoagrove/objection'));
    const said = new Map(consents.map(({ resource }) => [(resource['identifier'] as { value: string }[])[0]?.value, [resource['status'], resource['dateTime']]]));
    expect(guids.map((guid) => said.get(guid))).toEqual([['inactive', '2024-01-10'], ['inactive', '2024-01-10'], ['active', '2025-01-01']]);
  });

  describe('what an ambulance crew sees', () => {
    const seen = async (number: string, type: string): Promise<Resource[]> => {
      const citizen = await citizenOf(gateway, 'paramedic', number);
      if (citizen === '') return [];
      const bundle = (await (await gateway.search(type, { patient: `Patient/${citizen}` }, 'paramedic')).json()) as Bundle;
      return (bundle.entry ?? []).flatMap(({ resource, search }) => (resource && search?.mode === 'match' ? [resource] : []));
    };

    it('is every plan of every hospice, each with its date and author, and none made of two', async () => {
      const number = testNumber(20);
      const row = { 'Patient ID': 'C-1', 'NHS Number': number, Surname: 'Crewe', Forename: 'Alice', 'Date of Birth': '1938-02-11', Gender: 'Female' };
      await states('birmhospice-epaccs', 'person', stringify([person(row)]));
      await states('birmhospice-epaccs', 'item', stringify([{ ...firstOf('epaccs-csv', 'plan-signed-in-2019'), 'Patient ID': 'C-1', 'Plan ID': 'C-PLAN', 'Item ID': 'C-IT' }]));
      await states('stgiles-epaccs', '', about(respect2, 'SG-420', number, 'Crewe'));
      const plans = (await seen(number, 'CarePlan')).map((each) => (each.resourceType === 'CarePlan' ? [each.title, each.author?.display, each.period?.start] : []));
      expect(plans.sort()).toEqual([
        ['EPaCCS, version 1, signed 2019-03-04', 'Dr Peter Lowe, general practitioner', '2019-03-04'], ['ReSPECT, version 2, signed 2024-02-12', 'Dr Helen Marsh, St Giles Hospice', '2024-02-12'],
      ]);
      const flags = (await wholeRecord(gateway, 'paramedic', await citizenOf(gateway, 'paramedic', number))).filter((each) => each.resourceType === 'Flag');
      expect(flags.map(({ status, code, author, period }) => [status, code.coding?.[0]?.display, author?.display, period?.start])).toEqual(expect.arrayContaining([
        ['active', 'Not for cardiopulmonary resuscitation', 'Dr Helen Marsh, St Giles Hospice', '2024-02-12'], ['active', 'Has ReSPECT', 'Dr Helen Marsh, St Giles Hospice', '2024-02-12'],
      ]));
    });

    it('is nothing of the hospice the person said no to, until they say yes', async () => {
      const number = testNumber(21);
      const row = { 'Patient ID': 'C-2', 'NHS Number': number, Surname: 'Reticent', Forename: 'Nora' };
      const say = (answer: string, date: string): Promise<string[]> => states('birmhospice-epaccs', 'person', stringify([person({ ...row, 'Consent To Share': answer, 'Consent Date': date })]));
      await say('Not asked', '');
      await states('birmhospice-epaccs', 'item', stringify([{ ...firstOf('epaccs-csv', 'every-item-of-a-plan'), 'Patient ID': 'C-2', 'Plan ID': 'N-PLAN', 'Item ID': 'N-IT' }]));
      expect(await seen(number, 'CarePlan')).toHaveLength(1);
      await say('No', '2024-05-01');
      expect(await seen(number, 'CarePlan')).toEqual([]);
      await say('Yes', '2024-06-01');
      expect(await seen(number, 'CarePlan')).toHaveLength(1);
    });

    it('is nothing the practice marked confidential, row by row or for the whole patient', async () => {
      const number = testNumber(22);
      const patient = { ...firstOf('emis', 'patient-registered'), PatientGuid: '{Q}', NhsNumber: number, Surname: 'Quiet', DateOfBirth: '1933-03-03' };
      const entry = rowsOf('emis', 'coded-entries-and-care-plans').find(({ Term }) => Term === 'End of life care plan') ?? {};
      await states('cocoagrove-emis', 'patient', stringify([patient]));
      await states('cocoagrove-emis', 'observation', stringify([{ ...entry, PatientGuid: '{Q}', ObservationGuid: '{Q1}' }, { ...entry, PatientGuid: '{Q}', ObservationGuid: '{Q2}', IsConfidential: 'true' }]));
      expect(await seen(number, 'CarePlan')).toHaveLength(1);
      await states('cocoagrove-emis', 'patient', stringify([{ ...patient, IsConfidential: 'true' }]));
      expect(await seen(number, 'CarePlan')).toEqual([]);
    });
  });
});
