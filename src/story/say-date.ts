import { daysFrom, londonDay, writtenDay } from '../fhir/london-day.ts';

/** The calendar day in London of a FHIR date, dateTime or instant; a date is a day already, and less than a day stays as it is. */
export function dayOf(when: string): string {
  return when.length <= 10 ? when : londonDay(new Date(when));
}

/** `02-Dec-2026`, `Dec-2026` or `2026`: as precise as it was said. */
export function sayDate(when: string): string {
  return writtenDay(dayOf(when));
}

/** Whole days from a FHIR date to now by the calendar of London; negative for what is to come. Of a month or year its first day counts. */
export function ageInDays(when: string, now: Date): number {
  const day = dayOf(when);
  return daysFrom(day.length === 4 ? `${day}-01-01` : day.padEnd(10, '-01'), londonDay(now));
}

/** `today`, `1 day ago`, `in 12 days`. */
export function sayAge(days: number): string {
  if (days === 0) return 'today';
  const count = `${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'}`;
  return days > 0 ? `${count} ago` : `in ${count}`;
}
