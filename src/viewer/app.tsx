import { useEffect, useState, type ReactNode } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { BreakGlass } from './break-glass/break-glass.tsx';
import { FindPerson } from './find/find-person.tsx';
import { Frame } from './frame.tsx';
import { Home } from './home.tsx';
import { NotFound } from './not-found.tsx';
import { Entry } from './person/entry/entry.tsx';
import { Person } from './person/person.tsx';
import { SignedOut } from './session/signed-out.tsx';
import { SignInFailed } from './session/sign-in-failed.tsx';
import { TimeLimits } from './session/time-limits.tsx';
import { readerOf, useSession } from './session/use-session.ts';
import type { SignedIn } from './api/session.ts';
import { later } from './ui/later.tsx';
import { Loading } from './ui/loading.tsx';
import { Problem } from './ui/problem.tsx';

// what is not needed to find and read a record comes when it is opened: what oversight opens is not sent to a ward
const ward = {
  Advice: later(async () => (await import('./referral/advice.tsx')).Advice),
  DischargeList: later(async () => (await import('./discharge/discharge-list.tsx')).DischargeList),
  Refer: later(async () => (await import('./referral/refer.tsx')).Refer),
  ReferralList: later(async () => (await import('./referral/referral-list.tsx')).ReferralList),
};
const oversight = {
  Agreement: later(async () => (await import('./governance/agreement.tsx')).Agreement),
  Agreements: later(async () => (await import('./governance/agreements.tsx')).Agreements),
  Case: later(async () => (await import('./cases/case.tsx')).Case),
  CaseList: later(async () => (await import('./cases/case-list.tsx')).CaseList),
  EmergencyAccess: later(async () => (await import('./emergency/emergency-access.tsx')).EmergencyAccess),
  EmergencyList: later(async () => (await import('./emergency/emergency-list.tsx')).EmergencyList),
  Explain: later(async () => (await import('./explain/explain.tsx')).Explain),
  Feed: later(async () => (await import('./feeds/feed.tsx')).Feed),
  FeedList: later(async () => (await import('./feeds/feed-list.tsx')).FeedList),
  KnownGaps: later(async () => (await import('./known-gaps/known-gaps.tsx')).KnownGaps),
  LinkList: later(async () => (await import('./links/link-list.tsx')).LinkList),
  LinkPair: later(async () => (await import('./links/link-pair.tsx')).LinkPair),
  LinkageRun: later(async () => (await import('./links/linkage-run.tsx')).LinkageRun),
  ChoiceRegister: later(async () => (await import('./choices/choice-register.tsx')).ChoiceRegister),
  LogProof: later(async () => (await import('./log-proof/log-proof.tsx')).LogProof),
  Reports: later(async () => (await import('./reports/reports.tsx')).Reports),
  TryDraft: later(async () => (await import('./governance/try-draft.tsx')).TryDraft),
  Watched: later(async () => (await import('./cases/watched.tsx')).Watched),
  WhoLooked: later(async () => (await import('./governance/who-looked.tsx')).WhoLooked),
};

/** Every address of the viewer, under /app. All but the signed-out ones need somebody signed in. */
export function App() {
  return (
    <Routes>
      <Route path="signed-out" element={<Frame session={null}><SignedOut /></Frame>} />
      <Route path="sign-in-failed" element={<Frame session={null}><SignInFailed /></Frame>} />
      <Route path="*" element={<SignedInOnly />} />
    </Routes>
  );
}

function SignedInOnly() {
  const session = useSession();
  const { pathname } = useLocation();
  const reader = session.data ? readerOf(session.data) : '';
  const isTheirs = useOwnPlace(reader, pathname);
  if (session.data?.state === 'signed-in') {
    const { data } = session;
    return (
      <Frame session={data} key={reader}>
        <TimeLimits session={data} readAt={session.dataUpdatedAt} />
        {isTheirs ? <Screens session={data} key={pathname.split('/')[1]} /> : pathname === '/' ? null : <Navigate to="/" replace />}
      </Frame>
    );
  }
  return <Frame session={null}>{before(session)}</Frame>;
}

/** Whether the address is this reader's: whoever comes after another in the same tab begins at the first page, and looks at nobody by it. */
function useOwnPlace(reader: string, pathname: string): boolean {
  const [owner, setOwner] = useState('');
  const isTheirs = owner === '' || owner === reader;
  useEffect(() => {
    if (reader !== '' && (owner === '' || (!isTheirs && pathname === '/'))) setOwner(reader);
  }, [reader, owner, isTheirs, pathname]);
  return isTheirs;
}

function before(session: ReturnType<typeof useSession>): ReactNode {
  if (session.isPending) return <Loading />;
  if (session.isError) return <Problem error={session.error} onRetry={() => void session.refetch()} />;
  return <SignedOut />;
}

function Screens({ session }: { session: SignedIn }) {
  return (
    <Routes>
      <Route index element={<Home session={session} />} />
      <Route path="find" element={<FindPerson session={session} />} />
      <Route path="break-glass" element={<BreakGlass />} />
      <Route path="person/:citizen" element={<Person session={session} />} />
      <Route path="person/:citizen/refer" element={<ward.Refer session={session} />} />
      <Route path="person/:citizen/advice" element={<ward.Advice session={session} />} />
      <Route path="referrals" element={<ward.ReferralList session={session} />} />
      <Route path="discharge" element={<ward.DischargeList session={session} />} />
      <Route path="person/:citizen/:type/:id" element={<Entry session={session} />} />
      <Route path="choices" element={<oversight.ChoiceRegister session={session} />} />
      <Route path="reports" element={<oversight.Reports />} />
      <Route path="log-proof" element={<oversight.LogProof session={session} />} />
      <Route path="who-looked" element={<oversight.WhoLooked />} />
      <Route path="agreements" element={<oversight.Agreements session={session} />} />
      <Route path="agreements/try" element={<oversight.TryDraft session={session} />} />
      <Route path="agreements/:id" element={<oversight.Agreement session={session} />} />
      <Route path="cases" element={<oversight.CaseList />} />
      <Route path="cases/watched" element={<oversight.Watched session={session} />} />
      <Route path="cases/:reference" element={<oversight.Case session={session} />} />
      <Route path="emergency" element={<oversight.EmergencyList />} />
      <Route path="emergency/:reference" element={<oversight.EmergencyAccess session={session} />} />
      <Route path="links" element={<oversight.LinkList session={session} />} />
      <Route path="links/anew" element={<oversight.LinkageRun session={session} />} />
      <Route path="links/:reference" element={<oversight.LinkPair session={session} />} />
      <Route path="explain" element={<oversight.Explain />} />
      <Route path="feeds" element={<oversight.FeedList />} />
      <Route path="feeds/:key" element={<oversight.Feed session={session} />} />
      <Route path="known-gaps" element={<oversight.KnownGaps />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
