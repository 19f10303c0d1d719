import { formatDate, formatDateTime, instantOf } from '../format.ts';
import { strings } from '../strings.ts';
import { originOf, type Directory, type Origin } from './origin.ts';
import type { Story } from './story.ts';
import { happeningsOf } from './timeline-events.ts';

export interface TimelineEntry {
  key: string;
  type: string;
  id: string;
  /** as shown: 05-Jun-2026 09:45 */
  when: string;
  /** as shown, to group by: Jun-2026 */
  month: string;
  /** milliseconds since the epoch; undated texts come last */
  instant: number;
  what: string;
  more: string | undefined;
  origin: Origin;
}

export interface Group {
  heading: string;
  entries: TimelineEntry[];
}

export type Grouping = 'date' | 'organisation';

export interface Choice {
  text: string;
  /** one organisation's name, or '' for all */
  organisation: string;
}

/** Every dated event of the record, newest first. What lies ahead says that it is planned. */
export function timelineOf(story: Story, directory: Directory, now: Date): TimelineEntry[] {
  const entries = story.resources.flatMap((resource) => {
    const origin = originOf(resource, directory);
    return happeningsOf(resource).map(({ when, what, more }, at): TimelineEntry => {
      const instant = instantOf(when) ?? Number.NEGATIVE_INFINITY;
      const day = formatDate(when);
      return {
        key: `${resource.resourceType}/${resource.id ?? ''}/${at}`, type: resource.resourceType, id: resource.id ?? '', origin, instant, more,
        when: formatDateTime(when), month: day.split('-').slice(-2).join('-'), what: instant > now.getTime() ? strings.person.timeline.planned(what) : what,
      };
    }).reverse();
  });
  return entries.sort((a, b) => b.instant - a.instant); // stable: of one moment, the later step stays above the earlier
}

/** Entries that hold every word typed, anywhere in what is shown of them, and are of the organisation chosen. */
export function chosenOf(entries: readonly TimelineEntry[], { text, organisation }: Choice): TimelineEntry[] {
  const sought = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return entries.filter((entry) => {
    if (organisation !== '' && entry.origin.organisation !== organisation) return false;
    const shown = [entry.when, entry.what, entry.more ?? '', entry.origin.organisation, entry.origin.system].join(' ').toLowerCase();
    return sought.every((word) => shown.includes(word));
  });
}

/** By month in the order of time, or by organisation in the order of names. */
export function groupsOf(entries: readonly TimelineEntry[], by: Grouping): Group[] {
  const groups = Map.groupBy(entries, (entry) => (by === 'date' ? entry.month : entry.origin.organisation));
  const found = [...groups].map(([heading, held]) => ({ heading, entries: held }));
  return by === 'date' ? found : found.sort((a, b) => a.heading.localeCompare(b.heading, 'en-GB'));
}

export function organisationsIn(entries: readonly TimelineEntry[]): string[] {
  return [...new Set(entries.map(({ origin }) => origin.organisation))].sort((a, b) => a.localeCompare(b, 'en-GB'));
}
