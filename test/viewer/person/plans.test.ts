import { directoryOf } from '../../../src/viewer/person/parts/origin.ts';
import { plansOf, type Plans } from '../../../src/viewer/person/cards/plans-view.ts';
import { documentsIn, planGroupsOf, shortened } from '../../../src/viewer/person/cards/story-plan-view.ts';
import { sectionIn } from '../../../src/viewer/person/story/read-told-story.ts';
import { loadProfiles } from '../../../src/fhir/profiles.ts';
import { alice, councilPlan, draftPlan, endedPlan, fromCommunity, keyWorkerPlan, keyWorkers, now, storyOf } from './people.ts';
import { storyBundle, told } from './tell.ts';

function plans(...resources: Parameters<typeof storyOf>): Plans {
  return plansOf(told(...resources).events, storyOf(...resources), directoryOf([], undefined, new Map()), now);
}
const factOf = (label: string, ...resources: Parameters<typeof storyOf>): string | undefined => plans(...resources).active[0]?.facts.find((fact) => fact.label === label)?.value;

test('active plans come first, newest first; drafts and ended plans stand apart', () => {
  const { active, waiting, ended } = plans(endedPlan, councilPlan, draftPlan, keyWorkerPlan);
  expect([active, waiting, ended].map((group) => group.map(({ id }) => id))).toEqual([['key', 'home'], ['draft'], ['ended']]);
});

test('a plan is led by the coordinator of its team', () => {
  expect(factOf('Led by', keyWorkerPlan, keyWorkers)).toBe('Sahota, Jaspal, care coordinator, community nurse');
});

test('who wrote a plan is not said to lead it', () => {
  expect(factOf('Written by', { ...keyWorkerPlan, careTeam: [], author: { type: 'Practitioner', display: 'Hanrahan, Niamh' } })).toBe('Hanrahan, Niamh');
  expect(factOf('Arranged by', councilPlan)).toBe('Birmingham City Council');
});

test('what is done is in the sender’s words, without prices', () => {
  expect(['What is done', 'Given by', 'When'].map((label) => factOf(label, councilPlan))).toEqual(['Home support, two visits a day', 'Example Homecare Ltd, 14 hours a week', 'Since 04-Jun-2026']);
});

test('a review whose date has passed says so, because nobody told whether it was held', () => {
  expect(factOf('Review', keyWorkerPlan)).toBe('10-Jul-2026, date has passed');
  const ahead = structuredClone(keyWorkerPlan);
  ahead.activity = [{ detail: { status: 'scheduled', code: { text: 'Care plan review' }, scheduledTiming: { event: ['2026-07-10', '2026-12-01'] } } }];
  expect(factOf('Review', ahead)).toBe('01-Dec-2026');
});

test('what nobody gave is said to be not recorded', () => {
  const [bare] = plans({ resourceType: 'CarePlan', id: 'bare', status: 'active', intent: 'plan', subject: {} }).active;
  expect(bare?.title).toBe('Care plan without a title');
  for (const label of ['When', 'What is done', 'Review']) expect(bare?.facts).toContainEqual({ label, value: 'Not recorded' });
});

describe('the coordinated plan', () => {
  beforeAll(() => { loadProfiles('profiles'); });
  const section = (...resources: Parameters<typeof storyOf>) => sectionIn(storyBundle([{ ...alice, id: 'trust', meta: fromCommunity }], resources), 'plan');
  test('is told line by line, each with who says it and the entry that does', () => {
    const [plan] = planGroupsOf(section(councilPlan));
    expect(plan?.lines.find(({ code }) => code === 'plan-activity')).toMatchObject({ text: expect.stringContaining('Example Homecare Ltd') as string, by: 'Birmingham City Council, 04-Jun-2026', record: 'CarePlan/home' });
  });
  test('in short it is the first of each sort of line before a second of any, in the order of the sorts', () => {
    const line = (code: string, text: string) => ({ code, text, by: '', record: undefined, ended: false });
    const lines = [line('plan', 'one plan'), line('plan-activity', 'a'), line('plan-activity', 'b'), line('plan-activity', 'c'), line('contact-in-hours', 'ring'), line('plan-review', 'soon')];
    expect(shortened({ code: 'plan', title: '', lines }, 4).map(({ text }) => text)).toEqual(['a', 'b', 'soon', 'ring']);
  });
  test('what changed is told with who changed it and at what time, and leads to the plan', () => {
    const council = (n: number, more: object) => ({ ...councilPlan, ...more, meta: { ...councilPlan.meta, versionId: String(n), source: `urn:onestory:bcc:bcc-cld#${n}/1` } });
    const [group] = planGroupsOf(sectionIn(storyBundle([{ ...alice, id: 'trust', meta: fromCommunity }], [council(2, { description: 'Home support, daily' })], [], [council(1, {})]), 'plan'));
    const line = group?.lines.find(({ code }) => code === 'plan-change');
    expect(line).toMatchObject({ text: "Why there is Home Support changed from 'Home support, two visits a day' to 'Home support, daily'", by: expect.stringMatching(/^Birmingham City Council, \d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d$/) as string, record: 'CarePlan/home' });
    expect(group && shortened(group, 9)).toContainEqual(line);
  });
  test('signed documents stand apart, and those no longer in force are marked', () => {
    const signed = { ...councilPlan, title: 'Treatment escalation plan', category: [{ coding: [{ system: 'http://snomed.info/sct', code: '735324008' }] }] };
    expect(documentsIn(section(signed, { ...signed, id: 'old', status: 'revoked' as const }).groups).map(({ record, ended }) => [record, ended])).toEqual(expect.arrayContaining([['CarePlan/home', false], ['CarePlan/old', true]]));
    expect(shortened({ code: 'signed-document', title: '', lines: documentsIn(section(signed, { ...signed, id: 'old', status: 'revoked' as const }).groups) }, 4)).toHaveLength(1);
  });
});
