import { birthDateLevels, compareBirthDates } from './birth-dates.ts';
import { compareMiddle, secondNameAsFamily } from './compare-people.ts';
import { familyForm, firstNameForm, particles } from './name-words.ts';
import { alike, oneEditApart } from './string-likeness.ts';
import type { PersonFacts } from './types.ts';

/**
 * The comparisons of the probabilistic grade: each field of two people falls on one level, the closest first, or on none
 * when either does not say it. What a level weighs is not said here but learned, and kept in the linkage rule.
 */
export const levels = {
  given: ['same', 'same-name', 'swapped', 'middle', 'typo', 'initial', 'alike', 'other'],
  family: ['same', 'swapped', 'part', 'typo', 'alike', 'other'],
  birthDate: birthDateLevels,
  gender: ['same', 'other'],
  address: ['same', 'mostly', 'partly', 'other'],
  phone: ['same', 'other'],
  email: ['same', 'similar', 'other'],
} as const;

export type Field = keyof typeof levels;
export type LevelOf<F extends Field> = (typeof levels)[F][number];
export type FieldLevels = { [F in Field]: LevelOf<F> | null };

export const allFields = Object.keys(levels) as Field[];

/** How often a name is met among the people a rule was learned on; 0 = never. */
export type NameCount = (kind: 'given' | 'family', name: string) => number;

/** Symmetric. `countOf` tells a misspelling, which hardly anybody else bears, from another name that many bear. */
export function compareFields(a: PersonFacts, b: PersonFacts, countOf: NameCount): FieldLevels {
  const swapped = namesSwapped(a, b);
  return {
    given: swapped ? 'swapped' : compareGiven(a, b, countOf),
    family: swapped ? 'swapped' : compareFamily(a, b, countOf),
    birthDate: compareBirthDates(a, b),
    gender: known(a.gender) && known(b.gender) ? (a.gender === b.gender ? 'same' : 'other') : null,
    address: compareAddresses(a, b),
    phone: comparePhones(a, b),
    email: compareEmails(a, b),
  };
}

const known = (gender: string | undefined): boolean => gender !== undefined && gender !== 'unknown';

/** Family name in the given name's field and the other way round. */
function namesSwapped(a: PersonFacts, b: PersonFacts): boolean {
  const [x, y] = [a.given[0], b.given[0]];
  if (x === undefined || y === undefined || a.family === undefined || b.family === undefined || a.family === b.family) return false;
  return close(x, b.family) && close(y, a.family) && !close(x, y);
}

function close(x: string, y: string): boolean {
  return x === y || (x.length >= 4 && y.length >= 4 && alike(x, y, 0.93));
}

function compareGiven(a: PersonFacts, b: PersonFacts, countOf: NameCount): LevelOf<'given'> | null {
  const [x, y] = [a.given[0], b.given[0]];
  if (x === undefined || y === undefined) return null;
  if (x === y || (x.length > 1 && y.length > 1 && firstNameForm(x) === firstNameForm(y))) {
    const level = { agree: x === y ? 'same' : 'same-name', unsure: 'alike', disagree: 'other' } as const;
    return level[compareMiddle(a, b)];
  }
  if (x.length === 1 || y.length === 1) return x[0] === y[0] ? 'initial' : 'other';
  const others = (names: readonly string[], name: string): boolean => names.some((each) => each.length > 1 && firstNameForm(each) === firstNameForm(name));
  return others([...a.given.slice(1), ...a.otherGiven], y) || others([...b.given.slice(1), ...b.otherGiven], x) ? 'middle' : spelling('given', x, y, countOf) ?? 'other';
}

/**
 * Two names of nearly the same letters: a mistake when one of them is known and the other hardly anybody's (Sophei for
 * Sophie); otherwise they may be two names (Amira and Amina), and what is not known is not taken for a mistake.
 */
