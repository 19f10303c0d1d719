import type { Encounter, EpisodeOfCare } from '@medplum/fhirtypes';
import { formatConcept, formatDate, formatDateTime, formatPeriod, instantOf, notRecorded } from '../format.ts';
import { strings } from '../strings.ts';
import { given, type ItemView } from './item-view.ts';
import { originOf, type Directory } from './origin.ts';
import { readyDate } from './ready-date.ts';
import { ofType, type Story } from './story.ts';
import { extensionOf, kindOf, placeOf, stateOf } from './title-of.ts';
import { destinationOf, shortened } from './where-now-view.ts';

const words = strings.person.episodes;

/** Episodes of care and stays, those going on first, then the newest first. */
export function episodesOf(story: Story, directory: Directory): ItemView[] {
  const found = [
    ...ofType(story, 'EpisodeOfCare').map((episode) => ({ period: episode.period, now: episode.status === 'active', view: episodeView(episode, directory, story) })),
    ...ofType(story, 'Encounter').map((stay) => ({ period: stay.period, now: stay.status === 'in-progress' || stay.status === 'onleave', view: stayView(stay, directory, story) })),
  ];
  return found.sort((a, b) => Number(b.now) - Number(a.now) || (instantOf(b.period?.start) ?? 0) - (instantOf(a.period?.start) ?? 0)).map(({ view }) => view);
}

function episodeView(episode: EpisodeOfCare, directory: Directory, story: Story): ItemView {
  const outcome = extensionOf(episode, 'episode-outcome')?.valueCodeableConcept;
  const [first, ...others] = (episode.type ?? []).map((concept) => formatConcept(concept));
  return {
    id: episode.id ?? '', type: 'EpisodeOfCare', title: `${kindOf(episode)}: ${first ?? notRecorded}`, state: stateOf(episode.status),
    facts: given([
      [words.organisation, episode.managingOrganization?.display ?? notRecorded], [words.sort, others.join(', ')],
      [words.when, formatPeriod(episode.period)], [words.ready, readyDate(episode, story)], [words.outcome, outcome && shortened(formatConcept(outcome))],
    ]),
    origin: originOf(episode, directory),
  };
}

function stayView(stay: Encounter, directory: Directory, story: Story): ItemView {
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
    origin: originOf(stay, directory),
  };
}
