import { directoryOf } from '../../../src/viewer/person/origin.ts';
import { chosenOf, groupsOf, organisationsIn, timelineOf } from '../../../src/viewer/person/timeline-view.ts';
import { bedStay, cityCouncil, communityTrust, councilPlan, draftPlan, homeSupport, keyWorkers, now, outcome, recorded, rehabilitation, requestToCouncil, requestToTeam, storyOf, wardStay } from './people.ts';

const directory = directoryOf([communityTrust, cityCouncil], undefined, new Map([['bcc-cld', 'Council system'], ['bchc-rio', 'Community RiO']]));
const all = timelineOf(storyOf(bedStay, homeSupport, rehabilitation, requestToCouncil, requestToTeam, outcome, councilPlan, draftPlan, keyWorkers), directory, now);

test('every dated event is there, newest first', () => {
  expect(all.map(({ when, what }) => `${when} ${what}`)).toEqual([
    '05-Jun-2026 Care team began: Early Intervention Team South',
    '04-Jun-2026 11:00 Stay ended: Moseley Hall Ward One',
    '04-Jun-2026 Care began: Home Support',
    '04-Jun-2026 Care ended: Rehabilitation beds',
    '04-Jun-2026 Plan began: Home Support',
    '02-Jun-2026 15:35 Referral received by Early Intervention Team South',
    '02-Jun-2026 15:20 Referral made to Early Intervention Team South',
    '02-Jun-2026 Plan being prepared',
    '29-May-2026 Referral accepted',
    '28-May-2026 Referral made to Birmingham City Council',
    '11-May-2026 16:00 Stay began: Moseley Hall Ward One',
    '08-May-2026 Care began: Rehabilitation beds',
  ]);
});

test('an event says which organisation and system it is from and when it was recorded, and leads to its entry', () => {
  expect(all.at(-3)).toMatchObject({ type: 'ServiceRequest', id: 'request', origin: { organisation: 'Birmingham City Council', system: 'Council system', recorded }, more: 'From Discharge from Hospital. Support at home' });
});

test('moves within a stay are told', () => {
  expect(timelineOf(storyOf(wardStay), directory, now).map(({ what }) => what)).toEqual(['Moved to W12 B10', 'Stay began: AMU B3']);
});

test('what lies ahead is planned, what was entered in error is marked', () => {
  expect(timelineOf(storyOf({ ...homeSupport, period: { start: '2026-12-01' } }), directory, now)[0]?.what).toBe('Planned: Care began: Home Support');
  expect(timelineOf(storyOf({ ...homeSupport, status: 'entered-in-error' }), directory, now)[0]?.what).toBe('Care began: Home Support (entered in error)');
});

test('a sort of entry nobody foresaw still has its place by its date', () => {
  expect(timelineOf(storyOf({ resourceType: 'Condition', id: 'c', subject: {}, code: { text: 'Frailty' }, recordedDate: '2026-03-01' }), directory, now)).toMatchObject([{ when: '01-Mar-2026', what: 'Condition: Frailty' }]);
});

describe('choosing from the timeline', () => {
  test('every word counts, anywhere in what is shown', () => {
    expect(chosenOf(all, { text: 'REFERRAL council', organisation: '' }).map(({ id }) => id)).toEqual(['outcome', 'request']);
    expect(chosenOf(all, { text: 'rio stay', organisation: '' })).toHaveLength(2);
    expect(chosenOf(all, { text: 'jun-2026', organisation: '' })).toHaveLength(8);
    expect(chosenOf(all, { text: 'nothing like it', organisation: '' })).toEqual([]);
  });
  test('an organisation can be chosen', () => {
    expect(organisationsIn(all)).toEqual(['Birmingham City Council', 'Birmingham Community Healthcare']);
    expect(chosenOf(all, { text: '', organisation: 'Birmingham City Council' })).toHaveLength(5);
  });
  test('by month, or by organisation', () => {
    expect(groupsOf(all, 'date').map(({ heading, entries }) => [heading, entries.length])).toEqual([['Jun-2026', 8], ['May-2026', 4]]);
    expect(groupsOf(all, 'organisation').map(({ heading, entries }) => [heading, entries.length])).toEqual([['Birmingham City Council', 5], ['Birmingham Community Healthcare', 7]]);
  });
});
