import { getSearchParameters } from '@medplum/core';
import fc from 'fast-check';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { indexResource } from '../../src/fhir/index-resource.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { recordDateOf, searchableTypes, searchParameterOf, searchParametersOf } from '../../src/fhir/search-parameters.ts';
import { searchToken } from '../../src/fhir/search-token.ts';
import type { TokenKind } from '../../src/fhir/search-token.ts';
import { changed, patientAbdul, typeOf, validCases } from './cases.ts';

const has = (resource: JsonObject, parameter: string, kind: TokenKind, value: string) =>
  indexResource(resource).tokens.includes(searchToken(typeOf(resource), parameter, kind, value));
const of = (type: string) => validCases[type] ?? {};

describe('the table of search parameters', () => {
  beforeAll(() => { loadDefinitions(); });
  const own = (type: string) => (searchParametersOf(type) ?? []).filter(({ name }) => !name.startsWith('_') && !['component', 'discharge-ready'].includes(name));

  it('has every parameter R4 defines for a type that is served', () => {
    for (const type of searchableTypes().filter((each) => each !== 'AuditEvent')) {
      const defined = Object.values(getSearchParameters(type) ?? {}).filter(({ code }) => !code.startsWith('_'));
      expect([type, own(type).map(({ name, kind }) => `${name} ${kind}`).sort()]).toEqual([type, defined.map(({ code, type: kind }) => `${code} ${kind}`).sort()]);
    }
  });

  it('keeps the date a type is known by in columns of its own', () => {
    for (const type of searchableTypes()) {
      const date = recordDateOf(type);
      if (date !== null) expect([type, searchParameterOf(type, date)?.kind]).toEqual([type, 'date']);
    }
  });

  it.each<[string, string, string[]]>([
    ['Observation', 'value-quantity', ['valueQuantity']], ['Condition', 'onset-date', ['onsetDateTime', 'onsetPeriod']], ['CarePlan', 'activity-date', ['activity.detail.scheduledTiming', 'activity.detail.scheduledPeriod']],
    ['Observation', 'value-string', ['valueString', 'valueCodeableConcept.text']], ['Patient', 'death-date', ['deceasedDateTime']], ['MedicationStatement', 'medication', ['medicationReference']],
  ])('%s.%s stands where JSON has it', (type, name, paths) => {
    expect(searchParameterOf(type, name)).toMatchObject({ paths });
  });
});

describe('codes and identifiers', () => {
  it.each<[string, JsonObject, string, string]>([
    ['an identifier with its system', patientAbdul, 'identifier', 'https://fhir.nhs.uk/Id/nhs-number|9990000379'],
    ['an identifier alone', patientAbdul, 'identifier', '9990000379'],
    ['any identifier of a system', patientAbdul, 'identifier', 'https://fhir.nhs.uk/Id/nhs-number|'],
    ['a code whose system its binding implies', patientAbdul, 'gender', 'http://hl7.org/fhir/administrative-gender|male'],
    ['a code alone', of('EpisodeOfCare'), 'status', 'finished'],
    ['a coding inside a concept', of('ServiceRequest'), 'code', 'http://snomed.info/sct|306206005'],
    ['a concept in a list', of('CarePlan'), 'category', 'mdt'],
    ['the programme component', of('EpisodeOfCare'), 'component', 'https://fhir.bicp.example/CodeSystem/ei-component|community-team'],
    ['an identifier without a system', changed(patientAbdul, { identifier: [{ value: 'X1' }] }), 'identifier', '|X1'],
  ])('%s is found', (_name, resource, parameter, value) => {
    expect(has(resource, parameter, 'token', value)).toBe(true);
  });

  it.each<[string, string, string]>([
    ['without a system, when it has one', 'identifier', '|9990000379'],
    ['under another system', 'identifier', 'https://fhir.bicp.example/Id/uhb/person|9990000379'],
    ['under another parameter', 'gender', '9990000379'],
  ])('an identifier is not found %s', (_name, parameter, value) => {
    expect(has(patientAbdul, parameter, 'token', value)).toBe(false);
  });

  it('another extension with the same coding is not a component', () => {
    const resource = changed(of('EpisodeOfCare'), { extension: [{ url: 'https://elsewhere.example/x', valueCoding: { code: 'community-team' } }] });
    expect(has(resource, 'component', 'token', 'community-team')).toBe(false);
  });

  it('types do not share tokens', () => {
    expect(searchToken('Patient', 'identifier', 'token', '1')).not.toBe(searchToken('CarePlan', 'identifier', 'token', '1'));
  });
});

