import { isRealDate } from '../is-real-date.ts';
import type { Column } from '../types.ts';

export type GuessedType = NonNullable<Column['format']> | 'other-date';

/** Ways of writing a date that maps read with toDate(v, format). */
const otherDates: readonly [form: RegExp, format: string][] = [
  [/^\d{1,2}\/\d{1,2}\/\d{4}$/, 'd/M/yyyy'], [/^\d{1,2}-\d{1,2}-\d{4}$/, 'd-M-yyyy'], [/^\d{1,2} [A-Za-z]{3} \d{4}$/, 'd MMM yyyy'], [/^\d{8}$/, 'yyyyMMdd'],
];

/** What all these values seem to be; `text` where they are nothing in particular, undefined where there are none. */
export function guessType(values: readonly string[]): { type: GuessedType; dateFormat?: string } | undefined {
  if (values.length === 0) return undefined;
  const all = (test: (value: string) => boolean): boolean => values.every(test);
  if (all(isIsoDate)) return { type: 'date' };
  if (all((value) => isIsoDate(value.slice(0, 10)) && /^.{10}[T ]\d{2}:\d{2}(:\d{2})?$/.test(value))) return { type: 'dateTime' };
  if (all((value) => /^\d{3}[ -]?\d{3}[ -]?\d{4}$/.test(value))) return { type: 'nhs-number' };
  const other = otherDates.find(([form]) => all((value) => form.test(value)) && (form.source !== '^\\d{8}$' || all((value) => isIsoDate(value.replace(/(....)(..)(..)/, '$1-$2-$3')))));
  if (other) return { type: 'other-date', dateFormat: other[1] };
  if (all((value) => /^(true|false|yes|no|y|n)$/i.test(value))) return { type: 'boolean' };
  // a leading zero makes it a code
  if (all((value) => /^-?(?:0|[1-9]\d{0,14})$/.test(value))) return { type: 'integer' };
  if (all((value) => /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/.test(value))) return { type: 'decimal' };
  return { type: 'text' };
}

function isIsoDate(value: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  return year !== '' && isRealDate(Number(year), Number(month), Number(day));
}

/** `Patient ID` → `patientId`: a name for the map, which no other has. */
export function nameFrom(header: string, taken: ReadonlySet<string>): string {
  const words = header.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, ' ').trim().split(' ').filter((word) => word !== '');
  const joined = words.map((word, index) => (index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())).join('');
  const name = /^[a-z]/.test(joined) ? joined : `field${joined}`;
  for (let number = 2, free = name; ; number += 1) {
    if (!taken.has(free)) return free;
    free = `${name}${number}`;
  }
}

/** Whether a field's name says that it is the sender's own id of a person. */
export function namesPerson(name: string): boolean {
  return /(person|patient|client|citizen|resident|service.?user|local|hospital).*(id|identifier|number|no|key)$/i.test(name.trim()) && !/nhs/i.test(name);
}
