import { formatAddress, formatAge, formatConcept, formatContactPoint, formatDate, formatDatesIn, formatDateTime, formatGender, formatName, formatNhsNumber, formatPeriod, formatQuantity, formatReference, instantOf, mainName, notRecorded, preferredName, wordsOf } from '../../src/viewer/format.ts';

const now = new Date('2026-11-22T10:00:00Z');

describe('dates as clinical screens write them', () => {
  test.each([
    ['2026-04-05', '05-Apr-2026'], ['2026-04', 'Apr-2026'], ['2026', '2026'],
    ['2026-04-05T09:05:00+01:00', '05-Apr-2026'], ['2026-06-30T23:30:00Z', '01-Jul-2026'], ['soon', 'soon'], ['', notRecorded], [undefined, notRecorded],
  ])('%s is shown as %s', (text, shown) => expect(formatDate(text)).toBe(shown));

  test.each([
    ['2026-04-05T09:05:00+01:00', '05-Apr-2026 09:05'], ['2026-06-09T08:40:00Z', '09-Jun-2026 09:40'], ['2026-12-09T00:00:00Z', '09-Dec-2026 00:00'], ['2026-04-05', '05-Apr-2026'], [undefined, notRecorded],
  ])('%s with its London time is %s', (text, shown) => expect(formatDateTime(text)).toBe(shown));

  test('days in a sentence of the gateway are written like any other', () => {
    expect(formatDatesIn('In force until the end of 2029-03-31; reference 12-2029-03-31-7.')).toBe('In force until the end of 31-Mar-2029; reference 12-2029-03-31-7.');
  });

  test('an open end of a period is said, not left out', () => {
    expect(formatPeriod({ start: '2026-06-04' })).toBe('Since 04-Jun-2026');
    expect(formatPeriod({ end: '2026-06-04' })).toBe('Until 04-Jun-2026');
    expect(formatPeriod({ start: '2026-05-11T16:00:00+01:00', end: '2026-06-04' })).toBe('11-May-2026 to 04-Jun-2026');
    expect(formatPeriod({ start: '2026-06-09T09:40:00+01:00', end: '2026-06-09T17:05:00+01:00' })).toBe('09-Jun-2026');
    expect(formatPeriod({})).toBe(notRecorded);
    expect(formatPeriod(undefined)).toBe(notRecorded);
  });

  test('a text that is no date has no instant', () => {
    expect(instantOf('2026-06-04')).toBe(Date.UTC(2026, 5, 4));
    expect(instantOf('soon')).toBeUndefined();
    expect(instantOf(undefined)).toBeUndefined();
  });
});

describe('age', () => {
  test.each([
    ['1938-02-11', '88y'], ['1938-11-22', '88y'], ['1938-11-23', '87y'], ['2025-01-23', '21m'], ['2024-11-22', '2y'], ['2025-11-22', '12m'], ['2025-11-23', '52w'], ['2026-10-25', '4w'], ['2026-10-26', '27d'], ['2026-11-22', '0d'], ['1938', undefined], ['1938-02', undefined], ['2027-01-01', undefined], [undefined, undefined],
  ])('of somebody born %s is %s', (born, age) => expect(formatAge(born, now)).toBe(age));

  test('stops at death', () => expect(formatAge('1938-02-11', now, '2020-02-10T08:00:00Z')).toBe('81y'));
  test('turns at midnight in London, not in Greenwich', () => expect(formatAge('1938-06-11', new Date('2026-06-10T23:30:00Z'))).toBe('88y'));
});

describe('names', () => {
  const official = { use: 'official' as const, family: 'Okafor', given: ['Alice', 'Ngozi'], prefix: ['Mrs'] };
  const usual = { use: 'usual' as const, family: 'Okafor', given: ['Ally'] };
  const maiden = { use: 'maiden' as const, family: 'Eze', given: ['Alice'] };

  test('the family name is in capitals, the title behind', () => expect(formatName(official)).toBe('OKAFOR, Alice Ngozi (Mrs)'));
  test('what was typed in capitals is written as a name; initials stay', () => {
    expect(formatName({ family: 'Okafor', given: ['ALICE-MAY', 'J'], prefix: ['MRS'] })).toBe('OKAFOR, Alice-May J (Mrs)');
    expect(formatName({ family: 'Okafor', given: ['Alice', 'AJ'] })).toBe('OKAFOR, Alice AJ');
  });
  test('half a name is shown as the half it is', () => {
    expect(formatName({ family: 'Okafor' })).toBe('OKAFOR');
    expect(formatName({ given: ['Alice'] })).toBe('Alice');
    expect(formatName({ text: 'Baby of Alice Okafor' })).toBe('Baby of Alice Okafor');
    expect(formatName({})).toBe(notRecorded);
    expect(formatName(undefined)).toBe(notRecorded);
  });
  test('the main name is the official one and never a former one', () => {
    expect(mainName([maiden, usual, official])).toBe(official);
    expect(mainName([maiden, usual])).toBe(usual);
    expect(mainName([maiden])).toBeUndefined();
  });
  test('the preferred name is said where it differs', () => {
    expect(preferredName([official, usual])).toBe('Ally');
    expect(preferredName([official, { ...usual, given: ['Alice', 'Ngozi'] }])).toBeUndefined();
    expect(preferredName([official])).toBeUndefined();
  });
});

describe('what nobody gave is said to be so', () => {
  test('a missing value is never blank', () => {
    expect([formatGender(undefined), formatNhsNumber(undefined), formatAddress(undefined), formatAddress({}), formatConcept(undefined), formatConcept({}), formatReference({}), formatQuantity({})]).toEqual(Array(8).fill(notRecorded));
  });
  test('gender that is unknown is not the same as not recorded', () => expect(formatGender('unknown')).toBe('Not known'));
});

test('an NHS number stands three, three, four', () => {
  expect(formatNhsNumber('9990000743')).toBe('999 000 0743');
  expect(formatNhsNumber('12345')).toBe('12345');
});

test('a phone number stays exactly as recorded', () => expect(formatContactPoint({ value: '0121 496 0123', use: 'home' })).toBe('0121 496 0123 (home)'));

test('the words of the sender come before those of the terminology, and those before a code', () => {
  expect(formatConcept({ text: 'Home Support', coding: [{ code: 'home-support', display: 'Home support' }] })).toBe('Home Support');
  expect(formatConcept({ coding: [{ code: 'REHAB' }, { code: '1', display: 'Rehabilitation' }] })).toBe('Rehabilitation');
  expect(formatConcept({ coding: [{ code: 'REHAB' }] })).toBe('REHAB');
});

test('a space stands before the unit, the number as given', () => {
  expect(formatQuantity({ value: 10.5, unit: 'h/wk' })).toBe('10.5 h/wk');
  expect(formatQuantity({ value: 5, comparator: '<', code: 'mg' })).toBe('< 5 mg');
});

test('a code without a display is put into words', () => {
  expect(wordsOf('neighbourhood-team')).toBe('Neighbourhood team');
  expect(wordsOf('careTeam')).toBe('Care team');
});
