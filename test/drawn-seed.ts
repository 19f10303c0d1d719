/** A seed for a property that is asked of other cases in every run, printed so that a failure can be met again: `ONESTORY_SEED`. */
export function drawnSeed(suite: string): number {
  const seed = Number(process.env['ONESTORY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`${suite}: ONESTORY_SEED=${seed}\n`);
  return seed;
}
