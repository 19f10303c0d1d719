import type { Encounter, Patient } from '@medplum/fhirtypes';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { feedOf, mappings, message, type MessageFacts } from '../intake/adt.ts';
import { runSource, type Outcome } from './run-example.ts';

/** What real hospital messages get wrong, each with what becomes of it. Numbered as in the list of traps the test set must hold. */

const loaded = mappings();
const { feed, kind } = feedOf('uhb-adt');

beforeAll(() => { loadDefinitions(); });

function outcome(...messages: (MessageFacts | string)[]): Outcome {
  const text = messages.map((each, index) => (typeof each === 'string' ? each : message({ id: `M${index}`, ...each }))).join('');
  return runSource(loaded, kind, feed, '', Buffer.from(text)).outcome;
}

function patientOf(...messages: (MessageFacts | string)[]): Patient & { _birthDate?: { extension?: unknown[] } } {
  return (outcome(...messages).resources ?? []).findLast(({ resourceType }) => resourceType === 'Patient') as unknown as Patient;
}

function encounterOf(...messages: (MessageFacts | string)[]): Encounter {
  return (outcome(...messages).resources ?? []).findLast(({ resourceType }) => resourceType === 'Encounter') as unknown as Encounter;
}

const told = (found: Outcome): string[] => (found.problems ?? []).map(({ code, at }) => `${code} ${at?.field ?? ''}`.trim());

describe('trap 3: patches', () => {
  it('"" deletes, absent keeps', () => {
    const said = { pid: { 13: '0121 496 0001^PRN^PH', 16: 'M' } };
    expect(patientOf({ ...said, at: '20240301080000' }, { event: 'A08', at: '20240302080000', pid: { 13: '""' } })).not.toHaveProperty('telecom');
    expect(patientOf({ ...said, at: '20240301080000' }, { event: 'A08', at: '20240302080000', pid: { 13: '""' } })).toHaveProperty('maritalStatus');
  });

  it.each([['9990000743^^^NHS~H1^^^RRK~X9^^^OTHER'], ['H1^^^RRK~X9^^^OTHER~9990000743^^^NHS'], ['X9^^^OTHER~9990000743^^^^NH~H1^^^RRK']])('identifiers mean the same in any order: %s', (ids) => {
    expect(new Map(patientOf({ pid: { 3: ids } }).identifier?.map(({ system, value }) => [value, system]))).toEqual(new Map([
      ['H1', 'https://fhir.bicp.example/Id/uhb/person'], ['9990000743', 'https://fhir.nhs.uk/Id/nhs-number'], ['X9', 'https://fhir.bicp.example/Id/authority/OTHER'],
    ]));
  });

  it('a destination in the disposition\'s place is taken and told; a disposition there is none', () => {
    const wrong = outcome({ event: 'A03', pv1: { 36: '19' } });
    expect(wrong.log).toContain('PV1-36 holds a discharge destination; PV1-37 is its place');
    expect(encounterOf({ event: 'A03', pv1: { 36: '19' } }).hospitalization?.dischargeDisposition?.coding?.[0]?.code).toBe('19');
    expect(encounterOf({ event: 'A03', pv1: { 36: '2' } }).hospitalization?.dischargeDisposition).toBeUndefined();
    expect(encounterOf({ event: 'A03', pv1: { 36: '19', 37: '54' } }).hospitalization?.dischargeDisposition?.coding?.[0]?.code).toBe('54');
  });

  it('a discharge before its admission, and an update after the discharge, leave the visit finished', () => {
    const [a01, a03, a08] = [{ id: 'B1', at: '20240301080000' }, { event: 'A03', id: 'B2', at: '20240305150000' }, { event: 'A08', id: 'B3', at: '20240306080000' }];
    for (const order of [[a01, a03, a08], [a03, a01, a08], [a08, a03, a01], [a03, a08, a01]]) expect(encounterOf(...order).status).toBe('finished');
  });

  it('a merge and its unmerge say nothing but who is who', () => {
    expect(outcome({ event: 'A40', pv1: null, more: ['MRG|H2^^^RRK'] }, { event: 'A37', pv1: null, more: ['PID|1||H2^^^RRK||OTHER^ONE'] })).toEqual({});
  });
});

