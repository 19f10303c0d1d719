import { episodesOf } from '../../../src/viewer/person/episodes-view.ts';
import { directoryOf } from '../../../src/viewer/person/origin.ts';
import { referralsOf } from '../../../src/viewer/person/referrals-view.ts';
import { bedStay, homeSupport, outcome, rehabilitation, requestToCouncil, requestToTeam, storyOf, wardStay } from './people.ts';

const directory = directoryOf([], undefined, new Map());

test('a referral says from whom to whom, for what, how urgent, when, and what came of it', () => {
  const [newest, older] = referralsOf(storyOf(requestToCouncil, requestToTeam, outcome), directory);
  expect(newest).toMatchObject({ title: 'University Hospitals Birmingham → Early Intervention Team South, Birmingham Community Healthcare', state: 'Open' });
  expect(newest?.facts).toEqual([{ label: 'What for', value: 'Not recorded' }, { label: 'Priority', value: 'Urgent' }, { label: 'Made', value: '02-Jun-2026 15:20' }, { label: 'Received', value: '02-Jun-2026 15:35' }, { label: 'Outcome', value: 'Not recorded' }]);
  expect(older).toMatchObject({ title: 'Discharge from Hospital → Birmingham City Council', state: 'Completed' });
  expect(older?.facts).toContainEqual({ label: 'Outcome', value: 'Accepted: Progress to assessment' });
});

test('what goes on stands above what has ended, newer above older', () => {
  expect(episodesOf(storyOf(rehabilitation, bedStay, homeSupport, wardStay), directory).map(({ id }) => id)).toEqual(['ward', 'support', 'bed', 'rehab']);
});

test('an episode says its outcome, a stay its places and where the person went', () => {
  const [stay, episode] = episodesOf(storyOf(rehabilitation, bedStay), directory);
  expect(episode?.facts).toContainEqual({ label: 'Outcome', value: 'Goals met' });
  expect(stay?.facts).toContainEqual({ label: 'Went to', value: 'Usual place of residence' });
});
