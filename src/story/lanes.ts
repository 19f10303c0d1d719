import { daysFrom, londonDay } from '../fhir/london-day.ts';
import { componentOf, momentOf, organisationOf, receivedAt } from './event-facts.ts';
import type { StoryEvent, StoryRule, Witness } from './event-types.ts';
import type { StoryRow } from './story-row.ts';

/** How a referral stands, as far as the records that may be seen say. */
export type ReferralState = 'waiting' | 'no-reply' | 'received' | 'no-answer' | 'accepted' | 'rejected' | 'closed' | 'withdrawn';

/** One organisation's part in a referral. */
export interface Lane {
  /** as records name it */
  organisation: string;
  side: 'sender' | 'receiver';
  state: 'sent' | ReferralState;
  /** in the words of the record that says so */
  since?: string;
}

export interface ReferralStanding {
  state: ReferralState;
  lanes: Lane[];
  /** whole London days since it was sent, until somebody accepts or rejects it */
  waitingDays?: number;
}

/** How long a sender has patience with its referrals. */
export type Patience = Pick<StoryRule, 'noReplyDays' | 'noAnswerDays'>;

/**
 * Who sent a referral, who has it, and what came of it: from the status of each side's record, from Tasks on it and from
 * the episodes that followed it. Undefined for what is no referral. `episodes`: all that name a request, by its `Type/id`.
 */
export function standingOf(event: StoryEvent, episodes: ReadonlyMap<string, readonly StoryRow[]>, rule: Patience, now: Date): ReferralStanding | undefined {
  if (event.kind !== 'referral') return undefined;
  const told = event.witnesses.filter(({ how }) => how === 'tells');
  const receivers = [...new Set(told.flatMap(({ row: { resource } }) => (resource.resourceType === 'ServiceRequest' ? (resource.performer ?? []).flatMap((reference) => organisationOf(reference) ?? []) : [])))];
  const replies = [
    ...told.flatMap((witness) => replyOf(witness, receivers)),
    ...event.witnesses.filter(({ how }) => how === 'answers').flatMap(({ row }) => answerOf(row)),
    ...told.flatMap(({ row }) => (episodes.get(`ServiceRequest/${row.id}`) ?? []).flatMap(followedBy)),
  ].sort((a, b) => strength[b.state] - strength[a.state]);
  const waitingDays = event.from === undefined ? undefined : daysSince(event.from, now);
  const component = componentOf(event.witnesses[0].row.resource);
  const isBeyond = (days: Patience['noReplyDays']): boolean => waitingDays !== undefined && waitingDays > patienceOf(component, days);
  const ended = told.flatMap(({ row: { resource, custodianReference } }) => (resource.resourceType === 'ServiceRequest' && !receivers.includes(custodianReference) ? resource.status : []));
  const unanswered: ReferralState = ended.includes('revoked') ? 'withdrawn' : ended.includes('completed') ? 'closed' : isBeyond(rule.noReplyDays) ? 'no-reply' : 'waiting';
  const stands = (reply: Pick<Replied, 'state' | 'since'> | undefined): Pick<Lane, 'since'> & { state: ReferralState } => {
    if (!reply) return { state: unanswered };
    return { state: reply.state === 'received' && isBeyond(rule.noAnswerDays) ? 'no-answer' : reply.state, ...(reply.since !== undefined && { since: reply.since }) };
  };
  const { state } = stands(replies[0]);
  return {
    state, lanes: [...senderLanes(event, receivers, state), ...receiverLanes(receivers, replies, stands)],
    ...(unsettled.has(state) && waitingDays !== undefined && { waitingDays }),
  };
}

/** Days after which waiting for that part of the programme is too long. */
export function patienceOf(component: string | undefined, days: Patience['noReplyDays']): number {
  return (component !== undefined && Object.hasOwn(days, component) ? days[component] : undefined) ?? days.default;
}

/** What followed each request: episodes by the `Type/id` they name. */
export function episodesByRequest(events: readonly StoryEvent[]): Map<string, StoryRow[]> {
  const byRequest = new Map<string, StoryRow[]>();
  for (const { kind, witnesses } of events) {
    if (kind !== 'episode') continue;
    for (const { row } of witnesses) {
      if (row.resource.resourceType !== 'EpisodeOfCare') continue;
      for (const { reference } of row.resource.referralRequest ?? []) if (reference !== undefined) byRequest.set(reference, [...(byRequest.get(reference) ?? []), row]);
    }
  }
  return byRequest;
}

interface Replied {
  /** who replied, as records name it */
  by: string;
  state: ReferralState;
  since?: string;
}

