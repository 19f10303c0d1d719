import { estimatedOrDummy, wholeBirthDate } from './birth-dates.ts';
import { firstNameForm, particles, sharedFirstNames } from './name-words.ts';
import { oneEditApart } from './string-likeness.ts';
import type { Candidate, PersonFacts } from './types.ts';

/** `unsure` is silence or a near miss: it neither carries a link nor speaks against one. */
export type Verdict = 'agree' | 'unsure' | 'disagree';

/** How an incoming person compares with everything known of one citizen. */
export interface Likeness {
  birthDate: Verdict;
  family: Verdict;
  given: Verdict;
  /** family and given together */
  name: Verdict;
  gender: Verdict;
  postcode: Verdict;
}

/**
 * Field by field against all source Patients of a citizen: a field agrees when it agrees with any of them, and
 * disagrees when it agrees with none and contradicts at least one.
 */
export function likeness(facts: PersonFacts, citizen: Candidate): Likeness {
  const all = citizen.facts.map((known) => comparePeople(facts, known));
  return {
    birthDate: together(all.map((one) => one.birthDate)),
    family: together(all.map((one) => one.family)),
    given: together(all.map((one) => one.given)),
    name: together(all.map((one) => one.name)),
    gender: together(all.map((one) => one.gender)),
    postcode: together(all.map((one) => one.postcode)),
  };
}

/** Symmetric. */
export function comparePeople(a: PersonFacts, b: PersonFacts): Likeness {
  const family = compareFamily(a, b);
  const given = compareGiven(a, b);
  return {
    birthDate: compareBirthDate(a, b),
    family,
    given,
    name: swapped(a, b) ? 'agree' : nameVerdict(family, given),
    gender: compareKnown(a.gender === 'unknown' ? undefined : a.gender, b.gender === 'unknown' ? undefined : b.gender),
    postcode: compareKnown(a.postcode, b.postcode),
  };
}

/** A family name changes in a life, a first name seldom: another first name speaks against, another family name alone does not. */
function nameVerdict(family: Verdict, given: Verdict): Verdict {
  if (given === 'disagree') return 'disagree';
  if (family === 'agree' && given === 'agree') return 'agree';
  return family === 'disagree' && given !== 'agree' ? 'disagree' : 'unsure';
}

/** Day and month swapped, or one digit mistyped, is neither proof of the same person nor of another. */
function compareBirthDate(a: PersonFacts, b: PersonFacts): Verdict {
  const [x, y] = [wholeBirthDate(a), wholeBirthDate(b)];
  if (x === undefined || y === undefined) return partlyKnown(a, b);
  if (x === y) return 'agree';
  const dayMonthSwapped = `${x.slice(0, 5)}${x.slice(8)}-${x.slice(5, 7)}` === y;
  return dayMonthSwapped || oneEditApart(x, y) ? 'unsure' : 'disagree';
}

/** A year alone can contradict, never confirm. Estimates and dummies do neither. */
function partlyKnown(a: PersonFacts, b: PersonFacts): Verdict {
  const [x, y] = [a, b].map((facts) => (estimatedOrDummy(facts) ? undefined : facts.birthDate));
  if (!x || !y) return 'unsure';
  const length = Math.min(x.length, y.length);
  return x.slice(0, length) === y.slice(0, length) ? 'unsure' : 'disagree';
}

function compareFamily(a: PersonFacts, b: PersonFacts): Verdict {
  const [xs, ys] = [allFamilies(a), allFamilies(b)];
  if (xs.length === 0 || ys.length === 0) return 'unsure';
  return xs.some((x) => ys.some((y) => familyAgrees(x, y))) ? 'agree' : 'disagree';
}

function allFamilies(facts: PersonFacts): string[] {
  return [...(facts.family ? [facts.family] : []), ...facts.otherFamily];
}

