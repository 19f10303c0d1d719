import { readNhsNumber } from '../../src/viewer/nhs-number.ts';

describe('what is typed or pasted into the box for an NHS number', () => {
  test.each(['9990000743', '999 000 0743', '999-000-0743', '999.000.0743', ' 999\u00A0000\u20110743\n', '999–000–0743', '９９９ ０００ ０７４３'])('%j is a number', (typed) => {
    expect(readNhsNumber(typed)).toEqual({ kind: 'nhs-number', value: '9990000743' });
  });

  test.each(['', '   ', ' - '])('%j is nothing', (typed) => expect(readNhsNumber(typed)).toEqual({ kind: 'empty' }));

  test('too few and too many digits are counted', () => {
    expect(readNhsNumber('999 000 074')).toEqual({ kind: 'too-short', digits: 9 });
    expect(readNhsNumber('999 000 0743 3')).toEqual({ kind: 'too-long', digits: 11 });
  });

  test.each(['9990000744', '9990000734', '0990000743'])('%s has a wrong check digit', (typed) => expect(readNhsNumber(typed)).toEqual({ kind: 'wrong-check-digit' }));

  test('no number has a check digit of ten', () => {
    const all = Array.from({ length: 10 }, (_, digit) => readNhsNumber(`999000006${digit}`).kind);
    expect(all.filter((kind) => kind === 'nhs-number').length).toBeLessThanOrEqual(1);
  });

  test.each(['QQ 12 34 56 C', 'qq123456c', 'QQ123456'])('%s is told apart as a National Insurance number', (typed) => expect(readNhsNumber(typed)).toEqual({ kind: 'national-insurance' }));

  test.each(['NHS 999 000 0743', '999OOO0743', 'okafor'])('%s is not digits', (typed) => expect(readNhsNumber(typed)).toEqual({ kind: 'not-digits' }));
});
