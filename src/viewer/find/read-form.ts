import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem, readNhsNumber, type TypedNumber } from '../nhs-number.ts';
import { isRealDate, londonToday, monthOf } from '../read-day.ts';
import { strings } from '../strings.ts';

export interface FindValues {
  number: string;
  surname: string;
  day: string;
  month: string;
  year: string;
  /** these two help only to find who may be meant */
  given: string;
  /** FHIR administrative gender; '' where it is not known */
  gender: string;
}

export type FindField = keyof FindValues;

export const nothingTyped: FindValues = { number: '', surname: '', day: '', month: '', year: '', given: '', gender: '' };

export interface FieldError {
  field: FindField;
  message: string;
}

/** A search the API understands, with what is known of the person where they may be meant all the same; or what to put right before there is one. */
export type FindAsked = { kind: 'ask'; form: (readonly [string, string])[]; known?: Patient } | { kind: 'errors'; errors: FieldError[] };

/** What may be chosen; that it is not known is said by choosing none. */
export const genders = ['female', 'male', 'other'] as const;

export type Way = 'number' | 'name';

const words = strings.find.errors;
const oldest = 130;
/** more than one page of people of one name and birthday is a mistake in the question */
const most = '20';

export function readForm(values: FindValues, way: Way, now: Date): FindAsked {
  return way === 'number' ? readNumber(values.number) : readNameAndBirth(values, now);
}

function readNumber(typed: string): FindAsked {
  const read = readNhsNumber(typed);
  if (read.kind === 'nhs-number') return { kind: 'ask', form: [['identifier', `${nhsNumberSystem}|${read.value}`], ['_count', most]] };
  return { kind: 'errors', errors: [{ field: 'number', message: numberMistake(read) }] };
}

/** What keeps something typed from being an NHS number, and what to do about it. */
export function numberMistake(read: Exclude<TypedNumber, { kind: 'nhs-number' }>): string {
  switch (read.kind) {
    case 'empty': return words.number;
    case 'too-short': return words.tooShort(read.digits);
    case 'too-long': return words.tooLong(read.digits);
    case 'wrong-check-digit': return words.wrongCheckDigit;
    case 'national-insurance': return words.nationalInsurance;
    case 'not-digits': return words.notDigits;
  }
}

function readNameAndBirth(values: FindValues, now: Date): FindAsked {
  const surname = values.surname.trim().replaceAll(/\s+/g, ' ');
  const born = readBirthDate(values, now);
  const errors = [...(surname === '' ? [{ field: 'surname' as const, message: words.surname }] : []), ...(typeof born === 'string' ? [] : [born])];
  if (errors.length > 0 || typeof born !== 'string') return { kind: 'errors', errors };
  const given = values.given.trim().replaceAll(/\s+/g, ' ');
  const gender = genders.find((each) => each === values.gender);
  return {
    kind: 'ask', form: [['family', escaped(surname)], ['birthdate', born], ['_count', most]],
    known: { resourceType: 'Patient', name: [{ family: surname, ...(given !== '' && { given: [given] }) }], birthDate: born, ...(gender !== undefined && { gender }) },
  };
}

/** A comma, bar or dollar in a name is no operator of the search (FHIR R4 search, escaping). */
function escaped(text: string): string {
  return text.replaceAll(/[\\$,|]/g, String.raw`\$&`);
}

/** `YYYY-MM-DD`, or the first thing to put right. */
function readBirthDate(values: FindValues, now: Date): string | FieldError {
  const [day, month, year] = [values.day.trim(), values.month.trim(), values.year.trim()];
  if (day === '' && month === '' && year === '') return { field: 'day', message: words.born };
  if (day === '') return { field: 'day', message: words.day };
  if (month === '') return { field: 'month', message: words.month };
  if (!/^\d{4}$/.test(year)) return { field: 'year', message: words.year };
  const monthNumber = monthOf(month);
  if (!/^\d{1,2}$/.test(day) || !isRealDate(Number(year), monthNumber ?? 0, Number(day))) return { field: monthNumber === undefined ? 'month' : 'day', message: words.notADate };
  const date = `${year}-${String(monthNumber).padStart(2, '0')}-${day.padStart(2, '0')}`;
  const today = londonToday(now);
  if (date > today) return { field: 'year', message: words.future };
  return Number(year) < Number(today.slice(0, 4)) - oldest ? { field: 'year', message: words.longAgo } : date;
}
