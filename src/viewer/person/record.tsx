import { useMemo, type ReactNode } from 'react';
import type { SignedIn } from '../api/session.ts';
import { mayBreakGlass } from '../home.tsx';
import { strings } from '../strings.ts';
import { Problem } from '../ui/problem.tsx';
import { Arrival, type ArrivalState } from './parts/arrival.tsx';
import { AsAtBanner } from './parts/as-at.tsx';
import { cardsFor, type CardName } from './cards/card-order.ts';
import { Contents } from './banner/contents.tsx';
import { Doing } from './banner/doing.tsx';
import { Documents } from './cards/documents.tsx';
import { Episodes } from './cards/episodes.tsx';
import { Notices } from './cards/notices.tsx';
import { directoryOf } from './parts/origin.ts';
import { AllPlans, PlansCard } from './cards/plans.tsx';
import { viewsOfEvents, viewsOfStory } from './record-view.ts';
import { Referrals } from './cards/referrals.tsx';
import { AlertsLine, ComingCard, ToldOnceCard } from './cards/short-cards.tsx';
import { Sources } from './cards/sources.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { ToldStory } from './story/told-story.tsx';
import { useSystems } from './parts/use-directory.ts';
import type { PersonRecord } from './use-record.ts';
import { WhereNow } from './story/where-now.tsx';
import { AllContacts, WhoCard } from './story/who-to-talk-to.tsx';

const words = strings.person;

/** What is recorded about a person: short answers in the order of the reader's role, then the whole. The story and what happened arrive, and may fail, each for itself. */
export function Record({ record: { told, happened, story, at }, citizen, session }: { record: PersonRecord; citizen: string; session: SignedIn }) {
  const systems = useSystems();
  const directory = useMemo(() => directoryOf(story.organisations, story.patient, systems), [story, systems]);
  const { data: document } = told;
  const { events, notes } = happened.timeline;
  const then = at === undefined ? undefined : `${at}T12:00:00Z`;
  const views = useMemo(() => document && viewsOfStory(document, story, then === undefined ? new Date() : new Date(then)), [document, story, then]);
  const all = useMemo(() => viewsOfEvents(events, story, directory, then === undefined ? new Date() : new Date(then)), [events, story, directory, then]);
  const state: ArrivalState = document ? 'arrived' : told.isError ? 'broken' : 'arriving';
  const failed = told.isError ? <Problem error={told.error} onRetry={() => void told.refetch()} /> : null;
  const cards: Readonly<Record<CardName, ReactNode>> = {
    where: <WhereNow view={views?.where} events={all.timeline} arrival={happened.state} citizen={citizen} key="where" />,
    plan: <PlansCard groups={views?.plans.groups ?? []} empty={views?.plans.empty} citizen={citizen} key="plan" />,
    who: <WhoCard who={views?.who} key="who" />, coming: <ComingCard views={views} key="coming" />, once: <ToldOnceCard views={views} key="once" />,
  };
  return (
    <Arrival value={state}>
      <AsAtBanner citizen={citizen} />
      <AlertsLine views={views} />
      <Notices notices={story.notices} events={events} patient={mayBreakGlass(session) ? story.patient : undefined} onRetry={() => { void told.refetch(); void happened.refetch(); }} />
      <div className="os-cards">{cardsFor(session.role).map((name) => cards[name])}</div>
      <p className="os-progress" role="status">{happened.state === 'arriving' ? words.arriving(events.length) : happened.state === 'arrived' ? <span className="nhsuk-u-visually-hidden">{words.arrived(events.length)}</span> : null}</p>
      {at === undefined ? <Doing citizen={citizen} session={session} /> : null}
      <Contents citizen={citizen} />
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
