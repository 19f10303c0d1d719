import { communities } from '../../src/demo/names.ts';
import { nhsNumberAt } from '../../src/demo/nhs-number.ts';
import { randomFor, type Random } from '../../src/demo/random.ts';
import { formsOf } from '../../src/linkage/name-words.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';

/** One partner's record of somebody, as linkage sees it, and who that is. */
export interface CityRecord {
  person: number;
  facts: PersonFacts;
}

interface Person {
  number: number;
  family: string;
  given: string[];
  gender: 'male' | 'female';
  birthDate: string;
  phone: string;
  home: Home;
}
interface Home {
  house: string;
  lines: string[];
  locality: string;
  postcode: string;
  phone: string;
}

const beginnings = 'ash brad bram clif craw dun east fair gran hal hart hol kings lang mar mil nor oak pen rad rams red rock sel sher staf thorn wal west win wood york'.split(' ');
const endings = 'ford ton ley worth wick by ham well man son field stone combe grove more bury den shaw wood land'.split(' ');
const moreGiven = {
  male: 'james oliver noah ethan lucas mason logan jacob harry jack thomas daniel joshua samuel joseph adam ryan aaron callum connor kieran jordan luke nathan'.split(' '),
  female: 'emily olivia amelia isla ava mia grace freya lily sophie ella chloe holly megan jessica hannah leah zoe abigail lucy charlotte ruby amber jade'.split(' '),
};
const letters = 'abdefghjlnpqrstuwxyz';

/** Households of a made-up city, and what its partners hold of each person. The same seed gives the same city, household by household. */
export function* cityRecords(seed: number, people: number): Generator<CityRecord, void, undefined> {
  let made = 0;
  for (let household = 0; made < people; household += 1) {
    for (const person of householdAt(seed, household, made)) {
      if (made >= people) return;
      made += 1;
      yield* recordsOf(seed, person);
    }
  }
}

/** A couple or somebody alone, with or without children: now and then twins, and a son of his father's name. */
function householdAt(seed: number, household: number, first: number): Person[] {
  const random = randomFor(seed, 'household', household);
  const community = random.pickWeighted(communities);
  const home = drawHome(random);
  const family = drawFamily(random, community.families);
  const people: Person[] = [];
  const add = (gender: 'male' | 'female', from: number, to: number, facts: Partial<Person> = {}): Person => {
    const names = gender === 'male' ? [...community.men.map(plain), ...moreGiven.male] : [...community.women.map(plain), ...moreGiven.female];
    const person: Person = {
      number: first + people.length, family, gender, birthDate: drawDate(random, from, to), phone: `07${digits(random, 9)}`, home,
      given: [random.pick(names.filter((name) => !people.some(({ given }) => given[0] === name))), ...(random.chance(0.4) ? [random.pick(names)] : [])], ...facts,
    };
    people.push(person);
    return person;
  };
  const one = add(random.chance(0.5) ? 'male' : 'female', 1935, 2000);
  if (random.chance(0.6)) add(one.gender === 'male' ? 'female' : 'male', 1935, 2000, random.chance(0.2) ? { family: drawFamily(random, community.families) } : {});
  const adult = Math.max(...people.map(({ birthDate }) => Number(birthDate.slice(0, 4)))) + 18;
  const children = random.chance(0.5) && adult <= 2015 ? random.between(1, 3) : 0;
  for (let child = 0; child < children; child += 1) {
    const year = adult + child * random.between(2, 4);
    const named = random.chance(0.02) && one.gender === 'male';
    const born = add(named || random.chance(0.5) ? 'male' : 'female', year, year, named ? { given: [...one.given] } : {});
    if (random.chance(0.015)) add(random.chance(0.66) ? born.gender : 'female', year, year, { birthDate: born.birthDate });
  }
  return people;
}

/** Between one and four partners know a person; each writes it down its own way. */
function* recordsOf(seed: number, person: Person): Iterable<CityRecord> {
  const random = randomFor(seed, 'records', person.number);
  const moved = random.chance(0.08) ? drawHome(random) : person.home;
  const married = person.gender === 'female' && random.chance(0.04) ? drawFamily(random, communities[0]?.families ?? []) : person.family;
  const partners = random.pickWeighted([{ weight: 4, count: 1 }, { weight: 4, count: 2 }, { weight: 2, count: 3 }, { weight: 1, count: 4 }]).count;
  for (let partner = 0; partner < partners; partner += 1) {
    yield { person: person.number, facts: written(random, { ...person, home: partner === 0 ? person.home : moved, family: partner === 0 ? person.family : married }, partner) };
  }
}

