import type { Bundle } from '@medplum/fhirtypes';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { episodesOf } from './cards/episodes-view.ts';
import type { ItemView } from './parts/item-view.ts';
import type { Directory } from './parts/origin.ts';
import { plansOf } from './cards/plans-view.ts';
import type { ToldEvent } from './timeline/read-timeline.ts';
import { sectionIn } from './story/read-told-story.ts';
import { referralsOf } from './cards/referrals-view.ts';
import { sourcesOf } from './cards/sources-view.ts';
import type { Story } from './story/story.ts';
import { documentsIn, planGroupsOf } from './cards/story-plan-view.ts';
import { timelineOf } from './timeline/timeline-view.ts';
import { stateOf, titleOf } from './parts/title-of.ts';
import { disagreementsOf, linesOf, toldOnceOf } from './story/told-once-view.ts';
import { toldView } from './parts/told-view.ts';
import { whereNow } from './story/where-now-view.ts';
import { whoToTalkTo } from './story/who-view.ts';

/** What Patient/{id}/$story tells, in the shape of the screen. */
export function viewsOfStory(document: Bundle, story: Story, now: Date) {
  const [place, plan, once, alerts, coming] = [sectionIn(document, 'where-now'), sectionIn(document, 'plan'), sectionIn(document, 'told-once'), sectionIn(document, 'alerts'), sectionIn(document, 'coming-next')];
  return {
    where: whereNow(place, coming),
    plans: { groups: planGroupsOf(plan), empty: plan.empty },
    who: whoToTalkTo(sectionIn(document, 'who-to-talk-to'), once, plan, story),
    alerts: { lines: linesOf(alerts), empty: alerts.empty },
    coming: { lines: linesOf(coming), empty: coming.empty },
    once: { facts: toldOnceOf(once, now), empty: once.empty },
    disagreements: disagreementsOf(sectionIn(document, 'disagreements'), place),
    signed: documentsIn(plan.groups),
    said: sectionIn(document, 'not-shown').lines.filter(({ code }) => code === 'notice').map(({ text }) => text),
  };
}

export type StoryViews = ReturnType<typeof viewsOfStory>;

/** What Patient/{id}/$timeline tells, in the shape of the screen. */
export function viewsOfEvents(events: readonly ToldEvent[], story: Story, directory: Directory, now: Date) {
  return {
    timeline: timelineOf(events, directory),
    referrals: referralsOf(events, directory),
    episodes: episodesOf(events, story, directory),
    plans: plansOf(events, story, directory, now),
    documents: events.filter(({ kind }) => kind === 'document').map((event) => documentView(event, directory)),
    sources: sourcesOf(events, directory),
  };
}

function documentView(event: ToldEvent, directory: Directory): ItemView {
  const { lead, from } = event;
  return { id: lead.id ?? '', type: lead.resourceType, title: titleOf(lead), state: stateOf((lead as { status?: string }).status), facts: [{ label: strings.person.documents.dated, value: formatDateTime(from) }], told: toldView(event, directory) };
}
