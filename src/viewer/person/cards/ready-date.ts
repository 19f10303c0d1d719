import type { Encounter, EpisodeOfCare, Observation } from '@medplum/fhirtypes';
import { formatDate, formatDateTime } from '../../format.ts';
import { strings } from '../../strings.ts';
import { ofType, type Story } from '../story/story.ts';
import { extensionOf } from '../parts/title-of.ts';

const item = 'https://fhir.bicp.example/CodeSystem/discharge-item';

/**
 * Since when somebody was ready to leave. What the record of the stay says itself is best; where it says nothing, the last
 * note a discharge hub made about the stay, and that it is one.
 */
export function readyDate(resource: Encounter | EpisodeOfCare, story: Pick<Story, 'resources'>): string | undefined {
  const own = extensionOf(resource, 'discharge-ready-date')?.valueDateTime;
  if (own !== undefined) return formatDateTime(own);
  const notes = ofType(story, 'Observation').filter((note) => isAbout(note, resource)).sort((a, b) => (b.effectiveDateTime ?? '').localeCompare(a.effectiveDateTime ?? ''));
  const ready = notes[0]?.component?.find(({ code }) => says(code, 'ready'))?.valueDateTime;
  return ready === undefined ? undefined : strings.person.episodes.readyByHub(formatDateTime(ready), formatDate(notes[0]?.effectiveDateTime));
}

function isAbout({ status, code, encounter }: Observation, { resourceType, id }: Encounter | EpisodeOfCare): boolean {
  return status === 'final' && says(code, 'hub-note') && encounter?.reference === `${resourceType}/${id ?? ''}`;
}

function says(concept: Observation['code'] | undefined, wanted: string): boolean {
  return concept?.coding?.some(({ system, code }) => system === item && code === wanted) ?? false;
}
