import { startOfLondonDay } from '../../src/consent/start-of-london-day.ts';

describe('a calendar day in London begins', () => {
  it.each([
    ['2026-01-15', '2026-01-15T00:00:00Z', 'in winter'],
    ['2026-07-15', '2026-07-14T23:00:00Z', 'in summer'],
    ['2026-03-29', '2026-03-29T00:00:00Z', 'on the day the clocks go forward'],
    ['2026-03-30', '2026-03-29T23:00:00Z', 'on the day after'],
    ['2026-10-25', '2026-10-24T23:00:00Z', 'on the day the clocks go back'],
    ['2026-10-26', '2026-10-26T00:00:00Z', 'on the day after that'],
  ])('%s at %s, %s', (day, instant) => expect(startOfLondonDay(day)).toEqual(new Date(instant)));

  it.each([
    ['2026-03-28', '2026-03-29T00:00:00Z'], ['2026-03-29', '2026-03-29T23:00:00Z'], ['2026-10-25', '2026-10-26T00:00:00Z'],
    ['2026-12-31', '2027-01-01T00:00:00Z'], ['2028-02-28', '2028-02-29T00:00:00Z'],
  ])('so %s ends at %s', (day, instant) => expect(startOfLondonDay(day, 1)).toEqual(new Date(instant)));

  it('only if it exists', () => expect(() => startOfLondonDay('2026-13-01')).toThrow(RangeError));
});
