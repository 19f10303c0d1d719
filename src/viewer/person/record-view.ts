import type { Bundle } from '@medplum/fhirtypes';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { episodesOf } from './episodes-view.ts';
import type { ItemView } from './item-view.ts';
import type { Directory } from './origin.ts';
import { plansOf } from './plans-view.ts';
import type { ToldEvent } from './read-timeline.ts';
import { sectionIn } from './read-told-story.ts';
import { referralsOf } from './referrals-view.ts';
import { sourcesOf } from './sources-view.ts';
import type { Story } from './story.ts';
import { documentsIn, planGroupsOf } from './story-plan-view.ts';
import { timelineOf } from './timeline-view.ts';
import { stateOf, titleOf } from './title-of.ts';
import { disagreementsOf, linesOf, toldOnceOf } from './told-once-view.ts';
import { toldView } from './told-view.ts';
import { whereNow } from './where-now-view.ts';
import { whoToTalkTo } from './who-view.ts';

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
