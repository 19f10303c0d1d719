import type { CodeableConcept, Encounter } from '@medplum/fhirtypes';
import { formatConcept, formatDate, formatDateTime, formatPeriod, instantOf, notRecorded } from '../format.ts';
import { strings } from '../strings.ts';
import { ofType, type Story } from './story.ts';
import { extensionOf, isBedded, placeOf, stateOf } from './title-of.ts';

export interface StayView {
  id: string;
  place: string;
  organisation: string;
  /** `In the ward since 28-Apr-2026 10:30` or `11-May-2026 to 04-Jun-2026` */
  when: string;
  /** only of a stay that goes on: `Expected to end 06-May-2026` */
  expectedEnd: string | undefined;
  /** only of a stay that ended */
  wentTo: string | undefined;
  /** said where it is more than "in progress", e.g. on leave */
  state: string | undefined;
}

export interface ServiceView {
  id: string;
  type: 'CarePlan' | 'EpisodeOfCare';
  title: string;
  /** the sort of service, where the title is a team's name */
  sort: string | undefined;
  organisation: string;
  since: string;
}

export interface WhereNow {
  stays: StayView[];
  last: StayView | undefined;
  services: ServiceView[];
}

const goingOn = ['arrived', 'triaged', 'in-progress', 'onleave'];

/** Whether somebody is in a bed now: a stay that is going on by its state and has no end behind us. */
export function whereNow(story: Story, now: Date): WhereNow {
  const stays = ofType(story, 'Encounter').filter(isStay);
  const goingOnNow = stays.filter((stay) => goesOn(stay, now));
  // a stay is told by the part of it that goes on: the ward rather than the spell
  const current = goingOnNow.filter(({ id }) => !goingOnNow.some(({ partOf }) => partOf?.reference === `Encounter/${id ?? ''}`));
  const ended = stays.filter((stay) => !goesOn(stay, now) && stay.period?.start !== undefined && stay.status !== 'planned' && stay.status !== 'cancelled');
  const last = ended.sort((a, b) => endOf(b) - endOf(a))[0];
  return { stays: current.map(currentStay), last: last && endedStay(last), services: servicesOf(story) };
}

function isStay(encounter: Encounter): boolean {
  return encounter.status !== 'entered-in-error' && isBedded(encounter);
}

export function goesOn({ status, period }: Encounter, now: Date): boolean {
  const end = instantOf(period?.end);
  return goingOn.includes(status ?? '') && (end === undefined || end > now.getTime());
}

function endOf({ period }: Encounter): number {
  return instantOf(period?.end) ?? instantOf(period?.start) ?? 0;
}

function currentStay(stay: Encounter): StayView {
  const here = stay.location?.find(({ status }) => status === 'active') ?? stay.location?.at(-1);
  const expected = extensionOf(stay, 'extension-Encounter.plannedEndDate')?.valueDateTime;
  return {
    ...common(stay, placeOf(here?.location)),
    when: strings.person.whereNow.since(formatDateTime(here?.period?.start ?? stay.period?.start)),
    expectedEnd: expected === undefined ? strings.person.whereNow.noExpectedEnd : strings.person.whereNow.expectedEnd(formatDate(expected)),
    wentTo: undefined,
    state: stay.status === 'in-progress' ? undefined : stateOf(stay.status),
  };
}

function endedStay(stay: Encounter): StayView {
  return { ...common(stay, placeOf(stay.location?.at(-1)?.location)), when: formatPeriod(stay.period), expectedEnd: undefined, wentTo: destinationOf(stay), state: undefined };
}

function common(stay: Encounter, place: string | undefined): Pick<StayView, 'id' | 'place' | 'organisation'> {
  return { id: stay.id ?? '', place: place ?? strings.person.whereNow.noPlace, organisation: stay.serviceProvider?.display ?? notRecorded };
}

/** Where somebody went; the dictionary's long explanation after "unless" is for coders, not for readers. */
export function destinationOf(stay: Encounter): string {
  return shortened(formatConcept(stay.hospitalization?.dischargeDisposition));
}

export function shortened(text: string): string {
  return text.replace(/ unless listed below.*$/s, '').trim();
}

/** Care that is going on outside a bed: active episodes, and active plans of services that no active episode covers. */
function servicesOf(story: Story): ServiceView[] {
  const beds = new Set(ofType(story, 'Encounter').flatMap(({ episodeOfCare }) => (episodeOfCare ?? []).map(({ reference }) => reference)));
  const episodes = ofType(story, 'EpisodeOfCare').filter(({ status, id }) => status === 'active' && !beds.has(`EpisodeOfCare/${id ?? ''}`));
  const covered = new Set(episodes.map(({ managingOrganization }) => managingOrganization?.display));
  const plans = ofType(story, 'CarePlan').filter(({ status, author, contributor }) => status === 'active' && ![author?.display, ...(contributor ?? []).map(({ display }) => display)].some((name) => covered.has(name)));
  return [
    ...episodes.map((episode): ServiceView => ({
      id: episode.id ?? '', type: 'EpisodeOfCare', title: formatConcept(episode.type?.[0]), sort: sortOf(episode.type?.[0]), organisation: episode.managingOrganization?.display ?? notRecorded, since: formatPeriod(episode.period),
    })),
    ...plans.map((plan): ServiceView => ({
      id: plan.id ?? '', type: 'CarePlan', title: plan.title ?? formatConcept(plan.category?.at(-1)), sort: undefined, organisation: plan.contributor?.[0]?.display ?? plan.author?.display ?? notRecorded, since: formatPeriod(plan.period),
    })),
  ];
}

function sortOf(concept: CodeableConcept | undefined): string | undefined {
  const main = formatConcept(concept);
  return concept?.coding?.find(({ display }) => display !== undefined && display !== main)?.display;
}
