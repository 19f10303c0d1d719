import fc from 'fast-check';
import { hardPairs } from '../../bench/linkage/hard-pairs.ts';
import { compareFields, type FieldLevels } from '../../src/linkage/compare-fields.ts';
import { decideLink } from '../../src/linkage/decide-link.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import { checkLinkageRule, nameCount, type LinkageRule } from '../../src/linkage/linkage-rule.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { shippedRule } from './shipped-rule.ts';

const rule = shippedRule();
const grade = pairGrader(rule);
const known = Object.keys(rule.names.family.counts);
const alice: PersonFacts = {
  local: [], family: known.find((name) => name.length > 6) ?? '', given: ['margaret'], otherFamily: [], otherGiven: [], birthDate: '1938-02-11', gender: 'female', postcode: 'B138XX',
  house: '12', lines: ['example road', 'moseley'], phones: ['07700900123'], emails: ['alice@mail.example'],
};
const slipped = `${alice.family?.slice(0, 3)}x${alice.family?.slice(4)}`;

describe('fields fall on levels', () => {
  it.each<[string, Partial<PersonFacts>, Partial<FieldLevels>]>([
    ['the same', {}, { given: 'same', family: 'same', birthDate: 'same', gender: 'same', address: 'same', phone: 'same', email: 'same' }],
    ['a short form', { given: ['peggy'] }, { given: 'same-name' }],
    ['an initial', { given: ['m'] }, { given: 'initial' }],
    ['what is another\'s first name and this one\'s next', { given: ['jean', 'margaret'] }, { given: 'middle' }],
    ['family and first name exchanged', { given: [alice.family ?? ''], family: 'margaret' }, { given: 'swapped', family: 'swapped' }],
    ['a misspelling that is nobody\'s name', { family: slipped }, { family: 'typo' }],
    ['one part of a double barrel', { family: `${alice.family} smith` }, { family: 'part' }],
    ['another name', { given: ['joyce'], family: 'bello' }, { given: 'other', family: 'other' }],
    ['day and month exchanged', { birthDate: '1938-11-02' }, { birthDate: 'day-month-swapped' }],
    ['a digit of the day', { birthDate: '1938-02-17' }, { birthDate: 'typo' }],
    ['a digit of the year that is a generation', { birthDate: '1968-02-11' }, { birthDate: 'years-apart' }],
    ['the birthday of somebody older', { birthDate: '1911-02-11' }, { birthDate: 'years-apart' }],
    ['a dummy date', { birthDate: '1900-01-01' }, { birthDate: null }],
    ['a year only, another one', { birthDate: '1951' }, { birthDate: 'other' }],
    ['a year only, the same', { birthDate: '1938' }, { birthDate: null }],
    ['a gender nobody knows', { gender: 'unknown' }, { gender: null }],
    ['a street nearly the same, the rest alike', { lines: ['exampel road'] }, { address: 'same' }],
    ['another house in the street', { house: '14' }, { address: 'mostly' }],
    ['a house called by its name and by its number', { house: 'rose cottage' }, { address: 'same' }],
    ['the same again, with nothing else in common', { house: 'rose cottage', lines: ['far lane'], postcode: 'B449ZZ' }, { address: 'other' }],
    ['another place', { house: '3', lines: ['far lane'], postcode: 'B449ZZ' }, { address: 'other' }],
    ['nothing of a place', { house: '', lines: [], postcode: '' }, { phone: 'same' }],
    ['another number', { phones: ['07700900999'] }, { phone: 'other' }],
    ['another mailbox of the same name', { emails: ['alice@other.example'] }, { email: 'similar' }],
  ])('%s', (_, change, expected) => {
    expect(compareFields(alice, { ...alice, ...change }, nameCount(rule))).toMatchObject(expected);
  });

  it('houses are told apart by their names, a letter more or less left aside', () => {
    const houses = (x: string, y: string): FieldLevels['address'] => compareFields({ ...alice, house: x }, { ...alice, house: y }, nameCount(rule)).address;
    expect([houses('rose cottage', 'rose cotage'), houses('rose cottage', 'ivy lodge')]).toEqual(['same', 'mostly']);
  });

  it.each<[string, string[], string, string[], string, Partial<FieldLevels>]>([
    ['other letters for one name', ['ayesha'], 'hussain', ['aisha'], 'hussein', { given: 'same-name', family: 'typo' }],
    ['two names of nearly the same letters', ['hassan'], 'hassan', ['hussain'], 'hussain', { given: 'alike' }],
    ['one part of a double barrel in other letters', ['yusuf'], 'choudhury khan', ['youssef'], 'chowdhury', { given: 'same-name', family: 'part' }],
    ['a name after the first where the family name should be', ['harjit', 'kaur'], 'gill', ['harjeet'], 'kaur', { given: 'same-name', family: null }],
    ['what many bear after the first tells nobody apart', ['mohammed', 'begum'], 'khan', ['muhammad', 'bibi'], 'khan', { given: 'same-name' }],
  ])('spellings: %s', (_, given, family, other, otherFamily, expected) => {
    const [one, two] = [{ ...alice, given, family }, { ...alice, given: other, family: otherFamily }];
    expect([compareFields(one, two, nameCount(rule)), compareFields(two, one, nameCount(rule))]).toMatchObject([expected, expected]);
  });

  it('of a first name that brothers share the next name tells', () => {
    const levelOf = (x: string[], y: string[]): FieldLevels['given'] => compareFields({ ...alice, given: x }, { ...alice, given: y }, nameCount(rule)).given;
    expect([levelOf(['mohammed', 'ali'], ['muhammad', 'hassan']), levelOf(['mohammed', 'ali'], ['mohammed', 'a']), levelOf(['mohammed', 'ali'], ['mohammed']), levelOf(['mohammed', 'ali'], ['mohammed', 'ahmed'])]).toEqual(['other', 'same', 'alike', 'other']);
  });

  it('two names of nearly the same letters are not taken for a mistake, known or unknown', () => {
    const often = Object.entries(rule.names.given.counts).sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
    const count = (_: string, name: string): number => ({ amira: 40, amina: 50 })[name] ?? 0;
    const twins = (x: string, y: string): FieldLevels => compareFields({ ...alice, given: [x] }, { ...alice, given: [y] }, count);
    expect([twins('amira', 'amina').given, twins('oluwaseun', 'oluwaseyi').given, twins('amira', 'amirra').given]).toEqual(['alike', 'alike', 'typo']);
    expect(often).not.toBe('');
  });
});

