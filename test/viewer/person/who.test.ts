import type { Patient, Resource } from '@medplum/fhirtypes';
import { bannerOf } from '../../../src/viewer/person/banner-view.ts';
import { phoneParts } from '../../../src/viewer/person/phone-parts.ts';
import { sectionIn } from '../../../src/viewer/person/read-told-story.ts';
import { firstToRing, whoToTalkTo, type WhoToTalkTo } from '../../../src/viewer/person/who-view.ts';
import { alice, fromCommunity, homeSupport, keyWorkers, now, rehabilitation, storyOf } from './people.ts';
import { storyBundle } from './tell.ts';

const whoOf = (...resources: Resource[]): WhoToTalkTo => {
  const person: Patient = { ...alice, id: 'trust', meta: fromCommunity };
  const document = storyBundle([person], resources);
  return whoToTalkTo(sectionIn(document, 'who-to-talk-to'), sectionIn(document, 'told-once'), storyOf(...resources));
};

test('the coordinator of an active team comes as the story tells them, by name, with who says so', () => {
  expect(whoOf(keyWorkers).services[0]).toMatchObject({ name: 'Sahota, Jaspal', text: expect.stringMatching(/^Sahota, Jaspal, care coordinator, community nurse, .*0121 496 0210$/) as string, by: 'Birmingham Community Healthcare, 22-Nov-2026', record: 'CareTeam/workers' });
});

test('a team whose work has ended is nobody to ring', () => {
  expect(whoOf({ ...keyWorkers, status: 'inactive', period: { start: '2026-05-21', end: '2026-06-22' } }).services.filter(({ record }) => record === 'CareTeam/workers')).toEqual([]);
});

test('a service nobody speaks for is rung at its organisation; one whose care has ended is left out', () => {
  expect(whoOf(homeSupport, rehabilitation).services.filter(({ code }) => code === 'service')).toMatchObject([{ name: 'Home Support', text: 'Home Support, Birmingham City Council, 0121 496 0400' }]);
});

test('practice and relatives are named with what is recorded of them', () => {
  const { services, family } = whoOf();
  expect(services.map(({ text }) => text)).toEqual(expect.arrayContaining(['Registered with The Example Practice']));
  expect(family).toMatchObject([{ text: 'Chidi Okafor, son, 07700 900123', by: expect.stringContaining('Birmingham Community Healthcare') as string }]);
});

test('one of each sort comes before a second of any, and one relative', () => {
  const contact = (code: string, text: string) => ({ code, text, name: text, by: '', record: undefined, ended: false });
  const who = { services: [contact('coordinator', 'A'), contact('team', 'B'), contact('team', 'C'), contact('practice', 'D')], family: [contact('key-contact', 'E'), contact('key-contact', 'F')] };
  expect(firstToRing(who).map(({ text }) => text)).toEqual(['A', 'B', 'D', 'E']);
});

test.each([
  ['Team South, 0121 496 0210', [['Team South, ', undefined], ['0121 496 0210', '01214960210']]],
  ['+44 7700 900123 or 07700-900124.', [['+44 7700 900123', '+447700900123'], [' or ', undefined], ['07700-900124', '07700900124'], ['.', undefined]]],
  ['Seen on 04-Jun-2026, 999 000 0743, ward 12', [['Seen on 04-Jun-2026, 999 000 0743, ward 12', undefined]]],
  ['', []],
])('%s: phone numbers are told apart and nothing else is', (text, parts) => expect(phoneParts(text).map((part) => [part.text, part.number])).toEqual(parts));

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
