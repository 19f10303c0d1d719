import type { CarePlan, CareTeam } from '@medplum/fhirtypes';
import { formatConcept, formatDate, formatPeriod, formatQuantity, instantOf, notRecorded } from '../format.ts';
import { strings } from '../strings.ts';
import { given as factsGiven, type Fact, type ItemView } from './item-view.ts';
import { originOf, type Directory } from './origin.ts';
import { ofType, resourceAt, type Story } from './story.ts';
import { extensionOf, stateOf, teamFirst } from './title-of.ts';

export interface PlanView extends ItemView {
  /** coordinator, writer or arranger, and which of them */
  who: Fact | undefined;
  team: string;
  done: string | undefined;
  /** by whom, and how much of it */
  given: string | undefined;
  review: string | undefined;
  since: string;
}

export interface Plans {
  active: PlanView[];
  /** being prepared or on hold */
  waiting: PlanView[];
  ended: PlanView[];
}

const words = strings.person.plans;
const waiting = ['draft', 'on-hold'];

/** Plans by whether they count now; the newest first in each group. */
export function plansOf(story: Story, directory: Directory, now: Date): Plans {
  const plans = ofType(story, 'CarePlan').sort((a, b) => startOf(b) - startOf(a));
  const view = (plan: CarePlan): PlanView => viewOf(plan, story, directory, now);
  return {
    active: plans.filter(({ status }) => status === 'active').map(view),
    waiting: plans.filter(({ status }) => waiting.includes(status ?? '')).map(view),
    ended: plans.filter(({ status }) => status !== 'active' && !waiting.includes(status ?? '')).map(view),
  };
}

function startOf({ period, created }: CarePlan): number {
  return instantOf(period?.start ?? created) ?? 0;
}

function viewOf(plan: CarePlan, story: Story, directory: Directory, now: Date): PlanView {
  const who = leaderOf(plan, story);
  const done = doneIn(plan);
  const review = reviewOf(plan, now);
  const given = [providersOf(plan), hoursOf(plan)].filter((text) => text !== undefined).join(', ') || undefined;
  const team = teamFirst([...(plan.contributor ?? []), ...(plan.author?.type === 'Practitioner' || plan.author === undefined ? [] : [plan.author])]).join(', ') || notRecorded;
  const since = plan.period?.start === undefined && plan.created !== undefined ? words.written(formatDate(plan.created)) : formatPeriod(plan.period);
  return {
    id: plan.id ?? '', type: 'CarePlan', title: plan.title ?? words.untitled, state: stateOf(plan.status), who, team, done, given, review, since,
    facts: factsGiven([
      [who?.label ?? words.who, who?.value ?? notRecorded], [words.team, team === who?.value ? undefined : team], [words.when, since], [words.about, plan.description === done ? undefined : plan.description], [words.done, done ?? notRecorded],
      [words.providers, given], [words.reviewLabel, review ?? notRecorded],
    ]),
    origin: originOf(plan, directory),
  };
}

/** Who to ask about a plan: its coordinator, else who wrote it. The two are told apart, because they may differ. */
function leaderOf(plan: CarePlan, story: Story): Fact | undefined {
  for (const { reference } of plan.careTeam ?? []) {
    const team = resourceAt(story, reference);
    const leader = team?.resourceType === 'CareTeam' ? coordinatorOf(team) : undefined;
    if (leader !== undefined) return { label: words.who, value: leader };
  }
  const written = plan.author?.display;
  return written === undefined ? undefined : { label: plan.author?.type === 'Practitioner' ? words.writtenBy : words.arrangedBy, value: written };
}

function coordinatorOf({ participant }: CareTeam): string | undefined {
  const [first] = participant ?? [];
  const name = first?.member?.display;
  if (name === undefined) return undefined;
  const role = (first?.role ?? []).map((concept) => formatConcept(concept)).join(', ').toLowerCase();
  return role === '' ? name : `${name}, ${role}`;
}

function detailsOf(plan: CarePlan) {
  return (plan.activity ?? []).flatMap(({ detail }) => detail ?? []);
}

/** What is done, in the sender's words; prices are no part of care. */
function doneIn(plan: CarePlan): string | undefined {
  const texts = detailsOf(plan).filter((detail) => !isReview(detail)).flatMap(({ description, code }) => {
    const done = description?.replace(/^Unit cost .*$/s, '').trim();
    return [code === undefined ? undefined : formatConcept(code), done].filter((text) => text !== undefined && text !== '' && text !== plan.title);
  });
  if (texts.length > 0) return texts.join('; ');
  return plan.title === plan.description ? undefined : (detailsOf(plan).length > 0 ? plan.description : undefined);
}

function isReview({ code }: { code?: { text?: string } }): boolean {
  return /review/i.test(code?.text ?? '');
}

/** A review date that has passed says so: nobody told us whether the review was held. */
function reviewOf(plan: CarePlan, now: Date): string | undefined {
  const dates = detailsOf(plan).filter(isReview).flatMap(({ scheduledTiming }) => scheduledTiming?.event ?? []).sort();
  const next = dates.find((date) => (instantOf(date) ?? 0) >= now.getTime() - 24 * 3_600_000) ?? dates.at(-1);
  if (next === undefined) return undefined;
  const passed = plan.status === 'active' && (instantOf(next) ?? 0) < now.getTime() - 24 * 3_600_000;
  return passed ? words.reviewPassed(formatDate(next)) : formatDate(next);
}

function providersOf(plan: CarePlan): string | undefined {
  const names = detailsOf(plan).flatMap(({ performer }) => (performer ?? []).flatMap(({ display }) => display ?? []));
  return names.length === 0 ? undefined : [...new Set(names)].join(', ');
}

function hoursOf(plan: CarePlan): string | undefined {
  const hours = detailsOf(plan).flatMap((detail) => extensionOf(detail, 'planned-hours-per-week')?.valueQuantity ?? []);
  return hours.length === 0 ? undefined : hours.map((quantity) => (quantity.unit === 'h/wk' && quantity.value !== undefined ? words.hoursAWeek(quantity.value) : formatQuantity(quantity))).join(', ');
}
