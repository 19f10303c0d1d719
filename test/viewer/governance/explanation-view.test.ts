import { explanationOf, recordOf } from '../../../src/viewer/explain/explanation-view.ts';

test.each([['CarePlan/a1', 'CarePlan/a1'], [' CarePlan/a1/_history/3 ', 'CarePlan/a1'], ['CarePlan', undefined], ['careplan/1', undefined], ['CarePlan/a b', undefined], ['CarePlan/1/$everything', undefined]])('%s names %s', (typed, record) => {
  expect(recordOf(typed)).toBe(record);
});

test('an explanation is its rules in order, or whoever may see it', () => {
  expect(explanationOf({ resourceType: 'Parameters', parameter: [
    { name: 'custodian', valueString: 'Community trust' }, { name: 'category', valueCode: 'plan' }, { name: 'label', valueCode: 'MH' },
    { name: 'rule', part: [{ name: 'number', valueInteger: 1 }, { name: 'says', valueString: 'own records' }, { name: 'effect', valueCode: 'not-decided' }] },
    { name: 'rule', part: [{ name: 'number', valueInteger: 2 }, { name: 'says', valueString: 'an agreement' }, { name: 'effect', valueCode: 'permit' }, { name: 'sentence', valueString: 'Clause 2.1 allows it' }] },
    { name: 'audience', part: [{ name: 'organisation', valueString: 'Council' }, { name: 'number', valueInteger: 2 }, { name: 'sentence', valueString: 'Clause 3' }, { name: 'role', valueCode: 'nurse' }, { name: 'role', valueCode: 'doctor' }, { name: 'purpose', valueCode: 'TREAT' }] },
  ] })).toEqual({
    custodian: 'Community trust', category: 'plan', labels: ['MH'],
    rules: [{ number: 1, says: 'own records', effect: 'not-decided', sentence: undefined }, { number: 2, says: 'an agreement', effect: 'permit', sentence: 'Clause 2.1 allows it' }],
    audiences: [{ organisation: 'Council', sentence: 'Clause 3', roles: ['nurse', 'doctor'], purposes: ['TREAT'] }],
  });
});
