import type { Bundle, CarePlan, CareTeam, Encounter, EpisodeOfCare, OperationOutcome, Organization, Patient, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recordOf, type Story } from '../../../src/viewer/person/story/story.ts';

/** Alice: home from an intermediate-care bed with a council package. Synthetic. */
export const now = new Date('2026-11-22T10:00:00Z');
const subject = { reference: 'Patient/alice' };
const council = { reference: 'Organization/council', display: 'Birmingham City Council' };
const community = { reference: 'Organization/community', display: 'Birmingham Community Healthcare' };
const team = { display: 'Early Intervention Team South' };
export const recorded = '2026-11-22T00:46:44.000Z';
export const fromCommunity = { source: 'urn:onestory:bchc:bchc-rio#17/3', lastUpdated: recorded, tag: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', code: 'RYW' }] };
export const fromCouncil = { source: 'urn:onestory:bcc:bcc-cld#28/6', lastUpdated: recorded, tag: [{ system: 'https://fhir.bicp.example/Id/ons-code', code: 'E08000025' }] };
export const fromHospital = { source: 'urn:onestory:uhb:uhb-adt#3', lastUpdated: recorded, tag: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', code: 'RRK' }] };

export const alice: Patient = {
  resourceType: 'Patient', id: 'alice', gender: 'female', birthDate: '1938-02-11', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743' }],
  name: [{ use: 'official', family: 'Okafor', given: ['Alice'], prefix: ['Mrs'] }, { use: 'usual', family: 'Okafor', given: ['Ally'] }],
  telecom: [{ system: 'phone', value: '0121 496 0123', use: 'home' }, { system: 'email', value: 'alice@example.org' }, { system: 'phone', value: '0121 496 0999', use: 'old' }],
  address: [{ use: 'home', line: ['12 Example Road'], city: 'Birmingham', postalCode: 'B13 8XX' }],
  contact: [{ relationship: [{ coding: [{ code: 'CHILD', display: 'child' }] }, { text: 'Son' }], name: { family: 'Okafor', given: ['Chidi'] }, telecom: [{ system: 'phone', value: '07700 900123', use: 'mobile' }] }],
  generalPractitioner: [{ reference: 'Organization/practice', display: 'The Example Practice' }, { type: 'Practitioner', display: 'Dr Nirmal Bhogal' }],
  meta: { tag: [{ system: 'https://fhir.bicp.example/Id/ons-code', code: 'E08000025', display: 'Birmingham City Council' }] },
};
export const communityTrust: Organization = { resourceType: 'Organization', id: 'community', name: 'Birmingham Community Healthcare', identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RYW' }], telecom: [{ system: 'phone', value: '0121 496 0200' }] };
export const cityCouncil: Organization = { resourceType: 'Organization', id: 'council', name: 'Birmingham City Council', identifier: [{ system: 'https://fhir.bicp.example/Id/ons-code', value: 'E08000025' }], telecom: [{ system: 'phone', value: '0121 496 0400' }] };

export const bedStay: Encounter = {
  resourceType: 'Encounter', id: 'bed', meta: fromCommunity, identifier: [{ system: 'https://fhir.bicp.example/Id/bchc/visit', value: 'V1' }], status: 'finished', class: { code: 'IMP' }, subject, period: { start: '2026-05-11T16:00:00+01:00', end: '2026-06-04T11:00:00+01:00' }, serviceProvider: community,
  location: [{ location: { display: 'Moseley Hall Ward One' } }], hospitalization: { dischargeDisposition: { coding: [{ code: '19', display: 'Usual place of residence unless listed below, for example, a private dwelling' }] } },
};
/** The same stay as the council was told of it. */
export const stayToldByCouncil: Encounter = { ...bedStay, id: 'seen', meta: fromCouncil, identifier: [{ system: 'https://fhir.bicp.example/Id/bchc/visit', value: 'V1' }], period: { start: '2026-05-11', end: '2026-06-06' } };
export const wardStay: Encounter = {
  resourceType: 'Encounter', id: 'ward', meta: fromCommunity, status: 'in-progress', class: { code: 'IMP' }, subject, period: { start: '2026-11-20T14:10:00Z' }, serviceProvider: { display: 'University Hospitals Birmingham' },
  extension: [{ url: 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate', valueDateTime: '2026-11-25' }],
  location: [{ status: 'completed', location: { display: 'AMU B3' }, period: { start: '2026-11-20T14:10:00Z', end: '2026-11-21T10:30:00Z' } }, { status: 'active', location: { display: 'W12 B10' }, period: { start: '2026-11-21T10:30:00Z' } }],
};
export const homeSupport: EpisodeOfCare = { resourceType: 'EpisodeOfCare', id: 'support', meta: fromCouncil, status: 'active', patient: subject, type: [{ text: 'Home Support' }], managingOrganization: council, period: { start: '2026-06-04' } };
export const rehabilitation: EpisodeOfCare = { resourceType: 'EpisodeOfCare', id: 'rehab', meta: fromCommunity, status: 'finished', patient: subject, type: [{ text: 'Rehabilitation beds' }], managingOrganization: community, period: { start: '2026-05-08', end: '2026-06-04' }, extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/episode-outcome', valueCodeableConcept: { text: 'Goals met' } }] };
export const keyWorkers: CareTeam = { resourceType: 'CareTeam', id: 'workers', meta: fromCommunity, status: 'active', subject, name: team.display, managingOrganization: [community, team], period: { start: '2026-06-05' }, telecom: [{ system: 'phone', value: '0121 496 0210', use: 'work' }], participant: [{ member: { display: 'Sahota, Jaspal' }, role: [{ coding: [{ display: 'Care coordinator' }] }, { coding: [{ display: 'Community nurse' }] }] }] };
export const keyWorkerPlan: CarePlan = { resourceType: 'CarePlan', id: 'key', meta: fromCommunity, status: 'active', intent: 'plan', subject, title: 'Key worker', contributor: [community], period: { start: '2026-06-05T09:45:00+01:00' }, careTeam: [{ reference: 'CareTeam/workers' }], activity: [{ detail: { code: { text: 'Care coordination review' }, status: 'scheduled', scheduledTiming: { event: ['2026-07-10'] } } }] };
export const councilPlan: CarePlan = { resourceType: 'CarePlan', id: 'home', meta: fromCouncil, status: 'active', intent: 'plan', subject, title: 'Home Support', description: 'Home support, two visits a day', author: council, period: { start: '2026-06-04' }, activity: [{ detail: { status: 'in-progress', code: { text: 'Home Support' }, performer: [{ display: 'Example Homecare Ltd' }], description: 'Unit cost 22.40, Hourly', extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/planned-hours-per-week', valueQuantity: { value: 14, unit: 'h/wk' } }] } }] };
export const endedPlan: CarePlan = { resourceType: 'CarePlan', id: 'ended', meta: fromCommunity, status: 'completed', intent: 'plan', subject, title: 'Rehabilitation care plan', period: { start: '2026-05-12', end: '2026-06-04' } };
export const draftPlan: CarePlan = { resourceType: 'CarePlan', id: 'draft', meta: fromCouncil, status: 'draft', intent: 'plan', subject, created: '2026-06-02', author: council };
const booking = { system: 'https://fhir.nhs.uk/Id/UBRN', value: '000049736281' };
/** The same referral as its sender has it. */
export const sentToCouncil: ServiceRequest = { resourceType: 'ServiceRequest', id: 'sent', meta: fromHospital, identifier: [booking], status: 'active', intent: 'order', subject, authoredOn: '2026-05-28', requester: { reference: 'Organization/hospital', display: 'University Hospitals Birmingham' }, performer: [council] };
export const requestToCouncil: ServiceRequest = { resourceType: 'ServiceRequest', id: 'request', meta: fromCouncil, identifier: [booking], status: 'completed', intent: 'order', subject, authoredOn: '2026-05-28', performer: [council], reasonCode: [{ text: 'Support at home' }], extension: [{ url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest', valueCodeableConcept: { text: 'Discharge from Hospital' } }] };
export const requestToTeam: ServiceRequest = { resourceType: 'ServiceRequest', id: 'urgent', meta: fromCommunity, status: 'active', intent: 'order', subject, priority: 'urgent', authoredOn: '2026-06-02T15:20:00+01:00', requester: { display: 'University Hospitals Birmingham' }, performer: [community, team], extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/received', valueDateTime: '2026-06-02T15:35:00+01:00' }] };
export const outcome: Task = { resourceType: 'Task', id: 'outcome', meta: fromCouncil, status: 'completed', intent: 'order', for: subject, focus: { reference: 'ServiceRequest/request' }, code: { coding: [{ code: 'request-outcome', display: 'Outcome of a request' }] }, executionPeriod: { start: '2026-05-28', end: '2026-05-29' }, output: [{ type: { text: 'Outcome' }, valueCodeableConcept: { text: 'Progress to assessment', coding: [{ code: 'progress', display: 'Progress to assessment' }, { code: 'accepted', display: 'Accepted' }] } }] };

export const withheld: OperationOutcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'suppressed', details: { text: 'Some information is not shown.' } }] };
export const late: OperationOutcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'incomplete', details: { text: 'The newest information has not arrived yet.' } }] };

export function page(...resources: Resource[]): Bundle {
  const mode = ({ resourceType }: Resource) => (resourceType === 'OperationOutcome' ? 'outcome' : resourceType === 'Organization' ? 'include' : 'match');
  return { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource, search: { mode: mode(resource) } })) };
}

export function storyOf(...resources: Resource[]): Story {
  return recordOf(undefined, [page(alice, communityTrust, cityCouncil, ...resources)]);
}
