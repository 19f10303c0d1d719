import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { formatConcept, formatDateTime, notRecorded, wordsOf } from '../../format.ts';
import { strings } from '../../strings.ts';
import { given, type ItemView } from '../parts/item-view.ts';
import type { Directory } from '../parts/origin.ts';
import type { ToldEvent } from '../timeline/read-timeline.ts';
import { extensionOf, teamFirst } from '../parts/title-of.ts';
import { standingText, toldView } from '../parts/told-view.ts';

const words = strings.person.referrals;

/** Every referral once, whoever told of it, newest first, with how it stands and what came of it. */
export function referralsOf(events: readonly ToldEvent[], directory: Directory): ItemView[] {
  return events.filter(({ kind }) => kind === 'referral').map((event) => viewOf(event, directory));
}

/** The sender's record speaks first; what it leaves out another may say. */
function viewOf(event: ToldEvent, directory: Directory): ItemView {
  const { lead, from, standing, witnesses } = event;
  const said = witnesses.flatMap(({ resource }) => resource ?? []);
  const requests = said.filter((resource) => resource.resourceType === 'ServiceRequest');
  const first = (read: (request: ServiceRequest) => string | undefined): string => requests.map(read).find((text) => text !== undefined && text !== notRecorded) ?? notRecorded;
  const priority = first((request) => request.priority);
  const received = first(receivedAt);
  return {
    id: lead.id ?? '', type: lead.resourceType, title: words.title(first(senderOf), first(({ performer }) => teamFirst(performer).join(', ') || undefined)), state: standing ? standingText(standing) : notRecorded,
    facts: given([
      [words.reason, first(reasonOf)], [words.priority, words.priorities[priority] ?? wordsOf(priority)], [words.made, formatDateTime(from)], [words.received, formatDateTime(received)],
      [words.outcome, outcomeOf(said.filter((resource) => resource.resourceType === 'Task')) ?? notRecorded],
    ]),
    told: toldView(event, directory),
  };
}

/** Who referred: the organisation where it is given, else the sort of place the sender named. */
export function senderOf(request: ServiceRequest): string {
  const source = extensionOf(request, 'Extension-UKCore-SourceOfServiceRequest')?.valueCodeableConcept;
  const sort = source === undefined ? undefined : formatConcept(source);
  const who = request.requester?.display;
  return who === undefined ? (sort ?? notRecorded) : sort === undefined ? who : `${who} (${sort.toLowerCase()})`;
}

export function receivedAt(request: ServiceRequest): string | undefined {
  return extensionOf(request, 'received')?.valueDateTime;
}

export function reasonOf(request: ServiceRequest): string {
  const reasons = (request.reasonCode ?? []).map((concept) => formatConcept(concept));
  return reasons.length > 0 ? reasons.join('; ') : formatConcept(request.code);
}

/** What a Task brought, all its codings in words: `Progress to assessment (Accepted)`. */
export function outcomeOf(tasks: readonly Task[]): string | undefined {
  const outcomes = tasks.flatMap(({ output }) => (output ?? []).flatMap(({ valueCodeableConcept: concept }) => {
    if (concept === undefined) return [];
    const main = formatConcept(concept);
    const others = (concept.coding ?? []).flatMap(({ display }) => (display === undefined || display === main ? [] : [display]));
    return [others.length === 0 ? main : `${others.join(', ')}: ${main}`];
  }));
  return outcomes.length === 0 ? undefined : outcomes.join('; ');
}
