import type { CarePlan, Flag, Patient } from '@medplum/fhirtypes';
import { storyRow, type Partner } from './story/story-rows.ts';
import type { StoryRow } from '../src/story/story-row.ts';

/**
 * Named made-up people, each with one thing that goes wrong in real records, as their partners have them. Where a trap has
 * its test elsewhere, because another part of the gateway has to stand it:
 *
 * | trap | test |
 * | --- | --- |
 * | numbers: check digit, one digit wrong, spaces, status, shared by two people, two of one person | fhir/nhs-number, flow/bad-input-hl7, linkage/decide-link, linkage/grade-pair |
 * | twins, swapped birth dates, dummy dates, parent and child of one name | linkage/grade-pair, linkage/decide-link, linkage/person-facts |
 * | HL7: null means delete, order of messages, repeated control id, merges that wait | flow/bad-input-hl7, mappings/hl7-traps, flow/merge-messages |
 * | local times, clock changes, estimated and partial dates | fhir/local-time, mappings/hl7-traps, fhir/date-range |
 * | sex codes of every feed | mappings/hl7-traps, mapping/translate |
 * | council rows: loose spelling, byte order mark, carers as rows | mappings/cld-words, flow/bad-input-csv |
 * | ReSPECT and DNACPR as they are sent | flow/documents |
 *
 * What a composed story must make of people is in story/tell-story, which takes them from here.
 */
export interface NamedPerson {
  people: StoryRow[];
  rows: StoryRow[];
}

const ethnicCategory = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory';
const ethnicity = (code: string, display: string): NonNullable<Patient['extension']> => [{ url: ethnicCategory, valueCodeableConcept: { coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland', code, display }] } }];
const person = (partner: Partner, resource: Partial<Patient>): StoryRow => storyRow(partner, { resourceType: 'Patient', id: `${partner}-person`, ...resource });
const programme = (code: string): NonNullable<CarePlan['extension']> => [{ url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code } }];
const plan = (partner: Partner, id: string, component: string, more: Partial<CarePlan>): StoryRow =>
  storyRow(partner, { resourceType: 'CarePlan', id, status: 'active', intent: 'plan', subject: {}, extension: programme(component), ...more });
const resuscitation = (partner: Partner, id: string, status: Flag['status'], more: Partial<Flag>): StoryRow =>
  storyRow(partner, { resourceType: 'Flag', id, status, code: { text: 'DNACPR', coding: [{ system: 'http://snomed.info/sct', code: '450476008' }] }, subject: {}, ...more });
const visit = (partner: Partner, id: string, status: 'planned' | 'in-progress' | 'finished', sort: string, start: string): StoryRow => storyRow(partner, {
  resourceType: 'Encounter', id, status, class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: sort }, period: { start }, serviceProvider: { display: partner }, subject: {},
});
const home = (line: string, postalCode: string): NonNullable<Patient['address']> => [{ use: 'home', line: [line], postalCode }];
const escalation = [{ coding: [{ system: 'http://snomed.info/sct', code: '735324008' }] }];

/** Trap 13: the hospital tells a death without a date, the council goes on as if nothing had happened, and a visit is still sent. */
export const diedWithoutADate: NamedPerson = {
  people: [person('uhb', { deceasedBoolean: true, address: home('1 Example Row', 'B1 1XX') }), person('bcc', { address: home('1 Example Row', 'B1 1XX') })],
  rows: [visit('bchc', 'sent-after', 'planned', 'HH', '2026-07-14T10:00:00+01:00')],
};

/** Trap 6: three partners, three words for one thing; the one that does not know outvotes nobody silently. */
export const twoEthnicities: NamedPerson = {
  people: [person('uhb', { extension: ethnicity('N', 'African') }), person('bchc', { extension: ethnicity('N', 'African') }), person('bcc', { extension: ethnicity('M', 'Caribbean') })], rows: [],
};

/** Trap 7 and more: two addresses, two practices, two next of kin. */
export const movedAndUndecided: NamedPerson = {
  people: [
    person('uhb', { address: home('1 Example Row', 'B1 1XX'), generalPractitioner: [{ type: 'Organization', display: 'The Example Practice', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'M85001' } }], contact: [{ name: { text: 'Chidi Sample' }, relationship: [{ text: 'Next of kin' }] }] }),
    person('bcc', { address: home('9 Sample Close', 'B9 9XX'), generalPractitioner: [{ type: 'Organization', display: 'Canalside Example Surgery', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'M85002' } }], contact: [{ name: { text: 'Ada Sample' }, relationship: [{ text: 'Next of kin' }] }] }),
  ], rows: [],
};

