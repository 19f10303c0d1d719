import { spanOf } from './date-range.ts';
import { isJsonObject, textOf, type Json } from './json.ts';

/** From where to where a value reaches: dates in milliseconds since 1970, half-open; numbers as they are, both ends included. */
export interface Range {
  low: number;
  high: number;
}

/** A date, dateTime, instant, Period or Timing. A side that says nothing readable is unbounded; one that says nothing at all is no date. */
export function dateRangeOf(value: Json | undefined): Range | undefined {
  if (typeof value === 'string') return asRange(spanOf(value));
  if (!isJsonObject(value)) return undefined;
  if ('event' in value || 'repeat' in value) return timingRange(value['event'], isJsonObject(value['repeat']) ? value['repeat']['boundsPeriod'] : undefined);
  const start = typeof value['start'] === 'string' ? spanOf(value['start']) : undefined;
  const end = typeof value['end'] === 'string' ? spanOf(value['end']) : undefined;
  return start || end ? { low: start?.from ?? -Infinity, high: end?.to ?? Infinity } : undefined;
}

/** Of what is repeated, only the outer limits are looked at (FHIR R4 search, date). */
function timingRange(events: Json | undefined, bounds: Json | undefined): Range | undefined {
  const ranges = [...(Array.isArray(events) ? events : []), bounds].flatMap((each) => dateRangeOf(each) ?? []);
  return ranges.length === 0 ? undefined : { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

function asRange(span: { from: number; to: number } | undefined): Range | undefined {
  return span && { low: span.from, high: span.to };
}

/** A number, or a Quantity, Money or Range with all the ways its unit is asked for: `` any, `system|code`, `|unit`. */
export function quantityOf(value: Json | undefined): { range: Range; units: string[] } | undefined {
  const plain = numberOf(value);
  if (plain !== undefined) return { range: { low: plain, high: plain }, units: [''] };
  if (!isJsonObject(value)) return undefined;
  if ('low' in value || 'high' in value) {
    const [low, high] = [quantityOf(value['low']), quantityOf(value['high'])];
    return low || high ? { range: { low: low?.range.low ?? -Infinity, high: high?.range.high ?? Infinity }, units: (low ?? high)?.units ?? [''] } : undefined;
  }
  const number = numberOf(value['value']);
  if (number === undefined) return undefined;
  const { comparator, system, code, unit, currency } = value;
  const below = comparator === '<' || comparator === '<=';
  const above = comparator === '>' || comparator === '>=';
  const said = [code, unit, currency].map(textOf).filter((each) => each !== '');
  const exact = typeof system === 'string' && typeof code === 'string' ? [`${system}|${code}`] : typeof currency === 'string' ? [`urn:iso:std:iso:4217|${currency}`] : [];
  return { range: { low: below ? -Infinity : number, high: above ? Infinity : number }, units: [...new Set(['', ...exact, ...said.map((each) => `|${each}`)])] };
}

/** Decimals may have been kept as they were written. */
function numberOf(value: Json | undefined): number | undefined {
  const number = isJsonObject(value) && typeof value['rawJSON'] === 'string' ? Number(value['rawJSON']) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
