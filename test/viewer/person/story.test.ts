import { directoryOf, originOf } from '../../../src/viewer/person/parts/origin.ts';
import { isAbout, recordOf } from '../../../src/viewer/person/story/story.ts';
import { alice, bedStay, cityCouncil, communityTrust, councilPlan, fromCouncil, homeSupport, late, page, withheld } from './people.ts';

describe('a record that arrives in pages', () => {
  const story = recordOf(undefined, [page(alice, communityTrust, bedStay, late, withheld), page(cityCouncil, homeSupport, withheld)]);
  test('is one story', () => {
    expect(story.patient).toBe(alice);
    expect(story.resources).toEqual([bedStay, homeSupport]);
    expect(story.organisations).toEqual([communityTrust, cityCouncil]);
  });
  test('says each notice once, what is withheld first', () => expect(story.notices.map(({ kind }) => kind)).toEqual(['withheld', 'incomplete']));
  test('without anything is empty, not wrong', () => expect(recordOf(undefined, [])).toEqual({ patient: undefined, resources: [], organisations: [], notices: [] }));
});

describe('where an entry came from', () => {
  const systems = new Map([['bcc-cld', 'Council adult social care system']]);
  test('names organisation, system, record and row', () => {
    expect(originOf(councilPlan, directoryOf([cityCouncil], undefined, systems))).toEqual({ organisation: 'Birmingham City Council', system: 'Council adult social care system', record: '28', row: '6', recorded: fromCouncil.lastUpdated });
  });
  test('takes the organisation from the composed person where the directory lacks it', () => expect(originOf(councilPlan, directoryOf([], alice, systems)).organisation).toBe('Birmingham City Council'));
  test('falls back to the keys themselves', () => expect(originOf(councilPlan, directoryOf([], undefined, new Map()))).toMatchObject({ organisation: 'E08000025', system: 'bcc-cld' }));
  test('is not guessed', () => expect(originOf({ resourceType: 'CarePlan' } as never, directoryOf([], undefined, systems))).toMatchObject({ organisation: 'Not recorded', system: 'Not recorded', record: undefined }));
});

test('an entry is about the person it names, and about nobody else', () => {
  expect(isAbout(councilPlan, 'alice')).toBe(true);
  expect(isAbout(homeSupport, 'alice')).toBe(true);
  expect(isAbout(councilPlan, 'abdul')).toBe(false);
  expect(isAbout(cityCouncil, 'alice')).toBe(false);
});
