import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
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
import { Loading } from './ui/loading.tsx';
import { Problem } from './ui/problem.tsx';

// what is not needed to find and read a record comes when it is opened: what oversight opens is not sent to a ward
const Agreement = lazy(async () => ({ default: (await import('./governance/agreement.tsx')).Agreement }));
const Agreements = lazy(async () => ({ default: (await import('./governance/agreements.tsx')).Agreements }));
const Case = lazy(async () => ({ default: (await import('./cases/case.tsx')).Case }));
const CaseList = lazy(async () => ({ default: (await import('./cases/case-list.tsx')).CaseList }));
const EmergencyAccess = lazy(async () => ({ default: (await import('./emergency/emergency-access.tsx')).EmergencyAccess }));
const EmergencyList = lazy(async () => ({ default: (await import('./emergency/emergency-list.tsx')).EmergencyList }));
const Explain = lazy(async () => ({ default: (await import('./explain/explain.tsx')).Explain }));
const Feed = lazy(async () => ({ default: (await import('./feeds/feed.tsx')).Feed }));
const FeedList = lazy(async () => ({ default: (await import('./feeds/feed-list.tsx')).FeedList }));
const KnownGaps = lazy(async () => ({ default: (await import('./known-gaps/known-gaps.tsx')).KnownGaps }));
const LinkList = lazy(async () => ({ default: (await import('./links/link-list.tsx')).LinkList }));
const LinkPair = lazy(async () => ({ default: (await import('./links/link-pair.tsx')).LinkPair }));
const LinkageRun = lazy(async () => ({ default: (await import('./links/linkage-run.tsx')).LinkageRun }));
const Advice = lazy(async () => ({ default: (await import('./referral/advice.tsx')).Advice }));
const ChoiceRegister = lazy(async () => ({ default: (await import('./choices/choice-register.tsx')).ChoiceRegister }));
const DischargeList = lazy(async () => ({ default: (await import('./discharge/discharge-list.tsx')).DischargeList }));
const LogProof = lazy(async () => ({ default: (await import('./log-proof/log-proof.tsx')).LogProof }));
const Refer = lazy(async () => ({ default: (await import('./referral/refer.tsx')).Refer }));
const ReferralList = lazy(async () => ({ default: (await import('./referral/referral-list.tsx')).ReferralList }));
const Reports = lazy(async () => ({ default: (await import('./reports/reports.tsx')).Reports }));
const TryDraft = lazy(async () => ({ default: (await import('./governance/try-draft.tsx')).TryDraft }));
const Watched = lazy(async () => ({ default: (await import('./cases/watched.tsx')).Watched }));
const WhoLooked = lazy(async () => ({ default: (await import('./governance/who-looked.tsx')).WhoLooked }));

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
    <Suspense fallback={<Loading />}>
      <Routes>
        <Route index element={<Home session={session} />} />
        <Route path="find" element={<FindPerson session={session} />} />
        <Route path="break-glass" element={<BreakGlass />} />
        <Route path="person/:citizen" element={<Person session={session} />} />
        <Route path="person/:citizen/refer" element={<Refer session={session} />} />
        <Route path="person/:citizen/advice" element={<Advice session={session} />} />
        <Route path="referrals" element={<ReferralList session={session} />} />
        <Route path="discharge" element={<DischargeList session={session} />} />
        <Route path="person/:citizen/:type/:id" element={<Entry session={session} />} />
        <Route path="choices" element={<ChoiceRegister session={session} />} />
        <Route path="reports" element={<Reports />} />
        <Route path="log-proof" element={<LogProof session={session} />} />
        <Route path="who-looked" element={<WhoLooked />} />
        <Route path="agreements" element={<Agreements session={session} />} />
        <Route path="agreements/try" element={<TryDraft session={session} />} />
        <Route path="agreements/:id" element={<Agreement session={session} />} />
        <Route path="cases" element={<CaseList />} />
        <Route path="cases/watched" element={<Watched session={session} />} />
        <Route path="cases/:reference" element={<Case session={session} />} />
        <Route path="emergency" element={<EmergencyList />} />
        <Route path="emergency/:reference" element={<EmergencyAccess session={session} />} />
        <Route path="links" element={<LinkList session={session} />} />
        <Route path="links/anew" element={<LinkageRun session={session} />} />
        <Route path="links/:reference" element={<LinkPair session={session} />} />
        <Route path="explain" element={<Explain />} />
        <Route path="feeds" element={<FeedList />} />
        <Route path="feeds/:key" element={<Feed session={session} />} />
        <Route path="known-gaps" element={<KnownGaps />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Suspense>
  );
}
