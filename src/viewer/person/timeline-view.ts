import { formatDate, formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { moreOf } from './more-of.ts';
import type { Directory } from './origin.ts';
import type { ToldEvent } from './read-timeline.ts';
import { stateOf, subjectOf, titleOf } from './title-of.ts';
import { standingText, toldView, type ToldView } from './told-view.ts';

/** One event in one line, and what opens below it. */
export interface TimelineEntry {
  key: string;
  /** `Type/id` of the record it is named by */
  record: string;
  /** as shown: 05-Jun-2026 09:45 */
  when: string;
  /** as shown: 11-Jun-2026; undefined where it ended at once, or nothing says */
  until: string | undefined;
  /** as shown, to group by: Jun-2026 */
  month: string;
  what: string;
  /** how it stands, where that is more than that it was */
  state: string | undefined;
  more: string | undefined;
  told: ToldView;
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

const words = strings.person.timeline;

/** Events in words, in the order the gateway tells them: newest first. */
export function timelineOf(events: readonly ToldEvent[], directory: Directory): TimelineEntry[] {
  return events.map((event): TimelineEntry => {
    const { key, kind, from, to, lead } = event;
    const [day, last] = [formatDate(from), to === undefined ? undefined : formatDate(to)];
    return {
      key, record: `${lead.resourceType}/${lead.id ?? ''}`, when: from === undefined ? words.undated : formatDateTime(from), until: last === undefined || last === day ? undefined : words.until(last),
      month: from === undefined ? words.undated : day.split('-').slice(-2).join('-'), what: kind === 'discharge' ? words.left(subjectOf(lead)) : titleOf(lead), state: stateIn(event), more: moreOf(kind, lead), told: toldView(event, directory),
    };
  });
}

/** Undefined where an event simply was. What has not begun is told in the words of its record: planned, being prepared, on a waiting list. */
function stateIn({ standing, state, lead }: ToldEvent): string | undefined {
  if (standing) return standingText(standing);
  return state === 'planned' ? stateOf((lead as { status?: string }).status) : words.states[state];
}

/** Entries that hold every word typed, anywhere in what is shown of them, and that the organisation chosen tells of. */
export function chosenOf(entries: readonly TimelineEntry[], { text, organisation }: Choice): TimelineEntry[] {
  const sought = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return entries.filter(({ when, what, state, more, told }) => {
    if (organisation !== '' && !told.organisations.includes(organisation)) return false;
    const shown = [when, what, state ?? '', more ?? '', told.by].join(' ').toLowerCase();
    return sought.every((word) => shown.includes(word));
  });
}

/** By month in the order of time, or in the order of names by the organisation an event is named by. */
export function groupsOf(entries: readonly TimelineEntry[], by: Grouping): Group[] {
  const groups = Map.groupBy(entries, (entry) => (by === 'date' ? entry.month : (entry.told.organisations[0] ?? '')));
  const found = [...groups].map(([heading, held]) => ({ heading, entries: held }));
  return by === 'date' ? found : found.sort((a, b) => a.heading.localeCompare(b.heading, 'en-GB'));
}

export function organisationsIn(entries: readonly TimelineEntry[]): string[] {
  return [...new Set(entries.flatMap(({ told }) => told.organisations))].sort((a, b) => a.localeCompare(b, 'en-GB'));
}
