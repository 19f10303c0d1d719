import type { Resource } from '@medplum/fhirtypes';
import { daysFrom, londonDay } from '../fhir/london-day.ts';
import { componentOf, momentOf, organisationOf, receivedAt } from './event-facts.ts';
import type { StoryEvent, StoryRule, Witness } from './event-types.ts';

/** How a referral stands, as far as the records that may be seen say. */
export type ReferralState = 'waiting' | 'no-reply' | 'received' | 'accepted' | 'rejected' | 'closed' | 'withdrawn';

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

/**
 * Who sent a referral, who has it, and what came of it: from the status of each side's record, from Tasks on it and from
 * the episodes that followed it. Undefined for what is no referral. `episodes`: all that name a request, by its `Type/id`.
 */
export function standingOf(event: StoryEvent, episodes: ReadonlyMap<string, readonly Resource[]>, rule: Pick<StoryRule, 'noReplyDays'>, now: Date): ReferralStanding | undefined {
  if (event.kind !== 'referral') return undefined;
  const told = event.witnesses.filter(({ how }) => how === 'tells');
  const receivers = [...new Set(told.flatMap(({ row: { resource } }) => (resource.resourceType === 'ServiceRequest' ? (resource.performer ?? []).flatMap((reference) => organisationOf(reference) ?? []) : [])))];
  const replies = [
    ...told.flatMap((witness) => replyOf(witness, receivers)),
    ...event.witnesses.filter(({ how }) => how === 'answers').flatMap(({ row: { resource } }) => answerOf(resource)),
    ...told.flatMap(({ row }) => (episodes.get(`ServiceRequest/${row.id}`) ?? []).flatMap(followedBy)),
  ].sort((a, b) => strength[b.state] - strength[a.state]);
  const reply = replies[0];
  const waitingDays = event.from === undefined ? undefined : daysSince(event.from, now);
  const ended = told.flatMap(({ row: { resource, custodianReference } }) => (resource.resourceType === 'ServiceRequest' && !receivers.includes(custodianReference) ? resource.status : []));
  const waits: ReferralState = waitingDays !== undefined && waitingDays > patienceOf(componentOf(event.witnesses[0].row.resource), rule) ? 'no-reply' : 'waiting';
  const state = reply?.state ?? (ended.includes('revoked') ? 'withdrawn' : ended.includes('completed') ? 'closed' : waits);
  const waiting = (state === 'waiting' || state === 'no-reply' || state === 'received') && waitingDays !== undefined;
  return { state, lanes: lanesOf(event, receivers, state, reply?.since), ...(waiting && { waitingDays }) };
}

/** Days after which no reply is the sender's concern. */
export function patienceOf(component: string | undefined, { noReplyDays }: Pick<StoryRule, 'noReplyDays'>): number {
  return (component !== undefined && Object.hasOwn(noReplyDays, component) ? noReplyDays[component] : undefined) ?? noReplyDays.default;
}

/** What followed each request: episodes by the `Type/id` they name. */
export function episodesByRequest(events: readonly StoryEvent[]): Map<string, Resource[]> {
  const byRequest = new Map<string, Resource[]>();
  for (const { kind, witnesses } of events) {
    if (kind !== 'episode') continue;
    for (const { row: { resource } } of witnesses) {
      if (resource.resourceType !== 'EpisodeOfCare') continue;
      for (const { reference } of resource.referralRequest ?? []) if (reference !== undefined) byRequest.set(reference, [...(byRequest.get(reference) ?? []), resource]);
    }
  }
  return byRequest;
}

interface Replied {
  state: ReferralState;
  since?: string;
}

/** Of several replies the one that went furthest counts. */
const strength: Readonly<Record<ReferralState, number>> = { waiting: 0, 'no-reply': 0, withdrawn: 0, received: 1, accepted: 2, rejected: 3, closed: 4 };

function daysSince(from: string, now: Date): number | undefined {
  const moment = momentOf(from);
  return moment && Math.max(0, daysFrom(londonDay(new Date(moment.middle)), londonDay(now)));
}

/** A receiver's own record says that it has the referral, and since when; of what came of it, it says no day. */
function replyOf({ row: { resource, custodianReference } }: Witness, receivers: readonly string[]): Replied[] {
  if (resource.resourceType !== 'ServiceRequest' || !receivers.includes(custodianReference)) return [];
  if (resource.status === 'revoked') return [{ state: 'rejected' }];
  if (resource.status === 'completed') return [{ state: 'closed' }];
  const since = receivedAt(resource) ?? resource.authoredOn;
  return [{ state: 'received', ...(since !== undefined && { since }) }];
}

const outcomes: Readonly<Record<string, ReferralState>> = { accepted: 'accepted', rejected: 'rejected' };

/** A question how it stands is no answer. */
function answerOf(task: Resource): Replied[] {
  if (task.resourceType !== 'Task') return [];
  const said = task.output?.flatMap(({ valueCodeableConcept }) => valueCodeableConcept?.coding ?? []).find(({ system }) => system === 'https://fhir.bicp.example/CodeSystem/referral-outcome')?.code;
  const since = task.executionPeriod?.end ?? task.lastModified ?? task.authoredOn;
  const at = since !== undefined ? { since } : {};
  if (said !== undefined) return [{ state: outcomes[said] ?? 'closed', ...at }];
  switch (task.status) {
    case 'rejected': case 'failed': return [{ state: 'rejected', ...at }];
    case 'accepted': case 'in-progress': case 'ready': return [{ state: 'accepted', ...at }];
    case 'received': return [{ state: 'received', ...at }];
    case 'completed': return [{ state: 'closed', ...at }];
    default: return [];
  }
}

function followedBy(episode: Resource): Replied[] {
  if (episode.resourceType !== 'EpisodeOfCare') return [];
  const { start, end } = episode.period ?? {};
  switch (episode.status) {
    case 'active': case 'onhold': return [{ state: 'accepted', ...(start !== undefined && { since: start }) }];
    case 'finished': return [{ state: 'closed', ...(end !== undefined && { since: end }) }];
    case 'cancelled': return [{ state: 'rejected', ...(end !== undefined && { since: end }) }];
    case 'planned': case 'waitlist': return [{ state: 'received', ...(start !== undefined && { since: start }) }];
    default: return [];
  }
}

function lanesOf(event: StoryEvent, receivers: readonly string[], state: ReferralState, since: string | undefined): Lane[] {
  const told = event.witnesses.filter(({ how }) => how === 'tells');
  const named = told.flatMap(({ row: { resource } }) => (resource.resourceType === 'ServiceRequest' ? (organisationOf(resource.requester) ?? []) : []));
  const senders = [...new Set([...told.flatMap(({ row }) => (receivers.includes(row.custodianReference) ? [] : row.custodianReference)), ...named])].filter((organisation) => !receivers.includes(organisation));
  const known = receivers.filter((organisation) => organisation.startsWith('Organization/')); // beside them their teams are no other organisations
  const sent: Lane['state'] = state === 'withdrawn' ? 'withdrawn' : 'sent';
  return [
    ...senders.map((organisation): Lane => ({ organisation, side: 'sender', state: sent, ...(event.from !== undefined && { since: event.from }) })),
    ...(known.length > 0 ? known : receivers).map((organisation): Lane => ({ organisation, side: 'receiver', state, ...(since !== undefined && { since }) })),
  ];
}
