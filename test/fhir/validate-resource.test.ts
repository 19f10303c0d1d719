import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { readJson } from '../../src/fhir/read-json.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { changed, component, extension, patientAbdul, validCases } from './cases.ts';

beforeAll(() => { loadProfiles('profiles'); });

/** `code @ pointer` of everything found. */
const found = (resource: JsonObject) => validateResource(resource).map((problem) => `${problem.code} @ ${problem.at?.pointer ?? ''}`);
const coding = (system: string, code: string): Json => ({ system: `https://fhir.bicp.example/CodeSystem/${system}`, code });

describe('what conforms is accepted without a word', () => {
  it.each(Object.keys(validCases))('%s', (type) => {
    expect(validateResource(validCases[type] ?? {})).toEqual([]);
  });

  it('numbers kept exact are validated as numbers', () => {
    const text = JSON.stringify(validCases['CarePlan']).replace('7.5', '7.500');
    const read = readJson(new TextEncoder().encode(text), { maxBytes: 10_000 });
    expect('value' in read && validateResource(read.value)).toEqual([]);
  });
});

describe('what our profiles ask for beyond base R4', () => {
  const { CarePlan, EpisodeOfCare, ServiceRequest, Encounter, CareTeam, Task, Consent } = validCases;
  const ready = extension('discharge-ready-date', { valueString: 'soon' });
  it.each<[string, JsonObject, string]>([
    ['a Patient without an identifier', changed(patientAbdul, { identifier: undefined }), 'profile-missing @ Patient.identifier'],
    ['a Patient whose identifier has no system', changed(patientAbdul, { identifier: [{ value: '1' }] }), 'profile-missing @ Patient.identifier[0].system'],
    ['a Patient with two NHS numbers', changed(patientAbdul, { identifier: ['9990000379', '9990000743'].map((value) => ({ system: 'https://fhir.nhs.uk/Id/nhs-number', value })) }), 'profile-too-many @ Patient.identifier'],
    ['a CarePlan without its component', changed(CarePlan, { extension: undefined }), 'profile-missing @ CarePlan.extension'],
    ['an EpisodeOfCare without its component', changed(EpisodeOfCare, { extension: undefined }), 'profile-missing @ EpisodeOfCare.extension'],
    ['a ServiceRequest without its component', changed(ServiceRequest, { extension: undefined }), 'profile-missing @ ServiceRequest.extension'],
    ['two components', changed(EpisodeOfCare, { extension: [component, component] }), 'profile-too-many @ EpisodeOfCare.extension'],
    ['a component nobody knows', changed(EpisodeOfCare, { extension: [{ ...component, valueCoding: coding('ei-component', 'opal') }] }), 'profile-code @ EpisodeOfCare.extension[0].valueCoding'],
    ['a component from another code system', changed(EpisodeOfCare, { extension: [{ ...component, valueCoding: coding('discharge-pathway', 'ucr') }] }), 'profile-code @ EpisodeOfCare.extension[0].valueCoding'],
    ['a component of the wrong type', changed(EpisodeOfCare, { extension: [{ url: component['url'] ?? '', valueString: 'ucr' }] }), 'profile-type @ EpisodeOfCare.extension[0].valueString'],
    ['a component without a value', changed(EpisodeOfCare, { extension: [{ url: component['url'] ?? '' }] }), 'profile-missing @ EpisodeOfCare.extension[0].value'],
    ['a ready date that is text', changed(EpisodeOfCare, { extension: [component, ready] }), 'profile-type @ EpisodeOfCare.extension[1].valueString'],
    ['an EpisodeOfCare without an identifier', changed(EpisodeOfCare, { identifier: undefined }), 'profile-missing @ EpisodeOfCare.identifier'],
    ['a pathway nobody knows', changed(ServiceRequest, { extension: [component, extension('discharge-pathway', { valueCoding: coding('discharge-pathway', '4') })] }), 'profile-code @ ServiceRequest.extension[1].valueCoding'],
    ['criteria to reside as text alone', changed(Encounter, { extension: [extension('criteria-to-reside', { extension: [{ url: 'criterion', valueCodeableConcept: { text: 'unwell' } }] })] }), 'profile-code @ Encounter.extension[0].extension[0].valueCodeableConcept'],
    ['criteria to reside without the criterion', changed(Encounter, { extension: [extension('criteria-to-reside', { extension: [{ url: 'recorded', valueDateTime: '2026-01-01' }] })] }), 'profile-missing @ Encounter.extension[0].extension'],
    ['an Encounter about nobody', changed(Encounter, { subject: undefined }), 'profile-missing @ Encounter.subject'],
    ['a CareTeam about nobody', changed(CareTeam, { subject: undefined }), 'profile-missing @ CareTeam.subject'],
    ['a Task that does not say what it is', changed(Task, { code: undefined }), 'profile-missing @ Task.code'],
    ['a Consent of nobody', changed(Consent, { patient: undefined }), 'profile-missing @ Consent.patient'],
    ['an extension of ours that was never published', changed(Encounter, { extension: [extension('discharge-ready', { valueDateTime: '2026-01-01' })] }), 'extension-unknown @ Encounter.extension[0]'],
  ])('%s is refused', (_name, resource, problem) => {
    expect(found(resource)).toContain(problem);
    expect(validateResource(resource).some(({ category }) => category === 'unprocessable')).toBe(true);
  });
});

