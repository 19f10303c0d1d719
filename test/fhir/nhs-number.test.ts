import fc from 'fast-check';
import { checkNhsNumber, normaliseNhsNumber } from '../../src/fhir/nhs-number.ts';

describe('NHS number', () => {
  it.each(['9990000379', '9990000743', '9990001111', '9990007772', '3333333333'])('%s is one', (number) => {
    expect(checkNhsNumber(number)).toEqual({ kind: 'valid', number });
  });

  it.each([
    ['999 000 0379', '9990000379'],
    ['999-000-0379', '9990000379'],
    ['999\u2013000\u20130379', '9990000379'],
    [' 9990000379\u00a0', '9990000379'],
  ])('%j is read without its spaces and dashes', (written, number) => {
    expect(normaliseNhsNumber(written)).toBe(number);
    expect(checkNhsNumber(written)).toEqual({ kind: 'valid', number });
  });

  it.each([
    ['', 'form'], ['999000037', 'form'], ['99900003790', 'form'], ['999000037X', 'form'], ['AB123456C', 'form'], ['٩٩٩٠٠٠٠٣٧٩', 'form'],
    ['9990000378', 'check-digit'], ['9912003890', 'check-digit'], ['3478526985', 'check-digit'],
    ['0000000000', 'junk'], ['9999999999', 'junk'], ['1111111111', 'junk'],
  ])('%j is refused: %s', (written, reason) => {
    expect(checkNhsNumber(written)).toEqual({ kind: 'invalid', reason });
  });

  it('refuses a nine digit beginning that no check digit can complete', () => {
    const stem = '999000001';
    const valid = Array.from({ length: 10 }, (_, digit) => checkNhsNumber(`${stem}${digit}`)).filter(({ kind }) => kind === 'valid');
    expect(valid.length).toBeLessThanOrEqual(1);
    const uncompletable = Array.from({ length: 1000 }, (_, i) => `999000${String(i).padStart(3, '0')}`)
      .filter((nine) => Array.from({ length: 10 }, (_, digit) => `${nine}${digit}`).every((number) => checkNhsNumber(number).kind === 'invalid'));
    expect(uncompletable.length).toBeGreaterThan(50);
  });

  it('catches every single wrong digit and every two neighbours exchanged', () => {
    const right = fc.constantFrom('9990000379', '9990000743', '9990001111', '9990002592', '9990007403');
    fc.assert(fc.property(right, fc.nat(9), fc.integer({ min: 1, max: 9 }), (number, at, shift) => {
      const digits = [...number];
      digits[at] = String((Number(digits[at]) + shift) % 10);
      expect(checkNhsNumber(digits.join('')).kind).toBe('invalid');
    }));
    fc.assert(fc.property(right, fc.nat(8), (number, at) => {
      const digits = [...number];
      const [a = '', b = ''] = [digits[at], digits[at + 1]];
      fc.pre(a !== b);
      digits.splice(at, 2, b, a);
      expect(checkNhsNumber(digits.join('')).kind).toBe('invalid');
    }));
  });
});
