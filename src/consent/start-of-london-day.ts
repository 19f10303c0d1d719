/**
 * The instant at which a calendar day begins in Europe/London: midnight by the clock on the wall, which is 23:00 UTC
 * of the day before in summer time. British clocks change at 01:00 UTC, so midnight happens exactly once every day.
 * `days` moves the calendar day first: the end of a period whose last day is `to` is `startOfLondonDay(to, 1)`.
 *
 * @param day `2026-03-31`, a day that exists
 */
export function startOfLondonDay(day: string, days = 0): Date {
  const midnightUtc = Date.parse(`${day}T00:00:00Z`) + days * dayMs;
  if (Number.isNaN(midnightUtc)) throw new RangeError('not a calendar day');
  const inSummer = midnightUtc - hourMs;
  return new Date(londonHour(inSummer) === 0 ? inSummer : midnightUtc);
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function londonHour(instant: number): number {
  return Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' }).format(instant));
}
