import { readNhsNumber } from '../nhs-number.ts';
import { dayFrom } from '../read-day.ts';
import { strings } from '../strings.ts';

const words = strings.reports;

/** What stands in the boxes; `patient` is an NHS number here and a citizen's id when it is asked. */
export type TypedReport = Readonly<Record<string, string>>;

/** Filters somebody can fill in, in this order. */
export const reportFields = ['patient', 'user', 'organisation', 'agreement', 'clause', 'feed'] as const;

/** Boxes of a report: what it needs; the days beside them. */
export function fieldsOf(name: string): string[] {
  return reportFields.filter((field) => words.needs[name]?.includes(field));
}

/** The filters as the gateway takes them, with the number that has to become a citizen first; or every mistake at once. */
export function readReport(name: string, typed: TypedReport): { filters: Record<string, string>; number: string | undefined } | { mistakes: Record<string, string> } {
  const mistakes: Record<string, string> = name in words.names ? {} : { name: words.noName };
  const filters: Record<string, string> = {};
  let number: string | undefined;
  for (const field of fieldsOf(name)) {
    const value = (typed[field] ?? '').trim();
    const read = field === 'patient' ? readNhsNumber(value) : undefined;
    if (read && read.kind !== 'nhs-number') mistakes[field] = words.noNumber;
    else if (value === '') mistakes[field] = words.missing(words.fields[field] ?? field);
    else if (read?.kind === 'nhs-number') number = read.value;
    else filters[field] = value;
  }
  for (const field of ['from', 'to']) {
    const value = (typed[field] ?? '').trim();
    const day = value === '' ? '' : dayFrom(value);
    if (day === undefined) mistakes[field] = words.noDay;
    else if (day !== '') filters[field] = day;
  }
  return Object.keys(mistakes).length > 0 ? { mistakes } : { filters, number };
}

/** What a reader is shown of a row: columns there are words for, in the words' order. The file has all. */
export function shownColumns(columns: readonly string[]): string[] {
  return Object.keys(words.columns).filter((column) => columns.includes(column));
}