function written(random: Random, person: Person, partner: number): PersonFacts {
  const [house, line, locality, postcode] = [person.home.house, person.home.lines, person.home.locality, person.home.postcode];
  const called = random.chance(0.05) ? [random.pick(formsOf(person.given[0] ?? '')), ...person.given.slice(1)] : person.given;
  let [given, family] = [called.map((name) => slip(random, name, 0.02)), slip(random, person.family, 0.03)];
  if (random.chance(0.01)) given = [given[0]?.slice(0, 1) ?? '', ...given.slice(1)];
  if (random.chance(0.004)) [given, family] = [[family], given[0] ?? family];
  const number = nhsNumberAt(person.number);
  const numbered = random.chance(partner === 0 ? 0.95 : 0.6);
  return {
    local: [{ system: `https://fhir.bicp.example/Id/partner-${partner}/person`, value: `${person.number}` }],
    family, given: random.chance(0.3) ? given.slice(0, 1) : given, otherFamily: [], otherGiven: [],
    birthDate: slipDate(random, person.birthDate), gender: random.chance(0.003) ? 'unknown' : person.gender,
    ...(random.chance(0.97) && { postcode: slip(random, postcode, 0.01) }), house, lines: line.map((each) => slip(random, each, 0.04)), locality,
    ...(random.chance(0.5) && { phones: [random.chance(0.4) ? person.home.phone : person.phone] }),
    ...(random.chance(0.3) && { emails: [slip(random, `${person.given[0]}.${person.family.replaceAll(' ', '')}${person.number % 97}@mail.example`, 0.02)] }),
    ...(numbered && number !== undefined && { nhsNumber: number, nhsNumberStatus: random.chance(partner === 0 ? 0.9 : 0.4) ? '01' : '02' }),
  };
}

/** A letter lost, doubled, changed or exchanged with its neighbour. */
function slip(random: Random, text: string, probability: number): string {
  if (text.length < 4 || !random.chance(probability)) return text;
  const at = random.between(1, text.length - 2);
  const [before, here, next, after] = [text.slice(0, at), text[at] ?? '', text[at + 1] ?? '', text.slice(at + 2)];
  return random.pick([`${before}${next}${after}`, `${before}${here}${here}${next}${after}`, `${before}${random.pick([...letters])}${next}${after}`, `${before}${next}${here}${after}`]);
}

function slipDate(random: Random, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  if (random.chance(0.004) && Number(day) <= 12) return `${year}-${day}-${month}`;
  if (random.chance(0.008)) return `${year}-${month}-${String(random.between(1, 28)).padStart(2, '0')}`;
  return date;
}

function drawFamily(random: Random, own: readonly string[]): string {
  if (random.chance(0.35)) return plain(random.pick(own));
  // few names are borne by many and many by few
  const common = (list: readonly string[]): string => list[Math.floor(list.length * random.next() ** 2)] ?? '';
  const name = `${common(beginnings)}${common(endings)}`;
  return random.chance(0.03) ? `${name} ${common(beginnings)}${common(endings)}` : name;
}

function drawHome(random: Random): Home {
  const road = `${random.pick(beginnings)}${random.pick(endings)} ${random.pick(['road', 'street', 'lane', 'avenue', 'close', 'drive', 'croft', 'grove'])}`;
  return {
    house: `${random.between(1, 180)}`, lines: [road], locality: `${random.pick(beginnings)} ${random.pick(['heath', 'green', 'end', 'park', 'wood'])}`,
    postcode: `b${random.between(1, 98)}${random.between(0, 9)}${random.pick([...letters])}${random.pick([...letters])}`.toUpperCase(), phone: `0121${digits(random, 7)}`,
  };
}

function drawDate(random: Random, from: number, to: number): string {
  return `${random.between(from, to)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`;
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.between(0, 9)).join('');
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