describe('base R4', () => {
  it.each<[string, JsonObject, string]>([
    ['no resource type', {}, 'resource-type-unknown @ resourceType'],
    ['an invented resource type', { resourceType: 'Person2' }, 'resource-type-unknown @ resourceType'],
    ['a data type as a resource', { resourceType: 'HumanName' }, 'resource-type-unknown @ resourceType'],
    ['an invented element', changed(patientAbdul, { shoeSize: 9 }), 'element-unknown @ Patient.shoeSize'],
    ['a wrong JSON type', changed(patientAbdul, { active: 'yes' }), 'element-type @ Patient.active'],
    ['a single value for a list', changed(patientAbdul, { name: { family: 'X' } }), 'element-type @ Patient.name'],
    ['a missing element', changed(validCases['EpisodeOfCare'], { status: undefined }), 'element-missing @ EpisodeOfCare.status'],
    ['an empty text', changed(patientAbdul, { name: [{ family: '' }] }), 'element-empty @ Patient.name[0].family'],
    ['an empty list', changed(patientAbdul, { telecom: [] }), 'element-empty @ Patient.telecom'],
    ['an empty object', changed(patientAbdul, { maritalStatus: {} }), 'element-empty @ Patient.maritalStatus'],
    ['null', changed(patientAbdul, { gender: null }), 'element-empty @ Patient.gender'],
    ['a badly written date', changed(patientAbdul, { birthDate: '08/03/1941' }), 'element-format @ Patient.birthDate'],
    ['a day that does not exist', changed(patientAbdul, { birthDate: '1941-02-29' }), 'date-unreal @ Patient.birthDate'],
    ['a dateTime that does not exist', changed(validCases['EpisodeOfCare'], { period: { start: '2026-02-30T10:00:00Z' } }), 'date-unreal @ EpisodeOfCare.period.start'],
    ['an id that is none', changed(patientAbdul, { id: 'a b' }), 'element-format @ Patient.id'],
    ['a choice given twice', changed(patientAbdul, { deceasedBoolean: true, deceasedDateTime: '2026-01-01' }), 'element-choice @ deceasedDateTime'],
    ['a broken rule', changed(patientAbdul, { contact: [{ gender: 'male' }] }), 'invariant-failed @ Patient.contact[0]'],
    ['a status that is none', changed(validCases['EpisodeOfCare'], { status: 'open' }), 'code-not-in-value-set @ EpisodeOfCare.status'],
    ['a gender that is none', changed(patientAbdul, { gender: 'M' }), 'code-not-in-value-set @ Patient.gender'],
    ['a name use that is none', changed(patientAbdul, { name: [{ use: 'legal', family: 'X' }] }), 'code-not-in-value-set @ Patient.name[0].use'],
    ['an intent that is none', changed(validCases['ServiceRequest'], { intent: 'wish' }), 'code-not-in-value-set @ ServiceRequest.intent'],
    ['a code deep inside', changed(validCases['CarePlan'], { activity: [{ detail: { status: 'busy' } }] }), 'code-not-in-value-set @ CarePlan.activity[0].detail.status'],
    ['a code in a contained resource', changed(patientAbdul, { contained: [{ resourceType: 'Patient', id: 'x', gender: 'M' }] }), 'code-not-in-value-set @ Patient.contained[0].gender'],
  ])('%s is refused', (_name, resource, problem) => {
    expect(found(resource)).toContain(problem);
    expect(validateResource(resource).some(({ severity, category }) => severity === undefined && category === 'invalid')).toBe(true);
  });

  it('a fault two checks find is told once', () => {
    expect(found(changed(patientAbdul, { birthDate: '1941-02-29' }))).toEqual(['date-unreal @ Patient.birthDate']);
  });

  it('a thousand faults are cut to a hundred, and errors survive the cut', () => {
    const problems = validateResource(changed(patientAbdul, { name: Array.from({ length: 1000 }, () => ({ family: '' })) }));
    expect(problems).toHaveLength(100);
    expect(problems.every(({ severity }) => severity === undefined)).toBe(true);
  });
});

