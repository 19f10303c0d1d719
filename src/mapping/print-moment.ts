import type { Zone } from '../fhir/local-time.ts';
import type { Moment } from './time-format.ts';

export type Printed = { text: string; ambiguous?: boolean } | { wrong: 'no-such-date' | 'no-such-time' | 'incomplete' };

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** FHIR `date`: to the precision the text had. */
export function printDate(moment: Moment): Printed {
  const { year, month, day } = moment;
  if (year === undefined) return { wrong: 'incomplete' };
  if (!isCalendarDate(year, month, day)) return { wrong: 'no-such-date' };
  let text = digits(year, 4);
  if (month !== undefined) text += `-${digits(month)}`;
  if (day !== undefined) text += `-${digits(day)}`;
  return { text };
}

/** FHIR `time`: seconds are filled with zero, as FHIR demands them. */
export function printTime(moment: Moment): Printed {
  const { hour, minute, second = 0, fraction } = moment;
  if (hour === undefined || minute === undefined) return { wrong: 'incomplete' };
  if (hour > 23 || minute > 59 || second > 59) return { wrong: 'no-such-time' };
  return { text: `${digits(hour)}:${digits(minute)}:${digits(second)}${fraction === undefined ? '' : `.${fraction}`}` };
}

/**
 * FHIR `dateTime`: a date alone stays a date; with a time it gets the offset it came with, or that of the zone. A time
 * the zone's clocks skipped does not exist; of a time they showed twice the first is taken and said to be ambiguous.
 */
export function printDateTime(moment: Moment, zone: Zone): Printed {
  const date = printDate(moment);
  if ('wrong' in date || moment.hour === undefined) return date;
  const time = printTime(moment);
  if ('wrong' in time) return time;
  const { year = 0, month, day, hour, minute = 0 } = moment;
  if (month === undefined || day === undefined) return { wrong: 'incomplete' };
  const [offset, second] = moment.offset === undefined ? zone.offsetsAt(wallClock(year, month, day, hour, minute)) : [moment.offset];
  if (offset === undefined) return { wrong: 'no-such-time' };
  const text = `${date.text}T${time.text}${printOffset(offset)}`;
  return second === undefined ? { text } : { text, ambiguous: true };
}

function wallClock(year: number, month: number, day: number, hour: number, minute: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute);
  return new Date(0).setUTCFullYear(year, month - 1, day) + (hour * 60 + minute) * 60_000;
}

function isCalendarDate(year: number, month: number | undefined, day: number | undefined): boolean {
  if (year < 1) return false;
  if (month === undefined) return day === undefined;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : daysInMonth[month - 1];
  return days !== undefined && (day === undefined || (day >= 1 && day <= days));
}

function printOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

function digits(value: number, length = 2): string {
  const text = String(value);
  return text.length >= length ? text : text.padStart(length, '0');
}
