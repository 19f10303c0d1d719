import { median } from '../compare-servers.ts';

/** One side of a comparison: the nth thing it is asked for. */
export type Side = (n: number) => Promise<unknown>;

/** Milliseconds each side took for each of so many things, asked for one at a time and in turns: what else goes on meets all alike. */
export async function takeTurns(sides: readonly Side[], count: number): Promise<number[][]> {
  const times = sides.map((): number[] => []);
  for (let n = -Math.ceil(count / 10); n < count; n += 1) {
    for (const place of sides.keys()) {
      const turn = (place + Math.abs(n)) % sides.length; // nobody is always first
      const started = performance.now();
      await sides[turn]?.(Math.abs(n));
      if (n >= 0) times[turn]?.push(performance.now() - started);
    }
  }
  return times;
}

/** Medians of the first side and of the second. */
export async function compareTwo(ours: Side, theirs: Side, count: number): Promise<[ours: number, theirs: number]> {
  const [our = [], their = []] = await takeTurns([ours, theirs], count);
  return [median(our), median(their)];
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
