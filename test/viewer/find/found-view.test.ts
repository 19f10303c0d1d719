import type { Bundle, Patient } from '@medplum/fhirtypes';
import { foundOf } from '../../../src/viewer/find/found-view.ts';

const now = new Date('2026-11-22T10:00:00Z');
const alice: Patient = {
  resourceType: 'Patient', id: 'a1', gender: 'female', birthDate: '1938-02-11', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743' }],
  name: [{ use: 'official', family: 'Okafor', given: ['Alice'], prefix: ['Mrs'] }, { use: 'usual', given: ['Ally'] }], address: [{ use: 'home', line: ['12 Example Road', 'Moseley'], postalCode: 'B13 8XX' }],
  meta: { tag: [{ code: 'RRK', display: 'University Hospitals Birmingham' }, { code: 'RYW' }] },
};
const notice = (code: 'suppressed' | 'incomplete', text: string) => ({ search: { mode: 'outcome' as const }, resource: { resourceType: 'OperationOutcome' as const, issue: [{ severity: 'information' as const, code, details: { text } }] } });
const bundle = (entry: Bundle['entry']): Bundle => ({ resourceType: 'Bundle', type: 'searchset', ...(entry && { entry }) });
const only = (entry: Bundle['entry']) => ({ bundle: bundle(entry), meant: undefined });

test('a person found shows enough to be chosen safely', () => {
  const { people } = foundOf(only([{ resource: alice, search: { mode: 'match' } }]), now);
  expect(people).toMatchObject([{ id: 'a1', address: 'B13 8XX, 12 Example Road', holders: ['University Hospitals Birmingham', 'RYW'], banner: { name: 'OKAFOR, Alice (Mrs)', preferred: 'Ally', born: '11-Feb-1938 (88y)', gender: 'Female', nhsNumber: '999 000 0743' } }]);
});

test('of twins, or one person twice, it is said that they are alike; of two others it is not', () => {
  const with2 = (other: Partial<Patient>) => foundOf(only([{ resource: alice }, { resource: { ...alice, id: 'a2', ...other } }]), now).alike;
  expect([with2({ name: [{ family: 'OKAFOR', given: ['Amara'] }] }), with2({ birthDate: '1940-02-11' }), with2({ name: [{ family: 'Okafer' }] })]).toEqual([true, false, false]);
});

test.each<[string, Partial<Patient>, Partial<Patient>, boolean]>([
  ['two who died at different ages', { deceasedDateTime: '2019-05-01' }, { deceasedDateTime: '2021-08-01' }, true],
  ['one whose first name nobody recorded', {}, { name: [{ family: ' okafor', prefix: ['Mr'] }] }, true],
  ['two whose name nobody recorded', { name: [] }, { name: [] }, false],
  ['two of one first name and no surname', { name: [{ given: ['Alice'] }] }, { name: [{ given: ['Alice'] }] }, false],
  ['two whose day of birth nobody recorded', { birthDate: '' }, { birthDate: '' }, false],
])('alike is who has the same surname and date of birth on record: %s', (_, one, other, alike) => {
  const without = (patient: Patient): Patient => Object.fromEntries(Object.entries(patient).filter(([, value]) => value.length > 0)) as unknown as Patient;
  expect(foundOf(only([{ resource: without({ ...alice, ...one }) }, { resource: without({ ...alice, id: 'a2', ...other }) }]), now).alike).toBe(alike);
});

test('whose name nobody recorded is not called by what is missing', () => {
  const { name: _, ...nameless } = alice;
  expect(foundOf(only([{ resource: nameless }]), now).people[0]?.banner.name).toBe('Name not recorded');
});

test('what is included and what is said beside the matches are nobody found', () => {
  const { people, notices } = foundOf(only([{ resource: alice, search: { mode: 'include' } }, { resource: alice, search: { mode: 'match' } }, notice('incomplete', 'One source is late.')]), now);
  expect(people).toHaveLength(1);
  expect(notices).toEqual([{ kind: 'incomplete', text: 'One source is late.' }]);
});

test('an empty answer looks the same whether there is nobody or nobody for this reader', () => {
  expect(foundOf(only([notice('suppressed', 'Some information is not shown.')]), now)).toEqual(foundOf(only(undefined), now));
});

test('an empty answer still says that a source is late', () => {
  expect(foundOf(only([notice('incomplete', 'One source is late.')]), now).notices).toHaveLength(1);
});

test('more people than were sent are told of', () => {
  expect(foundOf({ bundle: { ...bundle([{ resource: alice }]), link: [{ relation: 'next', url: 'http://127.0.0.1/fhir/Patient?_page=x' }] }, meant: undefined }, now).more).toBe(true);
});

describe('where nobody answers to exactly what was typed', () => {
  const field = (name: string, level: string) => ({ url: 'field', extension: [{ url: 'name', valueCode: name }, { url: 'level', valueCode: level }, { url: 'bits', valueDecimal: 6.2 }] });
  const graded = (grade: string) => ({ resource: alice, search: { mode: 'match' as const, score: 0.4, extension: [
    { url: 'http://hl7.org/fhir/StructureDefinition/match-grade', valueCode: grade }, { url: 'https://fhir.bicp.example/StructureDefinition/match-explanation', extension: [{ url: 'decidedBy', valueCode: 'link-likelihood-02' }, field('family', 'typo'), field('birthDate', 'same'), field('address', 'other')] },
  ] } });
  test.each([['certain', 'Very likely'], ['probable', 'Likely'], ['possible', 'Possible']])('who may be meant is shown with the grade %s in words, and why', (grade, words) => {
    expect(foundOf({ bundle: bundle([]), meant: bundle([graded(grade)]) }, now)).toMatchObject({ onlyMeant: true, people: [{ id: 'a1', meant: { grade: words, because: 'Surname: nearly the same; Date of birth: the same' } }] });
  });
  test('who was found exactly is never told as only meant', () => {
    expect(foundOf({ bundle: bundle([{ resource: alice }]), meant: bundle([graded('certain')]) }, now)).toMatchObject({ onlyMeant: false, people: [{ meant: undefined }] });
  });
  test('nobody meant looks the same whether there is nobody or nobody for this reader', () => {
    expect(foundOf({ bundle: bundle([]), meant: bundle([notice('suppressed', 'Some information is not shown.')]) }, now)).toEqual(foundOf(only(undefined), now));
  });
});
