import { choiceEffect } from '../consent/choice-effect.ts';
import type { Question } from '../consent/combining-rules.ts';
import { decide } from '../consent/decide.ts';
import type { Requester, SharingClass } from '../fhir/sharing.ts';
import type { Withheld, WithheldClass } from '../store/count-withheld.ts';
import type { PastFacts, PastRow } from '../store/past-facts.ts';

/** A citizen's row as it was: its version and class, and of the parts kept apart their classes. */
export interface RowAt {
  id: string;
  type: string;
  version: number;
  classId: number;
  parts: number[];
}

/** What there was of a citizen at an instant. */
export interface FactsAt extends Pick<Question, 'choices' | 'relationships'> {
  rows: RowAt[];
  inEmergency: (requester: Requester) => boolean;
}

export function factsAt({ rows, choices, relationships, emergencies }: PastFacts, instant: Date): FactsAt {
  const lasts = ({ since, gone }: { since: Date; gone: Date | null }): boolean => since <= instant && (gone === null || instant < gone);
  return {
    rows: rows.flatMap((row) => rowAt(row, instant)),
    choices: choices.filter((choice) => lasts(choice) && (choice.validFrom === null || choice.validFrom <= instant) && (choice.validUntil === null || instant < choice.validUntil)).map(({ rule }) => rule),
    relationships: relationships.filter(lasts),
    inEmergency: ({ organisation, person }) => emergencies.some((each) => each.organisation === organisation && each.person === person?.id && each.from <= instant && instant < each.until),
  };
}

/** The instants at which anything about the citizen changed. */
export function factInstants({ rows, choices, relationships, emergencies }: PastFacts): Date[] {
  const found = [
    ...rows.flatMap(({ versions, classes, parts }) => [...versions, ...[...classes, ...parts.flatMap((part) => part.classes)].map(({ until }) => until)]),
    ...choices.flatMap(({ since, gone, validFrom, validUntil }) => [since, gone, validFrom, validUntil]),
    ...relationships.flatMap(({ since, gone, until }) => [since, gone, until]), ...emergencies.flatMap(({ from, until }) => [from, until]),
  ];
  return found.filter((instant) => instant !== null);
}

/** What was kept back of all there was, decided row by row by the reference rules; undefined where nothing is known of a class. */
export function keptBack(citizen: string, facts: FactsAt, classes: ReadonlyMap<number, SharingClass>, question: Pick<Question, 'requester' | 'agreements' | 'now'>): Withheld {
  const permitted = new Map<number, boolean>();
  const sees = (classId: number): boolean => {
    const known = permitted.get(classId) ?? mayBeSeen(facts, classes.get(classId), question);
    permitted.set(classId, known);
    return known;
  };
  const counts = new Map<number, number>();
  for (const { classId, parts } of facts.rows) {
    for (const hidden of sees(classId) ? parts.filter((part) => !sees(part)) : [classId]) counts.set(hidden, (counts.get(hidden) ?? 0) + 1);
  }
  return {
    citizen, emergency: facts.inEmergency(question.requester) ? 'live' : null,
    classes: [...counts].map(([classId, count]): WithheldClass => ({ classId, count, refused: refusedBy(facts, classes.get(classId), question.requester) })),
  };
}

/** Whether one row of this class might be seen at that instant. */
export function mayBeSeen(facts: FactsAt, sharingClass: SharingClass | undefined, question: Pick<Question, 'requester' | 'agreements' | 'now'>): boolean {
  return sharingClass !== undefined
    && decide({ ...question, sharingClass, choices: facts.choices, relationships: facts.relationships, emergency: facts.inEmergency(question.requester) }).effect === 'permit';
}

function refusedBy({ choices }: FactsAt, sharingClass: SharingClass | undefined, requester: Requester): WithheldClass['refused'] {
  const deciding = sharingClass && choiceEffect(choices, requester, sharingClass);
  return deciding?.effect === 'deny' ? (deciding.specificity === 0 ? 'objects' : 'denies') : null;
}

function rowAt({ id, type, versions, classes, parts }: PastRow, instant: Date): RowAt[] {
  const version = versions.filter((at) => at <= instant).length;
  const at = (timeline: PastRow['classes']): number => (timeline.find(({ until }) => until === null || instant < until) ?? { classId: 0 }).classId;
  return version === 0 ? [] : [{ id, type, version, classId: at(classes), parts: parts.flatMap((part) => (part.version === version ? [at(part.classes)] : [])) }];
}
