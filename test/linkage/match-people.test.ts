import { pairGrader } from '../../src/linkage/grade-pair.ts';
import { enoughToMatch, matchPeople } from '../../src/linkage/match-people.ts';
import type { Candidate, PersonFacts } from '../../src/linkage/types.ts';
import { shippedRule } from './shipped-rule.ts';

const grade = pairGrader(shippedRule());
const alice: PersonFacts = {
  nhsNumber: '9990000743', nhsNumberStatus: '01', local: [{ system: 'https://fhir.bicp.example/Id/uhb/person', value: 'H1' }], family: 'okafor', given: ['alice'],
  otherFamily: [], otherGiven: [], birthDate: '1938-02-11', gender: 'female', postcode: 'B138XX', house: '12', lines: ['station road'],
};
const nobody: PersonFacts = { local: [], given: [], otherFamily: [], otherGiven: [] };
const asked = (facts: Partial<PersonFacts>): PersonFacts => ({ ...nobody, ...facts });
const citizen = (name: string, ...facts: PersonFacts[]): Candidate => ({ citizen: name, facts });
const { nhsNumber: _, nhsNumberStatus: __, ...unnumbered } = { ...alice, local: [] };

describe('whether enough is asked', () => {
  it.each<[string, Partial<PersonFacts>, boolean]>([
    ['a whole name', { family: 'okafor', given: ['alice'] }, false],
    ['a birth date', { birthDate: '1938-02-11' }, false],
    ['a birth date, a postcode and a phone', { birthDate: '1938-02-11', postcode: 'B138XX', phones: ['07700900123'] }, false],
    ['a family name with a year', { family: 'okafor', birthDate: '1938' }, false],
    ['a whole name with a date that means none', { family: 'okafor', given: ['alice'], birthDate: '1900-01-01' }, false],
    ['a family name with a postcode', { family: 'okafor', postcode: 'B138XX' }, false],
    ['a family name with a birth date', { family: 'okafor', birthDate: '1938-02-11' }, true],
    ['a first name with a birth date', { given: ['alice'], birthDate: '1938-02-11' }, true],
    ['a whole name with a postcode', { family: 'okafor', given: ['alice'], postcode: 'B138XX' }, true],
    ['a whole name with a phone', { family: 'okafor', given: ['alice'], phones: ['07700900123'] }, true],
    ['a number', { nhsNumber: '9990000743' }, true],
    ['a partner\'s own number', { local: alice.local }, true],
  ])('%s: %s', (_name, facts, enough) => expect(enoughToMatch(asked(facts))).toBe(enough));
});

describe('who may be meant', () => {
  it('a misspelt name with the birth date is possible, and never certain', () => {
    const [match, ...more] = matchPeople(asked({ family: 'okafour', given: ['allice'], birthDate: '1938-02-11', gender: 'female' }), [citizen('a', alice)], grade);
    expect(more).toEqual([]);
    expect(match).toMatchObject({ citizen: 'a', decidedBy: 'link-likelihood-02' });
    expect(match?.grade).not.toBe('certain');
    expect(match?.evidence.map(({ field, level }) => `${field} ${level}`)).toEqual(expect.arrayContaining(['given alike', 'family typo', 'birthDate same']));
  });

  it('name, birth date and home are certain', () => {
    expect(matchPeople(unnumbered, [citizen('a', alice)], grade)).toMatchObject([{ citizen: 'a', grade: 'certain' }]);
  });

  it('two people who fit as well are both probable', () => {
    const both = matchPeople(unnumbered, [citizen('a', unnumbered), citizen('b', unnumbered)], grade);
    expect(both.map(({ grade: each }) => each)).toEqual(['probable', 'probable']);
  });

  it('a number alone is no certainty, a number with the birth date is', () => {
    expect(matchPeople(asked({ nhsNumber: '9990000743' }), [citizen('a', alice)], grade)).toMatchObject([{ grade: 'possible', decidedBy: 'link-nhs-03' }]);
    expect(matchPeople(asked({ nhsNumber: '9990000743', birthDate: '1938-02-11', family: 'okafor', given: ['alice'] }), [citizen('a', alice)], grade)).toMatchObject([{ grade: 'certain', score: 1, decidedBy: 'link-nhs-02' }]);
  });

  it('another verified number, a twin and somebody unlike are nobody', () => {
    const verified = { ...unnumbered, nhsNumber: '9990000379', nhsNumberStatus: '01' };
    expect(matchPeople(verified, [citizen('a', alice)], grade)).toEqual([]);
    expect(matchPeople(asked({ family: 'smith', given: ['john'], birthDate: '1938-02-11' }), [citizen('a', alice)], grade)).toEqual([]);
    expect(matchPeople(unnumbered, [], grade)).toEqual([]);
  });

  it('the likeliest comes first, in whatever order they are compared', () => {
    const other = { ...unnumbered, given: ['alicia'], postcode: 'B429ZZ', house: '3', lines: ['mill lane'] };
    const candidates = [citizen('b', other), citizen('a', alice)];
    const found = matchPeople(unnumbered, candidates, grade).map(({ citizen: each }) => each);
    expect(found[0]).toBe('a');
    expect(matchPeople(unnumbered, candidates.toReversed(), grade).map(({ citizen: each }) => each)).toEqual(found);
  });
});
