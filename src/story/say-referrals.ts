import type { StoryEvent } from './event-types.ts';
import { conceptsText, joinWords, namesOf } from './concept-words.ts';
import { sayDate } from './say-date.ts';
import type { Statement } from './statement.ts';
import { say } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';

/** Every referral once, the newest first, whoever told of it, with what became of it. */
export function sayReferrals({ events }: StoryFacts): Statement[] {
  return events.filter(({ kind }) => kind === 'referral').map(sayReferral);
}

function sayReferral({ from, state, witnesses }: StoryEvent): Statement {
  const { resource } = witnesses[0].row;
  const request = resource.resourceType === 'ServiceRequest' ? resource : undefined;
  const told = new Set(witnesses.filter(({ how }) => how === 'tells').map(({ row }) => row.custodian)).size;
  const answers = witnesses.filter(({ how }) => how === 'answers').length;
  return say('referral', joinWords([
    `${from === undefined ? 'Without a date' : sayDate(from)}: referral to ${namesOf(request?.performer)[0] ?? 'somebody not named'}`, request?.requester?.display && `from ${request.requester.display}`,
    conceptsText(request?.reasonCode), state === 'unknown' ? undefined : state.replace('-', ' '), answers === 0 ? undefined : 'answered', told > 1 ? `told by ${told} organisations` : undefined,
  ]), ...witnesses.map(({ row }) => row));
}
