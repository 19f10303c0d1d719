import { demoReferenceDate, type Day } from './calendar.ts';
import { cast } from './cast.ts';
import { drawCare } from './draw-care.ts';
import { drawIdentity } from './draw-identity.ts';
import { demoPartners, type DemoPartner, type Person } from './person.ts';
import { randomFor } from './random.ts';

export interface PopulationOptions {
  /** the same seed, size and day always give the same people */
  seed: number;
  citizens: number;
  /** nothing in the files happens after this day */
  referenceDate?: Day;
}

/** What share of the people each partner knows, and the irrational step that spreads it evenly over them. */
const knownShare: { readonly [partner in DemoPartner]: { share: number; step: number } } = {
  uhb: { share: 0.75, step: 0.6180339887 },
  bchc: { share: 0.5, step: 0.7548776662 },
  bsmhft: { share: 0.2, step: 0.4142135624 },
  bcc: { share: 0.58, step: 0.3247179572 },
};

/** The people of a population one by one, so that any number of them needs the memory of one. */
export function* generatePeople(options: PopulationOptions): Generator<Person, void, undefined> {
  for (let index = 0; index < options.citizens; index++) yield personAt(options, index);
}

/** The nth person, made without making the others: the first ones are the cast, the rest are drawn. */
export function personAt({ seed, referenceDate: today = demoReferenceDate }: PopulationOptions, index: number): Person {
  const identity = drawIdentity(seed, index, today);
  const part = cast[index];
  return part ? part(identity, { seed, today }) : { ...identity, ...drawCare(seed, index, partnersKnowing(seed, index), today) };
}

/** Who knows the nth person; everybody is known to somebody. */
function partnersKnowing(seed: number, index: number): readonly DemoPartner[] {
  const offset = randomFor(seed, 'known').next();
  const partners = demoPartners.filter((partner) => (offset + index * knownShare[partner].step) % 1 < knownShare[partner].share);
  return partners.length > 0 ? partners : ['uhb'];
}