describe('a grade', () => {
  it('is the sum of what the fields weigh and of how seldom two people are one', () => {
    const { grade: found, bits, probability, evidence, held, rule: version } = grade(alice, alice);
    const prior = Math.log2(rule.prior / (1 - rule.prior));
    expect([found, held, version]).toEqual(['certain', [], rule.version]);
    expect(evidence.map(({ field }) => field)).toEqual(['given', 'family', 'birthDate', 'gender', 'address', 'phone', 'email']);
    expect(bits).toBeCloseTo(prior + evidence.reduce((sum, each) => sum + each.bits, 0), 9);
    expect(probability).toBeCloseTo(1 / (1 + 2 ** -bits), 9);
  });

  it('weighs a rare name more than a common one', () => {
    const counts = Object.entries(rule.names.family.counts).sort(([, a], [, b]) => b - a);
    const bitsOf = (family: string): number => grade({ ...alice, family }, { ...alice, family }).evidence.find(({ field }) => field === 'family')?.bits ?? 0;
    expect(bitsOf(counts.at(-1)?.[0] ?? '')).toBeGreaterThan(bitsOf(counts[0]?.[0] ?? '') + 1);
    expect(bitsOf('neverheard')).toBeGreaterThanOrEqual(bitsOf(counts.at(-1)?.[0] ?? ''));
  });

  it('needs a place or a contact in common beside name and birth date', () => {
    const elsewhere = { ...alice, house: '3', lines: ['far lane'], postcode: 'B449ZZ', phones: [], emails: [] };
    expect(grade(alice, elsewhere)).toMatchObject({ grade: 'possible' });
    expect(grade(alice, { ...elsewhere, family: 'bello', given: ['joyce'] }).grade).toBe('certainly-not');
  });

  it('is not `certain` of two NHS numbers', () => {
    expect(grade({ ...alice, nhsNumber: '9990000743' }, { ...alice, nhsNumber: '9990000379' })).toMatchObject({ grade: 'possible', held: ['nhsNumber: other'] });
  });

  it('links none of 4,000 pairs of people who are easily taken for one, nor does any rule', () => {
    const pairs = [...hardPairs(77, 4_000)];
    expect(pairs.filter(({ a, b }) => grade(a, b).grade === 'certain').map(({ kind }) => kind)).toEqual([]);
    expect(pairs.filter(({ a, b }) => decideLink(b, [{ citizen: 'a', facts: [a] }], grade).kind === 'certain').map(({ kind }) => kind)).toEqual([]);
    expect(new Set(pairs.map(({ kind }) => kind)).size).toBe(20);
  });

  it('is the same both ways round', () => {
    const words = fc.constantFrom('margaret', 'peggy', 'm', 'amira', 'amina', 'hadley', 'hadly', 'rudge', 'x');
    const person = fc.record({
      local: fc.constant<PersonFacts['local']>([]), given: fc.array(words, { maxLength: 2 }), family: words, otherFamily: fc.array(words, { maxLength: 1 }), otherGiven: fc.array(words, { maxLength: 1 }),
      birthDate: fc.constantFrom('1938-02-11', '1938-11-02', '1968-02-11', '1938', '1900-01-01', '1938-02-17'), gender: fc.constantFrom('female', 'male', 'unknown'),
      postcode: fc.constantFrom('B138XX', 'B138XY', 'B449ZZ'), house: fc.constantFrom('1', '2'), lines: fc.array(fc.constantFrom('example road', 'exampel road', 'far lane'), { maxLength: 2 }), phones: fc.array(fc.constantFrom('07700900123', '07700900999'), { maxLength: 1 }),
    });
    fc.assert(fc.property(person, person, (a, b) => {
      const [one, other] = [grade(a, b), grade(b, a)];
      expect([other.grade, other.held]).toEqual([one.grade, one.held]);
      expect(other.bits).toBeCloseTo(one.bits, 9);
    }), { numRuns: 500 });
  });
});

describe('a rule with a mistake is told', () => {
  it.each<[string, (rule: LinkageRule) => void, string]>([
    ['a level without a weight', (bad) => { delete bad.weights.given['typo']; }, 'weights.given.typo: m and u are probabilities between 0 and 1'],
    ['thresholds the wrong way round', (bad) => { bad.thresholds = { certain: 0.2, possible: 0.9 }; }, 'thresholds: possible must be below certain, both between 0 and 1'],
    ['a level nobody knows', (bad) => { bad.neverCertain = { given: ['twin'] }; }, 'given: there is no level twin'],
    ['a prior that is none', (bad) => { bad.prior = 1; }, 'prior is a probability between 0 and 1'],
  ])('%s', (_, spoil, expected) => {
    const bad = structuredClone(rule);
    spoil(bad);
    expect(checkLinkageRule(bad)).toEqual([expected]);
  });
});
