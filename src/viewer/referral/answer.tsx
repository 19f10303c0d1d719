import type { Organization, ServiceRequest, Task } from '@medplum/fhirtypes';
import { useState } from 'react';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { hasScope } from '../home.tsx';
import { outcomeOf } from '../person/cards/referrals-view.ts';
import { stateOf } from '../person/parts/title-of.ts';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Select, Textarea, TextInput } from '../ui/nhs.ts';
import { Notice } from '../ui/notice.tsx';
import { Problem } from '../ui/problem.tsx';
import { destinationsOf, ownOrganisation, type Destination } from './destinations.ts';
import { answerTo, isForUs, referralFor, together, withAnswer, type Answering, type Writer } from './referral-resources.ts';
import { useAnswer, useAnswering } from './use-referral.ts';
import { useDirectoryOfOrganisations } from './use-organisations.ts';

const words = strings.referral.answer;

/** Where a referral was sent to the reader's organisation: its answer, or the ways to give one. */
export function Answer({ request, citizen, session }: { request: ServiceRequest; citizen: string; session: SignedIn }) {
  const { data: organisations = [] } = useDirectoryOfOrganisations();
  const own = ownOrganisation(organisations, session.organisation);
  if (!own || !isForUs(request, own)) return null;
  return <ForUs request={request} citizen={citizen} session={session} own={own} destinations={destinationsOf(organisations).filter(({ organisation, needsYes }) => organisation !== own.id && !needsYes)} />;
}

interface Given {
  request: ServiceRequest;
  citizen: string;
  session: SignedIn;
  own: Organization;
  destinations: readonly Destination[];
}

function ForUs({ request, citizen, session, own, destinations }: Given) {
  const focus = `ServiceRequest/${request.id ?? ''}`;
  const { data: standing, isPending, isError, error, refetch } = useAnswer(citizen, focus, session.organisation);
  const send = useAnswering(citizen);
  const [isUncertain, setUncertain] = useState(false);
  const writer = (): Writer => ({ session, own, now: new Date() });
  if (isPending) return null;
  if (standing === undefined) return <Problem error={error} onRetry={() => void refetch()} />; // an answer that cannot be read may stand
  const sendOnce = async (...sent: Parameters<typeof send>): Promise<boolean> => {
    const isCertain = await send(...sent);
    setUncertain(!isCertain);
    return isCertain;
  };
  const answer = (answering: Answering): Promise<boolean> => sendOnce(standing ? withAnswer(standing, writer(), answering) : answerTo(writer(), citizen, focus, answering), answering.number, JSON.stringify(answering));
  const handOn = (to: Destination, reason: string, number: string): Promise<boolean> => {
    const closing: Answering = { status: 'completed', outcome: 'signposted', note: words.handedOn(to.name), number };
    const onward = referralFor(writer(), { citizen, number, to, priority: urgencyOf(request), reason, reach: '', pathway: '', along: [], basedOn: focus });
    return sendOnce(together(onward, standing ? withAnswer(standing, writer(), closing) : answerTo(writer(), citizen, focus, closing)), number, JSON.stringify([to.key, reason]));
  };
  return (
    <section className="os-section" aria-labelledby="answer-heading" data-answer>
      <h3 className="nhsuk-heading-s" id="answer-heading">{words.heading}</h3>
      {isError ? <Problem error={error} onRetry={() => void refetch()} /> : null}
      {isUncertain ? <Notice kind="error">{words.before}</Notice> : null}
      <p role="status">{standing === null ? words.says : words.yours(outcomeOf([standing]) ?? stateOf(standing.status), formatDateTime(standing.lastModified ?? standing.authoredOn))}</p>
      {!hasScope(session, 'Task', 'c') || isOver(standing) ? null : (
        <>
          {standing === null ? <><Accept onAnswer={answer} /><Reject onAnswer={answer} /></> : <Close onAnswer={answer} />}
          <HandOn destinations={destinations} onHandOn={handOn} reason={reasonOf(request)} />
        </>
      )}
    </section>
  );
}

function isOver(standing: Task | null): boolean {
  return standing?.status === 'completed' || standing?.status === 'rejected';
}

