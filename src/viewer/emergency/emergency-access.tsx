import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { lookActionOf } from '../governance/log-action.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Radios, TextInput } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { useChange, useGovernance } from '../ui/use-governance.ts';
import { AccessFacts } from './emergency-list.tsx';
import type { EmergencyDetails } from './emergency-shapes.ts';

const words = strings.emergency;

/** One emergency access: who opened it and why, what was looked at, and what was found of it. */
export function EmergencyAccess({ session }: { session: SignedIn }) {
  const { reference = '' } = useParams();
  const { data, error, isPending, refetch } = useGovernance<EmergencyDetails>(`emergency-accesses/${encodeURIComponent(reference)}`);
  return (
    <Page title={`${words.title} ${reference}`}>
      <p className="os-back"><Link to="/emergency">{words.back}</Link></p>
      {isPending ? <Loading /> : null}
      {error === null ? null : error instanceof ApiProblem && error.status === 404 ? <p>{error.text}</p> : <Problem error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : <Known access={data} session={session} />}
    </Page>
  );
}

function Known({ access, session }: { access: EmergencyDetails; session: SignedIn }) {
  const { explanation, live, reviews, reference } = access;
  const own = reviews.find(({ organisation }) => organisation === session.organisation);
  return (
    <>
      <AccessFacts access={access} />
      <h2 className="nhsuk-heading-m">{words.facts.explanation}</h2>
      <p className="os-item os-fact">{explanation}</p>
      <Looks access={access} />
      <h2 className="nhsuk-heading-m">{words.reviews}</h2>
      <ul className="os-items">
        {reviews.map(({ organisation, name, outcome, note, reviewedBy, reviewedAt }) => (
          <li className="os-item os-fact" key={organisation}>
            <strong>{name ?? organisation}</strong>: {outcome === null ? words.open : (words.outcomes[outcome] ?? outcome)}
            {note === null ? null : <p>{note}</p>}
            {reviewedBy === null || reviewedAt === null ? null : <p className="os-origin">{words.reviewedBy(reviewedBy, formatDateTime(reviewedAt))}</p>}
          </li>
        ))}
      </ul>
      {own === undefined ? <p>{words.notAsked}</p> : !mayAnswer(session) ? null : live ? <Revoke reference={reference} /> : own.outcome === null ? <Review reference={reference} /> : null}
    </>
  );
}

function Looks({ access: { looks: { entries, more, records } } }: { access: EmergencyDetails }) {
  const sorts = Object.entries(records);
  return (
    <>
      <h2 className="nhsuk-heading-m">{words.looks}</h2>
      {entries.length === 0 ? <p>{words.noLooks}</p> : (
        <ul className="os-items">{entries.map(({ id, at, interaction }) => <li className="os-item os-fact" key={id}>{formatDateTime(at)}: {lookActionOf(interaction, '').done}</li>)}</ul>
      )}
      {more ? <p>{words.moreLooks}</p> : null}
      {sorts.length === 0 ? null : <Facts facts={[[words.records, sorts.map(([category, count]) => `${strings.agreements.categories[category] ?? category} (${count})`).join(', ')]]} />}
    </>
  );
}

function Review({ reference }: { reference: string }) {
  const [outcome, setOutcome] = useState('');
  const [note, setNote] = useState('');
  const change = useChange<unknown>();
  const { review } = words;
  return (
    <Ask open={review.open} submit={review.send} done={review.done} missing={outcome === '' ? review.noOutcome : note.trim() === '' ? review.noNote : undefined} onAsk={() => change(`emergency-accesses/${reference}/review`, { outcome, note: note.trim() })}>
      <Radios small legend={review.outcome} legendProps={{ size: 's' }} name="review-outcome" onChange={({ target }) => { setOutcome((target as HTMLInputElement).value); }}>
        {review.options.map(([value, label]) => <Radios.Item id={`review-${value}`} value={value} key={value}>{label}</Radios.Item>)}
      </Radios>
      <TextInput id="review-note" label={review.note} hint={review.noteHint} autoComplete="off" maxLength={500} value={note} onChange={({ currentTarget }) => { setNote(currentTarget.value); }} />
    </Ask>
  );
}

function Revoke({ reference }: { reference: string }) {
  const change = useChange<unknown>();
  const { revoke } = words;
  return <Ask open={revoke.open} submit={revoke.send} done={revoke.done} missing={undefined} onAsk={() => change(`emergency-accesses/${reference}/revoke`)}><p>{revoke.say}</p></Ask>;
}
