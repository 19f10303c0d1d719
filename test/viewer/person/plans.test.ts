import { directoryOf } from '../../../src/viewer/person/origin.ts';
import { plansOf, type Plans } from '../../../src/viewer/person/plans-view.ts';
import { councilPlan, draftPlan, endedPlan, keyWorkerPlan, keyWorkers, now, storyOf } from './people.ts';

function plans(...resources: Parameters<typeof storyOf>): Plans {
  return plansOf(storyOf(...resources), directoryOf([], undefined, new Map()), now);
}

test('active plans come first, newest first; drafts and ended plans stand apart', () => {
  const { active, waiting, ended } = plans(endedPlan, councilPlan, draftPlan, keyWorkerPlan);
  expect([active, waiting, ended].map((group) => group.map(({ id }) => id))).toEqual([['key', 'home'], ['draft'], ['ended']]);
});

test('a plan is led by the coordinator of its team', () => {
  expect(plans(keyWorkerPlan, keyWorkers).active[0]?.who).toEqual({ label: 'Led by', value: 'Sahota, Jaspal, care coordinator, community nurse' });
});

test('who wrote a plan is not said to lead it', () => {
  expect(plans({ ...keyWorkerPlan, careTeam: [], author: { type: 'Practitioner', display: 'Hanrahan, Niamh' } }).active[0]?.who).toEqual({ label: 'Written by', value: 'Hanrahan, Niamh' });
  expect(plans(councilPlan).active[0]?.who).toEqual({ label: 'Arranged by', value: 'Birmingham City Council' });
});

test('what is done is in the sender’s words, without prices', () => {
  expect(plans(councilPlan).active[0]).toMatchObject({ done: 'Home support, two visits a day', given: 'Example Homecare Ltd, 14 hours a week', since: 'Since 04-Jun-2026' });
});

test('a review whose date has passed says so, because nobody told whether it was held', () => {
  expect(plans(keyWorkerPlan).active[0]?.review).toBe('10-Jul-2026, date has passed');
  const ahead = structuredClone(keyWorkerPlan);
  ahead.activity = [{ detail: { status: 'scheduled', code: { text: 'Care plan review' }, scheduledTiming: { event: ['2026-07-10', '2026-12-01'] } } }];
  expect(plans(ahead).active[0]?.review).toBe('01-Dec-2026');
});

test('what nobody gave is said to be not recorded', () => {
  const [bare] = plans({ resourceType: 'CarePlan', id: 'bare', status: 'active', intent: 'plan', subject: {} }).active;
  expect(bare).toMatchObject({ title: 'Care plan without a title', team: 'Not recorded', since: 'Not recorded' });
  expect(bare?.facts).toContainEqual({ label: 'Review', value: 'Not recorded' });
});
