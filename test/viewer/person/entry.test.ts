import { changesBetween, isSentAnew, versionsOf } from '../../../src/viewer/person/entry/compare-versions.ts';
import { describeResource, labelOf } from '../../../src/viewer/person/entry/describe-resource.ts';
import { titleOf } from '../../../src/viewer/person/parts/title-of.ts';
import { bedStay, councilPlan, endedPlan, fromCouncil, homeSupport, keyWorkers, outcome, page, requestToCouncil } from './people.ts';

test.each([
  [councilPlan, 'Care plan: Home Support'], [requestToCouncil, 'Referral: Birmingham City Council'], [homeSupport, 'Episode of care: Home Support'], [bedStay, 'Stay: Moseley Hall Ward One'], [keyWorkers, 'Care team: Early Intervention Team South'], [outcome, 'Outcome of a referral'],
])('an entry is named in one line', (resource, title) => expect(titleOf(resource)).toMatch(title));

describe('any entry in labelled words', () => {
  test('a plan with its activities', () => {
    expect(describeResource(councilPlan)).toEqual([
      { label: 'Status', value: 'Active' }, { label: 'Kind of entry', value: 'Plan' }, { label: 'Title', value: 'Home Support' }, { label: 'Description', value: 'Home support, two visits a day' }, { label: 'Author', value: 'Birmingham City Council' }, { label: 'When', value: 'Since 04-Jun-2026' },
      { label: 'Activity', details: [
        { label: 'Status', value: 'Going on' }, { label: 'What', value: 'Home Support' }, { label: 'Who does it', value: 'Example Homecare Ltd' }, { label: 'Description', value: 'Unit cost 22.40, Hourly' }, { label: 'Planned hours per week', value: '14 h/wk' },
      ] },
    ]);
  });
  test('what an output is about is its label', () => expect(describeResource(outcome)).toContainEqual({ label: 'Outcome', value: 'Progress to assessment; Accepted' }));
  test('every data type has words', () => {
    expect(describeResource({
      resourceType: 'Patient', name: [{ family: 'Okafor', given: ['Alice'] }], telecom: [{ system: 'phone', value: '0121 496 0123', use: 'home' }], address: [{ line: ['12 Example Road'], postalCode: 'B13 8XX' }], identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743' }],
      birthDate: '1938-02-11', active: true, multipleBirthInteger: 2, deceasedDateTime: '2026-02-10T09:00:00Z',
    })).toEqual([
      { label: 'Name', value: 'OKAFOR, Alice' }, { label: 'Contact details', value: '0121 496 0123 (home)' }, { label: 'Address', value: '12 Example Road, B13 8XX' }, { label: 'Date of birth', value: '11-Feb-1938' }, { label: 'Active', value: 'Yes' }, { label: 'Multiple birth', value: '2' },
      { label: 'Deceased', value: '10-Feb-2026 09:00' }, { label: 'Identifier', value: '9990000743' },
    ]);
  });
  test('extensions are named by the last part of their url, nested ones stand in', () => {
    expect(describeResource({ resourceType: 'Basic', code: { text: 'x' }, extension: [{ url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AdmissionMethod', valueCoding: { display: 'Emergency' } }, { url: 'https://example.org/outer', extension: [{ url: 'innerPart', valueBoolean: false }] }] })).toEqual([
      { label: 'What', value: 'x' }, { label: 'Admission method', value: 'Emergency' }, { label: 'Outer', details: [{ label: 'Inner part', value: 'No' }] },
    ]);
  });
  test('several values under one label are one line', () => {
    expect(describeResource({ ...requestToCouncil, extension: [], reasonCode: [{ text: 'Support at home' }, { text: 'Personal care' }] })).toContainEqual({ label: 'Reason', value: 'Support at home; Personal care' });
  });
  test('another entry of the record is named and can be gone to', () => {
    expect(describeResource(outcome, new Map([['ServiceRequest/request', 'Referral: Birmingham City Council']]))).toContainEqual({ label: 'Concerns', value: 'Referral: Birmingham City Council', reference: 'ServiceRequest/request' });
  });
  test('without the record at hand, another entry is led to by what sort it is; with it, what is not in it is not', () => {
    expect(describeResource(outcome)).toContainEqual({ label: 'Concerns', value: 'Referral, an entry of its own', reference: 'ServiceRequest/request' });
    expect(describeResource(outcome, new Map())).toContainEqual({ label: 'Concerns', value: 'Referral, an entry of its own' });
  });
  test.each([['careTeam', 'Care team'], ['valueCodeableConcept', 'Value'], ['extension-Encounter.plannedEndDate', 'Expected end'], ['Extension-UKCore-EthnicCategory', 'Ethnic category'], ['effectiveDateTime', 'When'], ['onsetDateTime', 'Onset']])('%s is labelled %s', (name, label) => expect(labelOf(name)).toBe(label));
});

describe('versions of an entry', () => {
  const older = { ...endedPlan, meta: { ...fromCouncil, versionId: '1' }, status: 'active' as const, period: { start: '2026-05-12' } };
  const newer = { ...endedPlan, meta: { ...fromCouncil, versionId: '2' }, description: 'Walks alone' };

  test('are read newest first, with when they were recorded', () => {
    expect(versionsOf([page(newer), page(older)]).map(({ id, recorded }) => [id, recorded])).toEqual([['2', fromCouncil.lastUpdated], ['1', fromCouncil.lastUpdated]]);
  });
  test('say what changed as old and new values', () => {
    expect(changesBetween(older, newer)).toEqual([{ label: 'Status', before: 'Active', after: 'Completed' }, { label: 'When', before: 'Since 12-May-2026', after: '12-May-2026 to 04-Jun-2026' }, { label: 'Description', before: undefined, after: 'Walks alone' }]);
  });
  test('a change deep inside is named by its path', () => {
    const changed = structuredClone(councilPlan);
    changed.activity![0]!.detail!.performer = [{ display: 'Other Homecare Ltd' }];
    expect(changesBetween(councilPlan, changed)).toEqual([{ label: 'Activity › Who does it', before: 'Example Homecare Ltd', after: 'Other Homecare Ltd' }]);
  });
  test('a version of the same bytes is one the gateway made anew, and no change of its source', () => {
    const of = (source: string) => versionsOf([page({ ...older, meta: { ...older.meta, source } })])[0]!;
    expect([[of('urn:a'), of('urn:b')], [of('urn:a'), of('urn:a')]].map(([before, after]) => isSentAnew(before!, after!))).toEqual([true, false]);
  });
  test('nothing changed is nothing', () => expect(changesBetween(councilPlan, structuredClone(councilPlan))).toEqual([]));
});
