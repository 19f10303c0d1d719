import type { CarePlan, Observation } from '@medplum/fhirtypes';
import { conceptText, hasCode, joinWords, snomed } from './concept-words.ts';
import { isByThePerson, signedDocuments, type CoordinatedPlan } from './coordinated-plan.ts';
import { activityText, planActivities, reviewDates, stepsOf, type PlanRow } from './plan-activities.ts';
import { planChanges } from './plan-changes.ts';
import { goalsOf, matters, wishName, wishOf } from './plan-words.ts';
import { ageInDays, sayDate } from './say-date.ts';
import { ofType, say, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';
import { currentTeams, phonesText } from './who-to-talk-to.ts';

/** A coordinated plan line by line: why, what matters to the person, what is done by whom, whom to ring, when it is reviewed. */
export function sayPlan(facts: StoryFacts, { plans, programme }: CoordinatedPlan): Statement[] {
  const names = [...new Set(plans.map(({ custodianName }) => custodianName))];
  return [
    say('plan', `${programme.display ?? 'Plan'}: one plan from ${names.join(' and ')}`, ...plans),
    ...plans.flatMap(sayReason),
    ...plans.flatMap(sayGoals),
    ...planActivities(plans, facts.rows).map(({ value, by }) => say('plan-activity', activityText(value), ...by)),
    ...contacts(facts, plans),
    ...sayReviews(plans, facts.now),
    ...planChanges(facts, [...plans, ...stepsOf(plans, facts.rows)]),
  ];
}

function sayReason(plan: PlanRow): Statement[] {
  const { description, title, author, activity } = plan.resource;
  if (description === undefined && (activity?.length || title === undefined)) return [];
  const by = isByThePerson(plan) ? 'in the person\'s own words' : author?.type === 'Practitioner' ? `written by ${author.display ?? 'somebody not named'}` : undefined;
  return [say('plan-reason', joinWords([joinWords([title, description === title ? undefined : description], ': '), by]), plan)];
}

/** Goals in their own words: what the plan names them, or what is written of them within it. */
function sayGoals(plan: PlanRow): Statement[] {
  return goalsOf(plan.resource).map(({ words }) => say('plan-goal', `Goal: ${words}`, plan));
}

/** In hours what the plan's teams say; out of hours what they or the directory say of it, and where nobody does, that it is not recorded. */
function contacts({ rows, outOfHoursOf }: StoryFacts, plans: readonly PlanRow[]): Statement[] {
  const named = new Set(plans.flatMap(({ resource }) => (resource.careTeam ?? []).map(({ reference }) => reference)));
  const custodians = new Set(plans.map(({ custodian }) => custodian));
  const teams = currentTeams(rows);
  const own = teams.filter(({ id }) => named.has(`CareTeam/${id}`));
  const ringing = own.length > 0 ? own : teams.filter(({ custodian }) => custodians.has(custodian));
  const ofTeams = (code: string, words: string, outOfHours: boolean): Statement[] => ringing.flatMap((team) => {
    const phones = phonesText(team.resource.telecom, outOfHours);
    return phones === undefined ? [] : [say(code, joinWords([`${words}: ${phones}`, team.resource.name]), team)];
  });
  const atNight = ofTeams('contact-out-of-hours', 'Out of hours', true);
  const switchboards = [...Map.groupBy(plans, ({ custodian }) => custodian)].flatMap(([custodian, theirs]) => {
    const phones = outOfHoursOf(custodian).join(' or ');
    return phones === '' ? [] : [say('contact-out-of-hours', joinWords([`Out of hours: ${phones}`, theirs[0]?.custodianName]), ...theirs)];
  });
  return [
    ...ofTeams('contact-in-hours', 'In hours', false),
    ...(atNight.length + switchboards.length > 0 ? [...atNight, ...switchboards] : [say('contact-out-of-hours', 'Out of hours: not recorded')]),
  ];
}

/** Nobody told whether a review whose date has passed was held. */
function sayReviews(plans: readonly PlanRow[], now: Date): Statement[] {
  const undated = plans.filter(({ resource }) => reviewDates(resource).length === 0);
  const dated = plans.flatMap((plan) => {
    const dates = reviewDates(plan.resource);
    const next = dates.find((date) => ageInDays(date, now) <= 0) ?? dates.at(-1);
    return next === undefined ? [] : [sayReview(plan, next, now)];
  });
  const names = joinWords(undated.map(({ resource }) => resource.title));
  return [...dated, ...(undated.length === 0 ? [] : [say('plan-review', joinWords(['No review date is recorded', names], ': '), ...undated)])];
}

function sayReview(plan: PlanRow, next: string, now: Date): Statement {
  const of = plan.resource.title ?? 'the plan';
  const overdue = ageInDays(next, now) > 0;
  return say(overdue ? 'plan-review-overdue' : 'plan-review', `Review of ${of}: ${overdue ? `was due on ${sayDate(next)}; whether it was held is not recorded` : sayDate(next)}`, plan);
}

/** What matters to the person, as somebody wrote it down. */
export function whatMatters({ rows }: StoryFacts): Statement[] {
  return mattering(rows).flatMap((row) => {
    const said = wishOf(row.resource);
    return said === undefined ? [] : [say('what-matters', `${wishName(row.resource)}: ${said}`, row)];
  });
}

/** How what matters was put otherwise before. */
export function whatMatteredBefore(facts: StoryFacts): Statement[] {
  return planChanges(facts, mattering(facts.rows));
}

function mattering(rows: readonly StoryRow[]): (StoryRow & { resource: Observation })[] {
  return ofType(rows, 'Observation').filter(({ resource }) => matters.some(([system, code]) => hasCode(resource.code, system, code)));
}

/** Advance decisions to refuse treatment and lasting powers of attorney: that there is one, where no document of it was sent. */
const legal = ['816301000000100', '816361000000101'];

/** Documents that were signed, each with its author and date, because a copy on paper may be another version. */
export function saySigned(facts: StoryFacts): Statement[] {
  return [...sayDocuments(facts), ...ofType(facts.rows, 'Observation').filter(({ resource }) => hasCode(resource.code, snomed, ...legal)).map((row) =>
    say('signed-document', joinWords([conceptText(row.resource.code), joinWords([conceptText(row.resource.valueCodeableConcept) ?? row.resource.valueString, ...(row.resource.note ?? []).map(({ text }) => text)])], ': '), row))];
}

function sayDocuments(facts: StoryFacts): Statement[] {
  const documents = signedDocuments(facts);
  const replaced = new Set(documents.flatMap(({ resource }) => (resource.replaces ?? []).map(({ reference }) => reference)));
  return documents.map((row) => {
    const inForce = row.resource.status === 'active' && !replaced.has(`CarePlan/${row.id}`);
    return say(inForce ? 'signed-document' : 'signed-document-ended', joinWords([
      row.resource.title ?? 'A signed plan', row.resource.author?.display && `by ${row.resource.author.display}`, inForce ? undefined : endOf(row.resource, replaced.has(`CarePlan/${row.id}`)),
    ]), row);
  });
}

function endOf({ status, period }: CarePlan, replaced: boolean): string {
  if (replaced) return 'no longer in force: a later version replaces it';
  return joinWords([`no longer in force: ${status.replace('-', ' ')}`, period?.end && `since ${sayDate(period.end)}`], ' ');
}

