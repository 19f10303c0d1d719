import type { Patient } from '@medplum/fhirtypes';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { WatchPerson } from '../cases/watch-person.tsx';
import { Choices } from '../choices/choices.tsx';
import { useForgetRecent, useNoteRecent } from '../find/recent.ts';
import { oversees } from '../home.tsx';
import { AccessReport } from '../reports/access-report.tsx';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { NotThere } from '../ui/not-there.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { allergiesOf, type AllergiesView } from './banner/allergies-view.ts';
import { AsAt, NothingThen, useAsAt } from './parts/as-at.tsx';
import { Banner } from './banner/banner.tsx';
import { bannerOf } from './banner/banner-view.ts';
import { PrintLine } from './banner/print-line.tsx';
import { Record } from './record.tsx';
import { isId, usePatient } from './parts/use-directory.ts';
import { useRecord, type PersonRecord } from './use-record.ts';

const words = strings.person;

/** One person: who they are, where they are, what is planned, whom to ring; and below it everything that may be seen. */
export function Person({ session }: { session: SignedIn }) {
  const { citizen } = useParams();
  if (!isId(citizen)) return <Empty><NotThere /></Empty>;
  return oversees(session) ? <Identity citizen={citizen} session={session} key={citizen} /> : <Whole citizen={citizen} session={session} key={citizen} />;
}

function Whole({ citizen, session }: { citizen: string; session: SignedIn }) {
  const at = useAsAt();
  const record = useRecord(citizen, at);
  const { told, happened, story } = record;
  const error = told.error ?? happened.error;
  const gone = error instanceof ApiProblem && error.status === 404;
  useForgetRecent(citizen, gone && at === undefined);
  if (gone && at !== undefined) return <Empty><NothingThen citizen={citizen} at={at} /></Empty>;
  if (gone) return <Empty><NotThere /></Empty>; // what was shown before may not be shown any more
  if (story.patient) return <PersonPage patient={story.patient} session={session} allergies={allergiesNow(record)}><AsAt value={at}><Record record={record} citizen={citizen} session={session} /></AsAt></PersonPage>;
  if (told.isPending || happened.isPending) return <Empty><Loading lines={10} /></Empty>;
  return <Empty>{error === null ? <NotThere /> : <Failed error={error} onRetry={() => { void told.refetch(); void happened.refetch(); }} />}</Empty>;
}

/** Of allergies only what has arrived is said: nothing may look as if there were none. */
function allergiesNow({ told, story }: PersonRecord): AllergiesView {
  const { allergy } = words.banner;
  return told.data ? allergiesOf(story) : { text: told.isError ? allergy.broken : allergy.waiting, known: 0 };
}

/** For those who oversee sharing: who somebody is. */
function Identity({ citizen, session }: { citizen: string; session: SignedIn }) {
  const patient = usePatient(citizen, true);
  if (patient.isPending) return <Empty><Loading lines={3} /></Empty>;
  if (patient.isError) return <Empty><Failed error={patient.error} onRetry={() => void patient.refetch()} /></Empty>;
  return <PersonPage patient={patient.data} session={session}><p data-identity-only>{words.identityOnly}</p><Choices citizen={citizen} session={session} /><AccessReport citizen={citizen} /><WatchPerson citizen={citizen} session={session} /></PersonPage>;
}

/** The heading is the person's name; the window's title is not, because browsers keep titles. */
export function PersonPage({ patient, session, allergies, children }: { patient: Patient; session: SignedIn; allergies?: AllergiesView; children: ReactNode }) {
  const banner = bannerOf(patient, new Date());
  useNoteRecent(patient);
  return (
    <div className="os-person">
      <div className="os-person__page">
        <Page title={words.title} heading={banner.name} around={(top) => <Banner banner={banner} allergies={allergies}>{top}</Banner>} key={patient.id}>{children}</Page>
      </div>
      <PrintLine banner={banner} session={session} />
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
