import { dayFrom, daysSince, londonDayOf } from '../../src/viewer/read-day.ts';

test.each([
  ['5 4 2026', '2026-04-05'], ['05-Apr-2026', '2026-04-05'], ['5/4/2026', '2026-04-05'], ['5 april 2026', '2026-04-05'], ['2026-04-05', '2026-04-05'], [' 29.2.2024 ', '2024-02-29'],
  ['29 2 2026', undefined], ['31 4 2026', undefined], ['5 4 26', undefined], ['4 2026', undefined], ['', undefined], ['5 4 2026 10', undefined], ['yesterday', undefined],
])('%s is the day %s', (typed, day) => expect(dayFrom(typed)).toBe(day));

test.each([
  ['2026-11-20', 2], ['2026-11-21T23:30:00Z', 1], ['2026-11-22T09:00:00Z', 0], ['2026-11-25', 0], ['2026-11', 0], [undefined, 0],
])('since %s it is %i London days', (text, days) => expect(daysSince(text, new Date('2026-11-22T10:00:00Z'))).toBe(days));

test('a summer night of UTC is the next London day', () => {
  expect([londonDayOf('2026-07-01T23:30:00Z'), londonDayOf('2026-07-01'), londonDayOf('2026')]).toEqual(['2026-07-02', '2026-07-01', undefined]);
});
