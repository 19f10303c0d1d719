import type { TimelineEntry } from './timeline-view.ts';

/** An event in its organisation's lane; a referral reaches from its sender's to its receiver's. */
export interface LaneRow {
  entry: TimelineEntry;
  /** first and last lane it covers, from 0 */
  first: number;
  last: number;
  /** which way a referral goes; undefined for what stays in one lane */
  way: 'right' | 'left' | undefined;
}

export interface Lanes {
  /** who has a lane, in the order of first appearance in time */
  organisations: string[];
  /** in the order of the entries */
  rows: LaneRow[];
}

/** Lanes of everybody an event is named by, or a referral goes between; `entries` newest first. */
export function lanesOf(entries: readonly TimelineEntry[]): Lanes {
  const organisations = [...new Set([...entries].reverse().flatMap((entry) => endsOf(entry)))];
  const rows = entries.map((entry): LaneRow => {
    const [from = 0, to = from] = endsOf(entry).map((organisation) => organisations.indexOf(organisation));
    return { entry, first: Math.min(from, to), last: Math.max(from, to), way: from === to ? undefined : from < to ? 'right' : 'left' };
  });
  return { organisations, rows };
}

function endsOf({ between, told }: TimelineEntry): string[] {
  return between ? [between.sender, between.receiver] : told.organisations.slice(0, 1);
}
