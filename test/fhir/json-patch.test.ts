import { readFileSync } from 'node:fs';
import { applyJsonPatch, patchLimits, sameJson } from '../../src/fhir/json-patch.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { parseExact } from '../../src/fhir/parse-exact.ts';
import { sharedSamples } from '../shared-data.ts';

const samples = sharedSamples('fhir_test_cases/r4/patch/json-patch-tests.json');
interface Case { comment: string; doc: JsonObject; patch: Json[]; expected?: JsonObject; error?: string }

samples.describe('the cases HL7 publishes', () => {
  const cases = JSON.parse(readFileSync(samples.path, 'utf8')) as Case[];
  it('are 16', () => { expect(cases).toHaveLength(16); });
  it.each(cases)('$comment', ({ doc, patch, expected }) => {
    const before = JSON.stringify(doc);
    const patched = applyJsonPatch(doc, patch);
    expect('value' in patched ? patched.value : 'refused').toEqual(expected ?? 'refused');
    expect(JSON.stringify(doc)).toBe(before);
  });
});

const codeOf = (document: JsonObject, ...patch: Json[]): string => {
  const patched = applyJsonPatch(document, patch);
  return 'problem' in patched ? `${patched.problem.code} at ${patched.problem.at?.pointer}` : JSON.stringify(patched.value);
};

describe('JSON Patch', () => {
  it.each<[string, Json, string]>([
    ['a copy', { op: 'copy', from: '/a', path: '/b' }, '{"a":{"x":1},"l":[1],"b":{"x":1}}'],
    ['a replacement of all', { op: 'replace', path: '', value: { n: 1 } }, '{"n":1}'],
    ['a move into itself', { op: 'move', from: '/a', path: '/a/x' }, 'patch-invalid at /0'],
    ['no operation', { op: 'merge', path: '/a', value: 1 }, 'patch-invalid at /0'],
    ['no value', { op: 'add', path: '/z' }, 'patch-invalid at /0'],
    ['no pointer', { op: 'remove', path: 'a' }, 'patch-invalid at /0'],
    ['a broken escape', { op: 'remove', path: '/a~2' }, 'patch-invalid at /0'],
    ['what is not there', { op: 'remove', path: '/b' }, 'patch-place-missing at /0'],
    ['an index with a zero before it', { op: 'remove', path: '/l/00' }, 'patch-place-missing at /0'],
    ['an index beyond the end', { op: 'add', path: '/l/2', value: 1 }, 'patch-place-missing at /0'],
    ['the end, which is nothing to remove', { op: 'remove', path: '/l/-' }, 'patch-place-missing at /0'],
    ['a member of a text', { op: 'add', path: '/a/x/y', value: 1 }, 'patch-place-missing at /0'],
    ['a list in the place of all', { op: 'replace', path: '', value: [] }, 'patch-place-missing at undefined'],
    ['a string', 'add', 'patch-invalid at /0'],
  ])('%s', (_, operation, expected) => {
    expect(codeOf({ a: { x: 1 }, l: [1] }, operation)).toBe(expected);
  });

  it('all or nothing: the operation that fails is named', () => {
    expect(codeOf({ a: 1 }, { op: 'add', path: '/b', value: 2 }, { op: 'test', path: '/a', value: 2 })).toBe('patch-test-failed at /1');
  });

  it('numbers are equal as numbers and stay as they were written', () => {
    const document = parseExact<JsonObject>('{"value":0.010,"long":12345678901234567890}');
    expect(sameJson(document['value'] ?? null, 0.01)).toBe(true);
    expect(codeOf(document, { op: 'test', path: '/value', value: 0.01 }, { op: 'add', path: '/x', value: 1 })).toBe('{"value":0.010,"long":12345678901234567890,"x":1}');
  });

  it('a member may be called __proto__ and is a member', () => {
    const patched = applyJsonPatch({ a: 1 }, [{ op: 'add', path: '/__proto__', value: { b: 2 } }]);
    expect(JSON.stringify('value' in patched && patched.value)).toBe('{"a":1,"__proto__":{"b":2}}');
    expect(({} as { b?: number }).b).toBeUndefined();
  });

  it('copies of copies end before they fill the memory', () => {
    const doubling = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
    expect(codeOf({ a: [1] }, ...doubling)).toMatch(/^patch-too-large at/);
    expect(codeOf({}, ...Array.from({ length: patchLimits.operations + 1 }, () => ({ op: 'test', path: '', value: {} })))).toMatch(/^patch-too-large/);
    expect([patchLimits.names, patchLimits.names + 1].map((names) => codeOf({}, { op: 'remove', path: '/a'.repeat(names) }))).toEqual(['patch-place-missing at /0', 'patch-too-large at /0']);
  });
});
