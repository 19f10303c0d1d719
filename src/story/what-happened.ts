import type { List, Reference, Resource, ResourceType } from '@medplum/fhirtypes';
import type { EventKind } from '../fhir/event-kinds.ts';
import { composedMeta } from './composed-meta.ts';
import { codeSystem, conceptsText, conceptText, joinWords, namesOf } from './concept-words.ts';
import { saidBy, uuidOf } from './coordinated-plan.ts';
import type { StoryEvent } from './event-types.ts';
import { sayDate } from './say-date.ts';
import { say, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';
import { findThreads } from './threads.ts';

const rule = 'thread-v1';
/** The newest of them; what came before is in the timeline. */
const mostEvents = 100;
/** What each sort of event is called, and what stands before whose it was. What is known of a person, and what is to be done, is told elsewhere. */
const kindWords: Readonly<Partial<Record<EventKind, readonly [word: string, before?: string]>>> = {
  referral: ['Referral', 'to'], stay: ['Stay', 'at'], discharge: ['Left'], contact: ['Contact', 'with'], episode: ['Care', 'by'], plan: ['Plan'], assessment: ['Assessment'], appointment: ['Appointment'],
};

/** Events that hang together across partners, newest first, and the FHIR List by which any client follows them. */
export interface ToldThread {
  title: string;
  statements: Statement[];
  /** absent where one event stands alone */
  list?: List & { id: string };
}

/** What happened, each event one line with everybody who told of it, by threads from the referral to the end; the thread with the newest event first. */
export function whatHappened(facts: StoryFacts): { threads: ToldThread[]; older: boolean } {
  const told = facts.events.filter(({ kind }) => kindWords[kind] !== undefined);
  const newest = told.slice(0, mostEvents);
  const threads = findThreads(facts.events);
  const byKey = new Map(facts.events.map((event) => [event.key, event]));
  const groups = Map.groupBy(newest, ({ key }) => threads.get(key)?.key ?? key);
  return { older: told.length > newest.length, threads: [...groups].map(([key, events]) => tellThread(facts, byKey.get(key), events)) };
}

function tellThread(facts: StoryFacts, began: StoryEvent | undefined, events: readonly StoryEvent[]): ToldThread {
  const title = began === undefined ? 'What hangs together' : `From ${began.from === undefined ? 'a day not recorded' : sayDate(began.from)} on: ${whatIt(began)}`;
  const statements = events.map(tellEvent);
  return events.length === 1 ? { title, statements } : { title, statements, list: listOf(facts, title, events) };
}

function tellEvent(event: StoryEvent): Statement {
  const rows = event.witnesses.map(({ row }) => row);
  const tellers = new Set(rows.map(({ custodian }) => custodian)).size;
  const state = event.state === 'cancelled' ? 'did not take place' : event.state === 'planned' ? 'planned' : undefined;
  return say('event', joinWords([`${whenOf(event)}: ${whatIt(event)}`, state, tellers > 1 ? `told by ${tellers} organisations` : undefined]), ...rows);
}

function whenOf({ kind, from, to }: StoryEvent): string {
  if (from === undefined) return 'Without a date';
  return to === undefined || kind === 'discharge' || sayDate(to) === sayDate(from) ? sayDate(from) : `${sayDate(from)} to ${sayDate(to)}`;
}

function whatIt({ kind, witnesses: [{ row }] }: StoryEvent): string {
  const [word, before] = kindWords[kind] ?? ['Record'];
  const [what, whose] = describe(row.resource);
  return joinWords([whose === undefined ? word : joinWords([word, before, whose], ' '), what]);
}

/** What it was, and who did it or where. */
function describe(resource: Resource): [what: string | undefined, whose: string | undefined] {
  switch (resource.resourceType) {
    case 'ServiceRequest': return [joinWords([conceptText(resource.code), conceptsText(resource.reasonCode)]), namesOf(resource.performer)[0]];
    case 'Encounter': return [conceptsText(resource.type), namesOf([resource.serviceProvider])[0]];
    case 'EpisodeOfCare': return [conceptsText(resource.type), namesOf([resource.managingOrganization])[0]];
    case 'CarePlan': return [resource.title, undefined];
    case 'Task': return [joinWords([conceptText(resource.code), resource.description]), undefined];
    case 'Appointment': return [resource.description ?? conceptsText(resource.serviceType), undefined];
    default: return [undefined, undefined];
  }
}

/** The thread as a List of all its records, each with who says it. It is composed, so it has no address. */
function listOf(facts: StoryFacts, title: string, events: readonly StoryEvent[]): List & { id: string } {
  const rows = [...new Map(events.flatMap(({ witnesses }) => witnesses.map(({ row }) => [row.id, row] as const))).values()];
  return {
    resourceType: 'List', id: uuidOf([rule, facts.citizen, ...rows.map(({ id, version }) => `${id}/${version}`)].join('|')), meta: composedMeta(rule, rows),
    status: 'current', mode: 'snapshot', title, code: { coding: [{ system: codeSystem('story-item'), code: 'thread', display: 'Thread' }], text: title },
    subject: { reference: `Patient/${facts.citizen}`, type: 'Patient' }, date: facts.now.toISOString(),
    entry: rows.map((row) => ({ item: referenceTo(row), extension: [saidBy(row, facts.now)] })),
  };
}

function referenceTo({ type, id }: StoryRow): Reference {
  return { reference: `${type}/${id}`, type: type as ResourceType };
}