describe('trap 4: times', () => {
  it('the hour that comes twice is its first coming, with its offset; the hour that never was is refused', () => {
    expect(encounterOf({ pv1: { 44: '20241027013000' } }).period?.start).toBe('2024-10-27T01:30:00+01:00');
    expect(encounterOf({ pv1: { 44: '20241027023000' } }).period?.start).toBe('2024-10-27T02:30:00+00:00');
    expect(told(outcome({ pv1: { 44: '20240331013000' } }))).toEqual(['date-not-real PV1-44']);
  });

  it('a day and a month swapped, and another way of writing, are refused with their field', () => {
    expect(told(outcome({ pid: { 7: '19381502' } }))).toEqual(['date-not-real PID-7']);
    expect(told(outcome({ pid: { 7: '11/02/1938' } }))).toEqual(['date-format PID-7']);
  });

  it('a year alone stays a year; an estimated birth date says so; a default one is not taken', () => {
    expect(patientOf({ pid: { 7: '1938' } }).birthDate).toBe('1938');
    expect(JSON.stringify(patientOf({ pid: { 7: '19380211', 32: 'ED' } })._birthDate)).toContain('birth-date-estimated');
    expect(patientOf({ pid: { 7: '19380211', 32: 'UD' } }).birthDate).toBeUndefined();
  });

  it('1 January 1900 is no birth date and 31 December 9999 no discharge, and that is told', () => {
    const found = outcome({ pid: { 7: '19000101' }, pv1: { 45: '99991231' } });
    expect(told(found)).toEqual(['date-placeholder PID-7', 'date-placeholder PV1-45']);
    expect(patientOf({ pid: { 7: '19000101' } }).birthDate).toBeUndefined();
    expect(encounterOf({ pv1: { 44: '20240301', 45: '99991231' } }).period).toEqual({ start: '2024-03-01' });
  });
});

describe('trap 5: sex', () => {
  it.each([['0', 'unknown'], ['1', 'male'], ['2', 'female'], ['9', 'other'], ['M', 'male'], ['F', 'female'], ['U', 'unknown'], ['I', 'other'], ['X', 'other'], ['Female', 'female']])('%s is %s', (sex, gender) => {
    expect(patientOf({ pid: { 8: sex } }).gender).toBe(gender);
  });

  it('a word nobody agreed on is told and nothing is guessed; a sex at birth is never made of it', () => {
    expect(told(outcome({ pid: { 8: 'Q' } }))).toEqual(['code-not-in-table person.PID.f8.c1']);
    expect(patientOf({ pid: { 8: 'Q' } }).gender).toBeUndefined();
    expect(JSON.stringify(patientOf({ pid: { 8: '1' } }))).not.toMatch(/birth-?sex/i);
  });
});

describe('trap 6: ethnic category', () => {
  const codes = (said: string): (string | undefined)[] => {
    const extension = patientOf({ pid: { 22: said } }).extension?.find(({ url }) => url.endsWith('EthnicCategory'));
    return (extension?.valueCodeableConcept?.coding ?? []).map(({ system, code }) => `${system?.split('/').at(-1) ?? ''}|${code ?? ''}`);
  };
  it('a local suffix keeps both codes; not stated, not known and blank are three things', () => {
    expect(codes('C22')).toEqual(['UKCore-EthnicCategoryEngland|C', 'uhb-ethnic-category|C22']);
    expect([codes('Z'), codes('99'), codes('')]).toEqual([['UKCore-EthnicCategoryEngland|Z'], ['UKCore-EthnicCategoryEngland|99'], []]);
  });
});

describe('trap 7: addresses', () => {
  it('no fixed abode is said as sent; a default address is not taken', () => {
    expect(patientOf({ pid: { 11: 'NO FIXED ABODE^^^^ZZ99 3VZ^^H' } }).address).toMatchObject([{ postalCode: 'ZZ99 3VZ' }]);
    expect(patientOf({ pid: { 11: '1 LANE^^^^B1 1XX^^H', 32: 'UA' } }).address).toBeUndefined();
  });

  it('a new address replaces the old one, and temporary and postal ones stand beside it', () => {
    const address = patientOf({ at: '20240301', pid: { 11: '1 OLD^^^^B1 1XX^^H' } }, { event: 'A31', at: '20240302', pv1: null, pid: { 11: '2 NEW^^^^B2 2XX^^H~3 WARD^^^^B3 3XX^^TMP~PO 4^^^^B4 4XX^^PST' } }).address;
    expect(address?.map(({ use, type, postalCode }) => [use, type, postalCode])).toEqual([['home', undefined, 'B2 2XX'], ['temp', undefined, 'B3 3XX'], ['home', 'postal', 'B4 4XX']]);
  });

  it.each([['1'], ['2']])('location hiding %s labels the person', (flag) => {
    expect(patientOf({ more: [`ZU8||||${flag}`] }).meta?.security).toMatchObject([{ code: 'LOCIS' }]);
    expect(patientOf({ more: ['ZU8||||0'] }).meta).toBeUndefined();
  });
});

