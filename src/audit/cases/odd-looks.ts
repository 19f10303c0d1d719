import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { CaseRule, CaseSignal } from './case-rule.ts';
import type { Look } from './look-of.ts';

/** What custodians say of a citizen, for comparing; normalised as linkage does it. */
export interface KnownPerson {
  names: readonly { family: string; given: string; by: OrganisationKey }[];
  /** postcode and house; none where the location is hidden */
  homes: readonly { home: string; by: OrganisationKey }[];
}

/** Somebody privacy officers keep an eye on. */
export interface Watched {
  kind: 'prominent' | 'staff';
  /** the organisation whose list it is */
  by: OrganisationKey;
  /** of those who oversee sharing for everybody */
  forAll: boolean;
  /** of staff: who they are at the issuer */
  person: string | null;
}

/** From when until when an organisation was known to care for somebody. */
export interface CareTime {
  from: Date;
  until: Date;
}

export interface LookFacts {
  people: ReadonlyMap<string, KnownPerson>;
  watched: ReadonlyMap<string, readonly Watched[]>;
  /** the same, by `organisation person` of staff: the citizens they are */
  staff: ReadonlyMap<string, readonly string[]>;
  /** the person who looked, by their own name */
  nameOf: (look: Look) => { family: string; given: string };
  /** what share of all people bear it */
  shareOf: (family: string) => number;
}

/** A signal of one look, for whoever it is put to. */
export interface OddLook {
  signal: CaseSignal;
  keepers: readonly OrganisationKey[];
  /** numbers and codes for the sentence; they name nobody */
  facts: Readonly<Record<string, string | number>>;
}

/**
 * What is odd about a look at a citizen, as far as it can be known at once. A list says something only to whose list it is,
 * so what it gives is put to that organisation alone. A name is compared for whoever says it, and a home for the employer's
 * eyes only: where the person lives as those say it whose data was seen, where the looker lives as the employer itself does. Nobody is told by a signal what they do not hold or were not shown.
 */
export function oddAtOnce(look: Look & { citizen: string }, rule: CaseRule, facts: LookFacts): OddLook[] {
  const watched = facts.watched.get(look.citizen) ?? [];
  const custodians = keepersOf(look);
  const employer = [look.organisation];
  const staff = watched.filter(({ kind, by }) => kind === 'staff' && by === look.organisation);
  const own = staff.some(({ person }) => person === look.person);
  const listed = custodians.filter((keeper) => watched.some(({ kind, by, forAll }) => kind === 'prominent' && (forAll || by === keeper)));
  const found: OddLook[] = [
    ...(own ? [{ signal: 'own-record' as const, keepers: employer, facts: { by: 'list' } }] : staff.length > 0 ? [{ signal: 'colleague' as const, keepers: employer, facts: {} }] : []),
    ...(!own && livesThere(look, facts) ? [{ signal: 'same-address' as const, keepers: employer, facts: {} }] : []),
    ...(own ? [] : ofTheName(look, rule, facts, custodians)),
    ...(listed.length > 0 ? [{ signal: 'prominent' as const, keepers: listed, facts: {} }] : []),
  ];
  return found.filter(({ signal }) => rule.signals[signal].weight > 0);
}

/** The whole name is taken for oneself; a surname says something only where few bear it. */
function ofTheName(look: Look & { citizen: string }, rule: CaseRule, { people, nameOf, shareOf }: LookFacts, keepers: readonly OrganisationKey[]): OddLook[] {
  const { family, given } = nameOf(look);
  if (family === '' || shareOf(family) >= rule.signals['same-surname'].rarerThan) return [];
  const alike = (people.get(look.citizen)?.names ?? []).filter((name) => name.family === family && keepers.includes(name.by));
  const whole = keepersIn(alike.filter((name) => given !== '' && name.given === given));
  const rest = keepersIn(alike).filter((keeper) => !whole.includes(keeper));
  return [
    ...(whole.length > 0 ? [{ signal: 'own-record' as const, keepers: whole, facts: { by: 'name' } }] : []),
    ...(rest.length > 0 ? [{ signal: 'same-surname' as const, keepers: rest, facts: {} }] : []),
  ];
}

function keepersIn(said: readonly { by: OrganisationKey }[]): OrganisationKey[] {
  return [...new Set(said.map(({ by }) => by))];
}

function livesThere({ citizen, organisation, person, custodians }: Look & { citizen: string }, { staff, people }: LookFacts): boolean {
  const seen = (people.get(citizen)?.homes ?? []).filter(({ by }) => custodians.includes(by)).map(({ home }) => home);
  return (staff.get(`${organisation} ${person}`) ?? []).some((self) => self !== citizen && (people.get(self)?.homes ?? []).some(({ home, by }) => by === organisation && seen.includes(home)));
}

/** Whether nothing the gateway knew, so long before the look until so long after, ties the organisation to the citizen. A look in an emergency is judged by its review. */
export function lacksRelationship({ at, underEmergency }: Look, rule: CaseRule, times: readonly CareTime[]): boolean {
  const { weight, daysBefore, daysAfter } = rule.signals['no-relationship'];
  const [from, until] = [at.getTime() - daysBefore * dayMs, at.getTime() + daysAfter * dayMs];
  return weight > 0 && !underEmergency && !times.some((time) => time.from.getTime() <= until && time.until.getTime() >= from);
}

/** Whose officers it is put to: those whose data was seen; where nothing was, the looker's own organisation. */
export function keepersOf({ custodians, organisation }: Look): readonly OrganisationKey[] {
  return custodians.length > 0 ? custodians : [organisation];
}

const dayMs = 86_400_000;
