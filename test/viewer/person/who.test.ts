import type { AllergyIntolerance, Patient, Resource } from '@medplum/fhirtypes';
import { filledFrom } from '../../../src/viewer/break-glass/read-emergency.ts';
import { allergiesOf } from '../../../src/viewer/person/banner/allergies-view.ts';
import { cardsFor } from '../../../src/viewer/person/cards/card-order.ts';
import { bannerOf } from '../../../src/viewer/person/banner/banner-view.ts';
import { phoneParts } from '../../../src/viewer/person/parts/phone-parts.ts';
import { sectionIn } from '../../../src/viewer/person/story/read-told-story.ts';
import { firstToRing, whoToTalkTo, type WhoToTalkTo } from '../../../src/viewer/person/story/who-view.ts';
import { alice, fromCommunity, homeSupport, keyWorkers, now, rehabilitation, storyOf } from './people.ts';
import { storyBundle } from './tell.ts';

const whoOf = (...resources: Resource[]): WhoToTalkTo => {
  const person: Patient = { ...alice, id: 'trust', meta: fromCommunity };
  const document = storyBundle([person], resources);
  return whoToTalkTo(sectionIn(document, 'who-to-talk-to'), sectionIn(document, 'told-once'), sectionIn(document, 'plan'), storyOf(...resources));
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
      name: 'OKAFOR, Alice (Mrs)', preferred: 'Ally', born: '11-Feb-1938 (88y)', died: undefined, gender: 'Female', sex: undefined, nhsNumber: '999 000 0743', address: '12 Example Road, Birmingham, B13 8XX', phones: [{ number: '0121 496 0123', use: 'home' }], language: undefined,
    });
  });
  test('says that somebody has died, and when if it is known', () => {
    expect(bannerOf({ ...alice, deceasedDateTime: '2026-02-10' }, now)).toMatchObject({ died: '10-Feb-2026', born: '11-Feb-1938 (87y)' });
    expect(bannerOf({ ...alice, deceasedBoolean: true }, now)).toMatchObject({ died: 'date not known', born: '11-Feb-1938' });
    expect(bannerOf({ ...alice, deceasedBoolean: false }, now).died).toBeUndefined();
  });
  test('never leaves a blank', () => {
    expect(bannerOf({ resourceType: 'Patient' }, now)).toMatchObject({ name: 'Name not recorded', born: 'Not recorded', gender: 'Not recorded', nhsNumber: 'Not recorded', address: 'Not recorded' });
  });
  test.each<[string, Partial<Patient>, string]>([
    ['was not found', { identifier: [], extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/nhs-number-not-traced', valueBoolean: true }] }, 'Not recorded, not traced'],
    ['is there and was not traced', { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743', extension: [{ url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus', valueCodeableConcept: { coding: [{ code: '02' }] } }] }] }, '999 000 0743, not traced'],
    ['was verified', { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743', extension: [{ url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus', valueCodeableConcept: { coding: [{ code: '01' }] } }] }] }, '999 000 0743'],
  ])('says of an NHS number that it %s', (_, more, nhsNumber) => expect(bannerOf({ ...alice, ...more }, now).nhsNumber).toBe(nhsNumber));
  test('tells sex at birth from gender', () => {
    expect(bannerOf({ ...alice, gender: 'male', extension: [{ url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex', valueCodeableConcept: { coding: [{ code: 'F' }] } }] }, now)).toMatchObject({ gender: 'Male', sex: 'Female' });
  });

  const allergy = (more: Partial<AllergyIntolerance>): AllergyIntolerance => ({ resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/alice' }, code: { text: 'Penicillin' }, ...more });
  const none = allergy({ code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] } });
  const status = (code: string) => ({ coding: [{ code }] });
  test.each<[string, AllergyIntolerance[], string, number]>([
    ['an allergy by its reaction', [allergy({ reaction: [{ manifestation: [{ text: 'Rash' }, { text: 'Wheeze' }] }], criticality: 'high' })], 'Penicillin: Rash, Wheeze (high risk)', 1],
    ['that no reaction is recorded, and that it is not sure', [allergy({ verificationStatus: status('unconfirmed') })], 'Penicillin: reaction not recorded (not confirmed)', 1],
    ['that there is none known, where somebody asked', [none], 'No known allergies', 0],
    ['an allergy, whoever says that there is none', [none, allergy({})], 'Penicillin: reaction not recorded', 1],
    ['that nothing is recorded, where nobody did', [], 'Not recorded. Ask the person, or look in the GP or hospital record.', 0],
    ['nothing of what is over or was a mistake', [allergy({ clinicalStatus: status('resolved') }), allergy({ verificationStatus: status('entered-in-error') })], 'Not recorded. Ask the person, or look in the GP or hospital record.', 0],
  ])('says %s', (_, resources, text, known) => expect(allergiesOf({ resources })).toEqual({ text, known }));
});

test('every role has every card, in an order of its own', () => {
  for (const role of ['doctor', 'nurse', 'social-worker', 'care-home-unregistered', 'voluntary-worker', 'constructor']) expect([...cardsFor(role)].sort()).toEqual(['coming', 'once', 'plan', 'where', 'who']);
  expect([cardsFor('doctor').slice(0, 3), cardsFor('social-worker').slice(0, 4), cardsFor('care-home-registered')[0]]).toEqual([['where', 'plan', 'who'], ['where', 'who', 'plan', 'coming'], 'once']);
});

test('the way to emergency access takes along who it is about', () => {
  expect(filledFrom(alice)).toMatchObject({ number: '9990000743', born: '11-Feb-1938', family: 'Okafor', reason: '', explanation: '' });
  expect(filledFrom({ resourceType: 'Patient' })).toMatchObject({ number: '', born: '', family: '' });
});
