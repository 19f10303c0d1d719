import fc from 'fast-check';
import { suppressSmallNumbers, type Told } from '../../src/consent/suppress-small-numbers.ts';

const told = (counts: readonly number[], smallNumber = 5): { total: Told; counts: Told[] } => {
  const { total, parts } = suppressSmallNumbers(counts.map((count) => ({ count })), smallNumber);
  return { total, counts: parts.map(({ count }) => count) };
};

describe('small numbers of people', () => {
  it.each<[string, number[], Told, Told[]]>([
    ['are told where none is small', [5, 12, 0], 17, [5, 12, 0]],
    ['are hidden, and with one of them the next, which the total would give away', [3, 20, 7], 30, [null, 20, null]],
    ['are hidden by themselves where there are two that make enough', [4, 3, 20], 27, [null, null, 20]],
    ['are hidden with another where together they are small', [1, 2, 20, 6], 29, [null, null, 20, null]],
    ['leave zero as it is', [0, 3, 20, 0, 7], 30, [0, null, 20, 0, null]],
    ['hide a small total and all of it', [1, 2, 0], null, [null, null, 0]],
    ['are everything there is', [4], null, [null]],
    ['need nothing where there is nobody', [0, 0], 0, [0, 0]],
    ['need nothing where there are no parts', [], 0, []],
    ['hide both of two', [2, 9], 11, [null, null]],
  ])('%s', (_, counts, total, parts) => expect(told(counts)).toEqual({ total, counts: parts }));

  it('are what the gateway is told they are', () => {
    expect(told([9, 30, 11], 10)).toEqual({ total: 50, counts: [null, 30, null] });
    expect(told([1, 8], 2)).toEqual({ total: 9, counts: [null, null] });
  });

  it('keeps what else a part says', () => {
    expect(suppressSmallNumbers([{ organisation: 'one', count: 2 }, { organisation: 'two', count: 9 }], 5).parts).toEqual([{ organisation: 'one', count: null }, { organisation: 'two', count: null }]);
  });

  it('cannot be worked out: no small count is told, and what is hidden can be of more than one size', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.nat(12), fc.nat(200)), { maxLength: 8 }), fc.integer({ min: 2, max: 12 }), (counts, smallNumber) => {
      const { total, counts: shown } = told(counts, smallNumber);
      expect(shown.filter((count) => count !== null && count > 0 && count < smallNumber)).toEqual([]);
      const hidden = counts.filter((_, i) => shown[i] === null);
      if (hidden.length === 0 || total === null) return;
      expect(hidden.length).toBeGreaterThan(1);
      expect(hidden.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(smallNumber);
    }));
  });
});
