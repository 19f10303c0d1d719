import { expiryWarnings, newWarnings, agreementDates } from '../../src/consent/expiry-warnings.ts';
import { agreement, clause, inForce } from './sharing-cases.ts';

const ending = inForce([clause()], { agreement: agreement([clause()], { period: { start: new Date('2024-03-31T23:00:00Z'), end: new Date('2026-03-31T23:00:00Z') }, reviewDate: '2025-12-01' }) });
const marksAt = (now: string): string[] => expiryWarnings([ending], new Date(now)).map(({ of, days, mark }) => `${of} in ${days}, mark ${mark}`);

it.each([
  ['2025-08-01T12:00:00Z', []],
  ['2025-09-01T22:59:59Z', []],
  ['2025-09-01T23:00:00Z', ['review in 90, mark 90']],
  ['2025-11-01T12:00:00Z', ['review in 30, mark 30']],
  ['2025-11-24T12:00:00Z', ['review in 7, mark 7']],
  ['2025-12-30T12:00:00Z', ['review in -29, mark 7']],
  ['2025-12-31T12:00:00Z', ['end in 90, mark 90', 'review in -30, mark 7']],
  ['2026-03-01T12:00:00Z', ['end in 30, mark 30', 'review in -90, mark 7']],
  ['2026-03-31T22:59:59Z', ['end in 0, mark 7', 'review in -120, mark 7']],
  ['2026-03-31T23:00:00Z', []],
])('at %s it says %j', (now, said) => expect(marksAt(now)).toEqual(said));

it('counts days as London does, over the change of clocks', () => {
  expect(agreementDates(ending, new Date('2026-03-28T23:30:00Z'))).toEqual({ lastDay: '2026-03-31', daysToEnd: 3, reviewDate: '2025-12-01', daysToReview: -117 });
  expect(agreementDates(ending, new Date('2026-03-29T23:30:00Z'))).toMatchObject({ daysToEnd: 1 });
});

it.each<[string, Partial<typeof ending>]>([['a draft', { activatedAt: null }], ['one that was terminated', { terminatedAt: new Date('2026-01-01T00:00:00Z') }]])('says nothing of %s', (_, changes) => {
  expect(expiryWarnings([{ ...ending, ...changes }], new Date('2026-03-20T12:00:00Z'))).toEqual([]);
});

it('tells each mark once, and a narrower one again', () => {
  const at = (day: string) => expiryWarnings([ending], new Date(`${day}T12:00:00Z`));
  expect(newWarnings([], at('2026-01-05')).map(({ of, mark }) => `${of} ${mark}`)).toEqual(['end 90', 'review 7']);
  expect(newWarnings(at('2026-01-05'), at('2026-01-06'))).toEqual([]);
  expect(newWarnings(at('2026-02-28'), at('2026-03-01'))).toEqual([expect.objectContaining({ of: 'end', mark: 30, days: 30 })]);
});
