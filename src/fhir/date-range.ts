/** A half-open range [from, to) of UTC instants in ISO form. */
export interface DateRange {
  from: string;
  to: string;
}

const form = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const dayMs = 86_400_000;
const latest = '9999-12-31T23:59:59.999Z';

/**
 * The instants a FHIR date, dateTime or instant covers by its precision: `1940` is that whole year. Without an offset
 * a value is London time, for what is stored and for what is searched alike (FHIR R4 search: the server's own zone).
 * Undefined for what is not a date or does not exist (31 February). Nothing reaches past the year 9999.
 */
export function rangeOf(value: string): DateRange | undefined {
  const span = spanOf(value);
  return span && { from: iso(span.from), to: iso(span.to) };
}

/** The same in milliseconds. */
export function spanOf(value: string): { from: number; to: number } | undefined {
  const parts = form.exec(value);
  if (!parts) return undefined;
  const [year, month, day, hour, minute] = [1, 2, 3, 4, 5].map((i) => (parts[i] === undefined ? undefined : Number(parts[i])));
  if (!year || !exists(year, month, day) || (hour ?? 0) > 23 || (minute ?? 0) > 59 || Number(parts[6] ?? 0) > 60) return undefined;
  const offset = offsetMinutes(parts[8]);
  if (offset === undefined) return undefined;
  if (hour === undefined) return wholeDays(year, month, day);
  const clock = utc(year, (month ?? 1) - 1, day ?? 1) + ((hour * 60 + (minute ?? 0)) * 60 + Number(parts[6] ?? 0)) * 1000 + milliseconds(parts[7]);
  const start = offset === 'none' ? fromLondon(clock) : clock - offset * 60_000;
  const length = parts[6] === undefined ? 60_000 : parts[7] === undefined ? 1000 : 1;
  return { from: start, to: start + length };
}

/** True for a calendar date that exists; month and day may be missing. */
export function exists(year: number, month?: number, day?: number): boolean {
  if (month === undefined) return true;
  if (month < 1 || month > 12) return false;
  return day === undefined || (day >= 1 && day <= new Date(utc(year, month, 0)).getUTCDate());
}

function wholeDays(year: number, month?: number, day?: number): { from: number; to: number } {
  const start = utc(year, (month ?? 1) - 1, day ?? 1);
  const end = day !== undefined ? start + dayMs : month !== undefined ? utc(year, month, 1) : utc(year + 1, 0, 1);
  return { from: fromLondon(start), to: fromLondon(end) };
}

/** `Date.UTC` without its reading of years 0 to 99 as 1900 to 1999. */
function utc(year: number, monthIndex: number, day: number): number {
  return new Date(0).setUTCFullYear(year, monthIndex, day);
}

function iso(ms: number): string {
  if (ms > Date.parse(latest)) return latest;
  return ms < Date.parse('0001-01-01T00:00:00Z') ? '0001-01-01T00:00:00.000Z' : new Date(ms).toISOString();
}

function milliseconds(fraction: string | undefined): number {
  return fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0;
}

function offsetMinutes(zone: string | undefined): number | 'none' | undefined {
  if (zone === undefined) return 'none';
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const london = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeZoneName: 'longOffset' });
const offsets = new Map<number, number>();

/** London wall-clock time (as if it were UTC) → the instant; in the hour that happens twice, the second. */
function fromLondon(clock: number): number {
  return clock - londonOffset(clock - londonOffset(clock));
}

/** How far London is ahead of UTC at an instant, in milliseconds; remembered per hour, within bounds. */
function londonOffset(at: number): number {
  const hour = Math.floor(at / 3_600_000);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const name = london.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const found = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name);
  const size = found ? (Number(found[2]) * 60 + Number(found[3])) * 60_000 + Number(found[4] ?? 0) * 1000 : 0;
  const offset = found?.[1] === '-' ? -size : size;
  if (offsets.size >= 100_000) offsets.clear();
  offsets.set(hour, offset);
  return offset;
}
