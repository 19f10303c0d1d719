import { isSmall, usualSmallNumber } from '../../src/consent/suppress-small-numbers.ts';

test.each([[0, false], [1, true], [4, true], [5, false], [1_000, false]])('of %d people the number is left out: %s', (count, small) => {
  expect(isSmall(count, usualSmallNumber)).toBe(small);
});

test('an installation may leave out more, or nothing', () => {
  expect([isSmall(9, 10), isSmall(1, 1)]).toEqual([true, false]);
});