describe('trap 8: practice codes', () => {
  it.each([['M85001', 'M85001'], ['P81001', 'P81001'], ['M85002 001', 'M85002001'], ['M85002001', 'M85002001']])('%s is the practice %s, in the directory or not', (sent, code) => {
    const [practice] = patientOf({ more: [`PD1|||A SURGERY^^${sent}`] }).generalPractitioner ?? [];
    expect(practice).toMatchObject({ type: 'Organization', display: 'A SURGERY', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: code } });
  });

  it('a practice that closed gives way to the one named last; blank keeps it', () => {
    const moved = (...practices: string[]): string[] => (patientOf(...practices.map((practice, index) => ({ event: 'A31', pv1: null, at: `2024030${index + 1}080000`, more: [`PD1|||${practice}`] }))).generalPractitioner ?? []).map(({ identifier }) => identifier?.value ?? '');
    expect(moved('CLOSED^^M85999', 'OTHER^^M85001')).toEqual(['M85001']);
    expect(moved('CLOSED^^M85999', '')).toEqual(['M85999']);
    expect(moved('CLOSED^^M85999', '""')).toEqual([]);
  });
});

describe('what a hospital message says about sharing', () => {
  const choices = (...words: string[]) => (outcome(...words.map((word, index) => ({ event: 'A31', pv1: null, at: `2024030${index + 1}080000`, more: [`ZU8|||${word}`] }))).resources ?? [])
    .filter(({ resourceType }) => resourceType === 'Consent').map((consent) => [(consent['identifier'] as { system: string }[])[0]?.system.split('/').at(-1), consent['status'], consent['dateTime']]);

  it('wanting no Summary Care Record closes this one too, until it is taken back; blank says nothing', () => {
    expect(choices('No').at(-1)).toEqual(['summary-consent', 'active', '2024-03-01T08:00:00Z']);
    expect(choices('No', '').at(-1)).toEqual(['summary-consent', 'active', '2024-03-01T08:00:00Z']);
    expect(choices('No', 'Yes').at(-1)).toEqual(['summary-consent', 'inactive', '2024-03-02T08:00:00Z']);
    expect([choices('Yes'), choices('')]).toEqual([[], []]);
  });
});

describe('trap 9: discharge destinations of both generations', () => {
  it.each([['54', 'UKCore'], ['65', 'UKCore'], ['85', 'UKCore'], ['38', 'UKCore'], ['55', 'supplement'], ['56', 'supplement'], ['40', 'supplement'], ['42', 'supplement'], ['89', 'supplement']])('%s is known, from the %s list', (code, list) => {
    for (const field of [36, 37]) {
      const [coding] = encounterOf({ event: 'A03', pv1: { [field]: code } }).hospitalization?.dischargeDisposition?.coding ?? [];
      expect(coding).toMatchObject({ code, system: expect.stringContaining(list) });
    }
  });
});

describe('trap 13: death', () => {
  it('an indicator without a date is a death without a date, told by the hospital and so informal', () => {
    const dead = patientOf({ pid: { 30: 'Y' } });
    expect(dead).toMatchObject({ deceasedBoolean: true });
    expect(JSON.stringify(dead.extension)).toMatch(/DeathNotificationStatus.*"Informal"/);
    expect(patientOf({ pid: { 29: '20240301', 30: 'Y' } })).toMatchObject({ deceasedDateTime: '2024-03-01' });
  });

  it('an appointment after the death is stored and changes nothing about it', () => {
    const died = { at: '20240301080000', pid: { 29: '20240301', 30: 'Y' } };
    const later = { event: 'A05', at: '20240401080000', pv1: { 2: 'P', 19: 'V2' } };
    expect(patientOf(died, later)).toMatchObject({ deceasedDateTime: '2024-03-01' });
    expect(encounterOf(died, later)).toMatchObject({ status: 'planned' });
  });
});
