import { isRealDate } from '../is-real-date.ts';

const dayFirst = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: ([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?)?$/;
const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?)?$/;
const named = /^(\d{1,2}) ([A-Za-z]{3}) (\d{4})(?: ([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?)?$/;
/** Five digits, from 1927 on: a shorter number is a year, or a slip. */
const serial = /^([1-9]\d{4})(?:\.(\d{1,15}))?$/;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Day 0 of a spreadsheet's count: a day early, because the count has a 29 February 1900 that never was. */
const dayZero = Date.UTC(1899, 11, 30);

/**
 * A day, or a day and time, as spreadsheets write it: `dd/mm/yyyy`, `yyyy-mm-dd`, `29 Sep 2011`, each with an optional time,
 * or the number of days the cell holds when its date format was lost (as Windows counts them). Returned as `yyyy-MM-dd` or
 * `yyyy-MM-dd HH:mm`; or why it is no date: none of these forms (a year of two digits may be of either century), or no such day.
 */
export function readSheetDate(value: string): { date: string } | { wrong: 'date-format' | 'date-not-real'; swapped: boolean } {
  const [, days, part] = serial.exec(value) ?? [];
  if (days !== undefined) return fromSerial(Number(days), part);
  const [, day = '', month = '', year = '', hour, minute] = dayFirst.exec(value) ?? [];
  if (year !== '') return dated(Number(year), Number(month), Number(day), hour, minute);
  const [, isoYear = '', isoMonth = '', isoDay = '', isoHour, isoMinute] = iso.exec(value) ?? [];
  if (isoYear !== '') return dated(Number(isoYear), Number(isoMonth), Number(isoDay), isoHour, isoMinute);
  const [, namedDay = '', monthName = '', namedYear = '', namedHour, namedMinute] = named.exec(value) ?? [];
  const index = months.indexOf(monthName.toLowerCase());
  return index < 0 ? { wrong: 'date-format', swapped: false } : dated(Number(namedYear), index + 1, Number(namedDay), namedHour, namedMinute);
}

function dated(year: number, month: number, day: number, hour: string | undefined, minute: string | undefined): ReturnType<typeof readSheetDate> {
  if (!isRealDate(year, month, day)) return { wrong: 'date-not-real', swapped: isRealDate(year, day, month) };
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return { date: hour === undefined ? date : `${date} ${hour.padStart(2, '0')}:${minute}` };
}

function fromSerial(days: number, part: string | undefined): ReturnType<typeof readSheetDate> {
  const minutes = part === undefined ? 0 : Math.round(Number(`0.${part}`) * 1440);
  const text = new Date(dayZero + days * 86_400_000 + minutes * 60_000).toISOString();
  return { date: minutes === 0 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}` };
}
