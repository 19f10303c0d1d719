import type { Json, JsonObject } from '../../src/fhir/json.ts';

/** Small valid resources about synthetic people, one per profile. */

const base = 'https://fhir.bicp.example';

export const component: JsonObject = {
  url: `${base}/StructureDefinition/component`,
  valueCoding: { system: `${base}/CodeSystem/ei-component`, code: 'community-team' },
};

const identified = (partner: string, kind: string, value: string): Json => [{ system: `${base}/Id/${partner}/${kind}`, value }];
const extension = (name: string, value: JsonObject): JsonObject => ({ url: `${base}/StructureDefinition/${name}`, ...value });
const abdul = { reference: 'Patient/4f0c2d9e-abdul' };

export const patientAbdul: JsonObject = {
  resourceType: 'Patient',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000379' }, { system: `${base}/Id/uhb/person`, value: 'RRK-100' }],
  name: [{ use: 'usual', family: 'Rahman', given: ['Abdul'] }, { use: 'official', family: 'O’Brien-Rahmán', given: ['Abdul', 'Karim'], prefix: ['Mr'] }],
  gender: 'male',
  birthDate: '1941-03-08',
  address: [{ line: ['1 Sample Street'], city: 'Birmingham', postalCode: 'B15 2TT' }],
  telecom: [{ system: 'phone', value: '0121 496 0000' }],
  managingOrganization: { type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RRK' } },
};

export const validCases: Record<string, JsonObject> = {
  Patient: { ...patientAbdul, extension: [extension('nhs-number-not-traced', { valueBoolean: false })] },
  CarePlan: {
    resourceType: 'CarePlan', extension: [component], identifier: identified('bchc', 'care-plan', 'P1'), status: 'active', intent: 'plan', subject: abdul,
    category: [{ coding: [{ system: `${base}/CodeSystem/plan-origin`, code: 'mdt' }] }], period: { start: '2026-02-01' },
    activity: [{ detail: { status: 'in-progress', performer: [{ reference: 'Organization/ryw' }],
      extension: [extension('planned-hours-per-week', { valueQuantity: { value: 7.5, system: 'http://unitsofmeasure.org', code: 'h/wk' } })] } }],
  },
  Composition: {
    resourceType: 'Composition', status: 'final', type: { coding: [{ system: `${base}/CodeSystem/story-item`, code: 'story' }] }, subject: abdul, date: '2026-02-20', author: [{ display: 'OneStory' }], title: 'One story',
    section: [{ title: 'Alerts', code: { coding: [{ system: `${base}/CodeSystem/story-item`, code: 'alerts' }] }, text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">None</div>' } }],
  },
  EpisodeOfCare: {
    resourceType: 'EpisodeOfCare', status: 'finished', identifier: identified('bchc', 'episode', 'E1'), patient: abdul,
    extension: [component, extension('discharge-ready-date', { valueDateTime: '2026-02-03' }), extension('episode-outcome', { valueCodeableConcept: { text: 'Home' } })],
    period: { start: '2026-02-01', end: '2026-02-20' }, managingOrganization: { reference: 'Organization/ryw' },
  },
  ServiceRequest: {
    resourceType: 'ServiceRequest', status: 'active', intent: 'order', identifier: identified('uhb', 'referral', 'R1'), subject: abdul,
    extension: [component, extension('received', { valueDateTime: '2026-02-01T09:30:00Z' }),
      extension('discharge-pathway', { valueCoding: { system: `${base}/CodeSystem/discharge-pathway`, code: '1' } })],
    code: { coding: [{ system: 'http://snomed.info/sct', code: '306206005' }] }, authoredOn: '2026-02-01T09:00:00Z',
    requester: { reference: 'Organization/rrk' },
    performer: [{ type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RYW' } }],
  },
  Encounter: {
    resourceType: 'Encounter', status: 'in-progress', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    identifier: identified('uhb', 'visit', 'V1'), subject: abdul, period: { start: '2026-01-28T22:10:00Z' },
    extension: [extension('criteria-to-reside', { extension: [
      { url: 'criterion', valueCodeableConcept: { coding: [{ system: `${base}/CodeSystem/criteria-to-reside`, code: '06' }] } },
      { url: 'recorded', valueDateTime: '2026-01-30T08:00:00Z' },
    ] })],
  },
  CareTeam: { resourceType: 'CareTeam', status: 'active', identifier: identified('bchc', 'team', 'T1'), subject: abdul },
  Task: { resourceType: 'Task', status: 'requested', intent: 'order', code: { text: 'Answer the referral' }, for: abdul },
  Consent: {
    resourceType: 'Consent', status: 'active', patient: abdul, dateTime: '2026-02-01',
    extension: [extension('objection-source', { valueCoding: { system: `${base}/CodeSystem/objection-source`, code: 'hl7v2-zu8' } })],
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] },
    provision: { type: 'deny' },
  },
};

/** A copy with some members replaced; `undefined` takes one away. */
export function changed(resource: JsonObject | undefined, members: Record<string, Json | undefined>): JsonObject {
  const copy: JsonObject = { ...resource };
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) delete copy[name];
    else copy[name] = value;
  }
  return copy;
}

export function typeOf(resource: JsonObject): string {
  return typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
}

export { extension };
