import type { Resource } from '@medplum/fhirtypes';
import { formatDate } from '../../format.ts';
import { strings } from '../../strings.ts';
import { labelOf, unsaid } from './describe-resource.ts';
import { originOf, type Directory } from '../parts/origin.ts';
import { titleOf } from '../parts/title-of.ts';

/** Types whose records of several organisations may tell of one event. */
const types = ['ServiceRequest', 'Encounter', 'EpisodeOfCare', 'CarePlan'];

/** Elements of an entry that somebody can say are not right, by the words the page has for them. */
export function elementsOf(resource: Resource): { name: string; label: string }[] {
  return Object.keys(resource).filter((name) => !unsaid.includes(name) && name !== 'extension' && !name.startsWith('_')).map((name) => ({ name, label: labelOf(name) }));
}

/** The record's other entries of the same type that another organisation sent, or the same one: what may tell of the same. */
export function othersLike(resource: Resource, all: readonly Resource[], directory: Directory): { reference: string; label: string }[] {
  if (!types.includes(resource.resourceType)) return [];
  return all.filter(({ resourceType, id }) => resourceType === resource.resourceType && id !== resource.id)
    .map((other) => ({ reference: `${other.resourceType}/${other.id ?? ''}`, label: strings.person.actions.same.like(titleOf(other), originOf(other, directory).organisation, dayOf(other)) }));
}

function dayOf(resource: Resource): string {
  const { authoredOn, period, created } = resource as { authoredOn?: string; created?: string; period?: { start?: string } };
  return formatDate(authoredOn ?? period?.start ?? created);
}
