import type { Observation, Resource } from '@medplum/fhirtypes';
import { episodesOf } from '../../../src/viewer/person/cards/episodes-view.ts';
import { directoryOf } from '../../../src/viewer/person/parts/origin.ts';
import { referralsOf } from '../../../src/viewer/person/cards/referrals-view.ts';
import { bedStay, homeSupport, outcome, rehabilitation, requestToCouncil, requestToTeam, sentToCouncil, stayToldByCouncil, storyOf, wardStay } from './people.ts';
import { told } from './tell.ts';

const directory = directoryOf([], undefined, new Map());
const episodes = (...resources: Resource[]) => episodesOf(told(...resources).events, storyOf(...resources), directory);

test('a referral says from whom to whom, for what, how urgent, when, and what came of it', () => {
  const [newest, older, ...others] = referralsOf(told(requestToCouncil, sentToCouncil, requestToTeam, outcome).events, directory);
  expect(newest).toMatchObject({ title: 'University Hospitals Birmingham → Early Intervention Team South, Birmingham Community Healthcare', state: 'Received, no answer, waiting 173 days' });
  expect(newest?.facts).toEqual([{ label: 'What for', value: 'Not recorded' }, { label: 'Priority', value: 'Urgent' }, { label: 'Made', value: '02-Jun-2026 15:20' }, { label: 'Received', value: '02-Jun-2026 15:35' }, { label: 'Outcome', value: 'Not recorded' }]);
  expect(older).toMatchObject({ title: 'University Hospitals Birmingham → Birmingham City Council', id: 'sent', told: { organisations: ['University Hospitals Birmingham', 'Birmingham City Council'] } });
  expect(older?.facts).toEqual(expect.arrayContaining([{ label: 'What for', value: 'Support at home' }, { label: 'Outcome', value: 'Accepted: Progress to assessment' }]));
  expect(others).toEqual([]);
});

test('what goes on stands above what has ended, newer above older', () => {
  expect(episodes(rehabilitation, bedStay, homeSupport, wardStay).map(({ id }) => id)).toEqual(['ward', 'support', 'bed', 'rehab']);
});

test('a stay that two organisations tell of is one, with both', () => {
  expect(episodes(bedStay, stayToldByCouncil)).toMatchObject([{ id: 'bed', told: { organisations: ['Birmingham Community Healthcare', 'Birmingham City Council'] } }]);
});

test('an episode says its outcome, a stay its places and where the person went', () => {
  const [stay, episode] = episodes(rehabilitation, bedStay);
  expect(episode?.facts).toContainEqual({ label: 'Outcome', value: 'Goals met' });
  expect(stay?.facts).toContainEqual({ label: 'Went to', value: 'Usual place of residence' });
});

const item = 'https://fhir.bicp.example/CodeSystem/discharge-item';

describe('since when somebody was ready to leave', () => {
  const note = (day: string, ready: string | undefined, more: Partial<Observation> = {}): Observation => ({
    resourceType: 'Observation', id: day, status: 'final', code: { coding: [{ system: item, code: 'hub-note' }] }, effectiveDateTime: day, encounter: { reference: 'Encounter/ward' },
    component: ready === undefined ? [] : [{ code: { coding: [{ system: item, code: 'ready' }] }, valueDateTime: ready }], ...more,
  });
  const own = { ...wardStay, extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/discharge-ready-date', valueDateTime: '2026-11-22' }] };
  const readyOf = (...resources: Resource[]): string | undefined => episodes(...resources)[0]?.facts.find(({ label }) => label === 'Ready to leave')?.value;

  it.each<[string, Resource[], string | undefined]>([
    ['the stay says it best, whatever a sheet says', [own, note('2026-11-24', '2026-11-23')], '22-Nov-2026'],
    ['where it is silent, the last note of the hub is shown as that', [wardStay, note('2026-11-23', '2026-11-21'), note('2026-11-22', '2026-11-20')], '21-Nov-2026, as the discharge hub noted on 23-Nov-2026'],
    ['a last note without a date takes earlier ones back', [wardStay, note('2026-11-23', undefined), note('2026-11-22', '2026-11-20')], undefined],
    ['a note about another stay, or one that was a mistake, says nothing', [wardStay, note('2026-11-23', '2026-11-21', { encounter: { reference: 'Encounter/bed' } }), note('2026-11-22', '2026-11-20', { status: 'entered-in-error' })], undefined],
  ])('%s', (_, resources, shown) => {
    expect(readyOf(...resources)).toBe(shown);
  });
});