describe('claimed profiles', () => {
  const claim = (...profile: string[]) => changed(patientAbdul, { meta: { profile } });
  it.each([
    ['ours', 'https://fhir.bicp.example/StructureDefinition/OneStory-Patient'],
    ['ours with a version', 'https://fhir.bicp.example/StructureDefinition/OneStory-Patient|0.1.0'],
    ['the base definition', 'http://hl7.org/fhir/StructureDefinition/Patient'],
  ])('%s is known', (_name, url) => {
    expect(validateResource(claim(url))).toEqual([]);
  });

  it.each([
    ['an unknown one', 'https://elsewhere.example/StructureDefinition/Patient'],
    ['ours for another type', 'https://fhir.bicp.example/StructureDefinition/OneStory-CarePlan'],
    ['an extension', 'https://fhir.bicp.example/StructureDefinition/component'],
    ['UK Core where it is not loaded', 'https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient'],
  ])('%s is an error', (_name, url) => {
    expect(found(claim('http://hl7.org/fhir/StructureDefinition/Patient', url))).toEqual(['profile-unknown @ Patient.meta.profile[1]']);
  });
});

describe('hostile shapes', () => {
  const types = Object.keys(validCases);
  it('property: any JSON in any element is judged, never thrown at, and no value is repeated', () => {
    const canary = fc.constant('CanaryValue');
    const json = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, canary, fc.integer(), fc.boolean(), fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('url', 'value', 'system', 'code', 'coding', 'extension', 'valueCoding', 'reference', 'start', 'resourceType', 'family'), tie('value'), { maxKeys: 4 }) as fc.Arbitrary<Json>),
    })).value;
    const elements = fc.constantFrom('identifier', 'extension', 'name', 'status', 'subject', 'patient', 'period', 'meta', 'contained', 'activity', '_status', 'code', 'birthDate');
    fc.assert(fc.property(fc.constantFrom(...types), fc.dictionary(elements, json, { minKeys: 1, maxKeys: 4 }), (type, members) => {
      const problems = validateResource({ ...validCases[type], ...members });
      expect(JSON.stringify(problems)).not.toContain('CanaryValue');
    }), { numRuns: 1000 });
  });
});
