const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit' });
const minute = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayMs = 86_400_000;

/** The calendar day in London at an instant, `2026-03-31`. */
export function londonDay(instant: Date): string {
  return calendar.format(instant);
}

/** To the minute in London as screens and letters write it, `05-Apr-2026 09:12`. */
export function londonMinute(instant: Date): string {
  const parts = new Map(minute.formatToParts(instant).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${of('day')}-${of('month').slice(0, 3)}-${of('year')} ${of('hour')}:${of('minute')}`;
}

/** Last day in force of a half-open period that ends at this instant. */
export function lastDayBefore(end: Date): string {
  return londonDay(new Date(end.getTime() - 1));
}

/** Whole calendar days from one day to another; negative when the other is past. */
export function daysFrom(day: string, other: string): number {
  return Math.round((Date.parse(`${other}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / dayMs);
}
