import type { CarePlan, CareTeam } from '@medplum/fhirtypes';
import { formatConcept, formatDate, formatPeriod, formatQuantity, instantOf, notRecorded } from '../../format.ts';
import { strings } from '../../strings.ts';
import { given as factsGiven, type Fact, type ItemView } from '../parts/item-view.ts';
import type { Directory } from '../parts/origin.ts';
import type { ToldEvent } from '../timeline/read-timeline.ts';
import { resourceAt, type Story } from '../story/story.ts';
import { extensionOf, stateOf, teamFirst } from '../parts/title-of.ts';
import { toldView } from '../parts/told-view.ts';

export interface Plans {
  active: ItemView[];
  /** being prepared or on hold */
  waiting: ItemView[];
  ended: ItemView[];
}

const words = strings.person.plans;
const waiting = ['draft', 'on-hold'];

/** Each organisation's own plans, by whether they count now, in the order told. */
export function plansOf(events: readonly ToldEvent[], story: Pick<Story, 'resources'>, directory: Directory, now: Date): Plans {
  const found = events.flatMap((event) => (event.lead.resourceType === 'CarePlan' ? [{ status: event.lead.status ?? '', view: { ...viewOf(event.lead, story, now), told: toldView(event, directory) } }] : []));
  const those = (wanted: (status: string) => boolean): ItemView[] => found.filter(({ status }) => wanted(status)).map(({ view }) => view);
  return {
    active: those((status) => status === 'active'), waiting: those((status) => waiting.includes(status)), ended: those((status) => status !== 'active' && !waiting.includes(status)),
  };
}

function viewOf(plan: CarePlan, story: Pick<Story, 'resources'>, now: Date): Omit<ItemView, 'told'> {
  const who = leaderOf(plan, story);
  const done = doneIn(plan);
  const given = [providersOf(plan), hoursOf(plan)].filter((text) => text !== undefined).join(', ') || undefined;
  const team = teamFirst([...(plan.contributor ?? []), ...(plan.author?.type === 'Practitioner' || plan.author === undefined ? [] : [plan.author])]).join(', ') || notRecorded;
  const since = plan.period?.start === undefined && plan.created !== undefined ? words.written(formatDate(plan.created)) : formatPeriod(plan.period);
  return {
    id: plan.id ?? '', type: 'CarePlan', title: plan.title ?? words.untitled, state: stateOf(plan.status),
    facts: factsGiven([
      [who?.label ?? words.who, who?.value ?? notRecorded], [words.team, team === who?.value ? undefined : team], [words.when, since], [words.about, plan.description === done ? undefined : plan.description], [words.done, done ?? notRecorded],
      [words.providers, given], [words.reviewLabel, reviewOf(plan, now) ?? notRecorded],
    ]),
  };
}

/** Who to ask about a plan: its coordinator, else who wrote it. The two are told apart, because they may differ. */
function leaderOf(plan: CarePlan, story: Pick<Story, 'resources'>): Fact | undefined {
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
