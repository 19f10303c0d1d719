import { checkBirthDate } from '../../src/fhir/check-birth-date.ts';
import type { JsonObject } from '../../src/fhir/json.ts';

const now = new Date('2026-12-31T23:30:00Z');
const found = (patient: JsonObject): string[] => checkBirthDate({ resourceType: 'Patient', ...patient }, now).map(({ code, severity = 'error' }) => `${severity} ${code}`);

describe('a birth date against the calendar', () => {
  it.each<[string, JsonObject, string[]]>([
    ['today', { birthDate: '2026-12-31' }, []],
    ['tomorrow, as another zone has it already', { birthDate: '2027-01-01' }, []],
    ['the day after', { birthDate: '2027-01-02' }, ['error birth-date-future']],
    ['a year to come', { birthDate: '2028' }, ['error birth-date-future']],
    ['a month to come', { birthDate: '2027-02' }, ['error birth-date-future']],
    ['125 years ago', { birthDate: '1901-01-01' }, []],
    ['longer ago', { birthDate: '1900' }, ['warning birth-date-very-old']],
    ['longer ago, of somebody who died', { birthDate: '1900', deceasedBoolean: true }, []],
    ['longer ago, with the day of death', { birthDate: '1900', deceasedDateTime: '1980' }, []],
    ['longer ago, said to be alive', { birthDate: '1900', deceasedBoolean: false }, ['warning birth-date-very-old']],
    ['none', {}, []],
    ['of nobody in care', { resourceType: 'Practitioner', birthDate: '2999' }, []],
  ])('%s', (_, patient, expected) => {
    expect(found(patient)).toEqual(expected);
  });
});
