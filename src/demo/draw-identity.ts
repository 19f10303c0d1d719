import { addDays, type Day } from './calendar.ts';
import { communities, type Community } from './names.ts';
import { nhsNumberAt, nhsNumberCount } from './nhs-number.ts';
import type { Person } from './person.ts';
import { inwardCodes, practices, roads } from './places.ts';
import { randomFor, type Random } from './random.ts';

/** The parts of a person that say who they are. */
export type Identity = Omit<Person, 'known' | 'hospital' | 'community' | 'mentalHealth' | 'council'>;

/** NHS numbers of the two people whose stories are told in full: people 0 and 1 of every population. */
const storyNumbers = ['9990000379', '9990000743'] as const;
/** One person in twenty has a number nobody knows. */
const withoutNumberEvery = 20;
/** Steps through the numbers so that neighbours differ; shares no factor with their count. */
const numberStride = 424_243;

/** Who the nth person is. Depends on the seed, the position and the day, on nothing else. */
export function drawIdentity(seed: number, index: number, referenceDate: Day): Identity {
  const random = randomFor(seed, 'identity', index);
  const community = random.pickWeighted(communities);
  const sex = random.chance(0.54) ? 'female' : 'male';
  const family = random.pick(community.families);
  const given = random.pick(sex === 'female' ? community.women : community.men);
  const place = random.pick(roads);
  const address = { line: `${random.between(1, 180)} ${place.road}`, area: place.area, postcode: `${place.district} ${random.pick(inwardCodes)}` };
  const marital = random.pick(['S', 'M', 'M', 'W', 'W', 'D']);
  const kin = random.chance(0.7) ? drawKin(random, { sex, marital, family }, community) : undefined;
  const mobile = random.chance(0.6) ? mobileNumber(random) : undefined;
  const nhsNumber = numberOf(index);
  return {
    index,
    ...(nhsNumber !== undefined && { nhsNumber }),
    traced: nhsNumber !== undefined && random.chance(0.95),
    name: { family, given, title: sex === 'male' ? 'Mr' : random.pick(['Mrs', 'Mrs', 'Miss', 'Ms']) },
    sex,
    birthDate: addDays(referenceDate, -ageInDays(random)),
    ethnicity: { code: community.ethnicity, text: community.ethnicityText },
    language: community.language !== undefined && random.chance(0.5) ? community.language : 'EN',
    marital,
    address,
    phone: landline(random),
    ...(mobile !== undefined && { mobile }),
    practice: random.pick(practices),
    ...(kin && { kin }),
    locationHidden: false,
  };
}

/** A number in the range Ofcom keeps for drama: Birmingham 0121 496 0000 to 0999. */
function landline(random: Random): string {
  return `0121 496 0${threeDigits(random)}`;
}

/** The same for mobiles: 07700 900000 to 900999. */
function mobileNumber(random: Random): string {
  return `07700 900${threeDigits(random)}`;
}

/** The two story numbers are fixed; whoever would have had one has the number its holder would have had. */
function numberOf(index: number): string | undefined {
  const fixed = storyNumbers[index];
  if (fixed !== undefined) return fixed;
  if (index >= nhsNumberCount || index % withoutNumberEvery === withoutNumberEvery - 1) return undefined;
  const drawn = spread(index);
  const taken = storyNumbers.findIndex((number) => number === drawn);
  return taken < 0 ? drawn : spread(taken);
}

function spread(index: number): string | undefined {
  return nhsNumberAt((index * numberStride) % nhsNumberCount);
}

/** Most people in this record are old: three in four are between 65 and 98. */
function ageInDays(random: Random): number {
  const years = random.chance(0.75) ? random.between(65, 97) : random.between(19, 64);
  return years * 365 + random.between(20, 384);
}

/** The husband or wife of the married, a child or a sibling of the others. */
function drawKin(random: Random, of: Pick<Identity, 'sex' | 'marital'> & { family: string }, community: Community): NonNullable<Identity['kin']> {
  const married = of.marital === 'M';
  const female = married ? of.sex === 'male' : random.chance(0.55);
  return {
    family: of.family,
    given: random.pick(female ? community.women : community.men),
    title: female ? 'Mrs' : 'Mr',
    relationship: married ? '1' : random.pick(['9', '9', female ? '14' : '15']),
    phone: mobileNumber(random),
  };
}

function threeDigits(random: Random): string {
  return String(random.between(0, 999)).padStart(3, '0');
}
