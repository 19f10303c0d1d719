import type { Patient } from '@medplum/fhirtypes';
import type { LinkReviewDetails } from '../../../src/flow/linkage/list-link-reviews.ts';
import { heldInWords, pairRows } from '../../../src/viewer/links/pair-view.ts';

const one: Patient = { resourceType: 'Patient', name: [{ family: 'OKAFOR', given: ['ALICIA'] }, { family: 'OKAFOR', given: ['ALICIA'] }], birthDate: '1938-02-11', meta: { tag: [{ code: 'RRK', display: 'University Hospitals' }] } };
const other: Patient = { resourceType: 'Patient', name: [{ family: 'Okafor', given: ['Alice'] }], birthDate: '1938-02-11', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743' }], telecom: [{ system: 'phone', value: '0121 496 0123' }] };
const now: LinkReviewDetails['now'] = { bits: 23, grade: 'possible', fields: [{ field: 'family', level: 'same', bits: 9 }, { field: 'given', level: 'alike', bits: -0.7 }, { field: 'birthDate', level: 'same', bits: 12.5 }], held: [] };
const rows = pairRows({ records: [{ citizen: '1', patient: one }, { citizen: '2', patient: other }], now });
const row = (field: string) => rows.find((each) => each.field === field);

test('both records stand field by field, each value once, with the weight of the comparison', () => {
  expect(row('First names')).toEqual({ field: 'First names', first: 'ALICIA', second: 'Alice', compared: 'Similar, speaks against one person (−0.7)', differs: true });
  expect(row('Surname')).toMatchObject({ compared: 'The same, speaks for one person (+9.0)', differs: false });
});

test('what only one says is not recorded of the other, and is no difference', () => {
  expect(row('NHS number')).toEqual({ field: 'NHS number', first: 'Not recorded', second: '999 000 0743', compared: 'Not compared', differs: false });
  expect(row('Records held by')).toMatchObject({ first: 'University Hospitals', differs: false });
});

test('of one record alone there is nothing to compare', () => expect(pairRows({ records: [{ citizen: '1', patient: one }], now })).toEqual([]));

test('why a pair was held back is said in words', () => {
  expect(heldInWords(['family: swapped', 'birthDate: two-parts', 'nhsNumber: other', 'nothing beside name and birth date'])).toEqual(['Surname: in the place of the other name', 'Date of birth: two of day, month and year are the same', 'two different NHS numbers', 'nothing beside name and birth date']);
});
