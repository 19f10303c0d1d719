import { createInTurn } from '../../src/flow/in-turn.ts';

it('works of one key come one after the other, of several side by side, and not more than a hundred wait', async () => {
  const inTurn = createInTurn();
  const [done, doors]: [string[], (() => void)[]] = [[], []];
  const work = (name: string) => (): Promise<void> => new Promise((resolve) => {
    doors.push(() => {
      done.push(name);
      resolve();
    });
  });
  const waiting = Array.from({ length: 100 }, (_, n) => inTurn('one', work(`one ${n}`)));
  const other = inTurn('other', work('other'));
  await expect(inTurn('one', work('one too many'))).rejects.toThrow('writes-waiting');
  await Promise.resolve();
  expect(doors).toHaveLength(2);
  doors[1]?.();
  await other;
  doors[0]?.();
  await waiting[0];
  const last = inTurn('one', () => Promise.resolve('last'));
  for (let n = 1; n < 100; n += 1) {
    doors[n + 1]?.();
    await waiting[n];
  }
  expect([await last, done.length, done[1], done.at(-1)]).toEqual(['last', 101, 'one 0', 'one 99']);
});

it('what fails holds nobody up', async () => {
  const inTurn = createInTurn();
  const failed = inTurn('one', () => Promise.reject(new Error('x')));
  await expect(Promise.all([inTurn('one', () => Promise.resolve(2)), failed.catch(() => 1)])).resolves.toEqual([2, 1]);
});
