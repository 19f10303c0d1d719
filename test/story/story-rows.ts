import type { Encounter, Resource, ServiceRequest } from '@medplum/fhirtypes';
import type { StoryRow } from '../../src/story/story-row.ts';

const partners = { uhb: 'RRK', bchc: 'RYW', bsmhft: 'RXT', bcc: 'E08000025' } as const;
export type Partner = keyof typeof partners;

export const organisation = (partner: Partner): string => `Organization/${partner}`;

/** A visible record as composing takes it. */
export function storyRow(partner: Partner, resource: Resource & { id: string }, version = 1): StoryRow {
  return {
    id: resource.id, type: resource.resourceType, version, custodian: `https://fhir.nhs.uk/Id/ods-organization-code|${partners[partner]}`, custodianName: partner,
    custodianReference: organisation(partner), updatedAt: '2026-06-01T00:00:00.000Z', resource,
  };
}

export const component = (code: string) => ({ url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code } });
export const origin = (system: string, code: string) => ({
  url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest', valueCodeableConcept: { coding: [{ system, code }] },
});
export const routeOfAccess = 'https://fhir.bicp.example/CodeSystem/cld-route-of-access';

export function referral(custodian: Partner, id: string, from: Partner | undefined, to: Partner, authoredOn: string, more: Partial<ServiceRequest> = {}): StoryRow {
  return storyRow(custodian, {
    resourceType: 'ServiceRequest', id, status: 'active', intent: 'order', subject: { reference: 'Patient/alice' }, authoredOn,
    extension: [component('community-team')], ...(from && { requester: { reference: organisation(from) } }), performer: [{ reference: organisation(to) }], ...more,
  });
}

export function stay(custodian: Partner, id: string, start: string, end: string | undefined, more: Partial<Encounter> = {}): StoryRow {
  return storyRow(custodian, {
    resourceType: 'Encounter', id, status: end === undefined ? 'in-progress' : 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: 'Patient/alice' }, period: { start, ...(end !== undefined && { end }) }, serviceProvider: { reference: organisation(custodian) }, ...more,
  });
}
