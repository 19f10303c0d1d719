import { readNhsNumber } from '../nhs-number.ts';
import { strings } from '../strings.ts';

export interface TypedDay {
  day: string;
  month: string;
  year: string;
}

/** What stands in the boxes. */
export interface TypedSearch {
  number: string;
  person: string;
  /** `system|value`, or empty for any */
  organisation: string;
  /** a clause, an agreement in one version, or an agreement: `id`, `id version`, `id version clause` */
  policy: string;
  from: TypedDay;
  to: TypedDay;
}

/** What is asked of the log; `citizen` is the id of a citizen, never a number. */
export interface LogSearch {
  citizen?: string;
  person?: string;
  organisation?: string;
  policy?: string;
  /** London days, both included */
  from?: string;
  to?: string;
}

export type Field = 'number' | 'person' | 'policy' | 'from' | 'to';
export type Mistakes = Partial<Record<Field, string>>;

export const pageSize = 50;
export const emptyDay: TypedDay = { day: '', month: '', year: '' };
export const emptySearch: TypedSearch = { number: '', person: '', organisation: '', policy: '', from: emptyDay, to: emptyDay };

const mistakes = strings.whoLooked.mistakes;

/** The search as typed, with the NHS number beside it that has to be turned into a citizen first; or every mistake at once. */
export function readSearch(typed: TypedSearch): { search: LogSearch; number: string | undefined } | { mistakes: Mistakes } {
  const number = readNhsNumber(typed.number);
  const [from, to] = [readDay(typed.from), readDay(typed.to)];
  const person = typed.person.trim().replace(/\s+/g, ' ');
  const policy = typed.policy.trim().split(/\s+/).filter((part) => part !== '');
  const found: Mistakes = {
    ...((policy.length > 3 || policy.some((part) => !/^[A-Za-z0-9.-]{1,64}$/.test(part))) && { policy: mistakes.policy }),
    ...(number.kind !== 'nhs-number' && number.kind !== 'empty' && { number: mistakes.number[number.kind] }),
    ...(person !== '' && !/[\p{L}\p{N}]/u.test(person) && { person: mistakes.person }),
    ...(from === null && { from: mistakes.day }),
    ...(to === null && { to: mistakes.day }),
    ...(from && to && from > to && { to: mistakes.order }),
  };
  if (Object.keys(found).length > 0) return { mistakes: found };
  return {
    search: {
      ...(person !== '' && { person }),
      ...(typed.organisation !== '' && { organisation: typed.organisation }),
      ...(policy.length > 0 && { policy: policy.join(':') }),
      ...(from && { from }),
      ...(to && { to }),
    },
    number: number.kind === 'nhs-number' ? number.value : undefined,
  };
}

/** The form that is posted to AuditEvent/_search. */
export function formOf({ citizen, person, organisation, policy, from, to }: LogSearch): [string, string][] {
  const form: [string, string][] = [];
  if (citizen !== undefined) form.push(['patient', `Patient/${citizen}`]);
  if (person !== undefined) form.push(['agent-name', escaped(person)]);
  if (organisation !== undefined) form.push(['agent:identifier', organisation]);
  if (policy !== undefined) form.push(['policy:below', `urn:onestory:agreement:${policy}`]);
  if (from !== undefined) form.push(['date', `ge${from}`]);
  if (to !== undefined) form.push(['date', `le${to}`]);
  return [...form, ['_count', String(pageSize)]];
}

/** FHIR R4 search, 3.1.1.5.2: `,`, `|` and `$` separate values unless a backslash stands before them. */
function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, (sign) => `\\${sign}`);
}

/** `2026-11-01`; undefined when all boxes are empty, null when it is no day of the calendar. */
export function readDay({ day, month, year }: TypedDay): string | undefined | null {
  const parts = [year, month, day].map((part) => part.trim());
  if (parts.every((part) => part === '')) return undefined;
  const [y = '', m = '', d = ''] = parts;
  if (!/^\d{4}$/.test(y) || !/^\d{1,2}$/.test(m) || !/^\d{1,2}$/.test(d)) return null;
  const text = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? null : text;
}