describe('references', () => {
  it.each<[string, JsonObject, string, TokenKind, string]>([
    ['as written', of('EpisodeOfCare'), 'organization', 'reference', 'Organization/ryw'],
    ['by bare id', of('EpisodeOfCare'), 'organization', 'reference', 'ryw'],
    ['a logical one by its identifier', patientAbdul, 'organization', 'identifier', 'https://fhir.nhs.uk/Id/ods-organization-code|RRK'],
    ['one of several', of('ServiceRequest'), 'performer', 'identifier', 'RYW'],
    ['deep inside', of('CarePlan'), 'performer', 'reference', 'Organization/ryw'],
    ['to a version, without it', changed(of('EpisodeOfCare'), { managingOrganization: { reference: 'Organization/ryw/_history/3' } }), 'organization', 'reference', 'Organization/ryw'],
  ])('%s is found', (_name, resource, parameter, kind, value) => {
    expect(has(resource, parameter, kind, value)).toBe(true);
  });

  it('a subject that is a group is no patient', () => {
    const resource = changed(of('CarePlan'), { subject: { reference: 'Group/g1' } });
    expect(has(resource, 'patient', 'reference', 'g1')).toBe(false);
  });
});

describe('texts', () => {
  it.each<[string, string, string]>([
    ['the beginning of a family name', 'family', 'rah'],
    ['accents and punctuation do not matter', 'family', 'obrienrahman'],
    ['each part of a double name', 'family', 'rahman'],
    ['a given name', 'given', 'kar'],
    ['given and family together', 'name', 'abdulrahm'],
    ['family and given together', 'name', 'rahmanab'],
    ['a title', 'name', 'mr'],
  ])('%s', (_name, parameter, value) => {
    expect(has(patientAbdul, parameter, 'prefix', value)).toBe(true);
  });

  it('the exact text is kept apart', () => {
    expect(has(patientAbdul, 'family', 'exact', 'Rahman')).toBe(true);
    expect(has(patientAbdul, 'family', 'exact', 'rahman')).toBe(false);
  });

  it('other scripts are searched as they are written', () => {
    const resource = changed(patientAbdul, { name: [{ family: 'রহমান', given: ['আবদুল'] }] });
    expect(has(resource, 'family', 'prefix', 'রহ')).toBe(true);
  });

  it('a huge text costs no more than its beginning', () => {
    const resource = changed(patientAbdul, { name: [{ family: 'ab '.repeat(300_000) }] });
    expect(indexResource(resource).tokens.length).toBeLessThan(200);
  });

  it('property: whatever a name begins with finds it', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-zÀ-ÿ'’ -]{1,40}$/), fc.nat(), (family, cut) => {
      const normal = family.normalize('NFD').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
      fc.pre(normal !== '');
      const start = normal.slice(0, 1 + (cut % normal.length));
      expect(has(changed(patientAbdul, { name: [{ family }] }), 'family', 'prefix', start)).toBe(true);
    }));
  });
});

describe('what is stored apart from a Patient\'s body is indexed apart', () => {
  const postcode = (value: string) => searchToken('Patient', 'address-postalcode', 'prefix', value);
  it('the postcode is found on the address, with or without its space', () => {
    const { tokens, fragmentTokens } = indexResource(patientAbdul);
    expect([...fragmentTokens.keys()]).toEqual(['/address', '/telecom']);
    expect(fragmentTokens.get('/address')).toEqual(expect.arrayContaining([postcode('b15'), postcode('b152tt')]));
    expect(tokens).not.toContain(postcode('b15'));
  });

  it('without an address the body\'s tokens are the same: nothing of it shows', () => {
    const without = indexResource(changed(patientAbdul, { address: undefined, telecom: undefined }));
    expect(without.tokens).toEqual(indexResource(patientAbdul).tokens);
    expect(without.fragmentTokens.size).toBe(0);
  });

  it('an organisation\'s address is part of its body', () => {
    const resource: JsonObject = { resourceType: 'Organization', name: 'Aston Trust', address: [{ postalCode: 'B4 7ET' }] };
    expect(has(resource, 'address-postalcode', 'prefix', 'b47')).toBe(true);
  });
});

