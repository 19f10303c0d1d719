import { localTime } from '../../fhir/local-time.ts';
import { isRealDate } from '../is-real-date.ts';

/** An HL7 TS value taken apart; month and day 0 when the sender gave only part of a date. */
export interface Timestamp {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** minutes east of UTC, when the sender wrote one */
  offset?: number;
}

const form = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/;

/** Reads `YYYY[MM[DD[HH[MM[SS[.S]]]]]][+ZZZZ]`; says why not, without the value. Source: HL7 v2.4 chapter 2.9.47. */
export function parseTimestamp(text: string): Timestamp | { code: 'date-format' | 'date-not-real'; text: string } {
  const match = form.exec(text);
  if (!match) {
    const separated = /[-/.]/.test(text.slice(0, 6));
    return { code: 'date-format', text: `is not a date written YYYYMMDD[HHMM[SS]]${separated ? '; it is written with separators, so day and month may be swapped' : ''}` };
  }
  const number = (index: number): number => Number(match[index] ?? 0);
  const read: Timestamp = { year: number(1), month: number(2), day: number(3), hour: number(4), minute: number(5), second: number(6) };
  if (!isRealDate(read.year, match[2] === undefined ? 1 : read.month, match[3] === undefined ? 1 : read.day)) {
    const swapped = isRealDate(read.year, read.day, read.month);
    return { code: 'date-not-real', text: `is a date that does not exist${swapped ? '; day and month may be swapped' : ''}` };
  }
  if (read.hour > 23 || read.minute > 59 || read.second > 59) return { code: 'date-not-real', text: 'is a time of day that does not exist' };
  const zone = match[7];
  return zone === undefined ? read : { ...read, offset: (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) };
}

/**
 * The instant a timestamp names, UTC ISO to the second; without an offset it is local time in `zone`. Undefined for a
 * time the clocks of the zone skipped; a time they showed twice means its first coming.
 */
export function instantOf(read: Timestamp, zone: string): string | undefined {
  const local = Date.UTC(read.year, Math.max(read.month, 1) - 1, Math.max(read.day, 1), read.hour, read.minute, read.second);
  const offset = read.offset ?? localTime(zone).offsetsAt(local)[0];
  return offset === undefined ? undefined : `${new Date(local - offset * 60_000).toISOString().slice(0, 19)}Z`;
}
