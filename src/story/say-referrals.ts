import { conceptsText, joinWords, namesOf } from './concept-words.ts';
import type { StoryEvent } from './event-types.ts';
import { episodesByRequest, standingOf, type ReferralStanding } from './lanes.ts';
import { sayDate } from './say-date.ts';
import { say, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';

/** Every referral once, the newest first, whoever told of it, and how it stands. */
export function sayReferrals({ events, rule, now }: StoryFacts): Statement[] {
  const episodes = episodesByRequest(events);
  return events.flatMap((event) => {
    const standing = standingOf(event, episodes, rule, now);
    return standing ? [sayReferral(event, standing)] : [];
  });
}

function sayReferral({ from, witnesses }: StoryEvent, standing: ReferralStanding): Statement {
  const { resource } = witnesses[0].row;
  const request = resource.resourceType === 'ServiceRequest' ? resource : undefined;
  const told = new Set(witnesses.filter(({ how }) => how === 'tells').map(({ row }) => row.custodian)).size;
  return say('referral', joinWords([
    `${from === undefined ? 'Without a date' : sayDate(from)}: referral to ${namesOf(request?.performer)[0] ?? 'somebody not named'}`, request?.requester?.display && `from ${request.requester.display}`,
    conceptsText(request?.reasonCode), standText(standing), told > 1 ? `told by ${told} organisations` : undefined,
  ]), ...witnesses.map(({ row }) => row));
}

function standText({ state, waitingDays, lanes }: ReferralStanding): string {
  const since = lanes.find(({ side }) => side === 'receiver')?.since;
  if (state === 'no-reply') return `no reply for ${waitingDays ?? 0} days`;
  if (state === 'no-answer') return `received${since === undefined ? '' : ` on ${sayDate(since)}`}, no answer after ${waitingDays ?? 0} days`;
  if (state === 'waiting') return `waiting ${waitingDays ?? 0} days`;
  return since === undefined ? state : `${state} on ${sayDate(since)}`;
}
