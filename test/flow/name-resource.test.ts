import type { JsonObject } from '../../src/fhir/json.ts';
import { parseExact } from '../../src/fhir/parse-exact.ts';
import { resolveReferences } from '../../src/flow/intake/name-resource.ts';

describe('resolving the references of a mapped resource', () => {
  const resolve = (type: string, system: string, value: string): { reference: string } | undefined => (system === 'urn:own' ? { reference: `${type}/${value}` } : undefined);

  it('makes the sender\'s own records literal, wherever they stand, and leaves the rest as it was said', () => {
    const mapped: JsonObject = {
      subject: { type: 'Patient', identifier: { system: 'urn:own', value: 'p1' }, display: 'Somebody' },
      participant: [{ individual: { type: 'Practitioner', identifier: { system: 'urn:other', value: 'x' }, display: 'Dr Example' } }, { note: 'free text' }],
    };
    expect(resolveReferences(mapped, resolve)).toEqual({
      subject: { reference: 'Patient/p1', type: 'Patient' },
      participant: [{ individual: { type: 'Practitioner', identifier: { system: 'urn:other', value: 'x' }, display: 'Dr Example' } }, { note: 'free text' }],
    });
  });

  it.each(['0.010', '14.0', '1e2', '12345678901234567890'])('keeps the number %s as it was written', (number) => {
    const text = `{"extension":[{"valueQuantity":{"value":${number}}}]}`;
    expect(JSON.stringify(resolveReferences(parseExact(text), resolve))).toBe(text);
  });
});
