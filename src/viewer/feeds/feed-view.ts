import { formatDate, formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import type { Bar } from '../ui/bar.ts';
import type { FeedReport } from './feed-shapes.ts';

const words = strings.feeds;

/** Those that need somebody first, then by organisation and name. */
export function inOrder(feeds: readonly FeedReport[]): FeedReport[] {
  return [...feeds].sort((a, b) => Number(a.ailments.length === 0) - Number(b.ailments.length === 0) || a.partner.localeCompare(b.partner, 'en-GB') || a.title.localeCompare(b.title, 'en-GB'));
}

/** Whether anything ever came by it: that nothing is stuck in an empty feed says nothing of its sender. */
export function hasSent({ queue: { lastReceived } }: FeedReport): boolean {
  return lastReceived !== null;
}

/** How the feed stands, in a word or two. */
export function stateOf(feed: FeedReport): string {
  return hasSent(feed) || feed.state !== 'live' ? (words.states[feed.state] ?? feed.state) : words.notYet;
}

/** What came and what is stuck, as labelled values; that nothing is stuck is said once. */
export function factsOf({ partner, queue: { received, pending, quarantined, awaitingMerge, unmappedCodes, waitingSince, lastReceived }, freshness }: FeedReport): [label: string, value: string][] {
  const { facts } = words;
  const waiting = received + pending;
  const stuck: [string, string][] = [
    ...some(facts.waiting, waiting, `${words.rows(waiting)}${waitingSince === null ? '' : words.since(formatDateTime(waitingSince))}`), ...some(facts.quarantined, quarantined, words.rows(quarantined)),
    ...some(facts.unmapped, unmappedCodes, unmappedCodes.toLocaleString('en-GB')), ...some(facts.awaitingMerge, awaitingMerge, words.rows(awaitingMerge)),
  ];
  return [
    [facts.partner, partner], [facts.last, lastReceived === null ? words.never : formatDateTime(lastReceived)], ...(lastReceived === null && freshness.rowsOfDay === 0 ? [] : freshnessOf(freshness)),
    ...(stuck.length > 0 ? stuck : lastReceived === null ? [] : [[facts.stuck, words.nothing] as [string, string]]),
  ];
}

function some(label: string, count: number, text: string): [string, string][] {
  return count === 0 ? [] : [[label, text]];
}

/** How fresh it is, beside an ordinary day. */
function freshnessOf({ lastGood, lagSeconds, rowsOfDay, errorRate, usualRows }: FeedReport['freshness']): [label: string, value: string][] {
  const { facts } = words;
  return [
    ...(lastGood === null ? [] : [[facts.lastGood, formatDateTime(lastGood)] as [string, string]]), ...(lagSeconds < 60 ? [] : [[facts.behind, words.minutes(Math.round(lagSeconds / 60))] as [string, string]]),
    [facts.day, `${words.rows(rowsOfDay)}${usualRows === null ? '' : words.usual(Math.round(usualRows))}`], ...(errorRate === 0 ? [] : [[facts.wrong, words.ofHundred(Math.max(1, Math.round(errorRate * 100)))] as [string, string]]),
  ];
}

/** Rows of each day, the newest first. */
export function volumeOf({ volume = [] }: FeedReport): Bar[] {
  return volume.map(({ day, rows }) => ({ label: formatDate(day), value: rows, text: words.rows(rows) })).reverse();
}
