import { alongOf, reasonIn } from '../../../src/viewer/referral/known-view.ts';
import { bedStay, draftPlan, endedPlan, keyWorkerPlan, keyWorkers, sentToCouncil, wardStay } from '../person/people.ts';

it('a referral may point to the stay somebody is in, to plans in force and to teams at work, and to nothing that is over', () => {
  expect(alongOf([bedStay, wardStay, endedPlan, draftPlan, keyWorkerPlan, keyWorkers, sentToCouncil]).map(({ reference }) => reference)).toEqual(['Encounter/ward', 'CarePlan/key', 'CareTeam/workers']);
  expect(alongOf([keyWorkerPlan])[0]?.label).toBe('Care plan: Key worker, since 05-Jun-2026');
});

it('begins with why somebody came in, and with nothing where nobody is in a bed', () => {
  expect(reasonIn([{ ...wardStay, reasonCode: [{ text: 'Fall at home' }] }])).toBe('Fall at home');
  expect(reasonIn([{ ...bedStay, reasonCode: [{ text: 'Fall at home' }] }])).toBe('');
});
