import { dayFrom } from '../../src/viewer/read-day.ts';

test.each([
  ['5 4 2026', '2026-04-05'], ['05-Apr-2026', '2026-04-05'], ['5/4/2026', '2026-04-05'], ['5 april 2026', '2026-04-05'], ['2026-04-05', '2026-04-05'], [' 29.2.2024 ', '2024-02-29'],
  ['29 2 2026', undefined], ['31 4 2026', undefined], ['5 4 26', undefined], ['4 2026', undefined], ['', undefined], ['5 4 2026 10', undefined], ['yesterday', undefined],
])('%s is the day %s', (typed, day) => expect(dayFrom(typed)).toBe(day));
