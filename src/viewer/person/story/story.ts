import type { Bundle, BundleEntry, Organization, Patient, Resource } from '@medplum/fhirtypes';
import { sectionIn } from './read-told-story.ts';

export interface NoticeText {
  kind: 'withheld' | 'incomplete';
  text: string;
}

/** One person's record as far as it has arrived: who they are, what is recorded, who holds it, what is missing. */
export interface Story {
  patient: Patient | undefined;
  resources: Resource[];
  organisations: Organization[];
  notices: NoticeText[];
}

/** What nobody reads as an entry of a person's record: who it is about, the directory, and what the gateway composed. */
const notEntries = ['Patient', 'Organization', 'Practitioner', 'PractitionerRole', 'Location', 'HealthcareService', 'Provenance', 'OperationOutcome', 'Device', 'List', 'Composition'];

/**
 * The document of Patient/{id}/$story and the pages of Patient/{id}/$timeline → what they hold, each record once. The composed
 * Patient comes first in either. What has the name of a document and no address (`urn:uuid:…`) is composed, and no entry.
 */
export function recordOf(document: Bundle | undefined, pages: readonly Bundle[]): Story {
  const entries = [...(document?.entry ?? []), ...pages.flatMap(({ entry }) => entry ?? [])];
  const stored = new Map(entries.flatMap(({ fullUrl, resource }) => (resource && fullUrl?.startsWith('urn:') !== true ? [[`${resource.resourceType}/${resource.id ?? ''}`, resource] as const] : [])));
  const resources = [...stored.values()];
  return {
    patient: entries.map(({ resource }) => resource).find((resource) => resource?.resourceType === 'Patient'),
    resources: resources.filter(({ resourceType }) => !notEntries.includes(resourceType)),
    organisations: resources.filter((resource) => resource.resourceType === 'Organization'),
    notices: withheldFirst([...(document ? noticesIn(document) : []), ...noticesOf(entries)]),
  };
}

/** What the document says of what it does not tell. */
function noticesIn(document: Bundle): NoticeText[] {
  return sectionIn(document, 'not-shown').lines.flatMap(({ code, text }) => (code === 'withheld' || code === 'incomplete' ? [{ kind: code, text }] : []));
}

/** Every different notice of some entries, once: what is withheld before what has not arrived. */
export function noticesOf(entries: readonly BundleEntry[]): NoticeText[] {
  return withheldFirst(entries.flatMap(({ resource, search }) => (search?.mode !== 'outcome' || resource?.resourceType !== 'OperationOutcome' ? []
    : resource.issue.flatMap(({ code, details }): NoticeText[] => (details?.text === undefined ? [] : [{ kind: code === 'suppressed' ? 'withheld' : 'incomplete', text: details.text }])))));
}

function withheldFirst(notices: readonly NoticeText[]): NoticeText[] {
  const each = new Map(notices.map((notice) => [notice.text, notice]));
  return [...each.values()].sort((a, b) => Number(a.kind === 'incomplete') - Number(b.kind === 'incomplete'));
}

/** The resources of one type. */
export function ofType<T extends Resource['resourceType']>(story: Pick<Story, 'resources'>, type: T): Extract<Resource, { resourceType: T }>[] {
  return story.resources.filter((resource): resource is Extract<Resource, { resourceType: T }> => resource.resourceType === type);
}

/** `CarePlan/1` → the resource, where it is in the story. */
export function resourceAt(story: Pick<Story, 'resources'>, reference: string | undefined): Resource | undefined {
  return reference === undefined ? undefined : story.resources.find(({ resourceType, id }) => `${resourceType}/${id ?? ''}` === reference);
}

/** Whether a resource is about this person: an entry is never shown under somebody else's name. */
export function isAbout(resource: Resource, citizen: string): boolean {
  const { subject, patient, for: whom } = resource as { subject?: { reference?: string }; patient?: { reference?: string }; for?: { reference?: string } };
  return [subject, patient, whom].some((reference) => reference?.reference === `Patient/${citizen}`);
}
