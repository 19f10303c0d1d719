import { scoreYear } from '../../bench/cases/score-year.ts';
import { shippedCaseRule } from '../audit/cases/shipped-case-rule.ts';

/** The small form of `npm run bench -- cases`: a third of a year of few people. */
const small = { seed: 1979, users: 24, days: 125, ofEach: 2 };

it('a generated year has snoopers, and the shipped rule finds those that cannot be overlooked', () => {
  const { signals, found, looks, cases, casePrecision } = scoreYear(shippedCaseRule(), small);
  expect(looks).toBeGreaterThan(20_000);
  expect(signals.map(({ signal }) => signal)).toHaveLength(10);
  for (const { precision, recall } of signals) expect([precision >= 0 && precision <= 1, recall >= 0 && recall <= 1]).toEqual([true, true]);
  const raised = new Map(signals.map(({ signal, recall }) => [signal, recall]));
  expect([raised.get('no-relationship'), raised.get('own-record'), raised.get('prominent'), raised.get('unreviewed-emergency')]).toEqual([1, 1, 1, 1]);
  expect(found.find(({ kind }) => kind === 'own-record')?.recall).toBe(1);
  expect(cases).toBeGreaterThan(6);
  expect(casePrecision).toBeGreaterThan(0.1);
});

it('it is the same year every time', () => {
  const tiny = { ...small, users: 8, days: 40 };
  const { seconds: _, ...once } = scoreYear(shippedCaseRule(), tiny);
  const { seconds: __, ...again } = scoreYear(shippedCaseRule(), tiny);
  expect(again).toEqual(once);
});
