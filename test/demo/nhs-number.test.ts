import { checkDigit, isNhsNumber, nhsNumberAt, nhsNumberCount } from '../../src/demo/nhs-number.ts';

describe('NHS numbers of the test range', () => {
  it.each(['9990000379', '9990000743', '9990001111', '9990004072', '9990007772', '9434765919'])('accepts %s', (number) => {
    expect(isNhsNumber(number)).toBe(true);
  });

  it.each(['9912003890', '9333333333', '3478526985', '9990000378', '9990000397', '999000037', '99900003790', '999 000 0379', ''])('refuses %p', (number) => {
    expect(isNhsNumber(number)).toBe(false);
  });

  it('has no check digit where it would be ten', () => {
    expect(checkDigit([9, 9, 9, 0, 0, 0, 0, 0, 0])).toBeUndefined();
    expect(checkDigit([9, 9, 9, 0, 0, 0, 0, 3, 7])).toBe(9);
  });

  it('counts exactly the numbers a search of the whole range finds, in the same order', () => {
    let n = 0;
    for (let base = 999_000_000; base <= 999_999_999; base++) {
      const check = checkDigit([...String(base)].map(Number));
      if (check === undefined) continue;
      if (n % 997 === 0 && n < nhsNumberCount) expect(nhsNumberAt(n)).toBe(`${base}${check}`);
      n++;
    }
    expect(nhsNumberCount).toBe(n - 1);
  });

  it('ends before the junk number 9999999999', () => {
    expect(nhsNumberAt(nhsNumberCount - 1)).toBe('9999999980');
    expect(nhsNumberAt(nhsNumberCount)).toBeUndefined();
    expect(nhsNumberAt(-1)).toBeUndefined();
  });
});
