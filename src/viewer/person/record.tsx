import { useMemo } from 'react';
import type { SignedIn } from '../api/session.ts';
import { mayBreakGlass } from '../home.tsx';
import { strings } from '../strings.ts';
import { Problem } from '../ui/problem.tsx';
import { Arrival, type ArrivalState } from './arrival.tsx';
import { Contents } from './contents.tsx';
import { Doing } from './doing.tsx';
import { Documents } from './documents.tsx';
import { Episodes } from './episodes.tsx';
import { Notices } from './notices.tsx';
import { directoryOf } from './origin.ts';
import { AllPlans, PlansCard } from './plans.tsx';
import { viewsOfEvents, viewsOfStory } from './record-view.ts';
import { Referrals } from './referrals.tsx';
import { Sources } from './sources.tsx';
import { Timeline } from './timeline.tsx';
import { ToldStory } from './told-story.tsx';
import { useSystems } from './use-directory.ts';
import type { PersonRecord } from './use-record.ts';
import { WhereNow } from './where-now.tsx';
import { AllContacts, WhoCard } from './who-to-talk-to.tsx';

const words = strings.person;

/** What is recorded about a person: three short answers, then the whole. The story and what happened arrive, and may fail, each for itself. */
export function Record({ record: { told, happened, story }, citizen, session }: { record: PersonRecord; citizen: string; session: SignedIn }) {
  const systems = useSystems();
  const directory = useMemo(() => directoryOf(story.organisations, story.patient, systems), [story, systems]);
  const { data: document } = told;
  const { events, notes } = happened.timeline;
  const views = useMemo(() => document && viewsOfStory(document, story, new Date()), [document, story]);
  const all = useMemo(() => viewsOfEvents(events, story, directory, new Date()), [events, story, directory]);
  const state: ArrivalState = document ? 'arrived' : told.isError ? 'broken' : 'arriving';
  const failed = told.isError ? <Problem error={told.error} onRetry={() => void told.refetch()} /> : null;
  const plan = <PlansCard groups={views?.plans.groups ?? []} empty={views?.plans.empty} citizen={citizen} key="plans" />;
  const who = <WhoCard who={views?.who} key="who" />;
  return (
    <Arrival value={state}>
      <Notices notices={story.notices} events={events} mayNeed={mayBreakGlass(session)} onRetry={() => { void told.refetch(); void happened.refetch(); }} />
      <div className="os-cards">
        <WhereNow view={views?.where} events={all.timeline} arrival={happened.state} citizen={citizen} />
        {session.role === 'social-worker' ? [who, plan] : [plan, who]}
      </div>
      <p className="os-progress" role="status">{happened.state === 'arriving' ? words.arriving(events.length) : happened.state === 'arrived' ? <span className="nhsuk-u-visually-hidden">{words.arrived(events.length)}</span> : null}</p>
      <Doing citizen={citizen} session={session} />
      <Contents />
      <ToldStory views={views} failed={failed} citizen={citizen} />
      <AllContacts who={views?.who} />
      <Arrival value={happened.state}>
        <AllPlans groups={views?.plans.groups ?? []} plans={all.plans} citizen={citizen} />
        <Referrals referrals={all.referrals} citizen={citizen} />
        <Episodes episodes={all.episodes} citizen={citizen} />
        <Documents signed={views?.signed ?? []} others={all.documents} citizen={citizen} />
      </Arrival>
      <Timeline
        entries={all.timeline} citizen={citizen} state={happened.state} notes={happened.cut ? [...notes, words.tooMuch] : notes}
        failed={happened.isError ? <Problem error={happened.error} onRetry={() => void (events.length === 0 ? happened.refetch() : happened.fetchNextPage())} /> : null}
      />
      <Arrival value={happened.state}><Sources sources={all.sources} said={views?.said ?? []} /></Arrival>
    </Arrival>
  );
}
