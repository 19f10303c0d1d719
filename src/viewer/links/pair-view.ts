import type { Patient } from '@medplum/fhirtypes';
import { formatAddress, formatDate, formatDateTime, formatGender, formatNhsNumber, notRecorded } from '../format.ts';
import { holdersOf } from '../person/banner/banner-view.ts';
import { strings } from '../strings.ts';
import type { LinkPair } from './link-shapes.ts';
import { nhsNumberSystem } from '../nhs-number.ts';

/** One field of both records, and how much it speaks for one person or two. */
export interface PairRow {
  field: string;
  first: string;
  second: string;
  compared: string;
  /** both say something, and not the same: to be looked at first */
  differs: boolean;
}

const words = strings.links;

type FieldName = keyof typeof words.rows;

/** What each record says of a field, every value it has. */
const read: Readonly<Record<FieldName, (patient: Patient) => readonly string[]>> = {
  family: ({ name }) => (name ?? []).flatMap(({ family }) => family ?? []),
  given: ({ name }) => (name ?? []).flatMap(({ given }) => (given ? [given.join(' ')] : [])),
  birthDate: ({ birthDate }) => (birthDate === undefined ? [] : [formatDate(birthDate)]),
  gender: ({ gender }) => (gender === undefined ? [] : [formatGender(gender)]),
  address: ({ address }) => (address ?? []).map((each) => `${formatAddress(each)}${each.use === 'old' ? ` (${words.old})` : ''}`),
  phone: ({ telecom }) => (telecom ?? []).flatMap(({ system, value }) => (system !== 'email' && value !== undefined ? [value] : [])),
  email: ({ telecom }) => (telecom ?? []).flatMap(({ system, value }) => (system === 'email' && value !== undefined ? [value] : [])),
  number: ({ identifier }) => (identifier ?? []).flatMap(({ system, value }) => (system === nhsNumberSystem && value !== undefined ? [formatNhsNumber(value)] : [])),
  died: ({ deceasedDateTime, deceasedBoolean }) => (deceasedDateTime !== undefined ? [formatDateTime(deceasedDateTime)] : deceasedBoolean === true ? [strings.person.banner.dateNotKnown] : []),
  holders: holdersOf,
};

/** Both records field by field, as they are shown, with the weights of the rule of now. Fewer than two records: nothing to compare. */
export function pairRows({ records, now }: Pick<LinkPair, 'records' | 'now'>): PairRow[] {
  const [one, other] = records;
  if (!one || !other) return [];
  const weights = new Map((now?.fields ?? []).map((each) => [each.field, each]));
  return (Object.keys(words.rows) as FieldName[]).map((field) => {
    const [first, second] = [one, other].map(({ patient }) => [...new Set(read[field](patient))].join('; ') || notRecorded) as [string, string];
    const weight = weights.get(field);
    return { field: words.rows[field], first, second, compared: weight ? words.weight(words.levels[weight.level] ?? weight.level, weight.bits) : words.notCompared, differs: weight ? weight.level !== 'same' : ![first, second].includes(notRecorded) && field !== 'holders' && first.toLowerCase() !== second.toLowerCase() };
  });
}

/** `family: swapped` → `Surname: in the place of the other name` */
export function heldInWords(held: readonly string[]): string[] {
  return held.map((text) => {
    const [, field = '', level = ''] = /^(\w+): (.+)$/.exec(text) ?? [];
    if (field === 'nhsNumber') return words.numbersDiffer;
    const name = (words.rows as Readonly<Record<string, string>>)[field];
    return name === undefined ? text : `${name}: ${words.levels[level] ?? level}`;
  });
}
