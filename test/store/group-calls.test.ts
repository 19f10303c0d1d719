import { groupCalls } from '../../src/store/group-calls.ts';

/** Runs that end when they are told to. */
function heldRuns(): { groups: string[][]; run: (asks: readonly string[]) => Promise<string[]>; release: () => void } {
  const groups: string[][] = [];
  const held: (() => void)[] = [];
  return {
    groups, release: () => held.shift()?.(),
    run: async (asks) => {
      groups.push([...asks]);
      await new Promise<void>((resolve) => held.push(resolve));
      return asks.map((ask) => ask.toUpperCase());
    },
  };
}

it('nobody waits when nothing is on its way', () => {
  const { groups, run } = heldRuns();
  const call = groupCalls(run, { inFlight: 2, together: 10 });
  void call('a');
  void call('b');
  expect(groups).toEqual([['a'], ['b']]);
});

it('who comes while enough is on its way goes together, in order, and gets the own answer', async () => {
  const { groups, run, release } = heldRuns();
  const call = groupCalls(run, { inFlight: 1, together: 3 });
  const answers = ['a', 'b', 'c', 'd', 'e'].map(call);
  while (groups.flat().length < 5) {
    release();
    await new Promise(setImmediate);
  }
  release();
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(groups).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
});

it('one that fails fails alone', async () => {
  const call = groupCalls<string, string>((asks) => (asks.includes('bad') ? Promise.reject(new Error('bad')) : Promise.resolve([...asks])), { inFlight: 1, together: 10 });
  const answers = await Promise.allSettled(['a', 'b', 'bad', 'c'].map(call));
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'failed'))).toEqual(['a', 'b', 'failed', 'c']);
});

it('goes on after a failure', async () => {
  let first = true;
  const call = groupCalls<string, string>((asks) => {
    if (!first) return Promise.resolve([...asks]);
    first = false;
    return Promise.reject(new Error('once'));
  }, { inFlight: 1, together: 10 });
  await expect(call('a')).rejects.toThrow('once');
  expect(await call('b')).toBe('b');
});
