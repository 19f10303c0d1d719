const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit' });
const minute = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayMs = 86_400_000;

/** The calendar day in London at an instant, `2026-03-31`. */
export function londonDay(instant: Date): string {
  return calendar.format(instant);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day, month or year as screens and letters write it: `02-Dec-2026`, `Dec-2026`, `2026`. */
export function writtenDay(date: string): string {
  const [year = '', month, day] = date.split('-');
  return [...(day === undefined ? [] : [day]), ...(month === undefined ? [] : [months[Number(month) - 1] ?? month]), year].join('-');
}

/** A day as people type it, day first, as YYYY-MM-DD: `27 3 1944`, `27/03/1944`, `27-Mar-1944`, `27 March 1944`, `1944-03-27`. Null: no day of the calendar. */
export function readTypedDay(typed: string): string | null {
  const parts = typed.trim().split(/[\s./-]+/);
  const [year = '', month = '', day = ''] = /^\d{4}$/.test(parts[0] ?? '') ? parts : parts.toReversed();
  const named = months.findIndex((name) => month.length >= 3 && month.toLowerCase().startsWith(name.toLowerCase())) + 1;
  const number = named > 0 ? named : Number(month);
  if (parts.length !== 3 || !/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(day) || !Number.isInteger(number)) return null;
  const date = `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? null : date;
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
