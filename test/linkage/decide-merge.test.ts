import fc from 'fast-check';
import { decideMerge as decide } from '../../src/linkage/decide-merge.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { shippedRule } from './shipped-rule.ts';

const grade = pairGrader(shippedRule());
const decideMerge = (ones: PersonFacts[], others: PersonFacts[]): string => {
  const decision = decide(ones, others, grade);
  return decision.kind === 'merge' ? 'merge' : decision.rule;
};

const alice: PersonFacts = {
  nhsNumber: '9990000743', nhsNumberStatus: '01', local: [], family: 'okafor', given: ['alice'], otherFamily: [], otherGiven: [], birthDate: '1938-02-11', gender: 'female', postcode: 'B138XX',
};
const silent: PersonFacts = { local: [], given: [], otherFamily: [], otherGiven: [] };
const other: PersonFacts = { ...silent, family: 'rahman', given: ['abdul'], birthDate: '1945-06-30', gender: 'male', postcode: 'B112AA' };

const cases: [string, PersonFacts[], PersonFacts[], string][] = [
  ['the same again', [alice], [alice], 'merge'],
  ['married and moved', [alice], [{ ...alice, family: 'bello', postcode: 'B301XX' }], 'merge'],
  ['nobody said anything of one', [alice], [], 'merge'],
  ['silence', [alice], [silent], 'merge'],
  ['admitted unknown, under a name that was made up', [alice], [{ ...other, identityUnknown: true }], 'merge'],
  ['two verified numbers, all else the same', [alice], [{ ...alice, nhsNumber: '9990031010' }], 'merge-two-numbers'],
  ['another number that nobody verified', [alice], [{ ...alice, nhsNumber: '9990031010', nhsNumberStatus: '02' }], 'merge'],
  ['twins', [alice], [{ ...alice, given: ['grace'], nhsNumber: '9990031010', nhsNumberStatus: '02' }], 'merge-twins'],
  ['another first name, of whom no family name is known', [alice], [{ ...silent, given: ['grace'], birthDate: '1938-02-11' }], 'merge-twins'],
  ['a twin among several witnesses', [alice, silent], [silent, { ...alice, given: ['grace'] }], 'merge-twins'],
  ['parent and child of one name, born on one day', [alice], [{ ...alice, birthDate: '1968-02-11', nhsNumberStatus: '02' }], 'merge-birth-dates'],
  ['another year, of whom no day is known', [alice], [{ ...silent, family: 'okafor', given: ['alice'], birthDate: '1968' }], 'merge-birth-dates'],
  ['a child of that name among several witnesses', [alice, silent], [silent, { ...alice, birthDate: '1966-07-30' }], 'merge-birth-dates'],
  ['a digit of the birth date mistyped', [alice], [{ ...alice, birthDate: '1938-02-17' }], 'merge'],
  ['day and month swapped', [alice], [{ ...alice, birthDate: '1938-11-02' }], 'merge'],
  ['a dummy birth date', [alice], [{ ...alice, birthDate: '1900-01-01' }], 'merge'],
  ['somebody else altogether', [alice], [other], 'merge-certainly-not'],
];

it.each(cases)('%s: whichever of the two is named first', (_, ones, others, expected) => {
  expect([decideMerge(ones, others), decideMerge(others, ones)]).toEqual([expected, expected]);
});

it('no more witnesses make a merge of what two verified numbers or twins forbid', () => {
  const anybody = fc.constantFrom(alice, silent, other, { ...alice, family: 'bello' });
  fc.assert(fc.property(fc.array(anybody), fc.array(anybody), (ones, others) => {
    expect(decideMerge([alice, ...ones], [{ ...alice, given: ['grace'] }, ...others])).not.toBe('merge');
    expect(decideMerge([alice, ...ones], [{ ...alice, nhsNumber: '9990031010' }, ...others])).toBe('merge-two-numbers');
  }));
});
