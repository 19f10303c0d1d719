import { rangeOf, spanOf } from './date-range.ts';
import { dateOperators } from './search-query.ts';
import type { DateCondition, DateOperator, ValueCondition, ValueTest } from './search-query.ts';
import { splitUnescaped, unescape } from './search-value.ts';

/** Dates, numbers and quantities of a search: a prefix, and a value whose precision says from where to where it reaches. */

/** A condition on a date that rows keep in columns, or undefined where this is no date. */
export function dateCondition(column: DateCondition['column'], part: string): DateCondition | undefined {
  const { op, value } = prefixed(part);
  const range = rangeOf(value.replace(' ', '+')); // a plus sign that was not percent-encoded arrives as a space
  return range && { column, op, ...(op === 'ap' ? widened(range) : range) };
}

/** The same of another date. */
export function dateTests(part: string): Omit<ValueCondition, 'key'> | undefined {
  const { op, value } = prefixed(part);
  const span = spanOf(value.replace(' ', '+'));
  if (!span) return undefined;
  const { from, to } = span;
  const length = op === 'ap' ? to - from : 0;
  const inside = [test('low', '>=', from), test('high', '<=', to)];
  switch (op) {
    case 'eq': return { any: [inside] };
    case 'ne': return { any: [inside], not: true };
    case 'gt': return { any: [[test('high', '>', to)]] };
    case 'lt': return { any: [[test('low', '<', from)]] };
    case 'ge': return { any: [[test('high', '>', to)], inside] };
    case 'le': return { any: [[test('low', '<', from)], inside] };
    case 'sa': return { any: [[test('low', '>=', to)]] };
    case 'eb': return { any: [[test('high', '<=', from)]] };
    case 'ap': return { any: [[test('low', '<', to + length), test('high', '>', from - length)]] };
  }
}

/** A number to search for: `100` reaches from 99.5 to 100.5 where it must be equal; the other prefixes take it as it is. */
export function numberTests(part: string): Omit<ValueCondition, 'key'> | undefined {
  const { op, value } = prefixed(part);
  const bounds = precisionOf(value);
  if (!bounds) return undefined;
  const { number, low, high } = bounds;
  const inside = [test('low', '>=', low), test('high', '<', high)];
  const tenth = Math.abs(number) / 10;
  switch (op) {
    case 'eq': return { any: [inside] };
    case 'ne': return { any: [inside], not: true };
    case 'gt': return { any: [[test('high', '>', number)]] };
    case 'lt': return { any: [[test('low', '<', number)]] };
    case 'ge': return { any: [[test('high', '>=', number)]] };
    case 'le': return { any: [[test('low', '<=', number)]] };
    case 'sa': return { any: [[test('low', '>', number)]] };
    case 'eb': return { any: [[test('high', '<', number)]] };
    case 'ap': return { any: [[test('low', '<=', number + tenth), test('high', '>=', number - tenth)]] };
  }
}

/** `5.4|http://unitsofmeasure.org|mg`, `5.4||mg` or `5.4`: what it must be, and in which unit, as the index names it. */
export function quantityTests(part: string): (Omit<ValueCondition, 'key'> & { unit: string }) | undefined {
  const pieces = splitUnescaped(part, '|').map(unescape);
  const [number = '', system = '', code = ''] = pieces;
  const tests = numberTests(number);
  if (!tests || pieces.length > 3 || pieces.length === 2 || (system !== '' && code === '')) return undefined;
  return { ...tests, unit: code === '' ? '' : `${system}|${code}` };
}

function test(side: ValueTest['side'], is: ValueTest['is'], bound: number): ValueTest {
  return { side, is, bound };
}

function prefixed(part: string): { op: DateOperator; value: string } {
  const op = dateOperators.find((known) => part.startsWith(known));
  return op === undefined ? { op: 'eq', value: part } : { op, value: part.slice(2) };
}

/** Half of the last digit that was written, to either side; worked out in whole numbers, so that the ends are exact. */
function precisionOf(text: string): { number: number; low: number; high: number } | undefined {
  const parts = /^([+-]?)(\d{1,18})(?:\.(\d{1,17}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (!parts) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const scale = Number(exponent) - fraction.length;
  const tenfold = (sign === '-' ? -1n : 1n) * BigInt(whole + fraction) * 10n;
  const at = (digits: bigint): number => Number(`${digits}e${scale - 1}`);
  return { number: Number(text), low: at(tenfold - 5n), high: at(tenfold + 5n) };
}

/** About this date: as much again on either side as the value covers. R4 leaves the width to the server. */
function widened(range: { from: string; to: string }): { from: string; to: string } {
  const length = Date.parse(range.to) - Date.parse(range.from);
  const earliest = Math.max(Date.parse(range.from) - length, Date.parse('0001-01-01T00:00:00Z'));
  const latest = Math.min(Date.parse(range.to) + length, Date.parse('9999-12-31T23:59:59.999Z'));
  return { from: new Date(earliest).toISOString(), to: new Date(latest).toISOString() };
}