/** Trap 16: two versions of a ReSPECT plan, a DNACPR that was taken back and one in force, a plan signed in 2019, an allergy one system knows. */
export const signedAndTakenBack: NamedPerson = {
  people: [person('uhb', {})],
  rows: [
    plan('bsmhft', 'respect-1', 'end-of-life', { status: 'revoked', category: escalation, title: 'ReSPECT, version 1', created: '2024-01-10', author: { type: 'Practitioner', display: 'Dr First' } }),
    plan('bsmhft', 'respect-2', 'end-of-life', { category: escalation, title: 'ReSPECT, version 2', created: '2024-02-12', author: { type: 'Practitioner', display: 'Dr Second' }, replaces: [{ reference: 'CarePlan/respect-1' }] }),
    plan('uhb', 'old', 'end-of-life', { category: escalation, title: 'Treatment escalation plan', created: '2019-03-01', author: { type: 'Practitioner', display: 'Dr Long Ago' } }),
    resuscitation('uhb', 'not-any-more', 'inactive', { period: { start: '2024-02-05', end: '2024-04-02' } }),
    resuscitation('bsmhft', 'in-force', 'active', { period: { start: '2024-02-12' } }),
    storyRow('bchc', { resourceType: 'AllergyIntolerance', id: 'penicillin', code: { text: 'Penicillin' }, criticality: 'high', patient: {}, recordedDate: '2025-03-01' }),
  ],
};

/** In two organisations' beds, and visited at home the same day. */
export const inTwoBeds: NamedPerson = {
  people: [person('uhb', { address: home('1 Example Row', 'B1 1XX') })],
  rows: [visit('uhb', 'ward', 'in-progress', 'IMP', '2026-06-29T09:00:00+01:00'), visit('bchc', 'bed', 'in-progress', 'IMP', '2026-06-28T09:00:00+01:00'), visit('bchc', 'home-visit', 'finished', 'HH', '2026-07-01T09:00:00+01:00')],
};

/** Trap 2: twins at one address whose records are two stories; what the other has is in neither. */
export const twinOne: NamedPerson = { people: [person('uhb', { name: [{ given: ['Samina'], family: 'Example' }], birthDate: '1951-05-05', address: home('1 Example Row', 'B1 1XX') })], rows: [plan('bchc', 'plan-one', 'community-team', { title: 'Plan of the first' })] };
export const twinTwo: NamedPerson = { people: [person('uhb', { id: 'uhb-other', name: [{ given: ['Shabana'], family: 'Example' }], birthDate: '1951-05-05', address: home('1 Example Row', 'B1 1XX') })], rows: [plan('bcc', 'plan-two', 'reablement', { title: 'Plan of the second' })] };

const walking = { status: 'in-progress', description: 'Walking practice, twice a week' } as const;
/** Two partners' plans of one programme that say one thing twice, and what the person wrote. */
export const onePlanOfTwo: NamedPerson = {
  people: [person('uhb', {})],
  rows: [
    plan('bchc', 'therapy', 'community-team', { title: 'Rehabilitation care plan', description: 'Afraid of falling', created: '2026-06-02', author: { type: 'Practitioner', display: 'Ravi Example' },
      activity: [{ detail: { ...walking } }, { detail: { status: 'unknown', code: { text: 'Care plan review' }, scheduledTiming: { event: ['2026-06-20'] } } }] }),
    plan('bcc', 'package', 'reablement', { title: 'Reablement', created: '2026-06-05', activity: [{ detail: { ...walking, description: 'walking practice - twice a week' } }, { detail: { status: 'in-progress', code: { text: 'Reablement' }, performer: [{ display: 'Example Reablement Service' }], description: 'Unit cost 21.50, Hourly' } }] }),
    plan('bchc', 'own-words', 'community-team', { title: 'About me', description: 'I want to get to church', created: '2026-06-06', author: { type: 'Patient', reference: 'Patient/uhb-person' } }),
    plan('bchc', 'nursing', 'district-nursing', { title: 'Nursing care plan', created: '2026-06-07' }),
    plan('bsmhft', 'over', 'community-team', { title: 'Ended', status: 'completed' }),
  ],
};

