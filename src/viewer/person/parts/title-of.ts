import type { CodeableConcept, Encounter, Extension, Reference, Resource } from '@medplum/fhirtypes';
import { formatConcept, notRecorded, wordsOf } from '../../format.ts';
import { strings } from '../../strings.ts';

const words = strings.person;

/** What an entry is, in one line. */
export function titleOf(resource: Resource): string {
  const kind = kindOf(resource);
  const what = subjectOf(resource);
  return what === undefined || what === kind ? kind : `${kind}: ${what}`;
}

/** Titles of entries by `Type/id`. */
export function titlesIn(resources: readonly Resource[]): Map<string, string> {
  return new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id ?? ''}`, titleOf(resource)]));
}

export function kindOf(resource: Resource): string {
  if (resource.resourceType === 'Task') return words.tasks[resource.code?.coding?.[0]?.code ?? ''] ?? words.tasks.other;
  if (resource.resourceType === 'Encounter' && !isBedded(resource)) return words.contact;
  return words.kinds[resource.resourceType] ?? wordsOf(resource.resourceType);
}

const withoutBed = ['AMB', 'HH', 'VR', 'FLD', 'PRENC'];

/** A stay rather than a contact: what is of no known sort counts as a stay, so that nobody in a bed is overlooked. */
export function isBedded({ class: sort }: Encounter): boolean {
  return !withoutBed.includes(sort?.code ?? '');
}

/** What it is about, without the sort of entry it is; undefined where nothing says. */
export function subjectOf(resource: Resource): string | undefined {
  switch (resource.resourceType) {
    case 'CarePlan': return resource.title ?? known(formatConcept(resource.category?.at(-1)));
    case 'ServiceRequest': return referredTo(resource.performer) ?? known(formatConcept(resource.code));
    case 'EpisodeOfCare': return known(formatConcept(resource.type?.[0]));
    case 'Encounter': return placeOf(resource.location?.at(-1)?.location) ?? resource.serviceProvider?.display;
    case 'CareTeam': return resource.name;
    case 'Task': return known(resource.code?.text ?? resource.code?.coding?.[1]?.display ?? notRecorded);
    default: return known(formatConcept((resource as { code?: CodeableConcept }).code));
  }
}

function referredTo(performers: readonly Reference[] | undefined): string | undefined {
  return teamFirst(performers)[0];
}

/** Names of the organisations given, the smallest unit first: references to the directory are the whole organisation. */
export function teamFirst(references: readonly Reference[] | undefined): string[] {
  const named = (references ?? []).filter(({ display }) => display !== undefined);
  const ordered = [...named.filter(({ reference }) => reference === undefined), ...named.filter(({ reference }) => reference !== undefined)];
  return [...new Set(ordered.flatMap(({ display }) => display ?? []))];
}

export function placeOf(location: Reference | undefined): string | undefined {
  return location?.display ?? location?.identifier?.value;
}

/** The value of an extension by the last part of its url. */
export function extensionOf(resource: { extension?: Extension[] | undefined }, name: string): Extension | undefined {
  return resource.extension?.find(({ url }) => url?.endsWith(`/${name}`));
}

/** A state as a person says it. */
export function stateOf(code: string | undefined): string {
  return code === undefined ? notRecorded : (words.states[code] ?? wordsOf(code));
}

function known(text: string): string | undefined {
  return text === notRecorded ? undefined : text;
}
