import type { CarePlan, CarePlanActivityDetail, Period, Task } from '@medplum/fhirtypes';
import { normaliseText } from '../fhir/normalise-text.ts';
import { codeSystem, conceptText, extensionOf, extensionUrl, hasCode, joinWords } from './concept-words.ts';
import { fold, type Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';
import { sayDate } from './say-date.ts';
import type { Said } from './said-by.ts';
import { ofType } from './statement.ts';
import type { StoryRow } from './story-row.ts';

export type PlanRow = StoryRow & { resource: CarePlan };

/** Prices are no part of care. */
const price = /^Unit cost .*$/s;

/**
 * What is done under these plans, each thing once: the same thing in two plans, by its code or its words, is one with
 * both as its sources. A service's own steps (a Task based on a plan) count as part of that plan.
 */
export function planActivities(plans: readonly PlanRow[], rows: readonly StoryRow[]): Said<CarePlanActivityDetail, StoryRow>[] {
  const stated = plans.flatMap((plan) => detailsOf(plan.resource).filter((detail) => detail.status !== 'cancelled' && isDoing(detail)).map((detail) => ({ value: withoutPrice(detail), by: [plan] as StoryRow[] })));
  const steps = stepsOf(plans, rows).map((step) => ({ value: detailOf(step.resource), by: [step] as StoryRow[] }));
  return fold([...stated, ...steps], activityFolding);
}

/** Marks of a Task that is a service's own step of a plan. */
export const stepMark = [codeSystem('rio-item'), 'intervention'] as const;

/** A service's own steps of these plans. */
export function stepsOf(plans: readonly PlanRow[], rows: readonly StoryRow[]): (StoryRow & { resource: Task })[] {
  const named = new Set(plans.map(({ id }) => `CarePlan/${id}`));
  return ofType(rows, 'Task').filter(({ resource: { basedOn, code } }) => hasCode(code, ...stepMark) && basedOn?.some(({ reference }) => named.has(reference ?? '')));
}

export function detailsOf({ activity }: CarePlan): CarePlanActivityDetail[] {
  return (activity ?? []).flatMap(({ detail }) => detail ?? []);
}

/** Dates on which a plan is to be reviewed. */
export function reviewDates(plan: CarePlan): string[] {
  return detailsOf(plan).filter((detail) => isReview(detail) && detail.status !== 'completed' && detail.status !== 'cancelled').flatMap(({ scheduledTiming }) => scheduledTiming?.event ?? []).sort();
}

function isReview({ code }: CarePlanActivityDetail): boolean {
  return /review/i.test(code?.text ?? '');
}

/** Something to do: no review, and not what only notes that the plan was agreed. */
export function isDoing(detail: CarePlanActivityDetail): boolean {
  const { status, code, description } = detail;
  return !isReview(detail) && status !== 'entered-in-error' && !hasCode(code, codeSystem('csds-item'), 'care-plan-agreed') && !/^Care plan /.test(code?.text ?? '')
    && (conceptText(code) !== undefined || (description ?? '') !== '');
}

export function withoutPrice(detail: CarePlanActivityDetail): CarePlanActivityDetail {
  const { description, ...rest } = detail;
  const said = description?.replace(price, '').trim();
  return { ...rest, ...(said !== undefined && said !== '' && { description: said }) };
}

export function detailOf({ description, executionPeriod, status }: Task): CarePlanActivityDetail {
  const states: Readonly<Record<string, CarePlanActivityDetail['status']>> = { 'in-progress': 'in-progress', completed: 'completed', cancelled: 'cancelled', 'on-hold': 'on-hold', requested: 'not-started' };
  return { status: states[status] ?? 'unknown', ...(description !== undefined && { description }), ...(executionPeriod && { scheduledPeriod: executionPeriod }) };
}

/** One thing to do: the same code and, where both say them, the same words and doers. */
const activityFolding: Folding<CarePlanActivityDetail> = {
  size: (detail) => JSON.stringify(detail).length,
  join(host, other) {
    if (!isSame(host, other)) return undefined;
    const rest = joinRest(host, other, ['code', 'description', 'status', 'extension']);
    if (!rest) return undefined;
    const [code, description, extension] = [host.code ?? other.code, host.description ?? other.description, host.extension ?? other.extension];
    return { ...rest, status: host.status, ...(code && { code }), ...(description !== undefined && { description }), ...(extension && { extension }) };
  },
};

function isSame(a: CarePlanActivityDetail, b: CarePlanActivityDetail): boolean {
  const [one, two] = [keyOf(a), keyOf(b)];
  const described = a.description !== undefined && b.description !== undefined;
  if (described && normaliseText(a.description ?? '') !== normaliseText(b.description ?? '')) return false;
  return one !== undefined && two !== undefined ? one === two : described || (one ?? two) === normaliseText(a.description ?? b.description ?? '');
}

function keyOf({ code }: CarePlanActivityDetail): string | undefined {
  const text = conceptText(code);
  return text === undefined ? undefined : normaliseText(text);
}

/** `Home support, 3.5 hours a week, Another Example Homecare Ltd`. */
export function activityText(detail: CarePlanActivityDetail): string {
  const hours = extensionOf(detail, extensionUrl('planned-hours-per-week'))?.valueQuantity?.value;
  const what = joinWords([conceptText(detail.code), detail.description], ': ');
  const { scheduledString, scheduledPeriod, scheduledTiming } = detail;
  const when = scheduledString ?? conceptText(scheduledTiming?.code) ?? periodText(scheduledPeriod ?? scheduledTiming?.repeat?.boundsPeriod);
  const state = detail.status === 'in-progress' || detail.status === 'unknown' ? undefined : detail.status.replace('-', ' ');
  return joinWords([what, hours === undefined ? undefined : `${hours} hours a week`, when, ...(detail.performer ?? []).map(({ display }) => display), state]);
}

function periodText(period: Period | undefined): string | undefined {
  const [start, end] = [period?.start && sayDate(period.start), period?.end && sayDate(period.end)];
  if (start === undefined || start === '') return end === undefined || end === '' ? undefined : `until ${end}`;
  return end === undefined || end === '' ? `from ${start}` : `${start} to ${end}`;
}