/** Nobody has accepted or rejected it. */
const unsettled: ReadonlySet<ReferralState> = new Set(['waiting', 'no-reply', 'received', 'no-answer']);
/** Of several replies the one that went furthest counts. */
const strength: Readonly<Record<ReferralState, number>> = { waiting: 0, 'no-reply': 0, withdrawn: 0, received: 1, 'no-answer': 1, accepted: 2, rejected: 3, closed: 4 };

function daysSince(from: string, now: Date): number | undefined {
  const moment = momentOf(from);
  return moment && Math.max(0, daysFrom(londonDay(new Date(moment.middle)), londonDay(now)));
}

/** A receiver's own record says that it has the referral, and since when; of what came of it, it says no day. */
function replyOf({ row: { resource, custodianReference } }: Witness, receivers: readonly string[]): Replied[] {
  if (resource.resourceType !== 'ServiceRequest' || !receivers.includes(custodianReference)) return [];
  const by = custodianReference;
  if (resource.status === 'revoked') return [{ by, state: 'rejected' }];
  if (resource.status === 'completed') return [{ by, state: 'closed' }];
  const since = receivedAt(resource) ?? resource.authoredOn;
  return [{ by, state: 'received', ...(since !== undefined && { since }) }];
}

const outcomes: Readonly<Record<string, ReferralState>> = { accepted: 'accepted', rejected: 'rejected' };

/** Systems of codes of Tasks by which the gateway asks somebody to look after a record: what becomes of them is no answer. */
const asks = ['https://fhir.bicp.example/CodeSystem/gateway-action', 'https://fhir.bicp.example/CodeSystem/story-item'];

/** A question how it stands is no answer. */
function answerOf({ resource: task, custodianReference: by }: StoryRow): Replied[] {
  if (task.resourceType !== 'Task' || task.code?.coding?.some(({ system }) => asks.includes(system ?? ''))) return [];
  const said = task.output?.flatMap(({ valueCodeableConcept }) => valueCodeableConcept?.coding ?? []).find(({ system }) => system === 'https://fhir.bicp.example/CodeSystem/referral-outcome')?.code;
  const since = task.executionPeriod?.end ?? task.lastModified ?? task.authoredOn;
  const replied = (state: ReferralState): Replied[] => [{ by, state, ...(since !== undefined && { since }) }];
  if (said !== undefined) return replied(outcomes[said] ?? 'closed');
  switch (task.status) {
    case 'rejected': case 'failed': return replied('rejected');
    case 'accepted': case 'in-progress': case 'ready': return replied('accepted');
    case 'received': return replied('received');
    case 'completed': return replied('closed');
    default: return [];
  }
}

function followedBy({ resource: episode, custodianReference: by }: StoryRow): Replied[] {
  if (episode.resourceType !== 'EpisodeOfCare') return [];
  const { start, end } = episode.period ?? {};
  const replied = (state: ReferralState, since: string | undefined): Replied[] => [{ by, state, ...(since !== undefined && { since }) }];
  switch (episode.status) {
    case 'active': case 'onhold': return replied('accepted', start);
    case 'finished': return replied('closed', end);
    case 'cancelled': return replied('rejected', end);
    case 'planned': case 'waitlist': return replied('received', start);
    default: return [];
  }
}

function senderLanes(event: StoryEvent, receivers: readonly string[], state: ReferralState): Lane[] {
  const told = event.witnesses.filter(({ how }) => how === 'tells');
  const named = told.flatMap(({ row: { resource } }) => (resource.resourceType === 'ServiceRequest' ? (organisationOf(resource.requester) ?? []) : []));
  const senders = [...new Set([...told.flatMap(({ row }) => (receivers.includes(row.custodianReference) ? [] : row.custodianReference)), ...named])].filter((organisation) => !receivers.includes(organisation));
  return senders.map((organisation) => ({ organisation, side: 'sender', state: state === 'withdrawn' ? 'withdrawn' : 'sent', ...(event.from !== undefined && { since: event.from }) }));
}

/** Each receiver stands where its own replies say; where there is one alone, whoever replied did so for it. */
function receiverLanes(receivers: readonly string[], replies: readonly Replied[], stands: (reply: Replied | undefined) => Pick<Lane, 'state' | 'since'>): Lane[] {
  const known = receivers.filter((organisation) => organisation.startsWith('Organization/')); // beside them their teams are no other organisations
  const lanes = known.length > 0 ? known : receivers;
  return lanes.map((organisation) => ({ organisation, side: 'receiver', ...stands(lanes.length === 1 ? replies[0] : replies.find(({ by }) => by === organisation)) }));
}
