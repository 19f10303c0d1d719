import type { CarePlan, CareTeam, Encounter, EpisodeOfCare, Observation, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { formatConcept, formatDateTime, notRecorded } from '../format.ts';
import { strings } from '../strings.ts';
import { outcomeOf, reasonOf, receivedAt, senderOf } from './referrals-view.ts';
import { extensionOf, kindOf, placeOf, subjectOf, teamFirst, titleOf } from './title-of.ts';
import { destinationOf, shortened } from './where-now-view.ts';

/** Something that happened on a day, as one resource tells it. */
export interface Happening {
  /** FHIR date or dateTime */
  when: string;
  what: string;
  more?: string | undefined;
}

const words = strings.person.timeline;

/** Every dated event of a resource. What the viewer has no words for still gives one, by the date it carries. */
export function happeningsOf(resource: Resource): Happening[] {
  const found = tell(resource);
  if ((resource as { status?: string }).status !== 'entered-in-error') return found;
  return found.map((happening) => ({ ...happening, what: words.inError(happening.what) }));
}

function tell(resource: Resource): Happening[] {
  switch (resource.resourceType) {
    case 'ServiceRequest': return referral(resource);
    case 'EpisodeOfCare': return episode(resource);
    case 'Encounter': return stay(resource);
    case 'CarePlan': return plan(resource);
    case 'CareTeam': return team(resource);
    case 'Task': return task(resource);
    case 'Observation': return observation(resource);
    default: return other(resource);
  }
}

function at(when: string | undefined, what: string, more?: string): Happening[] {
  return when === undefined ? [] : [{ when, what, ...(more !== undefined && more !== '' && more !== notRecorded && { more }) }];
}

function referral(request: ServiceRequest): Happening[] {
  const to = subjectOf(request) ?? notRecorded;
  return [...at(request.authoredOn, words.referralMade(to), words.fromFor(senderOf(request), reasonOf(request))), ...at(receivedAt(request), words.referralReceived(to))];
}

function episode(care: EpisodeOfCare): Happening[] {
  const what = subjectOf(care) ?? notRecorded;
  const outcome = extensionOf(care, 'episode-outcome')?.valueCodeableConcept;
  const began = care.status === 'planned' || care.status === 'waitlist' ? words.episodePlanned(what) : words.episodeBegan(what);
  return [...at(care.period?.start, began), ...at(care.period?.end, words.episodeEnded(what), outcome && shortened(formatConcept(outcome)))];
}

function stay(encounter: Encounter): Happening[] {
  const kind = kindOf(encounter);
  const places = encounter.location ?? [];
  const reason = (encounter.reasonCode ?? []).map((concept) => formatConcept(concept)).join('; ');
  const moves = places.slice(1).flatMap(({ location, period }) => at(period?.start, words.moved(placeOf(location) ?? notRecorded)));
  return [
    ...at(encounter.period?.start, words.began(kind, placeOf(places[0]?.location) ?? encounter.serviceProvider?.display ?? notRecorded), reason),
    ...moves,
    ...at(encounter.period?.end, words.ended(kind, placeOf(places.at(-1)?.location) ?? encounter.serviceProvider?.display ?? notRecorded), words.wentTo(destinationOf(encounter))),
  ];
}

function plan(carePlan: CarePlan): Happening[] {
  const what = subjectOf(carePlan) ?? notRecorded;
  const started = carePlan.status === 'draft' ? at(carePlan.created ?? carePlan.period?.start, words.planDrafted) : at(carePlan.period?.start ?? carePlan.created, words.planBegan(what), carePlan.description === what ? undefined : carePlan.description);
  const reason = carePlan.activity?.flatMap(({ detail }) => detail?.statusReason ?? [])[0];
  return [...started, ...at(carePlan.period?.end, words.planEnded(what), reason && formatConcept(reason))];
}

function team(careTeam: CareTeam): Happening[] {
  const what = careTeam.name ?? teamFirst(careTeam.managingOrganization)[0] ?? notRecorded;
  const who = careTeam.participant?.flatMap(({ member }) => member?.display ?? []).join(', ');
  return [...at(careTeam.period?.start, words.teamBegan(what), who), ...at(careTeam.period?.end, words.teamEnded(what))];
}

/** An outcome of a referral by its result; an assessment or review when it was done, or begun where it is not. */
function task(done: Task): Happening[] {
  const outcome = outcomeOf([done]);
  const when = done.executionPeriod?.end ?? done.executionPeriod?.start ?? done.authoredOn;
  if (done.code?.coding?.[0]?.code === 'request-outcome') {
    const accepted = done.output?.some(({ valueCodeableConcept }) => valueCodeableConcept?.coding?.some(({ code }) => code === 'accepted')) ?? false;
    return at(when, accepted ? words.referralAccepted : words.referralOutcome, outcome);
  }
  return at(when, titleOf(done), [done.description, outcome === undefined ? undefined : words.outcome(outcome)].filter((text) => text !== undefined).join('. '));
}

function observation(seen: Observation): Happening[] {
  const parts = (seen.component ?? []).map((part) => `${formatConcept(part.code)}: ${answerOf(part) ?? notRecorded}`).join('; ');
  return at(seen.effectiveDateTime ?? seen.effectivePeriod?.start ?? seen.issued, titleOf(seen), answerOf(seen) ?? parts);
}

function answerOf({ valueCodeableConcept, valueString, valueDateTime }: Pick<Observation, 'valueCodeableConcept' | 'valueString' | 'valueDateTime'>): string | undefined {
  if (valueCodeableConcept !== undefined) return formatConcept(valueCodeableConcept);
  return valueDateTime === undefined ? valueString : formatDateTime(valueDateTime);
}

const dateNames = ['recordedDate', 'authoredOn', 'date', 'dateTime', 'created', 'onsetDateTime', 'performedDateTime', 'occurrenceDateTime', 'issued'] as const;

function other(resource: Resource): Happening[] {
  const dated = resource as Partial<Record<(typeof dateNames)[number], unknown>> & { period?: { start?: string } };
  const when = dateNames.map((name) => dated[name]).find((value) => typeof value === 'string') ?? dated.period?.start;
  return at(when, titleOf(resource));
}
