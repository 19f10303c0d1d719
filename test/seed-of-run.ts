/**
 * What every property is asked with, in every suite: the same cases in every run, so that a run fails for what was changed and not for
 * what was drawn. `ONESTORY_SEED` is another number, or `any` for one that is drawn and printed.
 */
export function seedOfRun(): number {
  const asked = process.env['ONESTORY_SEED'] ?? '2018';
  if (asked !== 'any') return Number(asked);
  const seed = Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`ONESTORY_SEED=${seed}\n`);
  return seed;
}
