import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { formatConcept, formatDateTime, instantOf, notRecorded, wordsOf } from '../format.ts';
import { strings } from '../strings.ts';
import { given, type ItemView } from './item-view.ts';
import { originOf, type Directory } from './origin.ts';
import { ofType, type Story } from './story.ts';
import { extensionOf, stateOf, teamFirst } from './title-of.ts';

const words = strings.person.referrals;

/** Every referral, newest first, with what became of it where a Task says so. */
export function referralsOf(story: Story, directory: Directory): ItemView[] {
  const tasks = ofType(story, 'Task');
  return ofType(story, 'ServiceRequest')
    .sort((a, b) => (instantOf(b.authoredOn) ?? 0) - (instantOf(a.authoredOn) ?? 0))
    .map((request) => viewOf(request, tasks.filter(({ focus }) => focus?.reference === `ServiceRequest/${request.id ?? ''}`), directory));
}

function viewOf(request: ServiceRequest, tasks: readonly Task[], directory: Directory): ItemView {
  const to = teamFirst(request.performer).join(', ') || notRecorded;
  const received = receivedAt(request);
  return {
    id: request.id ?? '', type: 'ServiceRequest', title: words.title(senderOf(request), to),
    state: words.states[request.status ?? ''] ?? stateOf(request.status),
    facts: given([
      [words.reason, reasonOf(request)],
      [words.priority, request.priority === undefined ? notRecorded : (words.priorities[request.priority] ?? wordsOf(request.priority))],
      [words.made, formatDateTime(request.authoredOn)], [words.received, received === undefined ? notRecorded : formatDateTime(received)],
      [words.outcome, outcomeOf(tasks) ?? notRecorded],
    ]),
    origin: originOf(request, directory),
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