describe('dates', () => {
  it.each<[string, JsonObject, string | null, string | null]>([
    ['a birthday', patientAbdul, '1941-03-07T23:00:00.000Z', '1941-03-08T23:00:00.000Z'],
    ['a year of birth', changed(patientAbdul, { birthDate: '1950' }), '1950-01-01T00:00:00.000Z', '1951-01-01T00:00:00.000Z'],
    ['a closed period ends with its last day', of('EpisodeOfCare'), '2026-02-01T00:00:00.000Z', '2026-02-21T00:00:00.000Z'],
    ['an open period has no end', of('CarePlan'), '2026-02-01T00:00:00.000Z', null],
    ['an instant', of('ServiceRequest'), '2026-02-01T09:00:00.000Z', '2026-02-01T09:00:01.000Z'],
    ['no date', changed(patientAbdul, { birthDate: undefined }), null, null],
    ['a type without one', of('Task'), null, null],
  ])('%s', (_name, resource, from, to) => {
    expect(indexResource(resource)).toMatchObject({ from, to });
  });
});

it('since when somebody was ready to leave is looked up by value, another extension with a date is not', () => {
  const ready = (url: string) => indexResource({ resourceType: 'Encounter', status: 'in-progress', extension: [{ url, valueDateTime: '2026-11-20' }] });
  const key = searchToken('Encounter', 'discharge-ready', 'value', '');
  const own = ready('https://fhir.bicp.example/StructureDefinition/discharge-ready-date');
  expect(own.values.filter((value) => value.key === key)).toEqual([{ key, low: Date.parse('2026-11-20'), high: Date.parse('2026-11-21') }]);
  expect(own.tokens).toContain(searchToken('Encounter', 'discharge-ready', 'present', ''));
  expect(ready('https://elsewhere.example/x').values).toEqual([]);
});

describe('sorting by name', () => {
  it.each<[string, JsonObject, string | null]>([
    ['the official family name', patientAbdul, 'obrienrahman'],
    ['any family name when none is official', changed(patientAbdul, { name: [{ given: ['X'] }, { family: 'Ünal' }] }), 'unal'],
    ['nobody\'s name', changed(patientAbdul, { name: undefined }), null],
    ['an organisation', { resourceType: 'Organization', name: 'Aston Trust' }, 'astontrust'],
    ['a type without names', of('CarePlan'), null],
  ])('%s', (_name, resource, text) => {
    expect(indexResource(resource).sortText).toBe(text);
  });
});

describe('robustness', () => {
  it('tokens are signed 64-bit numbers, sorted, without repeats', () => {
    const { tokens } = indexResource(patientAbdul);
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => (a < b ? -1 : 1)));
    expect(tokens.every((token) => BigInt.asIntN(64, token) === token)).toBe(true);
    expect(tokens.some((token) => token < 0n)).toBe(true);
  });

  it('a type without a table is found by its identifiers', () => {
    expect(has({ resourceType: 'Location', identifier: [{ system: 's', value: 'v' }] }, 'identifier', 'token', 's|v')).toBe(true);
  });

  it('property: odd shapes are indexed as far as they go, never thrown at', () => {
    const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
    const names = fc.constantFrom('identifier', 'name', 'extension', 'status', 'subject', 'patient', 'period', 'birthDate', 'address', 'activity', 'performer', 'code');
    fc.assert(fc.property(fc.constantFrom(...searchableTypes(), 'Location'), fc.dictionary(names, json), (resourceType, members) => {
      expect(Array.isArray(indexResource({ ...members, resourceType }).tokens)).toBe(true);
    }), { numRuns: 500 });
  });
});