function spelling(kind: 'given' | 'family', x: string, y: string, countOf: NameCount): 'typo' | 'alike' | null {
  if (!alike(x, y, 0.8)) return null;
  const [rare, often] = [countOf(kind, x), countOf(kind, y)].sort((p, q) => p - q) as [number, number];
  return (rare <= nobodys && often > nobodys) || rare * muchRarer < often ? 'typo' : 'alike';
}
/** A spelling met no more often than this is nobody's name. */
const nobodys = 1;
const muchRarer = 200;

function compareFamily(a: PersonFacts, b: PersonFacts, countOf: NameCount): LevelOf<'family'> | null {
  if (a.family === undefined || b.family === undefined) return null;
  const [x, y] = [a.family.replaceAll(' ', ''), b.family.replaceAll(' ', '')];
  if (x === y) return 'same';
  if (familyForm(x) === familyForm(y)) return 'typo';
  if (sharesPart(a.family, b.family) || a.otherFamily.includes(b.family) || b.otherFamily.includes(a.family)) return 'part';
  return spelling('family', x, y, countOf) ?? (secondNameAsFamily(a, b) ? null : 'other');
}

/** Of a double barrel one part. */
function sharesPart(x: string, y: string): boolean {
  const [xs, ys] = [barrels(x), barrels(y)];
  return (xs.length > 1 || ys.length > 1) && xs.some((part) => ys.includes(part));
}

function barrels(family: string): string[] {
  return family.split(' ').filter((part) => part.length > 2 && !particles.has(part)).map(familyForm);
}

/** Counts what agrees of house, street, locality and postcode: people of one household agree in all of it, so that it is one piece of evidence. */
function compareAddresses(a: PersonFacts, b: PersonFacts): LevelOf<'address'> | null {
  let [agree, differ] = [0, 0];
  const tell = (verdict: boolean | null): void => {
    if (verdict === true) agree += 1;
    if (verdict === false) differ += 1;
  };
  tell(housesAgree(a.house, b.house));
  tell(linesAgree(a.lines ?? [], b.lines ?? []));
  tell(both(a.locality, b.locality, (x, y) => close(x, y)));
  tell(both(a.postcode, b.postcode, (x, y) => x === y || oneEditApart(x, y)));
  if (agree + differ === 0) return null;
  if (differ === 0 && agree >= 2) return 'same';
  if (agree >= 2 && agree >= differ) return 'mostly';
  return agree > 0 ? 'partly' : 'other';
}

function both(x: string | undefined, y: string | undefined, agree: (x: string, y: string) => boolean): boolean | null {
  return x === undefined || y === undefined ? null : agree(x, y);
}

/** Numbers are equal or not, names alike or not; a house that has both may be called by either. */
function housesAgree(x: string | undefined, y: string | undefined): boolean | null {
  if (x === undefined || y === undefined || /^\d/.test(x) !== /^\d/.test(y)) return null;
  return /^\d/.test(x) ? x === y : alike(x, y, 0.88);
}

/** The lines of an address come in any order, and some are left out. */
function linesAgree(xs: readonly string[], ys: readonly string[]): boolean | null {
  if (xs.length === 0 || ys.length === 0) return null;
  return xs.some((x) => ys.some((y) => alike(x, y, 0.88)));
}

function comparePhones(a: PersonFacts, b: PersonFacts): LevelOf<'phone'> | null {
  const [xs, ys] = [a.phones ?? [], b.phones ?? []];
  if (xs.length === 0 || ys.length === 0) return null;
  return xs.some((x) => ys.includes(x)) ? 'same' : 'other';
}

function compareEmails(a: PersonFacts, b: PersonFacts): LevelOf<'email'> | null {
  const [xs, ys] = [a.emails ?? [], b.emails ?? []];
  if (xs.length === 0 || ys.length === 0) return null;
  if (xs.some((x) => ys.includes(x))) return 'same';
  const own = (email: string): string => email.split('@')[0] ?? '';
  return xs.some((x) => ys.some((y) => alike(x, y, 0.88) || own(x) === own(y))) ? 'similar' : 'other';
}