/** Equal, one typing error apart, or one of them a part of the other's double barrel. */
function familyAgrees(x: string, y: string): boolean {
  const [joinedX, joinedY] = [x.replaceAll(' ', ''), y.replaceAll(' ', '')];
  if (joinedX === joinedY || typo(joinedX, joinedY)) return true;
  const [partsX, partsY] = [barrels(x), barrels(y)];
  return partsX.some((part) => partsY.includes(part)) && (partsX.length === 1 || partsY.length === 1);
}

function barrels(family: string): string[] {
  return family.split(' ').filter((part) => part.length > 2 && !particles.has(part));
}

function compareGiven(a: PersonFacts, b: PersonFacts): Verdict {
  const [firstA, firstB] = [a.given[0], b.given[0]];
  if (firstA === undefined || firstB === undefined) return otherNamesMeet(a, b) ? 'agree' : 'unsure';
  if (wholeSame(firstA, firstB)) return compareMiddle(a, b);
  if (nearlySame(firstA, firstB) && compareKnown(a.gender, b.gender) !== 'disagree') return compareMiddle(a, b);
  if (initialOf(firstA, firstB)) return 'unsure';
  if (a.given.some((name) => wholeSame(name, firstB)) || b.given.some((name) => wholeSame(name, firstA)) || otherNamesMeet(a, b)) return 'agree';
  return 'disagree';
}

/** Mohammed Ali and Mohammed Hassan are brothers: after a first name many share, the next name decides. */
export function compareMiddle(a: PersonFacts, b: PersonFacts): Verdict {
  const [restA, restB] = [a.given.slice(1), b.given.slice(1)];
  const shared = sharedFirstNames.has(firstNameForm(a.given[0] ?? '')) || sharedFirstNames.has(firstNameForm(b.given[0] ?? ''));
  if (restA.length === 0 && restB.length === 0) return 'agree';
  if (restA.length === 0 || restB.length === 0) return shared ? 'unsure' : 'agree';
  if (restA.some((x) => restB.some((y) => wholeSame(x, y) || nearlySame(x, y) || initialOf(x, y)))) return 'agree';
  return shared ? 'disagree' : 'unsure';
}

/** A preferred name, alias or former name of the one is a first name of the other. */
function otherNamesMeet(a: PersonFacts, b: PersonFacts): boolean {
  const [xs, ys] = [[...a.given.slice(0, 1), ...a.otherGiven], [...b.given.slice(0, 1), ...b.otherGiven]];
  return (a.otherGiven.length > 0 || b.otherGiven.length > 0) && xs.some((x) => ys.some((y) => wholeSame(x, y)));
}

/** Equal or known forms of one name, initials left aside. */
function wholeSame(x: string, y: string): boolean {
  return x.length > 1 && y.length > 1 && firstNameForm(x) === firstNameForm(y);
}

/** A typing error, or one the beginning of the other. Paul and Paula are only told apart by their gender. */
function nearlySame(x: string, y: string): boolean {
  const [short, long] = x.length <= y.length ? [x, y] : [y, x];
  return typo(x, y) || (short.length >= 3 && long.startsWith(short));
}

function initialOf(x: string, y: string): boolean {
  return (x.length === 1 || y.length === 1) && x[0] === y[0];
}

/** Family name in the given name's field and the other way round. */
function swapped(a: PersonFacts, b: PersonFacts): boolean {
  const [given, other] = [a.given[0], b.given[0]];
  return given !== undefined && other !== undefined && a.family !== b.family && a.family === other && b.family === given;
}

function compareKnown(x: string | undefined, y: string | undefined): Verdict {
  if (x === undefined || y === undefined) return 'unsure';
  return x === y ? 'agree' : 'disagree';
}

/** Only in names long enough to carry an error, and never in the first letter. */
function typo(x: string, y: string): boolean {
  return Math.min(x.length, y.length) >= 5 && x[0] === y[0] && oneEditApart(x, y);
}

function together(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('agree')) return 'agree';
  return verdicts.includes('disagree') ? 'disagree' : 'unsure';
}
