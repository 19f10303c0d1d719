import type { Patient, Resource } from '@medplum/fhirtypes';
import { directoryOf } from '../../../src/viewer/person/parts/origin.ts';
import { sectionIn } from '../../../src/viewer/person/story/read-told-story.ts';
import { timelineOf } from '../../../src/viewer/person/timeline/timeline-view.ts';
import { careIn, lastStayIn, whereNow, type WhereNow } from '../../../src/viewer/person/story/where-now-view.ts';
import { alice, bedStay, fromCommunity, fromCouncil, homeSupport, rehabilitation, wardStay } from './people.ts';
import { storyBundle, told } from './tell.ts';

const atTheTrust: Patient = { ...alice, id: 'trust', meta: fromCommunity };
const whereOf = (person: Patient, ...resources: Resource[]): WhereNow => {
  const document = storyBundle([person], resources);
  return whereNow(sectionIn(document, 'where-now'), sectionIn(document, 'coming-next'));
};
const entriesOf = (...resources: Resource[]) => timelineOf(told(...resources).events, directoryOf([], undefined, new Map()));

test('somebody in a bed is where the story says, with what the same record says of the end', () => {
  expect(whereOf(atTheTrust, bedStay, wardStay)).toMatchObject({ inBed: true, died: false, contradicted: false, places: [
    { text: expect.stringMatching(/^W12 B10, University Hospitals Birmingham, since 21-Nov-2026/) as string, record: 'Encounter/ward', expected: expect.stringMatching(/^25-Nov-2026: expected to leave/) as string },
  ] });
});

test('who is in no bed is at home, as the story says', () => {
  expect(whereOf(atTheTrust, bedStay)).toMatchObject({ inBed: false, places: [{ code: 'home', text: 'At home: 12 Example Road, Birmingham, B13 8XX', expected: undefined }] });
});

test('a death is said before all else, and a contradiction is pointed at', () => {
  expect(whereOf({ ...atTheTrust, deceasedDateTime: '2026-11-21' }, wardStay)).toMatchObject({ died: true, inBed: false, contradicted: true });
});

test('in two beds at once is a contradiction, and both are shown', () => {
  const where = whereOf(atTheTrust, { ...wardStay, id: 'one', meta: fromCouncil }, { ...wardStay, id: 'two' });
  expect([where.contradicted, where.places.length]).toEqual([true, 2]);
});

test('the last stay is the newest that ended; care that goes on is listed, ended care is not', () => {
  const entries = entriesOf(bedStay, wardStay, homeSupport, rehabilitation);
  expect(lastStayIn(entries)).toMatchObject({ record: 'Encounter/bed', subject: 'Moseley Hall Ward One', until: 'to 04-Jun-2026' });
  expect(careIn(entries).map(({ subject, day }) => [subject, day])).toEqual([['Home Support', '04-Jun-2026']]);
  expect(lastStayIn(entriesOf(wardStay))).toBeUndefined();
});
