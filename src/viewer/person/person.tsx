import type { Patient } from '@medplum/fhirtypes';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { oversees } from '../home.tsx';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { NotThere } from '../ui/not-there.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { Banner } from './banner.tsx';
import { bannerOf } from './banner-view.ts';
import { Record } from './record.tsx';
import { isId, usePatient, useStory } from './use-story.ts';

const words = strings.person;

/** One person: who they are, where they are, what is planned, whom to ring; and below it everything that may be seen. */
export function Person({ session }: { session: SignedIn }) {
  const { citizen } = useParams();
  if (!isId(citizen)) return <Empty><NotThere /></Empty>;
  return oversees(session) ? <Identity citizen={citizen} key={citizen} /> : <Whole citizen={citizen} session={session} key={citizen} />;
}

function Whole({ citizen, session }: { citizen: string; session: SignedIn }) {
  const { story: read, ...story } = useStory(citizen);
  if (story.isPending) return <Empty><Loading lines={10} /></Empty>;
  if (!read) return <Empty><Failed error={story.error} onRetry={() => void story.refetch()} /></Empty>;
  if (!read.patient) return <Empty><NotThere /></Empty>;
  return (
    <PersonPage patient={read.patient}>
      <Record
        story={read} citizen={citizen} state={story.state} cut={story.cut} socialWorker={session.role === 'social-worker'}
        failed={story.isError ? <Problem error={story.error} onRetry={() => void story.fetchNextPage()} /> : null}
      />
    </PersonPage>
  );
}

/** For those who oversee sharing: who somebody is. */
function Identity({ citizen }: { citizen: string }) {
  const patient = usePatient(citizen, true);
  if (patient.isPending) return <Empty><Loading lines={3} /></Empty>;
  if (patient.isError) return <Empty><Failed error={patient.error} onRetry={() => void patient.refetch()} /></Empty>;
  return <PersonPage patient={patient.data}><p data-identity-only>{words.identityOnly}</p></PersonPage>;
}

/** The heading is the person's name; the window's title is not, because browsers keep titles. */
export function PersonPage({ patient, children }: { patient: Patient; children: ReactNode }) {
  const banner = bannerOf(patient, new Date());
  return (
    <div className="os-person">
      <Page title={words.title} heading={banner.name} around={(top) => <Banner banner={banner}>{top}</Banner>} key={patient.id}>{children}</Page>
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Page title={words.title}>
      {children}
      <p><Link to="/find">{words.back}</Link></p>
    </Page>
  );
}

/** Not there and not for you are one sentence; anything else is a problem that may pass. */
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return error instanceof ApiProblem && error.status === 404 ? <NotThere /> : <Problem error={error} onRetry={onRetry} />;
}
