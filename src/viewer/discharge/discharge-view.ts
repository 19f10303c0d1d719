import type { Bundle, Coding, Encounter, Observation, Patient, Resource, ServiceRequest } from '@medplum/fhirtypes';
import { matchesOf } from '../api/fhir.ts';
import { formatConcept, formatDate, formatDateTime } from '../format.ts';
import { bannerOf } from '../person/banner/banner-view.ts';
import { reasonOf } from '../person/cards/referrals-view.ts';
import { extensionOf, placeOf, subjectOf, teamFirst } from '../person/parts/title-of.ts';
import { daysSince, londonDayOf } from '../read-day.ts';
import { strings } from '../strings.ts';
import type { Bar } from '../ui/bar.ts';
import { aboutWhom, inValues, peopleOn, resourcesIn, type BesideForm } from '../ui/use-search-pages.ts';

export interface DischargeRow {
  record: string;
  citizen: string | undefined;
  name: string;
  born: string;
  nhsNumber: string;
  place: string;
  /** whose bed it is; '' where that is not said */
  organisation: string;
  ready: string;
  /** whole London days */
  days: number;
  pathway: string | undefined;
  expected: string | undefined;
  delay: string | undefined;
  /** who was asked last to take over */
  holds: string;
}

const words = strings.discharge;
const item = 'https://fhir.bicp.example/CodeSystem/discharge-item';
const pathways = 'https://fhir.bicp.example/CodeSystem/discharge-pathway';

/** Stays that go on and say since when the person is ready, whoever waits longest first, with who it is. */
export const dischargeForm: readonly (readonly [string, string])[] = [
  ['status', 'in-progress,onleave,arrived'], ['discharge-ready:missing', 'false'], ['_include', 'Encounter:subject'], ['_sort', 'discharge-ready'], ['_count', '20'], ['_total', 'none'],
];

/** What hubs noted about the stays of a page, and whom others asked for these people: asked for by themselves, because what a long record holds besides is no part of a list. */
export function dischargeBeside(page: Bundle): BesideForm[] {
  const stays = inValues(matchesOf(page).flatMap(({ id }) => (id === undefined ? [] : [`Encounter/${id}`])));
  const newest = [['_count', '200'], ['_total', 'none']] as const;
  return [
    ...stays.map((some): BesideForm => ['Observation', [['encounter', some], ['code', `${item}|hub-note`], ['_sort', '-date'], ...newest]]),
    ...peopleOn(page).map((some): BesideForm => ['ServiceRequest', [['patient', some], ['status', 'active,on-hold'], ['_sort', '-authored'], ...newest]]),
  ];
}

export function dischargeRows(page: Bundle, now: Date): DischargeRow[] {
  const all = resourcesIn(page);
  return matchesOf(page).flatMap((stay) => (stay.resourceType === 'Encounter' ? [rowOf(stay, all, now)] : []));
}

/** How many of these people wait in each organisation, and how long together, the longest first; of fewer than two people there is nothing to compare. */
export function waitsOf(rows: readonly DischargeRow[]): Bar[] {
  if (rows.length < 2) return [];
  return [...Map.groupBy(rows, ({ organisation }) => organisation)].map(([organisation, people]) => {
    const all = people.map(({ days }) => Math.max(0, days));
    const value = all.reduce((sum, days) => sum + days, 0);
    return { label: organisation === '' ? words.noOrganisation : organisation, value, text: words.waits.of(people.length, value, Math.max(...all)) };
  }).sort((a, b) => b.value - a.value || a.label.localeCompare(b.label, 'en-GB'));
}

function rowOf(stay: Encounter, all: readonly Resource[], now: Date): DischargeRow {
  const about = aboutWhom(stay);
  const person = all.find((resource): resource is Patient => resource.resourceType === 'Patient' && `Patient/${resource.id ?? ''}` === about);
  const banner = person && bannerOf(person, now);
  const ready = extensionOf(stay, 'discharge-ready-date')?.valueDateTime;
  const note = lastNote(stay, all);
  const asked = lastAsked(stay, all);
  const planned = extensionOf(stay, 'extension-Encounter.plannedEndDate')?.valueDateTime;
  return {
    record: `Encounter/${stay.id ?? ''}`, citizen: person?.id, name: banner?.name ?? words.unknownPerson, born: banner?.born ?? '', nhsNumber: banner?.nhsNumber ?? '',
    place: [placeOf(stay.location?.at(-1)?.location), stay.serviceProvider?.display].filter((part) => part !== undefined).join(', '),
    organisation: stay.serviceProvider?.display ?? '', ready: formatDateTime(ready), days: daysSince(ready, now), pathway: pathwayOf(note, asked), expected: partOf(note, 'expected-discharge', ({ valueDateTime }) => valueDateTime && formatDate(valueDateTime)) ?? (planned && formatDate(planned)),
    delay: partOf(note, 'delay-reason', ({ valueCodeableConcept }) => valueCodeableConcept && formatConcept(valueCodeableConcept)),
    holds: asked ? words.asked(teamFirst(asked.performer)[0] ?? subjectOf(asked) ?? '', reasonOf(asked), formatDate(asked.authoredOn)) : words.nobody,
  };
}

/** The newest note a discharge hub made about this stay. */
function lastNote({ id = '' }: Encounter, all: readonly Resource[]): Observation | undefined {
  const notes = all.filter((resource): resource is Observation => resource.resourceType === 'Observation' && resource.status === 'final' && resource.encounter?.reference === `Encounter/${id}` && says(resource.code.coding, 'hub-note'));
  return notes.sort((a, b) => (b.effectiveDateTime ?? '').localeCompare(a.effectiveDateTime ?? ''))[0];
}

/** The newest open referral of the person since they came in. */
function lastAsked(stay: Encounter, all: readonly Resource[]): ServiceRequest | undefined {
  const from = londonDayOf(stay.period?.start);
  const open = all.filter((resource): resource is ServiceRequest => resource.resourceType === 'ServiceRequest' && ['active', 'on-hold'].includes(resource.status ?? '') && aboutWhom(resource) === aboutWhom(stay) && stay.basedOn?.some(({ reference }) => reference === `ServiceRequest/${resource.id ?? ''}`) !== true);
  return open.filter(({ authoredOn }) => from === undefined || (londonDayOf(authoredOn) ?? '') >= from).sort((a, b) => (b.authoredOn ?? '').localeCompare(a.authoredOn ?? ''))[0];
}

function pathwayOf(note: Observation | undefined, asked: ServiceRequest | undefined): string | undefined {
  const noted = partOf(note, 'pathway', ({ valueCodeableConcept }) => pathwayWords(valueCodeableConcept?.coding) ?? valueCodeableConcept?.text);
  if (noted !== undefined) return words.noted(noted, formatDate(note?.effectiveDateTime));
  const coding = asked && extensionOf(asked, 'discharge-pathway')?.valueCoding;
  return coding && pathwayWords([coding]);
}

function pathwayWords(codings: readonly Coding[] | undefined): string | undefined {
  const found = codings?.find(({ system }) => system === pathways);
  return strings.referral.pathways.find(([code]) => code === found?.code)?.[1] ?? found?.display;
}

function partOf(note: Observation | undefined, wanted: string, read: (part: NonNullable<Observation['component']>[number]) => string | undefined): string | undefined {
  const part = note?.component?.find(({ code }) => says(code.coding, wanted));
  return part && read(part);
}

function says(codings: readonly Coding[] | undefined, wanted: string): boolean {
  return codings?.some(({ system, code }) => system === item && code === wanted) ?? false;
}
