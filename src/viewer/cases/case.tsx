import type { Patient } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import { read } from '../api/fhir.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDate, formatDatesIn, formatDateTime, formatName, mainName } from '../format.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import { CaseActs } from './case-acts.tsx';
import { CaseFacts } from './case-list.tsx';
import { SeenLook } from './seen-look.tsx';
import type { CaseDetails, CaseSubject } from './case-shapes.ts';

const words = strings.cases;

/** One case: who looked, what was odd in sentences, the looks themselves, and what became of it. */
export function Case({ session }: { session: SignedIn }) {
  const { reference = '' } = useParams();
  const { data, error, isPending, refetch } = useGovernance<CaseDetails>(`cases/${encodeURIComponent(reference)}`);
  return (
    <Page title={words.case(reference)}>
      <p className="os-back"><Link to="/cases">{words.back}</Link></p>
      {isPending ? <Loading /> : null}
      {error === null ? null : error instanceof ApiProblem && error.status === 404 ? <p>{error.text}</p> : <Problem error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : <Known of={data} session={session} />}
    </Page>
  );
}

function Known({ of, session }: { of: CaseDetails; session: SignedIn }) {
  return (
    <>
      <p><span className="os-item__state">{of.side === 'asked' && of.state === 'asked' ? words.toAnswer : (words.states[of.state] ?? of.state)}</span></p>
      <CaseFacts of={of} />
      <h2 className="nhsuk-heading-m">{words.odd}</h2>
      {of.subjects.map((subject) => <Subject of={of} subject={subject} key={subject.label} />)}
      {of.more ? <p>{words.moreOdd}</p> : null}
      <h2 className="nhsuk-heading-m">{words.events}</h2>
      <ul className="os-items">
        {of.events.map(({ n, at, kind, personName, text, outcome, due }) => (
          <li className="os-item os-fact" key={n}>
            <strong>{words.event[kind] ?? kind}</strong>{outcome === null ? null : `: ${words.outcomes[outcome] ?? outcome}`}
            {text === null ? null : <p>{kind === 'opened' || kind === 'joined' ? text.split(',').map((signal) => words.signals[signal] ?? signal).join(', ') : text}</p>}
            {due === null ? null : <p>{words.answerDue(formatDate(due))}</p>}
            <p className="os-origin">{words.by(personName, formatDateTime(at))}</p>
          </li>
        ))}
      </ul>
      <CaseActs of={of} session={session} />
    </>
  );
}

function Subject({ of: { about }, subject: { label, kind, citizen, odd, looks } }: { of: CaseDetails; subject: CaseSubject }) {
  return (
    <section className="os-item os-fact" aria-label={kind === 'day' ? words.day(label) : words.person(label)}>
      <h3 className="nhsuk-heading-s">{kind === 'day' ? words.day(label) : words.person(label)}</h3>
      <ul>{odd.map(({ signal, sentence, rarity, looks: times, lastAt }) => <li key={signal}>{formatDatesIn(`${sentence} ${rarity}`)} <span className="os-origin">{words.times(times, formatDateTime(lastAt))}</span></li>)}</ul>
      {kind === 'day' ? null : citizen === null ? <p>{words.notNamed}</p> : <WhoItIs citizen={citizen} />}
      {citizen === null || looks.length === 0 ? null : (
        <>
          <h4 className="nhsuk-heading-xs">{words.looks}</h4>
          <ul className="os-items">{looks.map((look) => <SeenLook user={about.person} citizen={citizen} look={look} key={look.id} />)}</ul>
        </>
      )}
    </section>
  );
}

/** Only once it is asked for: to see whose record it was is a look at the person. */
function WhoItIs({ citizen }: { citizen: string }) {
  const [asked, setAsked] = useState(false);
  const { data, error, isPending } = useQuery({ queryKey: ['case-citizen', citizen], queryFn: ({ signal }) => read<Patient>(`Patient/${citizen}`, signal), enabled: asked, retry: false });
  if (!asked) return <p><button type="button" className="os-link-button" onClick={() => { setAsked(true); }}>{words.who}</button> {words.whoSay}</p>;
  if (isPending) return <Loading lines={1} />;
  return error ? <Problem error={error} /> : <p role="status"><strong>{formatName(mainName(data.name))}</strong></p>;
}
