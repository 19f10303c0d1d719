import type { Encounter, EpisodeOfCare } from '@medplum/fhirtypes';
import { formatConcept, formatDate, formatDateTime, formatPeriod, notRecorded } from '../../format.ts';
import { strings } from '../../strings.ts';
import { given, type ItemView } from '../parts/item-view.ts';
import type { Directory } from '../parts/origin.ts';
import type { ToldEvent } from '../timeline/read-timeline.ts';
import { readyDate } from './ready-date.ts';
import type { Story } from '../story/story.ts';
import { destinationOf, shortened } from '../parts/destination.ts';
import { extensionOf, kindOf, placeOf, stateOf } from '../parts/title-of.ts';
import { toldView } from '../parts/told-view.ts';

const words = strings.person.episodes;

const kinds = ['episode', 'stay', 'contact'];
/** what its record says, without who else tells of it */
type Said = Omit<ItemView, 'told'>;

/** Episodes of care, stays and contacts, whoever tells of them once; those going on first, then in the order told. */
export function episodesOf(events: readonly ToldEvent[], story: Pick<Story, 'resources'>, directory: Directory): ItemView[] {
  const found = events.filter(({ kind }) => kinds.includes(kind)).sort((a, b) => Number(b.state === 'active') - Number(a.state === 'active'));
  return found.flatMap((event) => {
    const told = toldView(event, directory);
    if (event.lead.resourceType === 'EpisodeOfCare') return [{ ...episodeView(event.lead, story), told }];
    return event.lead.resourceType === 'Encounter' ? [{ ...stayView(event.lead, story), told }] : [];
  });
}

function episodeView(episode: EpisodeOfCare, story: Pick<Story, 'resources'>): Said {
  const outcome = extensionOf(episode, 'episode-outcome')?.valueCodeableConcept;
  const [first, ...others] = (episode.type ?? []).map((concept) => formatConcept(concept));
  return {
    id: episode.id ?? '', type: 'EpisodeOfCare', title: `${kindOf(episode)}: ${first ?? notRecorded}`, state: stateOf(episode.status),
    facts: given([
      [words.organisation, episode.managingOrganization?.display ?? notRecorded], [words.sort, others.join(', ')],
      [words.when, formatPeriod(episode.period)], [words.ready, readyDate(episode, story)], [words.outcome, outcome && shortened(formatConcept(outcome))],
    ]),
  };
}

function stayView(stay: Encounter, story: Pick<Story, 'resources'>): Said {
  const places = (stay.location ?? []).flatMap(({ location, period }) => {
    const place = placeOf(location);
    return place === undefined ? [] : [period?.start === undefined ? place : words.placeFrom(place, formatDateTime(period.start))];
  });
  const expected = extensionOf(stay, 'extension-Encounter.plannedEndDate')?.valueDateTime;
  return {
    id: stay.id ?? '', type: 'Encounter', title: `${kindOf(stay)}: ${placeOf(stay.location?.at(-1)?.location) ?? stay.serviceProvider?.display ?? notRecorded}`, state: stateOf(stay.status),
    facts: given([
      [words.organisation, stay.serviceProvider?.display ?? notRecorded], [words.when, formatPeriod(stay.period)], [words.places, places.join('; ')],
      [words.reason, (stay.reasonCode ?? []).map((concept) => formatConcept(concept)).join('; ')], [words.specialty, stay.serviceType && formatConcept(stay.serviceType)],
      [words.who, (stay.participant ?? []).flatMap(({ individual }) => individual?.display ?? []).join(', ')],
      [words.expected, expected === undefined ? undefined : formatDate(expected)], [words.ready, readyDate(stay, story)],
      [words.wentTo, stay.status === 'finished' ? destinationOf(stay) : undefined],
    ]),
  };
}
