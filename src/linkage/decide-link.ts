import { compareBirthDates } from './birth-dates.ts';
import { demographicKey } from './blocking-keys.ts';
import { comparePeople, likeness, sameFirstName } from './compare-people.ts';
import type { Likeness } from './compare-people.ts';
import { checkNhsNumber } from '../fhir/nhs-number.ts';
import type { GradedPair } from './grade-pair.ts';
import type { Candidate, LinkDecision, PersonFacts } from './types.ts';

/** How alike two people are, by the linkage rule. */
export type Grader = (a: PersonFacts, b: PersonFacts) => GradedPair;

/** A rule decides, or leaves the question to the next one. */
type Rule = (facts: PersonFacts, citizens: readonly Candidate[], grade: Grader) => LinkDecision | undefined;

/** The rules in order; the first that decides is the answer. Those whom no exact rule knew are graded by all they say. */
const rules: readonly Rule[] = [
  refuseInvalidNumber,
  byLocalIdentifier,
  leaveUnknownAlone,
  byNhsNumber,
  byDemographics,
  byLikelihood,
  newCitizen,
];

/**
 * Which citizen is this? Contradiction refuses, silence and doubt park, and nobody is attached on doubt: a verified number
 * is strong evidence, not proof, and a pair of claims is as strong as its weaker one. The order of candidates and of
 * their facts plays no part.
 *
 * | rule | decides when |
 * | --- | --- |
 * | link-nhs-invalid | the number fails the check digit, is not ten digits, or is on the junk list |
 * | link-local-01 | the partner's own identifier is known |
 * | link-local-02 | the same, and the partner corrected an unverified number |
 * | link-local-03 | refused: the person's number is now one that another citizen holds, and this one did not |
 * | link-local-04 | refused: the number differs from a verified one, or changed together with name and birth date |
 * | link-local-05 | refused: the partner's identifiers belong to two citizens |
 * | link-unknown | identity unknown: a new citizen, compared with nobody |
 * | link-nhs-01 | number verified on both sides; birth date or name agrees, and neither speaks against it |
 * | link-nhs-02 | number not verified on one side; birth date and name agree |
 * | link-nhs-03 | possible: the number is known, but nothing else confirms or contradicts |
 * | link-nhs-04 | refused: the number is known, and what is known of its holder contradicts (a twin's too) |
 * | link-nhs-05 | refused: the holder of the number carries another, verified one as well |
 * | link-nhs-06 | possible: number verified on both sides, but birth date or name speaks against it: parent and child, a swapped date |
 * | link-demographics-01 | no number in common, family and first name, birth date, gender, postcode equal for one citizen |
 * | link-demographics-02 | possible: they are equal for several citizens |
 * | link-demographics-03 | possible: they are equal, but a number, a name or the partner's own identifiers speak against |
 * | link-likelihood-01 | graded `certain` with one citizen by all that is said, weighed by the linkage rule |
 * | link-likelihood-02 | possible: graded `possible`, or `certain` with several, or another number or the partner itself speaks against |
 * | link-new-01, link-new-02 | nobody found: a new citizen, with and without a number |
 *
 * Source: NHS Data Model and Dictionary, NHS NUMBER STATUS INDICATOR CODE (01 = verified against the national record).
 */
export function decideLink(facts: PersonFacts, candidates: readonly Candidate[], grade: Grader): LinkDecision {
  const citizens = oneEach(candidates);
  for (const rule of rules) {
    const decision = rule(facts, citizens, grade);
    if (decision) return decision;
  }
  throw new Error('the last rule always decides');
}

function refuseInvalidNumber(facts: PersonFacts): LinkDecision | undefined {
  const invalid = facts.nhsNumber !== undefined && checkNhsNumber(facts.nhsNumber).kind === 'invalid';
  return invalid ? { kind: 'refused', code: 'nhs-number-invalid', rule: 'link-nhs-invalid' } : undefined;
}

function byLocalIdentifier(facts: PersonFacts, citizens: readonly Candidate[]): LinkDecision | undefined {
  const owners = citizens.filter((citizen) => citizen.facts.some((known) => sharesIdentifier(facts, known)));
  const [owner] = owners;
  if (!owner) return undefined;
  if (owners.length > 1) return { kind: 'refused', code: 'identifiers-of-two-people', rule: 'link-local-05' };
  const fields = agreedFields(facts, owner, likeness(facts, owner));
  const number = facts.nhsNumber;
  if (number === undefined || facts.identityUnknown) return { kind: 'certain', citizen: owner.citizen, rule: 'link-local-01', agreed: ['local-identifier', ...fields] };
  if (!holds(owner, number) && citizens.some((citizen) => holds(citizen, number))) return { kind: 'refused', code: 'nhs-number-of-another-person', rule: 'link-local-03' };
  const changed = owner.facts.filter((known) => sharesIdentifier(facts, known) && known.nhsNumber !== undefined && known.nhsNumber !== number);
  const samePerson = changed.every((known) => speaksForOne(comparePeople(facts, known)));
  if (hasOtherVerified(owner, number) || !samePerson) return { kind: 'refused', code: 'nhs-number-changed', rule: 'link-local-04' };
  return { kind: 'certain', citizen: owner.citizen, rule: changed.length > 0 ? 'link-local-02' : 'link-local-01', agreed: ['local-identifier', ...fields] };
}

