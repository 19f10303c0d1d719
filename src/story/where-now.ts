import type { Encounter, Patient } from '@medplum/fhirtypes';
import { componentOf, conceptText, joinWords, namesOf } from './concept-words.ts';
import { ageInDays, sayDate } from './say-date.ts';
import { ofType, say, type Statement } from './statement.ts';
import { witnessesOf, type StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

type Row<T> = StoryRow & { resource: T };

const goingOn = ['arrived', 'triaged', 'in-progress', 'onleave'];
const withoutBed = ['AMB', 'HH', 'VR', 'FLD', 'PRENC'];
/** Components whose episode is a bed. */
const bedded = ['bedded-care', 'mental-health-ward', 'care-home-support'];

/**
 * Where the person is: in the bed of a stay that goes on, else in the bed of an episode, else at the home address. Who has
 * died is nowhere else. What contradicts it stands beside it: nothing is chosen.
 */
export function whereNow(facts: StoryFacts): Statement[] {
  const died = deathOf(facts);
  const stays = openStays(facts.rows, facts.now);
  const places = stays.length > 0 ? stays.map(sayStay) : beddedEpisodes(facts.rows);
  if (died.length > 0) return [...died, ...stays.map((stay) => ({ ...sayStay(stay), code: 'place-contradiction' }))];
  return [...(places.length > 0 ? places : homeOf(facts)), ...contradictions(facts, stays)];
}

/** Empty where nobody says that the person has died. */
export function deathOf(facts: StoryFacts): Statement[] {
  const { deceasedDateTime, deceasedBoolean } = facts.patient;
  if (deceasedDateTime === undefined && deceasedBoolean !== true) return [];
  const text = deceasedDateTime === undefined ? 'Reported to have died; the date is not recorded' : `Died on ${sayDate(deceasedDateTime)}`;
  return [say('died', text, ...witnessesOf(facts, 'deceased'))];
}

/** Stays that go on, each told by its innermost part: the ward rather than the spell. */
export function openStays(rows: readonly StoryRow[], now: Date): Row<Encounter>[] {
  const open = ofType(rows, 'Encounter').filter(({ resource }) => isBedded(resource) && goesOn(resource, now));
  const outer = new Set(open.map(({ resource }) => resource.partOf?.reference));
  return open.filter(({ id }) => !outer.has(`Encounter/${id}`));
}

/** What is of no known sort counts as a stay, so that nobody in a bed is overlooked. */
export function isBedded({ class: sort }: Encounter): boolean {
  return !withoutBed.includes(sort?.code ?? '');
}

function goesOn({ status, period }: Encounter, now: Date): boolean {
  return goingOn.includes(status) && (period?.end === undefined || Date.parse(period.end) > now.getTime());
}

function sayStay(stay: Row<Encounter>): Statement {
  const { location, period, serviceProvider, status } = stay.resource;
  const here = location?.find((each) => each.status === 'active') ?? location?.at(-1);
  const place = here?.location.display ?? here?.location.identifier?.value;
  const since = here?.period?.start ?? period?.start;
  return say('place', joinWords([
    place ?? 'In a bed; the place is not recorded', serviceProvider?.display ?? stay.custodianName, since && `since ${sayDate(since)}`, status === 'onleave' ? 'on leave' : undefined,
  ]), stay);
}

function beddedEpisodes(rows: readonly StoryRow[]): Statement[] {
  return ofType(rows, 'EpisodeOfCare').filter(({ resource }) => resource.status === 'active' && bedded.includes(componentOf(resource)?.code ?? '')).map((row) => {
    const { type, managingOrganization, period } = row.resource;
    return say('place', joinWords([namesOf([managingOrganization])[0] ?? row.custodianName, conceptText(type?.[0]), period?.start && `since ${sayDate(period.start)}`]), row);
  });
}

function homeOf(facts: StoryFacts): Statement[] {
  const current = (facts.patient.address ?? []).filter(({ use, period }) => use !== 'old' && use !== 'billing' && period?.end === undefined);
  const homes = current.filter(({ use }) => use === 'home');
  return (homes.length > 0 ? homes : current).map((address) => say('home', `At home: ${addressText(address)}`, ...witnessesOf(facts, address.id ?? '')));
}

export function addressText({ text, line, city, postalCode }: NonNullable<Patient['address']>[number]): string {
  return joinWords([...(line ?? (text === undefined ? [] : [text])), city, postalCode]) || 'recorded, without a line';
}

/** In two beds at once, or in a bed and seen at home on the same day. */
function contradictions({ rows, now }: StoryFacts, stays: readonly Row<Encounter>[]): Statement[] {
  if (stays.length === 0) return [];
  const custodians = new Set(stays.map(({ custodian }) => custodian));
  const visits = ofType(rows, 'Encounter').filter(({ resource: { class: sort, status, period } }) =>
    sort.code === 'HH' && status !== 'cancelled' && period?.start !== undefined && ageInDays(period.start, now) === 0);
  return [
    ...(custodians.size > 1 ? [say('place-contradiction', 'More than one organisation says that the person is in its bed', ...stays)] : []),
    ...visits.map((visit) => say('place-contradiction', `A visit at home is recorded for today, while the person is said to be in a bed: ${visit.resource.serviceProvider?.display ?? visit.custodianName}`, visit, ...stays)),
  ];
}
