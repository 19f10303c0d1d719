import type { EventKind } from '../fhir/event-kinds.ts';
import { londonDay } from '../fhir/london-day.ts';
import { factsOf, momentOf, stateOf, type RowFacts } from './event-facts.ts';
import type { EventGroups } from './event-groups.ts';
import type { Difference, EventDecision, EventState, EventWindows, StoryEvent, Witness } from './event-types.ts';
import { findDischarges } from './find-discharges.ts';
import { groupSameEvents } from './same-events.ts';
import type { StoryRow } from './story-row.ts';

/**
 * What happened to one citizen, each event once, from the records the caller may see and from nothing else. Records of
 * two custodians about one event become its witnesses by the table's rules; the order of the records plays no part. n log n.
 */
export function findEvents(rows: readonly StoryRow[], decisions: readonly EventDecision[], windows: EventWindows): StoryEvent[] {
  const facts = rows.flatMap((row) => factsOf(row, windows) ?? []).sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
  const answered = answersByRequest(facts);
  const answers = new Set([...answered.values()].flat());
  const groups = groupSameEvents(facts.filter((one) => !answers.has(one)), decisions, windows);
  const told = groups.all().map((members) => eventOf(members, groups, answered));
  return newestFirst([...told, ...findDischarges(told, facts, decisions, windows)]);
}

/** What has no date comes last; equal moments by key. */
function newestFirst(events: readonly StoryEvent[]): StoryEvent[] {
  return [...events].sort((a, b) => (a.at === b.at ? 0 : (b.at ?? -Infinity) - (a.at ?? -Infinity)) || (a.key < b.key ? -1 : 1));
}

/** Tasks on a request that is here to be seen: what came of it is told with it. */
function answersByRequest(facts: readonly RowFacts[]): Map<string, RowFacts[]> {
  const requests = new Set(facts.filter(({ kind }) => kind === 'referral').map(({ row }) => row.id));
  const byRequest = new Map<string, RowFacts[]>();
  for (const one of facts) {
    const request = one.answers.map((reference) => reference.slice(reference.indexOf('/') + 1)).find((id) => requests.has(id));
    if (request === undefined) continue;
    const known = byRequest.get(request);
    if (known) known.push(one);
    else byRequest.set(request, [one]);
  }
  return byRequest;
}

function eventOf(members: readonly RowFacts[], groups: EventGroups, answered: ReadonlyMap<string, RowFacts[]>): StoryEvent {
  const replaced = new Set(members.flatMap(({ replaces }) => replaces.map((reference) => reference.slice(reference.indexOf('/') + 1))));
  const [lead, ...others] = [...members].sort((a, b) => Number(replaced.has(a.row.id)) - Number(replaced.has(b.row.id)) || leadFirst(a, b));
  if (!lead) throw new Error('an event without a witness');
  const answers = members.flatMap(({ row }) => answered.get(row.id) ?? []).sort((a, b) => (a.at?.middle ?? 0) - (b.at?.middle ?? 0) || (a.row.id < b.row.id ? -1 : 1));
  const dated = lead.from !== undefined ? lead : others.find((one) => one.from !== undefined);
  const to = lead.to ?? others.find((one) => one.to !== undefined)?.to;
  return {
    key: `${lead.kind}-${lead.row.id}`, kind: lead.kind, ...(dated?.from !== undefined && { from: dated.from }), ...(dated?.at && { at: dated.at.middle }), ...(to !== undefined && { to }), state: stateIn(lead, others),
    pathways: [...new Set(members.flatMap(({ pathways }) => pathways))],
    differences: differencesOf([lead, ...others.filter(({ row }) => !replaced.has(row.id))]),
    witnesses: [
      { row: lead.row, how: 'tells', rule: 'event-own-record-01', because: [] },
      ...others.map(({ row }): Witness => ({ row, how: 'tells', ...(groups.reasonOf(row.id) ?? { rule: 'event-own-record-01', because: [] }) })),
      ...answers.map(({ row }): Witness => ({ row, how: 'answers', rule: 'event-answer-01', because: ['a Task on it'] })),
    ],
  };
}

/** The leading record's; a referral its sender leaves open is over once its receiver says so. */
function stateIn(lead: RowFacts, others: readonly RowFacts[]): EventState {
  const state = stateOf(lead.status);
  return lead.kind === 'referral' && state === 'active' && others.some(({ status }) => stateOf(status) === 'ended') ? 'ended' : state;
}

/** Whoever sent or does it before whoever heard of it; then an order that only has to be fixed. */
function leadFirst(a: RowFacts, b: RowFacts): number {
  const own = Number(isOwner(b)) - Number(isOwner(a));
  return own !== 0 ? own : a.row.id < b.row.id ? -1 : 1;
}

/** A referral is its sender's, everything else whose organisation does it. */
function isOwner({ kind, row, receivers }: RowFacts): boolean {
  return receivers.includes(row.custodianReference) !== (kind === 'referral');
}

/** What one says and another says otherwise: states, and days that cannot be the same. Clocks of two systems differ by minutes; that is no disagreement. */
function differencesOf([lead, ...others]: readonly [RowFacts, ...RowFacts[]]): Difference[] {
  return (['from', 'to', 'status'] as const).flatMap((element): Difference[] => {
    const said = [lead, ...others].flatMap((one) => {
      const value = one[element];
      return value === undefined ? [] : [{ row: one.row, value }];
    });
    const [first, ...rest] = said;
    const differ = element === 'status' ? (value: string, other: string) => otherState(lead.kind, stateOf(value), stateOf(other)) : otherDay;
    return first && rest.some(({ value }) => differ(value, first.value)) ? [{ element, said }] : [];
  });
}

/** Of a referral each side keeps its own end: its sender leaves open what its receiver has closed. Only that it was taken back, or refused, is one truth. */
function otherState(kind: EventKind, one: EventState, other: EventState): boolean {
  return kind === 'referral' ? (one === 'cancelled') !== (other === 'cancelled') : one !== other;
}

function otherDay(a: string, b: string): boolean {
  const [one, other] = [momentOf(a), momentOf(b)];
  if (!one || !other) return a !== b;
  return Math.abs(one.middle - other.middle) >= one.half + other.half && londonDay(new Date(one.middle)) !== londonDay(new Date(other.middle));
}
