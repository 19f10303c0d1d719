import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { CaseRule, CaseSignal } from './case-rule.ts';
import type { Look } from './look-of.ts';
import { oneInOf, pointsOf, rateOf, type Normal, type Tally } from './normal.ts';
import { mostCitizens, oddToday, type LookerDay } from './odd-days.ts';
import { keepersOf, lacksRelationship, oddAtOnce, type CareTime, type LookFacts } from './odd-looks.ts';

/** One thing that was odd, as it is kept for whoever it is put to. */
export interface Oddity {
  keeper: OrganisationKey;
  organisation: OrganisationKey;
  person: string;
  name: string;
  role: string;
  /** whom it was at; null: what somebody did in a day */
  citizen: string | null;
  /** what tells things of one kind apart: nothing for looks at a citizen, the day, or the reference of emergency access */
  about: string;
  day: string;
  at: Date;
  /** the entry of the look; null: none, or too many to name one */
  entry: string | null;
  signal: CaseSignal;
  facts: Readonly<Record<string, string | number>>;
  points: number;
  /** one look, or one person's day, in so many is like this in that organisation; null: too few are known to say */
  oneIn: number | null;
}

export type NormalOf = (organisation: OrganisationKey, day: string) => Normal;

export interface Judged {
  oddities: Oddity[];
  tallies: Tally[];
}

/** What is odd about looks as they come, in their order. The days given are changed; what is missing among them begins empty. */
export function judgeLooks(looks: readonly Look[], { rule, facts, normalOf, days }: { rule: CaseRule; facts: LookFacts; normalOf: NormalOf; days: Map<string, LookerDay> }): Judged {
  const oddities: Oddity[] = [];
  const tallies = countOn();
  for (const look of looks) {
    const normal = normalOf(look.organisation, look.day);
    const add = (what: string, n = 1): void => { tallies.add(look, what, n); };
    const weigh = (signal: CaseSignal): Pick<Oddity, 'points' | 'oneIn'> => weighOf(rule, normal, signal);
    const day = takePlace(days, look, add);
    if (look.citizen !== null) {
      add('looks');
      if (look.underEmergency) add('emergency-looks');
      add(`slot:${look.slot}`);
      for (const odd of oddAtOnce({ ...look, citizen: look.citizen }, rule, facts)) {
        add(`signal:${odd.signal}`);
        for (const keeper of odd.keepers) oddities.push({ ...oddityOf(look), keeper, citizen: look.citizen, about: '', signal: odd.signal, facts: odd.facts, ...weigh(odd.signal) });
      }
    }
    for (const { signal, facts: told } of oddToday(look, day, rule, normal)) {
      add(`signal:${signal}`);
      day.signals.push(signal);
      oddities.push({ ...oddityOf(look), keeper: look.organisation, citizen: null, about: look.day, signal, facts: told, ...weigh(signal) });
    }
  }
  return { oddities, tallies: tallies.all() };
}

/** The same for what only time can tell: looks of organisations that never, before or after, had to do with the citizen. */
export function judgeLate(looks: readonly Look[], { rule, timesOf, normalOf }: { rule: CaseRule; timesOf: (look: Look) => readonly CareTime[]; normalOf: NormalOf }): Judged {
  const oddities: Oddity[] = [];
  const tallies = countOn();
  for (const look of looks) {
    if (look.citizen === null) continue;
    tallies.add(look, 'late-looks', 1);
    if (!lacksRelationship(look, rule, timesOf(look))) continue;
    tallies.add(look, 'signal:no-relationship', 1);
    const weighed = weighOf(rule, normalOf(look.organisation, look.day), 'no-relationship');
    const { daysBefore, daysAfter } = rule.signals['no-relationship'];
    for (const keeper of keepersOf(look)) oddities.push({ ...oddityOf(look), keeper, citizen: look.citizen, about: '', signal: 'no-relationship', facts: { daysBefore, daysAfter }, ...weighed });
  }
  return { oddities, tallies: tallies.all() };
}

export function weighOf(rule: CaseRule, normal: Normal, signal: CaseSignal): Pick<Oddity, 'points' | 'oneIn'> {
  const rate = rateOf(rule, normal, signal);
  return { points: pointsOf(rule, signal, rate), oneIn: oneInOf(rule, normal, signal, rate) };
}

function oddityOf({ entry, at, day, person, name, role, organisation }: Look): Pick<Oddity, 'entry' | 'at' | 'day' | 'person' | 'name' | 'role' | 'organisation'> {
  return { entry, at, day, person, name, role, organisation };
}

/** The day of the look, with the look in it, and what that changes of the organisation's counts. */
function takePlace(days: Map<string, LookerDay>, look: Look, add: (what: string, n?: number) => void): LookerDay {
  const key = dayKey(look);
  const known = days.get(key);
  const day = known ?? { organisation: look.organisation, person: look.person, day: look.day, citizens: [], missed: 0, signals: [] };
  if (!known) {
    days.set(key, day);
    add('days');
  }
  if (look.citizen === null) {
    if (day.missed > 0) add(`missed:${day.missed}`, -1);
    day.missed += 1;
    add(`missed:${day.missed}`);
  } else if (!day.citizens.includes(look.citizen) && day.citizens.length < mostCitizens) {
    if (day.citizens.length > 0) add(`opened:${day.citizens.length}`, -1);
    day.citizens.push(look.citizen);
    add(`opened:${day.citizens.length}`);
  }
  return day;
}

export function dayKey({ organisation, person, day }: Pick<Look, 'organisation' | 'person' | 'day'>): string {
  return `${day} ${organisation} ${person}`;
}

function countOn(): { add: (look: Look, what: string, n: number) => void; all: () => Tally[] } {
  const counted = new Map<string, Tally>();
  return {
    add: ({ organisation, day }, what, n) => {
      const key = `${organisation} ${day} ${what}`;
      const tally = counted.get(key) ?? { organisation, day, what, n: 0 };
      tally.n += n;
      counted.set(key, tally);
    },
    all: () => [...counted.values()].filter(({ n }) => n !== 0),
  };
}
