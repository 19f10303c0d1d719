import type { CarePlan, Flag, Patient } from '@medplum/fhirtypes';
import { storyRow, type Partner } from './story/story-rows.ts';
import type { CldColumn } from '../src/demo/cld-columns.ts';
import type { CsvRow } from '../src/demo/csv.ts';
import type { StoryRow } from '../src/story/story-row.ts';
import type { MessageFacts } from './intake/adt.ts';

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
 * What a composed story must make of people is in story/tell-story, which takes them from here; what becomes of people as they are
 * sent (`Sent…`) in mappings/named-people, and of merged ones in flow/merge-messages.
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

/** Trap 1: Nora Sample's number as people and spreadsheets write it, with what it must come to; and who else has, or is said to have, it. */
export const numberThroughASpreadsheet = {
  number: '9990000743',
  readAs: ['9990000743', '999 000 0743', '999-000-0743', ' 9990000743 '],
  refused: { 'a digit lost by a spreadsheet': '999000743', 'one digit changed': '9990000753', 'two digits swapped': '9990000473', 'a letter for a digit': '999OOOO743', 'a placeholder': '9999999999' },
  statuses: { NSTS01: '01', NSTS02: '02', NSTS04: '04', NSTS05: '05' },
  /** passes the check and is somebody else's: the name and the birth date tell */
  ofSomebodyElse: { 5: 'SAMPLE^NORA^^^MRS^^L', 7: '19410402', 8: '2' },
  owner: { 5: 'EXAMPLE^BRUNO^^^MR^^L', 7: '19620917', 8: '1' },
  /** a second number of one person */
  second: '9990000379',
} as const;

/** Trap 3: Otto Sample's stay, told in the order it happened: admitted, sent again, moved, his phone given up, discharged, corrected. */
export const toldOutOfOrder: readonly MessageFacts[] = [
  { id: 'OTTO1', event: 'A01', at: '20240301080000', pid: { 3: 'OTTO^^^RRK', 5: 'SAMPLE^OTTO^^^MR^^L', 13: '0121 496 0001^PRN^PH' }, pv1: { 44: '20240301080000' } },
  { id: 'OTTO2', event: 'A02', at: '20240302090000', pid: { 3: 'X9^^^OTHER~OTTO^^^RRK', 5: 'SAMPLE^OTTO^^^MR^^L' }, pv1: { 3: 'RRK^W14^B1^RRK15' } },
  { id: 'OTTO3', event: 'A31', at: '20240303090000', pid: { 3: 'OTTO^^^RRK~X9^^^OTHER', 5: 'SAMPLE^OTTO^^^MR^^L', 13: '""' }, pv1: null },
  { id: 'OTTO4', event: 'A03', at: '20240305150000', pid: { 3: 'OTTO^^^RRK', 5: 'SAMPLE^OTTO^^^MR^^L' }, pv1: { 36: '19', 45: '20240305150000' } },
  { id: 'OTTO5', event: 'A08', at: '20240306080000', pid: { 3: 'OTTO^^^RRK', 5: 'SAMPLE^OTTO^^^MR^^L' }, pv1: { 10: '430' } },
];

/** Trap 4: Pia Sample, born in a year nobody is sure of, admitted in the hour that comes twice; and what says no date at all. */
export const bornAboutThen = {
  sure: { 7: '1931', 32: 'ED' },
  admitted: { '20241027013000': '2024-10-27T01:30:00+01:00', '20241027023000': '2024-10-27T02:30:00+00:00', '20240701013000': '2024-07-01T01:30:00+01:00' },
  refused: { '20240331013000': 'date-not-real', '27/10/2024': 'date-format', '45592': 'date-format' },
  noDates: { 7: '19000101', 45: '99991231' },
  swapped: '19311703',
} as const;

/** Trap 5: Quinn Sample's sex as each feed writes it, and the gender it is; no feed says what it was at birth. */
export const sexInEveryCode = { 0: 'unknown', 1: 'male', 2: 'female', 9: 'other', M: 'male', F: 'female', I: 'other', U: 'unknown', X: 'other', Female: 'female' } as const;

const councilPerson: CsvRow<CldColumn> = {
  'LA Code': '406', 'Reporting Period Start Date': '2024-01-01', 'Reporting Period End Date': '2024-03-31', 'LA Person Unique Identifier': 'BCC0077001', 'First Name': 'Rosa', 'Last Name': 'Sample', Gender: 'Female',
  'Date of Birth': '1936-05-05', 'Client Type': 'Service user', Postcode: 'B13 8XX',
};
const homeSupport: CsvRow<CldColumn> = { ...councilPerson, 'Event Type': 'Service', 'Service Type': 'Long term support: Community', 'Service Component': 'Home support or domiciliary care', 'Unit Cost': '21.50' };

/** Trap 10: Rosa Sample as the council's rows have her, in the words of two releases, with services that overlap and units that cannot be, and who cares for her and two others. */
export const oddCouncilRows = {
  outcomes: ['NFA - Deceased', 'NFA: Deceased', 'NFA- Other ', '  NFA: Other'].map((outcome, n): CsvRow<CldColumn> => ({ ...councilPerson, 'Event Type': 'Request', 'Event Reference': `RQ-${n}`, 'Event Start Date': '2024-02-01', 'Event End Date': '2024-02-02', 'Event Outcome': outcome })),
  overlapping: [['SV-1', '2024-02-01', '2024-03-10'], ['SV-2', '2024-03-01', undefined]].map(([reference, from, to]): CsvRow<CldColumn> => ({ ...homeSupport, 'Event Reference': reference, 'Event Start Date': from, 'Event End Date': to, 'Cost Frequency (Unit Type)': 'Hourly', 'Planned units per week': '7' })),
  units: [['Hourly', '-3'], ['Hourly', '0'], ['Weekly', '10.5']].map(([frequency, units], n): CsvRow<CldColumn> => ({ ...homeSupport, 'Event Reference': `SV-9${n}`, 'Event Start Date': '2024-03-12', 'Cost Frequency (Unit Type)': frequency, 'Planned units per week': units })),
  carer: {
    ...councilPerson, 'LA Person Unique Identifier': 'BCC0077002', 'First Name': 'Saul', 'Date of Birth': '1966-09-30', 'Client Type': 'Unpaid carer', 'Event Type': 'Assessment', 'Event Reference': 'AS-1', 'Event Start Date': '2024-02-12', 'Event End Date': '2024-02-14',
    'Assessment Type': 'Short term assessment', 'No. of adults being cared for': '3', 'Adult 1 Linked Person_ID': 'BCC0077001', 'Adult 2 Linked Person_ID': 'BCC0077003', 'Adult 3 Linked Person_ID': 'BCC0077004',
  } satisfies CsvRow<CldColumn>,
} as const;

/** Trap 17: Tessa Sample under three hospital numbers, each merged into the next. */
export const mergedInAChain = { keys: ['TESSA1', 'TESSA2', 'TESSA3'], name: 'SAMPLE^TESSA' } as const;
