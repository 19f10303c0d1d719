import { keepRecent, rememberRecent } from '../../src/fhir/remember-recent.ts';

it('as many are kept as there is room for; those not asked for longest go first', () => {
  const made: string[] = [];
  const remember = rememberRecent<string>(3);
  const ask = (key: string): string => remember(key, () => { made.push(key); return key; });
  for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) expect(ask(key)).toBe(key);
  expect(made).toEqual(['a', 'b', 'c', 'd', 'b']);
});

it('what is put anew takes the place of the old, and what is forgotten is gone', () => {
  const kept = keepRecent<number>(2);
  kept.set('a', 1);
  kept.set('b', 2);
  kept.set('a', 3);
  kept.set('c', 4);
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([3, undefined, 4]);
  kept.delete('a');
  expect([kept.get('a'), kept.get('c')]).toEqual([undefined, 4]);
  kept.clear();
  expect(kept.get('c')).toBeUndefined();
});
