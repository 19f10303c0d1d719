import { setImmediate as turn } from 'node:timers/promises';
import { createInTurn } from '../../src/flow/intake/in-turn.ts';

/** Works that end when their door is opened, and in which order they began. */
function doors(): { began: string[]; work: (name: string) => () => Promise<string>; open: (name: string) => void } {
  const [began, open] = [[] as string[], new Map<string, () => void>()];
  return {
    began, open: (name) => open.get(name)?.(),
    work: (name) => () => new Promise((resolve) => {
      began.push(name);
      open.set(name, () => { resolve(name); });
    }),
  };
}

it('works that share a key come one after the other, others side by side, and so do those of another owner', async () => {
  const inTurn = createInTurn();
  const { began, work, open } = doors();
  const first = inTurn('one', ['a', 'b'], work('a and b'));
  const second = inTurn('one', ['b', 'c'], work('b and c'));
  const third = inTurn('one', ['c'], work('c'));
  void inTurn('one', ['d'], work('d'));
  void inTurn('one', [], work('none'));
  void inTurn('other', ['b'], work('b of another'));
  await turn();
  expect(began.toSorted()).toEqual(['a and b', 'b of another', 'd', 'none']);
  open('a and b');
  await first;
  await turn();
  expect(began.slice(4)).toEqual(['b and c']);
  open('b and c');
  await second;
  await turn();
  open('c');
  expect([await third, began.at(-1)]).toEqual(['c', 'c']);
});

it('eight of an owner are under way, the next as one ends, and not more than a hundred wait', async () => {
  const inTurn = createInTurn();
  const { began, work, open } = doors();
  const works = Array.from({ length: 100 }, (_, n) => inTurn('one', [], work(`${n}`)));
  await expect(inTurn('one', [], work('one too many'))).rejects.toThrow('writes-waiting');
  const other = inTurn('other', [], () => Promise.resolve('other'));
  expect([await other, began.length]).toEqual(['other', 8]);
  for (let n = 0; n < 100; n += 1) {
    open(`${n}`);
    await works[n];
    await turn();
    expect(began).toHaveLength(Math.min(100, n + 9));
  }
  await expect(inTurn('one', ['last'], () => Promise.resolve('last'))).resolves.toBe('last');
});

it('what fails holds nobody up', async () => {
  const inTurn = createInTurn();
  const failed = inTurn('one', ['a'], () => Promise.reject(new Error('x')));
  await expect(Promise.all([inTurn('one', ['a'], () => Promise.resolve(2)), failed.catch(() => 1)])).resolves.toEqual([2, 1]);
});
