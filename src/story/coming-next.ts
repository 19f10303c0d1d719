import { conceptText, extensionOf, joinWords } from './concept-words.ts';
import { reviewDates } from './plan-activities.ts';
import { dayOf, sayDate } from './say-date.ts';
import { ofType, say, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import { deathOf, openStays } from './where-now.ts';

const plannedEnd = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate';
const openTasks = ['requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'];

interface Dated {
  when: string;
  statement: Statement;
}

/**
 * What is to happen, the nearest first: planned contacts, the expected end of a stay, reviews of plans, work with a date. For
 * somebody who has died nothing is coming: what was sent all the same is told as sent after the death.
 */
export function comingNext(facts: StoryFacts): Statement[] {
  const today = dayOf(facts.now.toISOString());
  const coming = [...contacts(facts), ...ends(facts), ...reviews(facts), ...work(facts)].filter(({ when }) => dayOf(when) >= today);
  const ordered = coming.sort((a, b) => (dayOf(a.when) === dayOf(b.when) ? 0 : dayOf(a.when) < dayOf(b.when) ? -1 : 1)).map(({ statement }) => statement);
  const dead = deathOf(facts).length > 0;
  return dead ? ordered.map(({ text, by }) => ({ ...say('after-death', `Still planned, though the person has died: ${text}`), by })) : ordered;
}

function contacts({ rows }: StoryFacts): Dated[] {
  return ofType(rows, 'Encounter').flatMap((row) => {
    const { status, period, serviceType, type, serviceProvider } = row.resource;
    if (status !== 'planned' || period?.start === undefined) return [];
    const what = conceptText(serviceType) ?? conceptText(type?.[0]) ?? 'Contact';
    return [{ when: period.start, statement: say('contact', joinWords([`${sayDate(period.start)}: ${what}`, serviceProvider?.display]), row) }];
  });
}

function ends({ rows, now }: StoryFacts): Dated[] {
  return openStays(rows, now).flatMap((stay) => {
    const when = extensionOf(stay.resource, plannedEnd)?.valueDateTime;
    return when === undefined ? [] : [{ when, statement: say('expected-end', `${sayDate(when)}: expected to leave ${stay.resource.serviceProvider?.display ?? stay.custodianName}`, stay) }];
  });
}

function reviews({ rows }: StoryFacts): Dated[] {
  return ofType(rows, 'CarePlan').filter(({ resource }) => resource.status === 'active').flatMap((plan) =>
    reviewDates(plan.resource).map((when) => ({ when, statement: say('review', `${sayDate(when)}: review of ${plan.resource.title ?? 'a plan'}`, plan) })));
}

function work({ rows }: StoryFacts): Dated[] {
  return ofType(rows, 'Task').flatMap((task) => {
    const { status, restriction, code, owner } = task.resource;
    const when = restriction?.period?.end;
    if (!openTasks.includes(status) || when === undefined) return [];
    return [{ when, statement: say('work', joinWords([`${sayDate(when)}: ${conceptText(code) ?? 'work'} is due`, owner?.display]), task) }];
  });
}
