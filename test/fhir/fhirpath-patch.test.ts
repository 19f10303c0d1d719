import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { applyFhirPathPatch } from '../../src/fhir/fhirpath-patch.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { patchCases, published, type PatchCase } from './patch-cases.ts';

beforeAll(() => { loadDefinitions(); });

/** What stands between tags is written in two ways in the cases. */
const told = (resource: JsonObject | undefined): string => JSON.stringify(sorted(resource ?? null)).replaceAll('&quot;', '\\"').replace(/(?:\\n|\\r|\s)+/g, ' ').replaceAll('> <', '><');
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)])) : value;
}

published.describe('the cases HL7 publishes', () => {
  const cases: PatchCase[] = patchCases();
  it('are 33', () => { expect(cases).toHaveLength(33); });
  it.each(cases)('$name', ({ input, diff, output }) => {
    const before = JSON.stringify(input);
    const patched = applyFhirPathPatch(input, diff);
    expect('value' in patched ? told(patched.value) : patched.problem.code).toBe(output ? told(output) : 'patch-place-missing');
    expect(JSON.stringify(input)).toBe(before);
  });
});

const operation = (type: string, path: string, more: Record<string, Json> = {}): JsonObject => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'operation', part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...Object.entries(more).map(([name, value]) => ({ name, ...(value as JsonObject) }))] }],
});
const observation: JsonObject = {
  resourceType: 'Observation', status: 'final', valueQuantity: { value: 1 }, note: [{ text: 'a' }, { text: 'b' }],
  component: [{ code: { coding: [{ system: 'urn:x', code: 'one' }] }, valueString: 'x' }, { code: { coding: [{ system: 'urn:x', code: 'two' }] }, valueInteger: 2 }],
};
const result = (resource: JsonObject, parameters: JsonObject): Json => {
  const patched = applyFhirPathPatch(resource, parameters);
  return 'value' in patched ? patched.value : `${patched.problem.code} at ${patched.problem.at?.pointer}`;
};

describe('FHIRPath Patch', () => {
  it('replaces a choice by another of its types', () => {
    expect(result(observation, operation('replace', 'Observation.value', { value: { valueString: 'high' } }))).toEqual({ ...observation, valueQuantity: undefined, valueString: 'high' });
  });

  it('finds an element by what it says', () => {
    expect(result(observation, operation('delete', "Observation.component.where(code.coding.code = 'two' and code.coding.system = 'urn:x')"))).toMatchObject({ component: [{ valueString: 'x' }] });
    expect(result(observation, operation('replace', 'Observation.note.last().text', { value: { valueMarkdown: 'c' } }))).toMatchObject({ note: [{ text: 'a' }, { text: 'c' }] });
  });

  it('builds what has no type of its own from parts', () => {
    expect(result({ resourceType: 'Task', status: 'requested' }, operation('add', 'Task', { name: { valueString: 'output' }, value: { part: [{ name: 'type', valueCodeableConcept: { text: 'outcome' } }, { name: 'value', valueCode: 'accepted' }] } })))
      .toEqual({ resourceType: 'Task', status: 'requested', output: [{ type: { text: 'outcome' }, valueCode: 'accepted' }] });
  });

  it('keeps what stands beside primitives with them', () => {
    const patient: JsonObject = { resourceType: 'Patient', name: [{ given: ['a', 'b'], _given: [null, { id: '1' }] }] };
    expect(result(patient, operation('move', 'Patient.name.given', { source: { valueInteger: 1 }, destination: { valueInteger: 0 } }))).toEqual({ resourceType: 'Patient', name: [{ given: ['b', 'a'], _given: [{ id: '1' }, null] }] });
    expect(result(patient, operation('delete', 'Patient.name.given[1]'))).toEqual({ resourceType: 'Patient', name: [{ given: ['a'] }] });
    expect(result({ resourceType: 'Patient', birthDate: '1950', _birthDate: { id: 'x' } }, operation('delete', 'Patient.birthDate'))).toEqual({ resourceType: 'Patient' });
  });

  it('replaces what stands beside a primitive with it, and finds its place in a list that is shorter', () => {
    const unsure: JsonObject = { resourceType: 'Patient', birthDate: '1950', _birthDate: { extension: [{ url: 'urn:x', valueCode: 'estimated' }] } };
    expect(result(unsure, operation('replace', 'Patient.birthDate', { value: { valueDate: '1951' } }))).toEqual({ resourceType: 'Patient', birthDate: '1951' });
    expect(result(unsure, operation('replace', 'Patient.birthDate', { value: { valueDate: '1951', _valueDate: { id: 'y' } } }))).toEqual({ resourceType: 'Patient', birthDate: '1951', _birthDate: { id: 'y' } });
    const patient: JsonObject = { resourceType: 'Patient', name: [{ given: ['a', 'b', 'c'], _given: [{ id: '1' }] }] };
    expect(result(patient, operation('insert', 'Patient.name.given', { index: { valueInteger: 2 }, value: { valueString: 'x', _valueString: { id: '2' } } }))).toEqual({ resourceType: 'Patient', name: [{ given: ['a', 'b', 'x', 'c'], _given: [{ id: '1' }, null, { id: '2' }] }] });
    expect(result(patient, operation('replace', 'Patient.name.given[0]', { value: { valueString: 'x' } }))).toEqual({ resourceType: 'Patient', name: [{ given: ['x', 'b', 'c'] }] });
  });

  it.each<[string, JsonObject, string]>([
    ['a path of another type', operation('delete', 'Patient.name'), 'patch-path-unsupported at /parameter/0'],
    ['a function', operation('delete', "Observation.note.where(text.matches('(a+)+$'))"), 'patch-path-unsupported at /parameter/0'],
    ['a path that goes on for ever', operation('delete', `Observation${'.note'.repeat(200)}`), 'patch-path-unsupported at /parameter/0'],
    ['two places', operation('delete', 'Observation.note'), 'patch-place-missing at /parameter/0'],
    ['the resource itself', operation('delete', 'Observation'), 'patch-place-missing at /parameter/0'],
    ['an element there is not', operation('add', 'Observation', { name: { valueString: 'colour' }, value: { valueString: 'x' } }), 'patch-place-missing at /parameter/0'],
    ['what is there already', operation('add', 'Observation', { name: { valueString: 'status' }, value: { valueCode: 'final' } }), 'patch-place-taken at /parameter/0'],
    ['a second value of a choice', operation('add', 'Observation', { name: { valueString: 'value' }, value: { valueString: 'x' } }), 'patch-place-taken at /parameter/0'],
    ['no value', operation('replace', 'Observation.status'), 'patch-invalid at /parameter/0'],
    ['no operation', operation('swap', 'Observation.status'), 'patch-invalid at /parameter/0'],
    ['an insertion beyond the end', operation('insert', 'Observation.note', { index: { valueInteger: 3 }, value: { valueAnnotation: { text: 'x' } } }), 'patch-place-missing at /parameter/0'],
    ['part of a list', operation('move', 'Observation.note[0]', { source: { valueInteger: 0 }, destination: { valueInteger: 1 } }), 'patch-place-missing at /parameter/0'],
  ])('refuses %s', (_, parameters, expected) => {
    expect(result(observation, parameters)).toBe(expected);
  });
});
