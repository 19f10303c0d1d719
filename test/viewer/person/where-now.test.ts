import { whereNow } from '../../../src/viewer/person/where-now-view.ts';
import { bedStay, councilPlan, homeSupport, keyWorkerPlan, now, rehabilitation, storyOf, wardStay } from './people.ts';

test('somebody in a bed is where they were last moved, since then, with the expected end', () => {
  expect(whereNow(storyOf(bedStay, wardStay), now).stays).toEqual([{ id: 'ward', place: 'W12 B10', organisation: 'University Hospitals Birmingham', when: 'Since 21-Nov-2026 10:30', expectedEnd: 'Expected to end 25-Nov-2026', wentTo: undefined, state: undefined }]);
});

test('a stay that is over is the last stay, with where they went, without the dictionary’s small print', () => {
  expect(whereNow(storyOf(bedStay), now)).toMatchObject({ stays: [], last: { id: 'bed', place: 'Moseley Hall Ward One', when: '11-May-2026 to 04-Jun-2026', wentTo: 'Usual place of residence' } });
});

test('a stay that ended by its period is not going on, whatever its state says', () => {
  expect(whereNow(storyOf({ ...wardStay, period: { start: '2026-11-20', end: '2026-11-21' } }), now)).toMatchObject({ stays: [], last: { id: 'ward' } });
});

test('a stay whose parts are told too is told by the part that goes on, and by itself when none does', () => {
  const part = { ...wardStay, id: 'part', partOf: { reference: 'Encounter/ward' } };
  expect(whereNow(storyOf(wardStay, part), now).stays.map(({ id }) => id)).toEqual(['part']);
  expect(whereNow(storyOf(wardStay, { ...part, status: 'finished' as const }), now).stays.map(({ id }) => id)).toEqual(['ward']);
});

test('a leave from the ward is said', () => {
  expect(whereNow(storyOf({ ...wardStay, status: 'onleave' }), now).stays[0]?.state).toBe('On leave from the ward');
});

test.each([['AMB'], ['HH'], ['VR']])('a contact of class %s is no stay', (code) => {
  expect(whereNow(storyOf({ ...wardStay, class: { code } }), now)).toMatchObject({ stays: [], last: undefined });
});

test.each(['entered-in-error', 'planned', 'cancelled'] as const)('a stay that is %s was no stay', (status) => {
  expect(whereNow(storyOf({ ...wardStay, status }), now)).toMatchObject({ stays: [], last: undefined });
});

test('active care is listed, ended care is not', () => {
  expect(whereNow(storyOf(homeSupport, rehabilitation), now).services).toEqual([{ id: 'support', type: 'EpisodeOfCare', title: 'Home Support', sort: undefined, organisation: 'Birmingham City Council', since: 'Since 04-Jun-2026' }]);
});

test('a plan of an organisation with an active episode is not the same care twice; another plan is care of its own', () => {
  expect(whereNow(storyOf(homeSupport, councilPlan, keyWorkerPlan), now).services.map(({ title }) => title)).toEqual(['Home Support', 'Key worker']);
});
