import { sameDistribution } from '../../bench/sharing/same-distribution.ts';
import { randomFor } from '../../src/demo/random.ts';

function sample(name: string, size: number, shift = 0): number[] {
  const random = randomFor(1, name);
  return Array.from({ length: size }, () => random.next() + random.next() + shift);
}

describe('whether two samples are of one distribution', () => {
  it('is likely of two that are, whatever their sizes', () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => sameDistribution(sample(name, 400), sample(`other ${name}`, 700)));
    expect(values.filter((value) => value > 0.05).length).toBeGreaterThanOrEqual(6);
    expect(sameDistribution(sample('a', 100), sample('a', 100))).toBe(1);
  });

  it('is unlikely of one that is shifted a little, and more so the larger they are', () => {
    const [few, many] = [100, 2_000].map((size) => sameDistribution(sample('a', size), sample('b', size, 0.1)));
    expect(many).toBeLessThan(0.001);
    expect(few).toBeGreaterThan(many ?? 1);
  });

  it('is the published value: D = 0.3 of twice a hundred', () => {
    const low = Array.from({ length: 100 }, (_, i) => i);
    expect(sameDistribution(low, low.map((value) => value + 30))).toBeCloseTo(0.000_16, 4);
  });
});
