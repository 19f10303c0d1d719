import { whoToTalkTo } from '../../../src/viewer/person/who-view.ts';
import { bannerOf } from '../../../src/viewer/person/banner-view.ts';
import { alice, homeSupport, keyWorkers, now, rehabilitation, storyOf } from './people.ts';

test('the coordinator of an active team comes with role, team, organisation and the team’s number as recorded', () => {
  expect(whoToTalkTo(storyOf(keyWorkers)).teams).toEqual([{
    key: 'team-workers-0', name: 'Sahota, Jaspal', role: 'Care coordinator, community nurse', organisation: 'Early Intervention Team South, Birmingham Community Healthcare', phones: [{ number: '0121 496 0210', use: 'work' }],
  }]);
});

test('a team whose work has ended is nobody to ring first', () => {
  const who = whoToTalkTo(storyOf({ ...keyWorkers, status: 'inactive', period: { start: '2026-05-21', end: '2026-06-22' } }));
  expect(who.teams).toEqual([]);
  expect(who.earlier).toMatchObject([{ name: 'Sahota, Jaspal', role: 'Care coordinator, community nurse, 21-May-2026 to 22-Jun-2026' }]);
});

test('a team that names nobody is rung as a team', () => {
  expect(whoToTalkTo(storyOf({ ...keyWorkers, participant: [] })).teams).toMatchObject([{ name: 'Early Intervention Team South', role: 'Care team', organisation: 'Birmingham Community Healthcare' }]);
});

test('organisations with active care have their number, those whose care has ended are left out', () => {
  expect(whoToTalkTo(storyOf(homeSupport, rehabilitation)).organisations).toMatchObject([{ name: 'Birmingham City Council', role: 'Home Support', phones: [{ number: '0121 496 0400' }] }]);
});

test('practice and relatives are named with what is recorded of them', () => {
  const who = whoToTalkTo(storyOf());
  expect(who.practice).toMatchObject([{ name: 'The Example Practice', role: 'GP practice, Dr Nirmal Bhogal', phones: [] }]);
  expect(who.family).toMatchObject([{ name: 'OKAFOR, Chidi', role: 'Son', phones: [{ number: '07700 900123', use: 'mobile' }] }]);
});

describe('the banner', () => {
  test('says who somebody is, with current phones only', () => {
    expect(bannerOf(alice, now)).toEqual({
      name: 'OKAFOR, Alice (Mrs)', preferred: 'Ally', born: '11-Feb-1938 (88y)', died: undefined, gender: 'Female', nhsNumber: '999 000 0743', address: '12 Example Road, Birmingham, B13 8XX', phones: [{ number: '0121 496 0123', use: 'home' }], language: undefined,
    });
  });
  test('says that somebody has died, and when if it is known', () => {
    expect(bannerOf({ ...alice, deceasedDateTime: '2026-02-10' }, now)).toMatchObject({ died: '10-Feb-2026', born: '11-Feb-1938 (87y)' });
    expect(bannerOf({ ...alice, deceasedBoolean: true }, now)).toMatchObject({ died: 'date not known', born: '11-Feb-1938' });
    expect(bannerOf({ ...alice, deceasedBoolean: false }, now).died).toBeUndefined();
  });
  test('never leaves a blank', () => {
    expect(bannerOf({ resourceType: 'Patient' }, now)).toMatchObject({ name: 'Not recorded', born: 'Not recorded', gender: 'Not recorded', nhsNumber: 'Not recorded', address: 'Not recorded' });
  });
});
