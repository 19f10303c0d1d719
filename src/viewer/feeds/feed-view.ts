import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import type { FeedReport } from './feed-shapes.ts';

const words = strings.feeds;

/** Those that need somebody first, then by organisation and name. */
export function inOrder(feeds: readonly FeedReport[]): FeedReport[] {
  return [...feeds].sort((a, b) => Number(a.ailments.length === 0) - Number(b.ailments.length === 0) || a.partner.localeCompare(b.partner, 'en-GB') || a.title.localeCompare(b.title, 'en-GB'));
}

/** What waits and how much is stuck, as labelled values; what is zero is said too. */
export function factsOf({ partner, queue: { received, pending, quarantined, awaitingMerge, unmappedCodes, waitingSince, lastReceived } }: FeedReport): [label: string, value: string][] {
  const { facts } = words;
  const waiting = received + pending;
  return [
    [facts.partner, partner], [facts.last, lastReceived === null ? words.never : formatDateTime(lastReceived)],
    [facts.waiting, `${words.rows(waiting)}${waiting > 0 && waitingSince !== null ? words.since(formatDateTime(waitingSince)) : ''}`],
    [facts.quarantined, words.rows(quarantined)], [facts.unmapped, unmappedCodes.toLocaleString('en-GB')], ...(awaitingMerge > 0 ? [[facts.awaitingMerge, words.rows(awaitingMerge)] as [string, string]] : []),
  ];
}