function leaveUnknownAlone(facts: PersonFacts): LinkDecision | undefined {
  return facts.identityUnknown ? { kind: 'new', traced: false, rule: 'link-unknown' } : undefined;
}

function byNhsNumber(facts: PersonFacts, citizens: readonly Candidate[], grade: Grader): LinkDecision | undefined {
  const number = facts.nhsNumber;
  if (number === undefined) return undefined;
  const holders = citizens.filter((citizen) => holds(citizen, number));
  if (holders.length === 0) return undefined;
  if (holders.some((holder) => hasOtherVerified(holder, number))) return { kind: 'refused', code: 'nhs-number-of-another-person', rule: 'link-nhs-05' };
  const compared = holders.map((holder) => ({ holder, ...compareHolder(facts, holder, holders.length === 1) }));
  const [confirmed, ...more] = compared.filter(({ finding }) => finding === 'confirmed');
  if (confirmed && more.length === 0 && compared.every((one) => one === confirmed || one.finding === 'contradicted' || one.finding === 'doubtful')) {
    const { holder, alike, alone } = confirmed;
    return { kind: 'certain', citizen: holder.citizen, rule: alone ? 'link-nhs-01' : 'link-nhs-02', agreed: agreedFields(facts, holder, alike) };
  }
  const open = compared.filter(({ finding }) => finding !== 'contradicted');
  if (open.length === 0) return { kind: 'refused', code: 'nhs-number-of-another-person', rule: 'link-nhs-04' };
  const graded = open.map(({ holder }) => ({ citizen: holder.citizen, pair: closest(holder.facts.map((known) => grade(facts, known))) }));
  return { kind: 'possible', candidates: graded.map(({ citizen }) => citizen), rule: open.some(({ finding }) => finding === 'doubtful') ? 'link-nhs-06' : 'link-nhs-03', graded };
}

/** `doubtful`: the number is verified on both sides, and one of birth date and name speaks against it. */
type Finding = 'confirmed' | 'doubtful' | 'silent' | 'contradicted';

/**
 * What is said beside a number in common. A family name that changed beside the same first name, a mistyped letter or digit are ordinary. Verified on both
 * sides and held by one, either birth date or name is enough, unless the other speaks against it: a day and month swapped does,
 * for two people of one name may share a number by mistake. A twin's number is refused: were both stored under it, neither would be
 * found by it, birth date and family name, which is what is asked for in an emergency.
 */
function compareHolder(facts: PersonFacts, holder: Candidate, only: boolean): { alike: Likeness; alone: boolean; finding: Finding } {
  const verified = facts.nhsNumberStatus === '01' && holder.facts.some((known) => known.nhsNumber === facts.nhsNumber && known.nhsNumberStatus === '01');
  const alike = likeness(facts, holder);
  const { birthDate, name, family } = alike;
  const otherName = name === 'disagree' || (name === 'unsure' && family === 'disagree' && !holder.facts.some((known) => sameFirstName(facts, known)));
  const swapped = verified && birthDate !== 'agree' && holder.facts.some((known) => compareBirthDates(facts, known) === 'day-month-swapped');
  const [against, agreeing] = [Number(birthDate === 'disagree' || swapped) + Number(verified ? otherName : name === 'disagree'), Number(birthDate === 'agree') + Number(name === 'agree')];
  const alone = verified && only;
  if (against === 0) return { alike, alone, finding: agreeing === 2 || (alone && agreeing === 1) ? 'confirmed' : 'silent' };
  return { alike, alone, finding: verified && against === 1 && !areTwins(alike) ? 'doubtful' : 'contradicted' };
}

/** For records that have no number in common: the deterministic key of five fields, which carries only a unique and unopposed match. */
function byDemographics(facts: PersonFacts, citizens: readonly Candidate[]): LinkDecision | undefined {
  const key = demographicKey(facts);
  if (key === null) return undefined;
  const found: { citizen: Candidate; doubtful: boolean }[] = [];
  for (const citizen of citizens) {
    const alike = citizen.facts.filter((known) => demographicKey(known) === key && comparePeople(facts, known).name !== 'disagree');
    if (alike.length === 0 || provenOther(facts, citizen)) continue;
    const sameName = alike.some((known) => comparePeople(facts, known).name === 'agree');
    found.push({ citizen, doubtful: !sameName || otherNumber(facts, citizen) || registeredApart(facts, citizen) });
  }
  const [only, ...more] = found;
  if (!only) return undefined;
  if (more.length > 0) return { kind: 'possible', candidates: found.map(({ citizen }) => citizen.citizen), rule: 'link-demographics-02' };
  if (only.doubtful) return { kind: 'possible', candidates: [only.citizen.citizen], rule: 'link-demographics-03' };
  return { kind: 'certain', citizen: only.citizen.citizen, rule: 'link-demographics-01', agreed: agreedFields(facts, only.citizen, likeness(facts, only.citizen)) };
}

