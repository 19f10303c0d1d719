import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { subsetResource, type Subset } from '../../src/fhir/subset-resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';

beforeAll(() => {
  loadDefinitions();
  loadProfiles('profiles');
});

const observation: JsonObject = {
  resourceType: 'Observation', id: 'o1', meta: { versionId: '3', security: [{ system: 'urn:x', code: 'R' }] }, language: 'en', text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  contained: [{ resourceType: 'Device', id: 'd' }], extension: [{ url: 'urn:x', valueString: 'x' }], modifierExtension: [{ url: 'urn:y', valueBoolean: true }], status: 'final', _status: { id: 's' },
  code: { coding: [{ system: 'urn:c', code: '1', userSelected: true }], text: 'Weight' }, subject: { reference: 'Patient/p1', display: 'x' }, valueQuantity: { value: 80, unit: 'kg' },
  note: [{ text: 'private' }], component: [{ code: { text: 'part' }, valueString: 'v', referenceRange: [{ text: 'normal' }] }],
};
const membersOf = (subset: Subset): string[] => Object.keys(subsetResource(observation, subset)).sort();
const always = ['_status', 'code', 'id', 'meta', 'modifierExtension', 'resourceType', 'status'];

describe('a part of a resource', () => {
  it('is what was named, what is mandatory, what changes the meaning of the rest, and its id and meta', () => {
    expect(membersOf({ elements: ['subject'] })).toEqual([...always, 'subject'].sort());
    expect(membersOf({ elements: ['value', 'note'] })).toEqual([...always, 'note', 'valueQuantity'].sort());
    expect(membersOf({ elements: ['id'] })).toEqual(always);
  });

  it('as a summary is what R4 calls one, all the way down', () => {
    const summary = subsetResource(observation, { summary: 'true' });
    expect(Object.keys(summary).sort()).toEqual([...always, 'component', 'subject', 'valueQuantity'].sort());
    expect(summary['component']).toEqual([{ code: { text: 'part' }, valueString: 'v' }]);
    expect(summary['code']).toEqual(observation['code']);
  });

  it('as text is the narrative and what is mandatory; as data all but the narrative', () => {
    expect(membersOf({ summary: 'text' })).toEqual(['_status', 'code', 'id', 'meta', 'resourceType', 'status', 'text']);
    expect(membersOf({ summary: 'data' })).toEqual(Object.keys(observation).filter((name) => name !== 'text').sort());
  });

  it.each<Subset>([{ elements: ['id'] }, { summary: 'true' }, { summary: 'data' }])('%j is tagged as one, keeps the labels it had, and is valid', (subset) => {
    const part = subsetResource(observation, subset);
    expect(part['meta']).toEqual({ versionId: '3', security: [{ system: 'urn:x', code: 'R' }], tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED', display: 'subsetted' }] });
    expect(validateResource(part).filter(({ severity = 'error' }) => severity === 'error')).toEqual([]);
  });

  it('leaves what it was made of as it is', () => {
    const before = JSON.stringify(observation);
    subsetResource(observation, { summary: 'true' });
    expect(JSON.stringify(observation)).toBe(before);
  });
});