/** One organisation found no allergy, another knows of one; the flags for resuscitation contradict each other. */
export const contradicted: NamedPerson = {
  people: [person('uhb', {})],
  rows: [
    storyRow('uhb', { resourceType: 'AllergyIntolerance', id: 'none', code: { text: 'No known allergies', coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] }, patient: {} }),
    storyRow('bchc', { resourceType: 'AllergyIntolerance', id: 'latex', code: { text: 'Latex' }, patient: {} }),
    resuscitation('uhb', 'not', 'active', {}),
    storyRow('bchc', { resourceType: 'Flag', id: 'for', status: 'active', code: { text: 'For resuscitation', coding: [{ system: 'http://snomed.info/sct', code: '450475007' }] }, subject: {} }),
  ],
};

/** Two dates of one death, and one stay that its hospital and the council tell differently. */
export const diedTwice: NamedPerson = {
  people: [person('uhb', { deceasedDateTime: '2026-05-02' }), person('bchc', { deceasedDateTime: '2026-05-03' })],
  rows: (['uhb', 'bcc'] as const).map((partner) => storyRow(partner, {
    resourceType: 'Encounter', id: `${partner}-stay`, status: partner === 'uhb' ? 'finished' : 'in-progress', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' }, subject: {},
    period: { start: '2026-04-20T09:00:00+01:00' }, identifier: [{ system: 'https://fhir.bicp.example/Id/rrk/visit', value: 'V1' }], serviceProvider: { reference: 'Organization/uhb', display: 'uhb' },
  })),
};

const item = (partner: Partner, id: string, code: string, value: string, more: object = {}): StoryRow => storyRow(partner, {
  resourceType: 'Observation', id, status: 'final', subject: {}, code: { coding: [{ system: code.split('|')[0] ?? '', code: code.split('|')[1] ?? '' }], text: id }, valueString: value, effectiveDateTime: '2026-02-05', ...more,
});
const own = (name: string): string => `https://fhir.bicp.example/CodeSystem/${name}`;

/** Trap 16 and what people are asked again and again: papers somebody signed that are told of and not sent, wishes, and an assessment that is no longer valid. */
export const toldManyThings: NamedPerson = {
  people: [person('uhb', { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired', valueBoolean: true }] })],
  rows: [
    item('bchc', 'Advance decision', 'http://snomed.info/sct|816301000000100', 'Refuses ventilation'), item('bchc', 'Power of attorney', 'http://snomed.info/sct|816361000000101', 'Health and welfare'),
    item('bchc', 'Wishes', `${own('epaccs-item')}|preferences-and-wishes`, 'To be at home with the dog'),
    item('bcc', 'Has an unpaid carer', `${own('cld-item')}|has-unpaid-carer`, 'daughter'), item('bcc', 'Sees badly', `${own('cld-item')}|visual-impairment`, 'severe'),
    item('bcc', 'Trusted assessment', `${own('care-home-item')}|trusted-assessment-outcome`, 'can return', { effectivePeriod: { start: '2026-03-01', end: '2026-03-29' } }),
    plan('bchc', 'timed', 'community-team', {
      title: 'Rehabilitation', goal: [{ reference: '#goal' }], contained: [{ resourceType: 'Goal', id: 'goal', lifecycleStatus: 'active', description: { text: 'Walk to the shop' }, subject: {} }],
      activity: [{ detail: { status: 'scheduled', description: 'Physiotherapy', scheduledPeriod: { start: '2026-07-06', end: '2026-08-17' } } }],
    }),
  ],
};
