import type { Parameters } from '@medplum/fhirtypes';
import { decidedAgainOf } from '../../../src/viewer/governance/decided-again-view.ts';
import { accessReportOf } from '../../../src/viewer/reports/access-report-view.ts';

it('what a citizen can be told is in the gateway\'s own sentences, and what is held back is counted by rule', () => {
  const report: Parameters = { resourceType: 'Parameters', parameter: [
    { name: 'line', part: [{ name: 'when', valueString: 'On 5 April' }, { name: 'who', valueString: 'a doctor' }, { name: 'what', valueString: 'read plans' }, { name: 'what', valueString: 'read stays' }, { name: 'why', valueString: 'clause 2.1' }, { name: 'came-of-it', valueString: 'shown' }] },
    { name: 'held-back', part: [{ name: 'rule', valueCode: 'serious-harm' }, { name: 'looks', valueInteger: 2 }] },
  ] };
  expect(accessReportOf(report)).toEqual({ lines: [{ when: 'On 5 April', who: 'a doctor', what: ['read plans', 'read stays'], why: ['clause 2.1'], cameOfIt: ['shown'] }], heldBack: [{ rule: 'serious-harm', looks: 2 }] });
});

it('a decision made again says what was recorded, what comes out, and by which agreements', () => {
  const made: Parameters = { resourceType: 'Parameters', parameter: [
    { name: 'same', valueBoolean: false }, { name: 'as-of', valueInstant: '2026-11-22T10:00:00Z' }, { name: 'agreement', part: [{ name: 'id', valueString: 'a' }, { name: 'version', valueString: '1.0' }, { name: 'title', valueString: 'Early Intervention' }] },
    { name: 'recorded', part: [{ name: 'effect', valueCode: 'permit' }, { name: 'sentence', valueString: 'Clause 2.1 allows it' }, { name: 'count', valueInteger: 3 }] },
    { name: 'recomputed', part: [{ name: 'effect', valueCode: 'withheld' }, { name: 'custodian', valueString: 'RXT' }, { name: 'category', valueCode: 'mental-health' }, { name: 'count', valueInteger: 1 }] },
    { name: 'not-permitted', valueUri: 'CarePlan/1/_history/2' },
  ] };
  expect(decidedAgainOf(made)).toMatchObject({ same: false, agreements: ['Early Intervention, version 1.0'], recorded: ['Allowed, 3 entries: Clause 2.1 allows it'], recomputed: ['Kept back, 1 entry: RXT, mental health care'], notPermitted: ['CarePlan/1/_history/2'] });
  expect(decidedAgainOf({ resourceType: 'Parameters' }).same).toBe(false);
});
