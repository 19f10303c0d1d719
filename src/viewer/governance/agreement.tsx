import type { Contract } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { Link, useLocation, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import { read } from '../api/fhir.ts';
import type { SignedIn } from '../api/session.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { SummaryList } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { AgreementActs } from './agreement-acts.tsx';
import { agreementOf, waitingIn, type AgreementView } from './agreement-view.ts';
import { Clauses } from './clauses.tsx';
import { CompareVersions } from './compare-versions.tsx';
import { Parties } from './parties.tsx';
import { Review } from './review.tsx';
import { StateTag } from './state-tag.tsx';
import { WhatIf } from './what-if.tsx';

const words = strings.agreements.page;

/** One agreement in words. */
export function Agreement({ session }: { session: SignedIn }) {
  const { id = '' } = useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['register', 'agreement', id], staleTime: 600_000,
    queryFn: async ({ signal }) => agreementOf(await read<Contract>(`Contract/${encodeURIComponent(id)}`, signal), new Date()),
  });
  const missing = error instanceof ApiProblem && error.status === 404;
  return (
    <Page title={data?.title ?? strings.agreements.title}>
      <p><Link to="/agreements">{strings.agreements.back}</Link></p>
      {data !== undefined ? <Text agreement={data} session={session} /> : null}
      {data === undefined && error === null ? <Loading /> : null}
      {missing ? <p>{words.notThere}</p> : null}
      {data === undefined && error !== null && !missing ? <Problem error={error} onRetry={() => void refetch()} /> : null}
    </Page>
  );
}

function Text({ agreement, session }: { agreement: AgreementView; session: SignedIn }) {
  useScrollToClause();
  const { state, purpose, parties, lawfulBases, clauses, exclusions } = agreement;
  const waiting = waitingIn(agreement);
  return (
    <div className="os-agreement">
      <p className={`os-agreement-state os-agreement-state--${state}`}><StateTag state={state} /> {strings.agreements.statesSay[state]}{waiting.length === 0 ? null : ` ${words.waiting(waiting)}`}</p>
      <AgreementActs agreement={agreement} session={session} />
      {purpose === undefined ? null : <><h2 className="nhsuk-heading-m">{words.purpose}</h2><p className="os-lead">{purpose}</p></>}
      <h2 className="nhsuk-heading-m">{words.facts}</h2>
      <Facts agreement={agreement} />
      <CompareVersions agreement={agreement} />
      {session.role === 'governance' && state !== 'lapsed' && state !== 'terminated' ? <WhatIf agreement={agreement} /> : null}
      <h2 className="nhsuk-heading-m">{words.parties}</h2>
      <p className="os-quiet">{words.partiesSay}</p>
      <Parties parties={parties} />
      <h2 className="nhsuk-heading-m">{words.legal}</h2>
      <Lines lines={lawfulBases} none={strings.agreements.noState} />
      <h2 className="nhsuk-heading-m">{words.clauses}</h2>
      {clauses.length === 0 ? <p>{words.noClauses}</p> : <Clauses clauses={clauses} parties={parties} />}
      <h2 className="nhsuk-heading-m">{words.exclusions}</h2>
      {exclusions.length === 0 ? null : <p className="os-quiet">{words.exclusionsSay}</p>}
      <Lines lines={exclusions} none={words.noExclusions} />
    </div>
  );
}

function Facts({ agreement }: { agreement: AgreementView }) {
  const { version, period, retention, identifier, sha256 } = agreement;
  return (
    <SummaryList>
      <Fact name={words.version}>{version}</Fact>
      <Fact name={words.period}>{period}</Fact>
      <Fact name={words.review}><Review agreement={agreement} /></Fact>
      {retention === undefined ? null : <Fact name={words.retention}>{retention}</Fact>}
      <Fact name={words.identifier}><code>{identifier}</code></Fact>
      <Fact name={words.hash}>{sha256 === undefined ? strings.agreements.noState : <><code className="os-hash">{sha256}</code><span className="os-quiet">{words.hashSays}</span></>}</Fact>
    </SummaryList>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <SummaryList.Row><SummaryList.Key>{name}</SummaryList.Key><SummaryList.Value>{children}</SummaryList.Value></SummaryList.Row>;
}

function Lines({ lines, none }: { lines: readonly string[]; none: string }) {
  return lines.length === 0 ? <p>{none}</p> : <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>;
}

/** A citation of the log leads to its clause, which is there only once the agreement has been read, and after the page's heading took the focus. */
function useScrollToClause(): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (hash === '') return undefined;
    const frame = requestAnimationFrame(() => {
      const clause = document.getElementById(decodeURIComponent(hash.slice(1)));
      clause?.scrollIntoView();
      clause?.focus({ preventScroll: true });
    });
    return () => { cancelAnimationFrame(frame); };
  }, [hash]);
}
