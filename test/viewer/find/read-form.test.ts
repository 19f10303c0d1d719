import { nothingTyped, readForm, type FindValues } from '../../../src/viewer/find/read-form.ts';

const now = new Date('2026-11-22T10:00:00Z');
const alice: FindValues = { ...nothingTyped, surname: ' Okafor ', day: '11', month: '2', year: '1938' };

function messages(values: FindValues, way: 'number' | 'name'): string[] {
  const read = readForm(values, way, now);
  return read.kind === 'errors' ? read.errors.map(({ field, message }) => `${field}: ${message}`) : [];
}

describe('finding by NHS number', () => {
  test('asks for the identifier, spaces taken out', () => {
    expect(readForm({ ...nothingTyped, number: '999 000 0743' }, 'number', now)).toEqual({ kind: 'ask', form: [['identifier', 'https://fhir.nhs.uk/Id/nhs-number|9990000743'], ['_count', '20']] });
  });
  test.each([
    ['', /Enter the NHS number/], ['99900', /10 digits; this has 5/], ['99900007431', /10 digits; this has 11/], ['9990000744', /Check each digit against the letter or wristband/], ['QQ123456C', /National Insurance number/], ['abc', /digits only/],
  ])('%j says what to put right', (number, message) => expect(messages({ ...nothingTyped, number }, 'number').join()).toMatch(message));
});

describe('finding by surname and date of birth', () => {
  test('asks for both, and keeps what is known for finding who may be meant', () => {
    const form = [['family', 'Okafor'], ['birthdate', '1938-02-11'], ['_count', '20']];
    expect(readForm(alice, 'name', now)).toEqual({ kind: 'ask', form, known: { resourceType: 'Patient', name: [{ family: 'Okafor' }], birthDate: '1938-02-11' } });
    expect(readForm({ ...alice, given: ' Alice ', gender: 'female' }, 'name', now)).toEqual({ kind: 'ask', form, known: { resourceType: 'Patient', name: [{ family: 'Okafor', given: ['Alice'] }], birthDate: '1938-02-11', gender: 'female' } });
    expect(readForm({ ...alice, gender: 'typed by hand' }, 'name', now)).toMatchObject({ known: { birthDate: '1938-02-11' } });
  });
  test.each(['2', '02', 'Feb', 'feb.', 'FEBRUARY', ' February '])('takes the month as %s', (month) => {
    expect(readForm({ ...alice, month }, 'name', now)).toMatchObject({ kind: 'ask', form: [['family', 'Okafor'], ['birthdate', '1938-02-11'], ['_count', '20']] });
  });
  test('signs that mean something in a search lose their meaning', () => {
    expect(readForm({ ...alice, surname: 'O,k|a$f\\or' }, 'name', now)).toMatchObject({ form: [['family', String.raw`O\,k\|a\$f\\or`], ['birthdate', '1938-02-11'], ['_count', '20']] });
  });
  test('says everything that is missing at once', () => {
    expect(messages(nothingTyped, 'name')).toEqual(['surname: Enter the surname', 'day: Enter the date of birth: day, month and year']);
  });
  test.each([
    [{ day: '' }, /^day: /], [{ month: '' }, /^month: /], [{ year: '38' }, /^year: .*4 digits/], [{ day: '30' }, /^day: .*real date/], [{ month: 'Fbr' }, /^month: .*real date/], [{ month: '13' }, /^month: .*real date/], [{ day: '0' }, /real date/],
    [{ year: '2027' }, /^year: .*future/], [{ year: '1838' }, /^year: .*130 years/],
  ])('%j is refused', (change, message) => expect(messages({ ...alice, ...change }, 'name').join()).toMatch(message));
  test('the 29th of February is real in a leap year only', () => {
    expect(messages({ ...alice, day: '29', year: '1940' }, 'name')).toEqual([]);
    expect(messages({ ...alice, day: '29', year: '1938' }, 'name')).toHaveLength(1);
  });
  test('somebody born today in London is not in the future', () => {
    const justAfterMidnight = new Date('2026-06-30T23:30:00Z');
    expect(readForm({ ...alice, day: '1', month: '7', year: '2026' }, 'name', justAfterMidnight).kind).toBe('ask');
  });
});
