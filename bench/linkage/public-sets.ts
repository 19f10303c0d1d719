import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { wordsOf, normaliseText } from '../../src/fhir/normalise-text.ts';
import { nameWords } from '../../src/linkage/name-words.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';

/** Records of whom it is known who is who. */
export interface LabelledPeople {
  name: string;
  people: PersonFacts[];
  /** records of one person have the same */
  truth: string[];
}

const folder = join(import.meta.dirname, '../../../shared/data');
const readers: readonly [name: string, file: string, read: (row: Row) => { facts: PersonFacts; truth: string }][] = [
  ['febrl1', 'febrl/dataset1.csv', fromFebrl], ['febrl2', 'febrl/dataset2.csv', fromFebrl], ['febrl3', 'febrl/dataset3.csv', fromFebrl],
  ['fake1000', 'splink_fake/fake_1000.csv', fromFake], ['fake20000', 'splink_fake/fake_20000.csv', fromFake],
];

type Row = { [column: string]: string };

/** The public record-linkage sets, read in place, without the number that would give the answer away; none where they are not. */
export function publicSets(): { sets: LabelledPeople[]; absent: string[] } {
  const present = readers.filter(([, file]) => existsSync(join(folder, file)));
  return {
    absent: readers.filter((reader) => !present.includes(reader)).map(([name]) => name),
    sets: present.map(([name, file, read]) => {
      const records = (parse(readFileSync(join(folder, file)), { columns: true, trim: true }) as unknown as Row[]).map(read);
      return { name, people: records.map(({ facts }) => facts), truth: records.map(({ truth }) => truth) };
    }),
  };
}

/** FEBRL 1-3: `rec-1496-dup-0` is a copy of person 1496 with mistakes. */
function fromFebrl(row: Row): { facts: PersonFacts; truth: string } {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(row['date_of_birth'] ?? '') ?? [];
  return {
    truth: row['rec_id']?.split('-')[1] ?? '',
    facts: said({
      ...names(row['given_name'], row['surname']), birthDate: year === undefined ? '' : `${year}-${month}-${day}`, postcode: row['postcode'] ?? '', house: normaliseText(row['street_number'] ?? ''),
      lines: [row['address_1'], row['address_2']].map(words).filter((line) => line !== ''), locality: words(row['suburb']),
    }),
  };
}

function fromFake(row: Row): { facts: PersonFacts; truth: string } {
  const email = (row['email'] ?? '').toLowerCase();
  return {
    truth: row['cluster'] ?? row['group'] ?? '',
    facts: said({ ...names(row['first_name'], row['surname']), birthDate: row['dob'] ?? '', locality: words(row['city']), emails: email === '' ? [] : [email] }),
  };
}

function names(given = '', family = ''): PersonFacts {
  return { local: [], given: nameWords(given), family: nameWords(family).join(' '), otherFamily: [], otherGiven: [] };
}

const words = (text = ''): string => wordsOf(text).join(' ');

/** Without what is empty. */
function said(facts: PersonFacts): PersonFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== '')) as unknown as PersonFacts;
}
