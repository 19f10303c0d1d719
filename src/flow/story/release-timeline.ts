import type { List, Provenance } from '@medplum/fhirtypes';
import type { EventKind } from '../../fhir/event-kinds.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { composeTimeline, type TimelineLine } from '../../story/compose-timeline.ts';
import type { StoryEvent, StoryRule } from '../../story/event-types.ts';
import { findEvents } from '../../story/events.ts';
import { episodesByRequest, standingOf } from '../../story/lanes.ts';
import { findThreads } from '../../story/threads.ts';
import type { Found } from '../read-asked.ts';
import type { HeldGrant } from '../policy.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { releaseTold, type Released } from '../release-records.ts';
import { organisationNames, storyRows } from './story-rows.ts';

/** What of a citizen's story is asked for; ranges in ms, half open. */
export interface TimelineAsk {
  citizen: string;
  /** as it was known before this instant; now where it is left out */
  at?: Date;
  kinds: readonly EventKind[];
  organisations: readonly OrganisationKey[];
  from?: number;
  to?: number;
  count: number;
  after: TimelinePosition | null;
}

/** Where a page ended: the last line's moment (null: undated) and key. */
export interface TimelinePosition {
  at: number | null;
  key: string;
}

export interface Timeline {
  list: List;
  provenance: Provenance[];
  /** ids of the records that lead a line of this page; the other rows are further witnesses */
  leading: ReadonlySet<string>;
}

/** One page of what happened to a citizen, newest first: found among all the caller may see, sent and audited for the page. */
export function releaseTimeline(context: ReleaseContext & { story: StoryRule }, requester: Requester, ask: TimelineAsk, request: RequestFacts): Promise<Released & Timeline> {
  return releaseTold(context, requester, { interaction: 'timeline', citizen: ask.citizen, ...(ask.at && { at: ask.at }) }, request, (held, found) => tellPage(context, ask, held, found));
}

function tellPage({ story, directory, clock }: ReleaseContext & { story: StoryRule }, ask: TimelineAsk, held: HeldGrant, found: Found): { sent: Found; told: Timeline } {
  const at = ask.at ?? clock();
  const events = findEvents(storyRows(held, directory, found.rows), found.decisions ?? [], story);
  const threads = findThreads(events);
  const episodes = episodesByRequest(events);
  const asked = events.filter((event) => isAsked(event, ask));
  const page = asked.slice(0, ask.count);
  const last = page.at(-1);
  const lines = page.map((event): TimelineLine => {
    const standing = standingOf(event, episodes, story, at);
    return { event, thread: threads.get(event.key)?.key ?? event.key, ...(standing && { standing }) };
  });
  const told = new Set(page.flatMap(({ witnesses }) => witnesses.map(({ row }) => row.id)));
  const rows = found.rows.filter(({ id }) => told.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    sent: { ...found, rows, places: found.places.filter(({ id }) => rows.some(({ body }) => body.includes(id))), next: last && asked.length > page.length ? { at: last.at ?? null, key: last.key } satisfies TimelinePosition : null },
    told: {
      ...composeTimeline({ citizen: found.people[0]?.citizen ?? ask.citizen, lines, rule: story, names: organisationNames(directory), cut: found.cut ?? false }),
      leading: new Set(page.map(({ witnesses: [lead] }) => lead.row.id)),
    },
  };
}

function isAsked(event: StoryEvent, { kinds, organisations, from, to, after }: TimelineAsk): boolean {
  if (kinds.length > 0 && !kinds.includes(event.kind)) return false;
  if (organisations.length > 0 && !event.witnesses.some(({ row }) => organisations.includes(row.custodian))) return false;
  const { at } = event;
  if ((from !== undefined || to !== undefined) && (at === undefined || at < (from ?? -Infinity) || at >= (to ?? Infinity))) return false;
  return after === null || comesAfter(at ?? -Infinity, event.key, after);
}

function comesAfter(at: number, key: string, after: TimelinePosition): boolean {
  const before = after.at ?? -Infinity;
  return at === before ? key > after.key : at < before;
}
