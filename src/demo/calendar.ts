/** A day as `2026-06-30`. */
export type Day = string;
/** A local London time as `2026-06-30T14:05`. */
export type LocalTime = string;

/** The day the demo is told from: with it left alone, the demo's files are always the same. */
export const demoReferenceDate: Day = '2026-06-30';

const millisPerDay = 86_400_000;

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * millisPerDay).toISOString().slice(0, 10);
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / millisPerDay);
}

export function dayOf(time: LocalTime): Day {
  return time.slice(0, 10);
}

/** Minutes later by the clock on the wall; the generator keeps its times out of the small hours, so none is skipped. */
export function addMinutes(time: LocalTime, minutes: number): LocalTime {
  return new Date(Date.parse(`${time}:00Z`) + minutes * 60_000).toISOString().slice(0, 16);
}

/** Sorts by time; what happened at the same minute keeps its order. */
export function earlierFirst(a: { at: LocalTime }, b: { at: LocalTime }): number {
  return a.at < b.at ? -1 : Number(a.at > b.at);
}

/** First and last day of the calendar quarter the day lies in. */
export function quarterOf(day: Day): { start: Day; end: Day } {
  const year = Number(day.slice(0, 4));
  const first = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3;
  const monthStart = (month: number): Day => new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
  return { start: monthStart(first), end: addDays(monthStart(first + 3), -1) };
}

/** The `count` quarters that end with the one the day lies in, oldest first. */
export function quartersUpTo(day: Day, count: number): { start: Day; end: Day }[] {
  const quarters = [quarterOf(day)];
  while (quarters.length < count) quarters.unshift(quarterOf(addDays(quarters[0]?.start ?? day, -1)));
  return quarters;
}
