import { capabilityStatement } from '../../src/fhir/capability.ts';
import type { CapabilityInput } from '../../src/fhir/capability.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { searchableTypes, searchParametersOf } from '../../src/fhir/search-parameters.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';

const input: CapabilityInput = {
  base: 'https://gateway.example/fhir', version: '0.1.0', date: '2026-11-21',
  interactions: { ...Object.fromEntries(searchableTypes().map((type) => [type, ['read', 'vread', 'history-instance', 'search-type'] as const])), Location: ['read'] },
  operations: { Patient: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }] },
  system: { interactions: [{ code: 'transaction', documentation: 'of a feed' }], operations: [{ name: 'process-message', definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message' }] },
  oauth: { authorize: 'https://gateway.example/oauth/authorize', token: 'https://gateway.example/oauth/token', introspect: 'https://gateway.example/oauth/token/introspection', revoke: 'https://gateway.example/oauth/token/revocation' },
};

beforeAll(() => { loadProfiles('profiles'); });

describe('the CapabilityStatement', () => {
  it('is valid R4', () => {
    expect(validateResource(JSON.parse(JSON.stringify(capabilityStatement(input))) as JsonObject)).toEqual([]);
  });

  it('lists what the routes list, and nothing else', () => {
    const resources = capabilityStatement(input).rest?.[0]?.resource ?? [];
    expect(Object.fromEntries(resources.map(({ type, interaction }) => [type, interaction?.map(({ code }) => code)]))).toEqual(input.interactions);
    expect(resources.find(({ type }) => type === 'Patient')?.operation).toEqual(input.operations?.['Patient']);
  });

  it('says what the base itself takes, and nothing where it takes nothing', () => {
    expect(capabilityStatement(input).rest?.[0]).toMatchObject({ interaction: [{ code: 'transaction' }], operation: [{ name: 'process-message' }] });
    const { system: _system, ...without } = input;
    expect(capabilityStatement(without).rest?.[0]).not.toHaveProperty('interaction');
  });

  it('lists exactly the search parameters that are understood, each with its definition', () => {
    for (const { type, searchParam } of capabilityStatement(input).rest?.[0]?.resource ?? []) {
      expect({ type, names: searchParam?.map(({ name }) => name) }).toEqual({ type, names: searchParametersOf(type ?? '')?.map(({ name }) => name) });
      for (const parameter of searchParam ?? []) expect({ type, name: parameter.name, defined: parameter.definition !== undefined }).toEqual({ type, name: parameter.name, defined: true });
    }
  });

  it('offers no search where there is no route for it', () => {
    const statement = capabilityStatement({ ...input, interactions: { Patient: ['read'] } });
    expect(statement.rest?.[0]?.resource?.[0]).not.toHaveProperty('searchParam');
  });

  it('tells a SMART client where to get a token', () => {
    expect(JSON.stringify(capabilityStatement(input).rest?.[0]?.security)).toContain('{"url":"token","valueUri":"https://gateway.example/oauth/token"}');
  });
});
