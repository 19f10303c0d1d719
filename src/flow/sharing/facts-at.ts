import { choiceMade } from '../../consent/choice-effect.ts';
import type { Question } from '../../consent/combining-rules.ts';
import { decide } from '../../consent/decide.ts';
import type { RecordFacts } from '../../consent/types.ts';
import type { Requester, SharingClass } from '../../fhir/sharing.ts';
import { refusedIn, type Withheld, type WithheldClass } from '../../store/door/count-withheld.ts';
import type { HeldFacts } from '../../store/door/door.ts';
import { relationshipNumber } from '../../store/door/grants.ts';
import type { PastFacts, PastRow } from '../../store/door/past-facts.ts';

/** A citizen's row as it was: its version and class, and of the parts kept apart their classes. */
export interface RowAt {
  id: string;
  type: string;
  version: number;
  classId: number;
  record: RecordFacts;
  parts: number[];
}

/** What there was of a citizen at an instant. */
export interface FactsAt extends Pick<Question, 'choices' | 'relationships'> {
  rows: RowAt[];
  /** reference of the emergency access this person had */
  emergencyOf: (requester: Requester) => string | null;
}

export function factsAt({ citizen, rows, choices, relationships, emergencies }: PastFacts, instant: Date): FactsAt {
  const lasts = lastsAt(instant);
  const there = rows.filter(({ citizens }) => citizens.find(({ until }) => until === null || instant < until)?.citizen === citizen).flatMap((row) => rowAt(row, instant));
  const consents = new Map(there.flatMap(({ type, id, version }) => (type === 'Consent' ? [[id, `/_history/${version}`] as const] : [])));
  return {
    rows: there,
    choices: choices.filter((choice) => lasts(choice) && choice.live.some(({ from, until }) => (from === null || from <= instant) && (until === null || instant < until)))
      .map(({ rule }) => ({ ...rule, consent: `Consent/${rule.consent}${consents.get(rule.consent) ?? ''}` })),
    relationships: relationships.filter(lasts),
    emergencyOf: ({ organisation, person }) => emergencies.find((each) => each.organisation === organisation && each.person === person?.id && each.from <= instant && instant < each.until)?.reference ?? null,
  };
}

function lastsAt(instant: Date): (fact: { since: Date; gone: Date | null }) => boolean {
  return ({ since, gone }) => since <= instant && (gone === null || instant < gone);
}

/** The instants at which anything about the citizen changed. */
export function factInstants({ rows, choices, relationships, emergencies }: PastFacts): Date[] {
  const found = [
    ...rows.flatMap(({ versions, citizens, classes, parts }) => [...versions, ...[...citizens, ...classes].map(({ until }) => until), ...parts.flatMap(({ since, gone }) => [since, gone])]),
    ...choices.flatMap(({ since, gone, live }) => [since, gone, ...live.flatMap(({ from, until }) => [from, until])]),
    ...relationships.flatMap(({ since, gone, until }) => [since, gone, until]), ...emergencies.flatMap(({ from, until }) => [from, until]),
  ];
  return found.filter((instant) => instant !== null);
}

/** What was kept back of all there was, decided row by row by the reference rules. */
export function keptBack(citizen: string, facts: FactsAt, classes: ReadonlyMap<number, SharingClass>, question: Pick<Question, 'requester' | 'agreements' | 'now'>): Withheld {
  const sees = rememberPerClass(facts, (classId, record) => mayBeSeen(facts, classes.get(classId), record, question));
  const kept = facts.rows.flatMap(({ classId, parts, record }) => (sees(classId, record) ? parts.filter((part) => !sees(part, record)) : [classId]).map((hidden) => ({ classId: hidden, record })));
  const groups = Map.groupBy(kept.map(({ classId, record }) => ({ classId, refused: refusedBy(facts, classes.get(classId), record, question.requester) })), ({ classId, refused }) => `${classId} ${refused?.effect ?? ''} ${refused?.consent ?? ''}`);
  return {
    citizen, emergency: facts.emergencyOf(question.requester),
    classes: [...groups.values()].flatMap((group) => group.slice(0, 1).map((one): WithheldClass => ({ ...one, count: group.length }))),
  };
}

/** Whether a record of this class might be seen at that instant. */
export function mayBeSeen(facts: FactsAt, sharingClass: SharingClass | undefined, record: RecordFacts, question: Pick<Question, 'requester' | 'agreements' | 'now'>): boolean {
  return sharingClass !== undefined
    && decide({ ...question, sharingClass, record, choices: facts.choices, relationships: facts.relationships, emergency: facts.emergencyOf(question.requester) !== null }).effect === 'permit';
}

/** Where no choice is about single records, one answer holds for a whole class. */
function rememberPerClass({ choices }: FactsAt, ask: (classId: number, record: RecordFacts) => boolean): (classId: number, record: RecordFacts) => boolean {
  const known = new Map<string, boolean>();
  const byRecord = choices.some(({ limits: { types, tokens, ids, dates } }) => types ?? tokens ?? ids ?? dates);
  return (classId, record) => {
    const key = byRecord ? `${classId} ${record.id}` : String(classId);
    const answer = known.get(key) ?? ask(classId, record);
    known.set(key, answer);
    return answer;
  };
}

/** What the reading of a record of this class rested on at that instant, as the door tells it. */
export function heldAt({ choices, relationships }: FactsAt, sharingClass: SharingClass | undefined, record: RecordFacts, { requester, now }: Pick<Question, 'requester' | 'now'>): HeldFacts {
  const live = relationships.filter(({ organisation, until }) => organisation === requester.organisation && (until === null || now < until));
  const made = sharingClass && choiceMade(choices, requester, sharingClass, record);
  return { kinds: live.map(({ kind }) => relationshipNumber(kind)), permits: made?.effect === 'permits' ? made.consent : null };
}

function refusedBy({ choices, emergencyOf }: FactsAt, sharingClass: SharingClass | undefined, record: RecordFacts, requester: Requester): WithheldClass['refused'] {
  const made = sharingClass && choiceMade(choices, requester, sharingClass, record);
  return !made || made.effect === 'permits' ? null : refusedIn(emergencyOf(requester), { effect: made.effect, consent: made.consent });
}

/** What codes and dates an older version had is not kept, as at the door. */
function rowAt({ id, type, versions, record, classes, parts }: PastRow, instant: Date): RowAt[] {
  const version = versions.filter((at) => at <= instant).length;
  const classId = (classes.find(({ until }) => until === null || instant < until) ?? { classId: 0 }).classId;
  const lasts = lastsAt(instant);
  return version === 0 ? [] : [{
    id, type, version, classId, record: version === versions.length ? record : { ...record, tokens: null, from: null, until: null },
    parts: parts.filter((part) => part.version === version && lasts(part)).map((part) => part.classId),
  }];
}