/** The closest of what is known of each citizen counts. */
function byLikelihood(facts: PersonFacts, citizens: readonly Candidate[], grade: Grader): LinkDecision | undefined {
  const graded = citizens.filter((citizen) => citizen.facts.length > 0 && !provenOther(facts, citizen)).map((citizen) => ({ citizen, pair: closest(citizen.facts.map((known) => grade(facts, known))) }))
    .filter(({ pair }) => pair.grade !== 'certainly-not').sort((a, b) => b.pair.bits - a.pair.bits || (a.citizen.citizen < b.citizen.citizen ? -1 : 1));
  const [only, ...more] = graded.filter(({ pair }) => pair.grade === 'certain');
  if (only && more.length === 0 && !registeredApart(facts, only.citizen) && !otherNumber(facts, only.citizen)) {
    return { kind: 'certain', citizen: only.citizen.citizen, rule: 'link-likelihood-01', agreed: agreedFields(facts, only.citizen, likeness(facts, only.citizen)), graded: only.pair };
  }
  const worthALook = graded.slice(0, mostPossible).map(({ citizen: { citizen }, pair }) => ({ citizen, pair }));
  return worthALook.length === 0 ? undefined : { kind: 'possible', candidates: worthALook.map(({ citizen }) => citizen), rule: 'link-likelihood-02', graded: worthALook };
}
/** More likely citizens than this are a common name, and no work for anybody. */
const mostPossible = 5;

/** What weights say of somebody and a citizen, whatever rule decides: the closest of what is known of the citizen; null where nothing is. */
export function weighLink(facts: PersonFacts, known: readonly PersonFacts[], grade: Grader): GradedPair | null {
  return known.length === 0 ? null : closest(known.map((each) => grade(facts, each)));
}

/** One contradiction outweighs no likeness, unless the citizen is known in several ways: then the closest of them, in whatever order they come. */
function closest(pairs: readonly GradedPair[]): GradedPair {
  const isCloser = (pair: GradedPair, best: GradedPair): boolean => pair.bits > best.bits || (pair.bits === best.bits && JSON.stringify(pair) < JSON.stringify(best));
  return pairs.reduce((best, pair) => (isCloser(pair, best) ? pair : best));
}

function newCitizen(facts: PersonFacts): LinkDecision {
  return facts.nhsNumber === undefined ? { kind: 'new', traced: false, rule: 'link-new-02' } : { kind: 'new', traced: true, rule: 'link-new-01' };
}

function speaksForOne(alike: Likeness): boolean {
  return !areTwins(alike) && (alike.birthDate === 'agree' || alike.name === 'agree');
}

/** Same family, same birth date and another first name contradict whatever else agrees. */
function areTwins({ birthDate, family, given }: Likeness): boolean {
  return given === 'disagree' && family === 'agree' && birthDate === 'agree';
}

/** Two verified numbers are two people. */
function provenOther(facts: PersonFacts, citizen: Candidate): boolean {
  return facts.nhsNumber !== undefined && facts.nhsNumberStatus === '01' && hasOtherVerified(citizen, facts.nhsNumber);
}

function otherNumber(facts: PersonFacts, citizen: Candidate): boolean {
  const { nhsNumber } = facts;
  return nhsNumber !== undefined && citizen.facts.some((known) => known.nhsNumber !== undefined && known.nhsNumber !== nhsNumber);
}

/** The same partner keeps this citizen under another identifier: it may hold one person twice, or know two people apart. */
function registeredApart(facts: PersonFacts, citizen: Candidate): boolean {
  return facts.local.some(({ system }) => citizen.facts.some((known) => known.local.some((identifier) => identifier.system === system)));
}

function holds(citizen: Candidate, number: string): boolean {
  return citizen.facts.some((known) => known.nhsNumber === number);
}

function hasOtherVerified(citizen: Candidate, number: string): boolean {
  return citizen.facts.some((known) => known.nhsNumber !== undefined && known.nhsNumberStatus === '01' && known.nhsNumber !== number);
}

function sharesIdentifier(a: PersonFacts, b: PersonFacts): boolean {
  return a.local.some((x) => b.local.some((y) => x.system === y.system && x.value === y.value));
}

function agreedFields(facts: PersonFacts, citizen: Candidate, alike: Likeness): string[] {
  const sameNumber = facts.nhsNumber !== undefined && holds(citizen, facts.nhsNumber);
  const fields = { 'birth-date': alike.birthDate, family: alike.family, given: alike.given, gender: alike.gender, postcode: alike.postcode };
  return [...(sameNumber ? ['nhs-number'] : []), ...Object.entries(fields).filter(([, verdict]) => verdict === 'agree').map(([field]) => field)];
}

/** One candidate per citizen, in a fixed order: several blocking keys may have found the same one. */
function oneEach(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { citizen, facts } of candidates) {
    const before = found.get(citizen);
    found.set(citizen, { citizen, facts: before ? [...before.facts, ...facts] : facts });
  }
  return [...found.values()].sort((a, b) => (a.citizen < b.citizen ? -1 : 1));
}
