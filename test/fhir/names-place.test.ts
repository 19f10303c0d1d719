import fc from 'fast-check';
import { putTogether } from '../../src/fhir/fragments.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { namesPlace, placeCodes, placeElements, placeMembers, placeReferences } from '../../src/fhir/names-place.ts';
import { searchToken } from '../../src/fhir/search-token.ts';
import { keepApart } from '../../src/flow/intake/keep-apart.ts';

const custodian = { key: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', reference: 'Organization/rrk' };
const itself: JsonObject = { type: 'Organization', reference: 'Organization/rrk', display: 'The Trust' };
const practice: JsonObject = { type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'M85001' }, display: 'The Example Practice' };
const ward: JsonObject = { type: 'Location', display: 'Reservoir Court' };

const tells: [string, string, string, Json][] = [
  ['a ward', 'Encounter', 'location', { location: ward }],
  ['a bed said in words only', 'Encounter', 'location', { location: { display: 'W12 B4' } }],
  ['another provider', 'Encounter', 'serviceProvider', practice],
  ['who referred', 'Encounter', 'participant', { individual: { type: 'Practitioner', display: 'Dr Patel' } }],
  ['somebody who is not said to be anything', 'Encounter', 'participant', { individual: { display: 'Dr Patel' } }],
  ['where a stay began', 'Encounter', 'hospitalization', { origin: ward }],
  ['a practice that keeps the episode', 'EpisodeOfCare', 'managingOrganization', practice],
  ['a care manager', 'EpisodeOfCare', 'careManager', { reference: 'Practitioner/p1' }],
  ['a local team in the type of an episode', 'EpisodeOfCare', 'type', { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/bchc-team', code: 'DN-N' }], text: 'District Nursing North' }],
  ['a local team that is to do it', 'ServiceRequest', 'performerType', { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/bchc-team', code: 'EICT-N' }] }],
  ['where it is to be done', 'ServiceRequest', 'locationReference', ward],
  ['where it is to be done, in words', 'ServiceRequest', 'locationCode', { text: 'at the day centre' }],
  ['a requester of another organisation', 'ServiceRequest', 'requester', practice],
  ['a provider of a care package', 'CarePlan', 'activity', { detail: { performer: [{ type: 'Organization', display: 'Canal Care Home' }] } }],
  ['the name of a team', 'CareTeam', 'name', 'Older Adult Community Mental Health Team North'],
  ['the number of a team', 'CareTeam', 'telecom', { system: 'phone', value: '0121 496 0310' }],
  ['the organisation that keeps a Patient, whoever it is', 'Patient', 'managingOrganization', itself],
  ['a number another organisation gave', 'Patient', 'identifier', { value: '7', assigner: practice }],
  ['a key made of a referral and a team', 'EpisodeOfCare', 'identifier', { system: 'https://fhir.bicp.example/Id/bsmhft/mhsds-team-episode', value: 'SR2/OACMHT-S' }],
  ['who the family is', 'RelatedPerson', 'name', { text: 'Chidi Okafor' }],
  ['an address in an extension', 'Observation', 'extension', { url: 'x', valueAddress: { city: 'Birmingham' } }],
  ['a reference in an extension', 'Observation', 'extension', { url: 'x', extension: [{ url: 'y', valueReference: ward }] }],
  ['a contained place', 'ServiceRequest', 'contained', { resourceType: 'Location', id: 'l', name: 'Reservoir Court' }],
  ['a team of another address of this gateway', 'CarePlan', 'careTeam', { reference: 'https://gateway.example/fhir/CareTeam/1' }],
];
const keeps: [string, string, string, Json][] = [
  ['the custodian itself', 'Encounter', 'serviceProvider', itself],
  ['the custodian by its identifier', 'EpisodeOfCare', 'managingOrganization', { type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RRK' } }],
  ['whom it is about', 'Encounter', 'subject', { type: 'Patient', reference: 'Patient/1' }],
  ['what it follows from', 'Encounter', 'basedOn', { type: 'ServiceRequest', reference: 'ServiceRequest/1' }],
  ['when', 'Encounter', 'period', { start: '2024-03-01' }],
  ['a national term', 'Encounter', 'serviceType', { coding: [{ system: 'http://snomed.info/sct', code: '310121005', display: 'Psychogeriatric service' }] }],
  ['its own number of the person', 'Patient', 'identifier', { system: 'https://fhir.bicp.example/Id/uhb/person', value: 'H1' }],
  ['the programme component', 'CarePlan', 'extension', { url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'front-door' } }],
  ['whose record it is', 'Encounter', 'meta', { tag: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', code: 'RRK' }] }],
];

describe('where somebody is', () => {
  it.each(tells)('is told by %s', (_, type, property, value) => {
    expect(namesPlace(type, property, value, custodian)).toBe(true);
  });
  it.each(keeps)('is not told by %s', (_, type, property, value) => {
    expect(namesPlace(type, property, value, custodian)).toBe(false);
  });

  it('leaves the body and its search index, comes back whole, and can be searched where it may be seen', () => {
    const whole: JsonObject = { resourceType: 'ServiceRequest', id: 'r', performer: [itself, practice], requester: { type: 'Organization', reference: 'Organization/m85001' }, basedOn: [{ reference: 'ServiceRequest/a1' }] };
    const [open, hidden] = [keepApart(whole, (_, id) => id === 'a1', null), keepApart(whole, (_, id) => id === 'a1', custodian)];
    expect(open.fragments.map(({ path }) => path)).toEqual(['/basedOn/0/0']);
    expect(hidden.body).toEqual({ resourceType: 'ServiceRequest', id: 'r', performer: [itself] });
    expect(hidden.foundBy().directoryIds).toEqual(['rrk']);
    expect(putTogether(hidden.body, hidden.fragments.map(({ path, value }) => [path, JSON.stringify(value)]))).toEqual(whole);
    const apart = new Set(hidden.foundBy().tokens.flat());
    const performed = searchToken('ServiceRequest', 'performer', 'present', ''); // one performer is left, and one is apart
    expect(open.foundBy().index.tokens.filter((token) => !apart.has(token) || token === performed)).toEqual(hidden.foundBy().index.tokens);
    expect(hidden.foundBy().index.codes).toEqual(open.foundBy().index.codes);
  });

  it('never stays in a body, wherever it was said', () => {
    const anything = fc.constantFrom<Json>(...tells.map(([, , , value]) => value), ...keeps.map(([, , , value]) => value));
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('location', 'participant', 'extension', 'note', 'contained'), fc.oneof(anything, fc.array(anything, { minLength: 1, maxLength: 3 })), { maxKeys: 5 }), (said) => {
      const { body } = keepApart({ resourceType: 'Encounter', id: 'e', ...(said as JsonObject) }, () => false, custodian);
      expect(Object.entries(body).filter(([property, value]) => namesPlace('Encounter', property, value, custodian))).toEqual([]);
    }), { numRuns: 500 });
  });

  it('is decided by tables that give a reason for every line', () => {
    for (const { reason } of [...placeElements, ...placeReferences, ...placeMembers, ...placeCodes]) expect(reason.length).toBeGreaterThan(5);
  });
});
