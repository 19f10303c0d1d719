import { useMemo, type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Notice } from '../ui/notice.tsx';
import { Problem } from '../ui/problem.tsx';
import { Arrival, type ArrivalState } from './arrival.tsx';
import { Episodes } from './episodes.tsx';
import { episodesOf } from './episodes-view.ts';
import { directoryOf } from './origin.ts';
import { AllPlans, PlansCard } from './plans.tsx';
import { plansOf } from './plans-view.ts';
import { Referrals } from './referrals.tsx';
import { referralsOf } from './referrals-view.ts';
import type { Story } from './story.ts';
import { Timeline } from './timeline.tsx';
import { timelineOf } from './timeline-view.ts';
import { ToldStory } from './told-story.tsx';
import { useSystems } from './use-story.ts';
import { useTimeline } from './use-timeline.ts';
import { WhereNow } from './where-now.tsx';
import { whereNow } from './where-now-view.ts';
import { AllContacts, WhoCard } from './who-to-talk-to.tsx';
import { whoToTalkTo } from './who-view.ts';

const words = strings.person;

/** What is recorded about a person: three short answers, then the whole. */
export function Record({ story, citizen, state, cut, socialWorker, failed }: { story: Story; citizen: string; state: ArrivalState; cut: boolean; socialWorker: boolean; failed: ReactNode }) {
  const systems = useSystems();
  const happened = useTimeline(citizen);
  const directory = useMemo(() => directoryOf(story.organisations, story.patient, systems), [story, systems]);
  const views = useMemo(() => {
    const now = new Date();
    return { where: whereNow(story, now), plans: plansOf(story, directory, now), who: whoToTalkTo(story), episodes: episodesOf(story, directory) };
  }, [story, directory]);
  const { events, notes } = happened.timeline;
  const told = useMemo(() => ({ referrals: referralsOf(events, directory), timeline: timelineOf(events, directory) }), [events, directory]);
  const plan = <PlansCard plans={views.plans} citizen={citizen} key="plans" />;
  const who = <WhoCard who={views.who} key="who" />;
  return (
    <Arrival value={state}>
      {story.notices.map(({ kind, text }) => <Notice kind={kind} key={text}>{text}</Notice>)}
      {failed === null ? null : <Notice kind="incomplete">{words.late}</Notice>}
      {failed}
      {cut ? <Notice kind="incomplete">{words.tooMuch}</Notice> : null}
      <div className="os-cards">
        <WhereNow view={views.where} citizen={citizen} />
        {socialWorker ? [who, plan] : [plan, who]}
      </div>
      <p className="os-progress" role="status">{state === 'arriving' ? words.arriving(story.resources.length) : state === 'arrived' ? <span className="nhsuk-u-visually-hidden">{words.arrived(story.resources.length)}</span> : null}</p>
      <Contents />
      <ToldStory citizen={citizen} />
      <AllPlans plans={views.plans} citizen={citizen} />
      <AllContacts who={views.who} />
      <Arrival value={happened.state}><Referrals referrals={told.referrals} citizen={citizen} /></Arrival>
      <Episodes episodes={views.episodes} citizen={citizen} />
      <Timeline
        entries={told.timeline} citizen={citizen} state={happened.state} notes={happened.cut ? [...notes, words.tooMuch] : notes}
        failed={happened.isError ? <Problem error={happened.error} onRetry={() => void (events.length === 0 ? happened.refetch() : happened.fetchNextPage())} /> : null}
      />
    </Arrival>
  );
}

const parts = [['alerts', words.sections.alerts], ['coming-next', words.sections.coming], ['told-once', words.sections.toldOnce], ['disagreements', words.sections.disagreements], ['all-plans', words.sections.allPlans], ['all-contacts', words.sections.allContacts], ['referrals', words.sections.referrals], ['episodes', words.sections.episodes], ['timeline', words.sections.timeline]] as const;

function Contents() {
  return (
    <nav className="os-contents" aria-label={words.sections.label}>
      <ul>{parts.map(([id, text]) => <li key={id}><a href={`#${id}`}>{text}</a></li>)}</ul>
    </nav>
  );
}
