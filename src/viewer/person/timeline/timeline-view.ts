import { formatDate, formatDateTime } from '../../format.ts';
import { dayFrom } from '../../read-day.ts';
import { strings } from '../../strings.ts';
import { moreOf } from './more-of.ts';
import type { Directory } from '../parts/origin.ts';
import type { ToldEvent } from './read-timeline.ts';
import { stateOf, subjectOf, titleOf } from '../parts/title-of.ts';
import { standingText, toldView, type ToldView } from '../parts/told-view.ts';

/** One event in one line, and what opens below it. */
export interface TimelineEntry {
  key: string;
  /** what it belongs to: entries of one thread have the same */
  thread: string;
  /** what sort of event: CodeSystem story-event-kind */
  kind: string;
  /** `Type/id` of the record it is named by */
  record: string;
  /** FHIR date or dateTime */
  from: string | undefined;
  /** as shown: 05-Jun-2026 09:45 */
  when: string;
  /** as shown: 05-Jun-2026 */
  day: string;
  /** as shown: to 11-Jun-2026; undefined where it ended at once, or nothing says */
  until: string | undefined;
  /** as shown, to group by: Jun-2026 */
  month: string;
  what: string;
  /** what it is about, without the sort of entry it is */
  subject: string;
  /** planned, active, on-hold, ended, cancelled, unknown */
  stateCode: string;
  /** how it stands, where that is more than that it was */
  state: string | undefined;
  more: string | undefined;
  told: ToldView;
  /** of a referral: between whom */
  between: { sender: string; receiver: string } | undefined;
}

export interface Group {
  heading: string;
  entries: TimelineEntry[];
}

export type Grouping = 'date' | 'organisation' | 'lanes' | 'thread';

export interface Choice {
  text: string;
  /** one organisation's name, or '' for all */
  organisation: string;
  /** one kind of event, or '' for all */
  kind: string;
  /** first and last day as typed; what is no day narrows nothing */
  from: string;
  to: string;
}

export const everything: Choice = { text: '', organisation: '', kind: '', from: '', to: '' };

const words = strings.person.timeline;

/** Events in words, in the order the gateway tells them: newest first. */
export function timelineOf(events: readonly ToldEvent[], directory: Directory): TimelineEntry[] {
  return events.map((event): TimelineEntry => {
    const { key, thread, kind, from, to, lead, state } = event;
    const [day, last] = [formatDate(from), to === undefined ? undefined : formatDate(to)];
    const subject = subjectOf(lead);
    return {
      key, thread, kind, record: `${lead.resourceType}/${lead.id ?? ''}`, from, day, when: from === undefined ? words.undated : formatDateTime(from), until: last === undefined || last === day ? undefined : words.until(last),
      month: from === undefined ? words.undated : day.split('-').slice(-2).join('-'), what: kind === 'discharge' ? words.left(subject) : titleOf(lead), subject: subject ?? titleOf(lead),
      stateCode: state, state: stateIn(event), more: moreOf(kind, lead), told: toldView(event, directory), between: betweenWhom(event),
    };
  });
}

/** Undefined where an event simply was. What has not begun is told in the words of its record: planned, being prepared, on a waiting list. */
function stateIn({ standing, state, lead }: ToldEvent): string | undefined {
  if (standing) return standingText(standing);
  return state === 'planned' ? stateOf((lead as { status?: string }).status) : words.states[state];
}

function betweenWhom({ standing }: ToldEvent): TimelineEntry['between'] {
  const [sender, receiver] = (['sender', 'receiver'] as const).map((wanted) => standing?.lanes.find(({ side }) => side === wanted)?.organisation);
  return sender === undefined || receiver === undefined ? undefined : { sender, receiver };
}

/** Entries that hold every word typed, anywhere in what is shown of them, and that answer to all that is chosen. */
export function chosenOf(entries: readonly TimelineEntry[], { text, organisation, kind, from, to }: Choice): TimelineEntry[] {
  const sought = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const [first, last] = [dayFrom(from) ?? '', dayFrom(to) ?? ''];
  return entries.filter((entry) => {
    const { when, what, state, more, told } = entry;
    if (organisation !== '' && !told.organisations.includes(organisation)) return false;
    if (kind !== '' && entry.kind !== kind) return false;
    if (!isWithin(entry.from, first, last)) return false;
    const shown = [when, what, state ?? '', more ?? '', told.by].join(' ').toLowerCase();
    return sought.every((word) => shown.includes(word));
  });
}

/** What has no date is in no span of days. A date of less precision counts from its first day. */
function isWithin(date: string | undefined, from: string, to: string): boolean {
  if (from === '' && to === '') return true;
  const [year, month = '01', dayOfMonth = '01'] = date?.slice(0, 10).split('-') ?? [];
  const day = `${year ?? ''}-${month}-${dayOfMonth}`;
  return year !== undefined && (from === '' || day >= from) && (to === '' || day <= to);
}

/** By month in the order of time, in the order of names by the organisation an event is named by, or by what belongs together. */
export function groupsOf(entries: readonly TimelineEntry[], by: Exclude<Grouping, 'lanes'>): Group[] {
  if (by === 'thread') return threadsOf(entries);
  const groups = Map.groupBy(entries, (entry) => (by === 'date' ? entry.month : (entry.told.organisations[0] ?? '')));
  const found = [...groups].map(([heading, held]) => ({ heading, entries: held }));
  return by === 'date' ? found : found.sort((a, b) => a.heading.localeCompare(b.heading, 'en-GB'));
}

/** Each thread under what it began with, the one something happened in last first; what stands alone comes together at the end. */
function threadsOf(entries: readonly TimelineEntry[]): Group[] {
  const threads = [...Map.groupBy(entries, ({ thread }) => thread).values()];
  const groups = threads.filter(({ length }) => length > 1).map((held): Group => {
    const began = held.at(-1);
    return { heading: words.begun(began?.what ?? '', began?.day ?? ''), entries: held };
  });
  const alone = threads.filter(({ length }) => length === 1).flat();
  return alone.length === 0 ? groups : [...groups, { heading: words.alone, entries: alone }];
}

export function organisationsIn(entries: readonly TimelineEntry[]): string[] {
  return [...new Set(entries.flatMap(({ told }) => told.organisations))].sort((a, b) => a.localeCompare(b, 'en-GB'));
}

/** Kinds of events there are, in the order of their words. */
export function kindsIn(entries: readonly TimelineEntry[]): string[] {
  return [...new Set(entries.map(({ kind }) => kind))].sort((a, b) => (words.kinds[a] ?? a).localeCompare(words.kinds[b] ?? b, 'en-GB'));
}
