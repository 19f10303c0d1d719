import type { CarePlan, CarePlanActivityDetail, Observation, Task } from '@medplum/fhirtypes';
import { changedElements, pairUp } from '../fhir/compare-content.ts';
import type { JsonObject } from '../fhir/json.ts';
import { codeSystem, conceptText, snomed } from './concept-words.ts';
import { activityText, detailOf, isDoing, reviewDates, withoutPrice } from './plan-activities.ts';
import { sayDate } from './say-date.ts';

/** Codes of what matters to a person. */
export const matters = [[codeSystem('epaccs-item'), 'preferences-and-wishes'], [codeSystem('epaccs-item'), 'preferred-place-of-care'], [snomed, '395091006']] as const;

export function wishName({ code }: Observation): string {
  return conceptText(code) ?? 'What matters';
}

export function wishOf({ valueCodeableConcept, valueString }: Observation): string | undefined {
  return conceptText(valueCodeableConcept) ?? valueString;
}

/** Goals in their own words: what the plan names them, or what is written of them within it. */
export function goalsOf({ goal = [], contained = [] }: CarePlan): { words: string; state?: string }[] {
  return goal.flatMap(({ display, reference }) => {
    const within = contained.find((each) => each.resourceType === 'Goal' && reference === `#${each.id ?? ''}`);
    const [words, state] = within?.resourceType === 'Goal' ? [display ?? conceptText(within.description), within.lifecycleStatus] : [display];
    return words === undefined ? [] : [{ words, ...(state !== undefined && { state }) }];
  });
}

/** What one version of a record of a plan says otherwise than another, each difference in a sentence; what has no words here is not told. */
export function planDifferences(before: CarePlan | Task | Observation, after: CarePlan | Task | Observation): string[] {
  if (before.resourceType === 'CarePlan' && after.resourceType === 'CarePlan') {
    const told = new Set(changedElements(before as unknown as JsonObject, after as unknown as JsonObject).flatMap((element) => ofPlan[element] ?? []));
    return [...told].flatMap((tell) => tell(before, after));
  }
  if (before.resourceType === 'Task' && after.resourceType === 'Task') return doingChanged(detailOf(before), detailOf(after));
  if (before.resourceType === 'Observation' && after.resourceType === 'Observation') return changed(wishName(after), quoted(wishOf(before)), quoted(wishOf(after)));
  return [];
}

type Tell = (before: CarePlan, after: CarePlan) => string[];

const goals: Tell = (before, after) => pairUp(goalsOf(before), goalsOf(after), ({ words }) => words).flatMap(([old, fresh]) => {
  const of = `Goal '${(fresh ?? old)?.words ?? ''}'`;
  if (!old || !fresh) return [old ? `${of} is no longer told` : `${of} is new`];
  return stateChanged(of, old.state, fresh.state);
});
const activities: Tell = (before, after) => [
  ...pairUp(doings(before), doings(after), ({ detail }) => conceptText(detail.code)).flatMap(([old, fresh]) => {
    if (old && fresh) return doingChanged(old.detail, fresh.detail);
    const alone = old ?? fresh;
    return !alone || alone.namesRecord ? [] : [`${old ? 'No longer told' : 'New'}: ${activityText(alone.detail)}`];
  }),
  ...changed(`Review of ${titleOf(after)}`, datesOf(before), datesOf(after)),
];

/** By the element that changed. An element that names other records may be kept apart from a caller as a whole, so none of them stands here: that it came or went would tell of it. */
const ofPlan: Readonly<Record<string, Tell>> = {
  status: (before, after) => stateChanged(titleOf(after), before.status, after.status),
  title: (before, after) => changed('Title', quoted(before.title), quoted(after.title)),
  description: (before, after) => changed(`Why there is ${titleOf(after)}`, quoted(before.description), quoted(after.description)),
  period: (before, after) => [...changed(`Begin of ${titleOf(after)}`, dateOf(before.period?.start), dateOf(after.period?.start)), ...changed(`End of ${titleOf(after)}`, dateOf(before.period?.end), dateOf(after.period?.end))],
  goal: goals, contained: goals, activity: activities,
  note: (before, after) => pairUp(before.note ?? [], after.note ?? [], ({ text }) => text).flatMap(([old, fresh]) => (old && fresh ? [] : [fresh ? `Note added: ${fresh.text}` : `Note no longer told: ${old?.text ?? ''}`])),
};

interface Doing {
  detail: CarePlanActivityDetail;
  /** it may be kept apart from a caller in one version and not in the other: that it comes or goes tells nothing of the plan */
  namesRecord: boolean;
}

function doings({ activity = [] }: CarePlan): Doing[] {
  return activity.flatMap((each) => (each.detail && isDoing(each.detail) ? [{ detail: withoutPrice(each.detail), namesRecord: aboutAPerson.test(JSON.stringify(each)) }] : []));
}

/** A reference to what is not surely of the directory. */
const aboutAPerson = /"reference":"(?!#|Organization\/|Location\/|HealthcareService\/)/;

function doingChanged(before: CarePlanActivityDetail, after: CarePlanActivityDetail): string[] {
  const [old, fresh] = [before, after].map((detail) => activityText({ ...detail, status: 'unknown' }));
  if (old === fresh) return stateChanged(conceptText(after.code) ?? after.description ?? 'What is done', before.status, after.status);
  return changed('What is done', quoted(activityText(before)), quoted(activityText(after)));
}

function stateChanged(of: string, before: string | undefined, after: string | undefined): string[] {
  return before === after || after === undefined ? [] : [`${of}: ${plain(after)}${before === undefined ? '' : `, was ${plain(before)}`}`];
}

function changed(what: string, before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  if (before === undefined) return [`${what} is told: ${after ?? ''}`];
  return [after === undefined ? `${what} is no longer told, was ${before}` : `${what} changed from ${before} to ${after}`];
}

/** Words of a sender within a sentence of ours: where they begin and end is seen. */
function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `'${text}'`;
}

function plain(code: string): string {
  return code.replaceAll('-', ' ');
}

function titleOf({ title }: CarePlan): string {
  return title ?? 'the plan';
}

function dateOf(date: string | undefined): string | undefined {
  return date && sayDate(date);
}

function datesOf(plan: CarePlan): string | undefined {
  const dates = reviewDates(plan).map(sayDate);
  return dates.length === 0 ? undefined : dates.join(', ');
}