function urgencyOf({ priority }: ServiceRequest): 'routine' | 'urgent' | 'asap' {
  return priority === 'urgent' || priority === 'asap' ? priority : priority === 'stat' ? 'asap' : 'routine';
}

function reasonOf({ reasonCode = [] }: ServiceRequest): string {
  return reasonCode.flatMap(({ text, coding }) => text ?? coding?.[0]?.display ?? []).join('; ');
}

interface Answerable {
  onAnswer: (answering: Answering) => Promise<boolean>;
}

function Accept({ onAnswer }: Answerable) {
  const [note, setNote] = useState('');
  const [number] = useState(() => crypto.randomUUID());
  const { open, send, done, note: label, noteHint } = words.accept;
  return (
    <Ask open={open} submit={send} done={done} missing={undefined} onAsk={() => onAnswer({ status: 'accepted', outcome: 'accepted', note: note.trim(), number })}>
      <TextInput id="accept-note" label={label} hint={noteHint} autoComplete="off" maxLength={500} value={note} onChange={({ currentTarget }) => { setNote(currentTarget.value); }} />
    </Ask>
  );
}

function Reject({ onAnswer }: Answerable) {
  const [reason, setReason] = useState('');
  const [number] = useState(() => crypto.randomUUID());
  const { open, send, done, reason: label, reasonHint, noReason } = words.reject;
  return (
    <Ask open={open} submit={send} done={done} missing={reason.trim() === '' ? noReason : undefined} onAsk={() => onAnswer({ status: 'rejected', outcome: 'rejected', note: reason.trim(), number })}>
      <TextInput id="reject-reason" label={label} hint={reasonHint} autoComplete="off" maxLength={500} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
    </Ask>
  );
}

function Close({ onAnswer }: Answerable) {
  const [outcome, setOutcome] = useState('');
  const [note, setNote] = useState('');
  const [number] = useState(() => crypto.randomUUID());
  const { open, send, done, outcome: label, noOutcome, note: noteLabel } = words.close;
  return (
    <Ask open={open} submit={send} done={done} missing={outcome === '' ? noOutcome : undefined} onAsk={() => onAnswer({ status: 'completed', outcome, note: note.trim(), number })}>
      <Outcomes id="close-outcome" label={label} outcome={outcome} onOutcome={setOutcome} />
      <TextInput id="close-note" label={noteLabel} autoComplete="off" maxLength={500} value={note} onChange={({ currentTarget }) => { setNote(currentTarget.value); }} />
    </Ask>
  );
}

/** What may come of a referral. */
export function Outcomes({ id, label, outcome, onOutcome, error }: { id: string; label: string; outcome: string; onOutcome: (code: string) => void; error?: string }) {
  return (
    <Select id={id} label={label} value={outcome} {...(error !== undefined && { error })} onChange={({ currentTarget }) => { onOutcome(currentTarget.value); }}>
      <Select.Option value="">{strings.referral.choose}</Select.Option>
      {strings.referral.endings.map((code) => <Select.Option value={code} key={code}>{strings.referral.outcomes[code]}</Select.Option>)}
    </Select>
  );
}

function HandOn({ destinations, onHandOn, reason: before }: { destinations: readonly Destination[]; onHandOn: (to: Destination, reason: string, number: string) => Promise<boolean>; reason: string }) {
  const [key, setKey] = useState('');
  const [reason, setReason] = useState(before);
  const [number] = useState(() => crypto.randomUUID());
  const to = destinations.find((each) => each.key === key);
  const { open, send, done, says, why, noWhy } = words.handOn;
  const missing = to ? (reason.trim() === '' ? noWhy : undefined) : strings.referral.noTo;
  return (
    <Ask open={open} submit={send} done={done(to?.name ?? '')} missing={missing} onAsk={() => (to ? onHandOn(to, reason.trim(), number) : Promise.resolve())}>
      <p>{says}</p>
      <Select id="hand-on-to" label={strings.referral.to} value={key} onChange={({ currentTarget }) => { setKey(currentTarget.value); }}>
        <Select.Option value="">{strings.referral.choose}</Select.Option>
        {destinations.map((each) => <Select.Option value={each.key} key={each.key}>{each.label}</Select.Option>)}
      </Select>
      <Textarea id="hand-on-why" label={why} rows={3} autoComplete="off" maxLength={2000} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
    </Ask>
  );
}
