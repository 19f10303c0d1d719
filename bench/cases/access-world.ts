import { randomFor, type Random } from '../../src/demo/random.ts';

/** How people of an organisation look: when, how much, and how often at somebody nothing ties them to. */
export interface Place {
  key: string;
  users: number;
  /** looks a day of the usual person */
  looks: number;
  /** hours of the day work is done in, and whether weekends are worked */
  hours: readonly [from: number, to: number];
  weekends: boolean;
  /** share of looks at people the organisation does not care for, rightly */
  unrelated: number;
}

export interface Citizen {
  id: string;
  family: string;
  given: string;
  home: string;
  /** places that care for them */
  places: readonly string[];
}

export interface Looker {
  id: string;
  place: Place;
  family: string;
  given: string;
  /** the citizen they are */
  self: Citizen;
  /** whether the organisation's list says so */
  listed: boolean;
  /** how much they look, 1 being usual */
  pace: number;
}

/** An invented city's places, citizens and those who look. Surnames are Zipf's: few are common, most are rare. */
export interface AccessWorld {
  places: readonly Place[];
  citizens: readonly Citizen[];
  byPlace: ReadonlyMap<string, readonly Citizen[]>;
  lookers: readonly Looker[];
  /** of curiosity to others, and listed */
  prominent: ReadonlySet<string>;
  shareOf: (family: string) => number;
}

const surnames = 20_000;
/** As in a city of 1.3 million with 10,000 who look. */
const citizensPerUser = 130;
const styles: readonly (Omit<Place, 'users'> & { share: number })[] = [
  { key: 'urn:bench|hospital', share: 0.4, looks: 22, hours: [0, 24], weekends: true, unrelated: 0.01 },
  { key: 'urn:bench|community', share: 0.2, looks: 16, hours: [7, 22], weekends: true, unrelated: 0.008 },
  { key: 'urn:bench|council', share: 0.15, looks: 12, hours: [8, 18], weekends: false, unrelated: 0.02 },
  { key: 'urn:bench|mental-health', share: 0.1, looks: 14, hours: [8, 20], weekends: false, unrelated: 0.01 },
  { key: 'urn:bench|practice', share: 0.05, looks: 25, hours: [8, 19], weekends: false, unrelated: 0.002 },
  { key: 'urn:bench|ambulance', share: 0.1, looks: 9, hours: [0, 24], weekends: true, unrelated: 0.6 },
];

export function accessWorld(seed: number, users: number): AccessWorld {
  const places = styles.map(({ share, ...place }): Place => ({ ...place, users: Math.max(4, Math.round(users * share)) }));
  const shares = zipf(surnames);
  const upTo = shares.map(((sum) => (share: number) => (sum += share))(0));
  const citizens = Array.from({ length: users * citizensPerUser }, (_, i) => citizenOf(randomFor(seed, 'citizen', i), i, places, upTo));
  const byPlace = new Map(places.map(({ key }) => [key, citizens.filter((citizen) => citizen.places.includes(key))]));
  const lookers = places.flatMap((place) => Array.from({ length: place.users }, (_, i): Looker => {
    const random = randomFor(seed, 'looker', place.key, i);
    const self = random.pick(citizens);
    return { id: `${place.key.split('|')[1] ?? ''}-${i}`, place, family: self.family, given: self.given, self, listed: random.chance(0.7), pace: 0.4 + random.next() * 1.2 };
  }));
  const chosen = randomFor(seed, 'prominent');
  return { places, citizens, byPlace, lookers, prominent: new Set(Array.from({ length: Math.max(2, Math.round(users / 100)) }, () => chosen.pick(citizens).id)), shareOf: (family) => shares[Number(family.slice(1))] ?? 0 };
}

function citizenOf(random: Random, i: number, places: readonly Place[], upTo: readonly number[]): Citizen {
  const many = random.between(1, 3);
  return {
    id: `c${i}`, family: `f${drawn(random, upTo)}`, given: `g${random.between(0, 400)}`, home: `h${Math.floor(i / 2.4)}`,
    places: [...new Set(Array.from({ length: many }, () => random.pickWeighted(places.map((place) => ({ key: place.key, weight: place.users }))).key))],
  };
}

/** Shares of the first, second … surname. */
function zipf(many: number): number[] {
  const raw = Array.from({ length: many }, (_, i) => 1 / (i + 10));
  const sum = raw.reduce((total, one) => total + one, 0);
  return raw.map((one) => one / sum);
}

/** The place of a draw in sums that grow, by halving. */
function drawn(random: Random, upTo: readonly number[]): number {
  const wanted = random.next() * (upTo.at(-1) ?? 1);
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 1) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
