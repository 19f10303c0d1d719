import { communities } from '../../src/demo/names.ts';
import { nhsNumberAt } from '../../src/demo/nhs-number.ts';
import { randomFor, type Random } from '../../src/demo/random.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { cityRecords } from './city.ts';

/** Two people whom a careless rule makes one. */
export interface HardPair {
  kind: string;
  a: PersonFacts;
  b: PersonFacts;
}

type Change = (random: Random, a: PersonFacts, index: number) => { a?: Partial<PersonFacts>; b: Partial<PersonFacts> };

const pairsOfNames: readonly (readonly [string, string])[] = [
  ['amira', 'amina'], ['jayden', 'hayden'], ['ellie', 'ella'], ['harvinder', 'parvinder'], ['alisha', 'aleesha'], ['marie', 'maria'], ['danielle', 'daniella'], ['christian', 'christina'], ['hassan', 'hussain'], ['jan', 'jane'], ['francis', 'frances'], ['sukhdev', 'sukhdeep'],
];
const nextNames: readonly (readonly [string, string])[] = [['ali', 'ahmed'], ['hassan', 'hussain'], ['usman', 'umar'], ['ibrahim', 'yusuf']];
const commonNames: readonly (readonly [string, string])[] = [['mohammed', 'hussain'], ['mohammed', 'mahmood'], ['margaret', 'hadley'], ['susan', 'tranter'], ['surinder', 'gill'], ['abdul', 'rahman']];

/** What makes each kind of pair hard: facts of the first, changed for the second. */
const kinds: { readonly [kind: string]: Change } = {
  'twins': (random, a) => ({ b: { given: [other(random, a.given[0] ?? '')] } }),
  'twins of one sound': (random) => {
    const [x, y] = random.pick(pairsOfNames);
    return { a: { given: [x] }, b: { given: [y] } };
  },
  'twins of one first name, told apart by the next': (random) => {
    const [x, y] = random.pick(nextNames);
    return { a: { given: ['mohammed', x] }, b: { given: ['muhammad', y] } };
  },
  'twins of one first name, of one of whom the next is not said': (random) => ({ a: { given: ['mohammed', random.pick(nextNames)[0]] }, b: { given: ['mohammed'] } }),
  'brother and sister of one short name': () => ({ a: { given: ['christopher'], gender: 'male' }, b: { given: ['chris'], gender: 'female' } }),
  'twins with a phone in common': (random, a) => ({ a: { phones: ['07700900123'] }, b: { phones: ['07700900123'], given: [other(random, a.given[0] ?? '')] } }),
  'parent and child of one name': (random, a) => ({ b: child(random, a) }),
  'parent and child of one name and birthday in another decade': (_, a) => ({ b: { birthDate: `${Number((a.birthDate ?? '1950').slice(0, 4)) + 30}${(a.birthDate ?? '1950-01-01').slice(4)}`, gender: a.gender ?? 'male' } }),
  'birth dates swapped': (random) => swappedDates(random),
  'one address and family': (random, a) => ({ b: { given: [other(random, a.given[0] ?? '')], birthDate: date(random) } }),
  'a common name and birth date, living apart': (random) => {
    const [given, family] = random.pick(commonNames);
    return { a: { given: [given], family }, b: { given: [given], family, ...elsewhere(random), phones: ['07700900999'] } };
  },
  'a common name, birth dates a digit apart': (random, a) => {
    const [given, family] = random.pick(commonNames);
    const birth = a.birthDate ?? '1950-01-01';
    return { a: { given: [given], family }, b: { given: [given], family, birthDate: `${birth.slice(0, 9)}${(Number(birth[9]) + 1) % 10}`, ...elsewhere(random) } };
  },
  'one number, two people': (random, a, index) => ({
    ...numbered(index),
    b: { ...numbered(index).b, given: [other(random, a.given[0] ?? '')], family: 'quite different', birthDate: date(random), ...elsewhere(random) },
  }),
  'a verified number in common: parent and child of one name': (random, a, index) => ({ ...numbered(index), b: { ...numbered(index).b, ...child(random, a) } }),
  'a verified number in common: a stranger of one birthday': (random, a, index) => ({ ...numbered(index), b: { ...numbered(index).b, given: [other(random, a.given[0] ?? '')], family: 'quite different', ...elsewhere(random) } }),
  'a verified number in common: birth dates swapped': (random, _, index) => {
    const { a, b } = swappedDates(random);
    return { a: { ...a, ...numbered(index).a }, b: { ...b, ...numbered(index).b } };
  },
  'a verified number in common: twins': (random, _, index) => {
    const [x, y] = random.pick(nextNames);
    return { a: { ...numbered(index).a, given: [x] }, b: { ...numbered(index).b, given: [y] } };
  },
  'two verified numbers, all else alike': (_, __, index) => ({ a: { nhsNumber: nhsNumberAt(index) ?? '', nhsNumberStatus: '01' }, b: { nhsNumber: nhsNumberAt(index + 500_000) ?? '', nhsNumberStatus: '01' } }),
  'nothing but a name': (_, a) => ({ a: bare(a), b: bare(a) }),
  'an estimated birth date': (_, a) => ({ a: { birthDateEstimated: true }, b: { birthDateEstimated: true, gender: a.gender ?? 'male' } }),
};

function child(random: Random, { birthDate = '1950-01-01' }: PersonFacts): Partial<PersonFacts> {
  return { birthDate: `${Number(birthDate.slice(0, 4)) + random.between(20, 40)}${birthDate.slice(4)}` };
}

function swappedDates(random: Random): { a: Partial<PersonFacts>; b: Partial<PersonFacts> } {
  const [year, month, day] = [random.between(1940, 2010), random.between(1, 6), random.between(7, 12)].map((part) => String(part).padStart(2, '0'));
  return { a: { birthDate: `${year}-${month}-${day}` }, b: { birthDate: `${year}-${day}-${month}`, ...elsewhere(random) } };
}

function numbered(index: number): { a: Partial<PersonFacts>; b: Partial<PersonFacts> } {
  const number = { nhsNumber: nhsNumberAt(index) ?? '', nhsNumberStatus: '01' };
  return { a: number, b: number };
}

export function* hardPairs(seed: number, wanted: number): Generator<HardPair, void, undefined> {
  const names = Object.keys(kinds);
  let index = 0;
  for (const { facts } of cityRecords(seed, wanted * 2)) {
    if (index >= wanted) return;
    const kind = names[index % names.length] ?? '';
    const base: PersonFacts = { ...facts, local: [] };
    delete base.nhsNumber;
    delete base.nhsNumberStatus;
    const change = kinds[kind]?.(randomFor(seed, 'hard', index), base, index);
    if (change) yield { kind, a: { ...base, ...change.a }, b: { ...base, ...change.a, ...change.b } };
    index += 1;
  }
}

function other(random: Random, name: string): string {
  const { women, men } = random.pick(communities);
  const found = random.pick([...women, ...men]).toLowerCase().replace(/[^a-z]/g, '');
  return found === name ? `z${found}` : found;
}

function date(random: Random): string {
  return `${random.between(1930, 2015)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`;
}

function elsewhere(random: Random): Partial<PersonFacts> {
  return { house: `${random.between(200, 400)}`, lines: ['nowhere near street'], locality: 'far end', postcode: `B${random.between(1, 98)}9ZZ`, phones: [], emails: [] };
}

/** Only who somebody says to be. */
function bare({ given, family }: PersonFacts): Partial<PersonFacts> {
  return { given, ...(family !== undefined && { family }), birthDate: '', gender: 'unknown', postcode: '', house: '', lines: [], locality: '', phones: [], emails: [] };
}
