import { compareBirthDates, estimatedOrDummy } from './birth-dates.ts';
import { commonSecondNames, familyForm, firstNameForm, particles, sharedFirstNames } from './name-words.ts';
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
    birthDate: birthDateVerdict(a, b),
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

/**
 * Day and month swapped, or a digit mistyped, is neither proof of the same person nor of another; a digit that is a generation
 * speaks against. A year alone can contradict, never confirm. Estimates and dummies do neither.
 */
function birthDateVerdict(a: PersonFacts, b: PersonFacts): Verdict {
  const level = compareBirthDates(a, b);
  if (level === 'same') return 'agree';
  if (level !== null) return level === 'day-month-swapped' || level === 'typo' ? 'unsure' : 'disagree';
  // a year and a month say more than the year alone
  const [x, y] = [a, b].map((facts) => (estimatedOrDummy(facts) ? undefined : facts.birthDate));
  const length = Math.min(x?.length ?? 0, y?.length ?? 0);
  return x?.slice(0, length) === y?.slice(0, length) || length === 0 ? 'unsure' : 'disagree';
}

function compareFamily(a: PersonFacts, b: PersonFacts): Verdict {
  const [xs, ys] = [allFamilies(a), allFamilies(b)];
  if (xs.length === 0 || ys.length === 0) return 'unsure';
  if (xs.some((x) => ys.some((y) => familyAgrees(x, y)))) return 'agree';
  return secondNameAsFamily(a, b) ? 'unsure' : 'disagree';
}

/** Harjit Kaur Gill may be written down as Harjit Kaur: then her family name is not said. Symmetric. */
export function secondNameAsFamily(a: PersonFacts, b: PersonFacts): boolean {
  const stands = ({ family }: PersonFacts, { given }: PersonFacts): boolean => family !== undefined && commonSecondNames.has(family) && given.slice(1).includes(family);
  return stands(a, b) || stands(b, a);
}

function allFamilies(facts: PersonFacts): string[] {
  return [...(facts.family ? [facts.family] : []), ...facts.otherFamily];
}

/** Equal or known spellings of one name, one typing error apart, or one of them a part of the other's double barrel. */
function familyAgrees(x: string, y: string): boolean {
  const [joinedX, joinedY] = [x.replaceAll(' ', ''), y.replaceAll(' ', '')];
  if (familyForm(joinedX) === familyForm(joinedY) || typo(joinedX, joinedY)) return true;
  const [partsX, partsY] = [barrels(x), barrels(y)];
  return partsX.some((part) => partsY.includes(part)) && (partsX.length === 1 || partsY.length === 1);
}

function barrels(family: string): string[] {
  return family.split(' ').filter((part) => part.length > 2 && !particles.has(part)).map(familyForm);
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
  const [restA, restB] = [a, b].map(({ given }) => given.slice(1).filter((name) => !commonSecondNames.has(name))) as [string[], string[]];
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

/** By their first names the two are called the same, spelling mistakes left aside. Symmetric. */
export function sameFirstName(a: PersonFacts, b: PersonFacts): boolean {
  return [a.given[0], ...a.otherGiven].some((x = '') => [b.given[0], ...b.otherGiven].some((y = '') => wholeSame(x, y)));
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
