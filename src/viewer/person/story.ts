import type { Bundle, BundleEntry, Organization, Patient, Resource } from '@medplum/fhirtypes';

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

/** What nobody reads as an entry of a person's record. */
const notEntries = ['Patient', 'Organization', 'Provenance', 'OperationOutcome', 'Device'];

/** Pages of Patient/{id}/$everything → the story. The composed Patient stands on the first page only. */
export function readStory(pages: readonly Bundle[]): Story {
  const entries = pages.flatMap(({ entry }) => entry ?? []);
  const resources = entries.flatMap(({ resource }) => resource ?? []);
  return {
    patient: resources.find((resource) => resource.resourceType === 'Patient'),
    resources: entries.flatMap(({ resource, search }) => (resource && (search?.mode ?? 'match') === 'match' && !notEntries.includes(resource.resourceType) ? [resource] : [])),
    organisations: resources.filter((resource) => resource.resourceType === 'Organization'),
    notices: noticesOf(entries),
  };
}

/** Every different notice of some entries, once: what is withheld before what has not arrived. */
export function noticesOf(entries: readonly BundleEntry[]): NoticeText[] {
  const found = new Map<string, NoticeText>();
  for (const { resource, search } of entries) {
    if (search?.mode !== 'outcome' || resource?.resourceType !== 'OperationOutcome') continue;
    for (const { code, details } of resource.issue) {
      if (details?.text !== undefined) found.set(details.text, { kind: code === 'suppressed' ? 'withheld' : 'incomplete', text: details.text });
    }
  }
  return [...found.values()].sort((a, b) => Number(a.kind === 'incomplete') - Number(b.kind === 'incomplete'));
}

/** The resources of one type. */
export function ofType<T extends Resource['resourceType']>(story: Story, type: T): Extract<Resource, { resourceType: T }>[] {
  return story.resources.filter((resource): resource is Extract<Resource, { resourceType: T }> => resource.resourceType === type);
}

/** `CarePlan/1` → the resource, where it is in the story. */
export function resourceAt(story: Story, reference: string | undefined): Resource | undefined {
  return reference === undefined ? undefined : story.resources.find(({ resourceType, id }) => `${resourceType}/${id ?? ''}` === reference);
}

/** Whether a resource is about this person: an entry is never shown under somebody else's name. */
export function isAbout(resource: Resource, citizen: string): boolean {
  const { subject, patient, for: whom } = resource as { subject?: { reference?: string }; patient?: { reference?: string }; for?: { reference?: string } };
  return [subject, patient, whom].some((reference) => reference?.reference === `Patient/${citizen}`);
}
