import type { Organization } from '@medplum/fhirtypes';
import { useState, type FormEvent } from 'react';
import { Link, useParams } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { Empty, Failed, PersonPage } from '../person/person.tsx';
import { isId } from '../person/parts/use-directory.ts';
import { useWhose } from '../person/entry/use-entry.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Mistakes, errorOf } from '../ui/mistakes.tsx';
import { NotThere } from '../ui/not-there.tsx';
import { Button, Select, Textarea, TextInput } from '../ui/nhs.ts';
import { Notice } from '../ui/notice.tsx';
import { Problem } from '../ui/problem.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { Outcomes } from './answer.tsx';
import { adviceFrom, ownOrganisation, type Destination } from './destinations.ts';
import type { AdviceCall } from './referral-resources.ts';
import { useAdvice } from './use-referral.ts';
import { useDirectoryOfOrganisations } from './use-organisations.ts';
import { useSendOnce } from './use-send-once.ts';

const words = strings.referral.advice;

/** A call for advice, as it was asked and answered. */
export function Advice({ session }: { session: SignedIn }) {
  const { citizen } = useParams();
  if (!isId(citizen)) return <Empty><NotThere /></Empty>;
  return <Known citizen={citizen} session={session} key={citizen} />;
}

function Known({ citizen, session }: { citizen: string; session: SignedIn }) {
  const whose = useWhose(citizen);
  const directory = useDirectoryOfOrganisations();
  if (whose.pending || directory.isPending) return <Empty><Loading lines={6} /></Empty>;
  if (!whose.patient) return <Empty><Failed error={whose.error} onRetry={whose.retry} /></Empty>;
  const organisations = directory.data ?? [];
  const own = ownOrganisation(organisations, session.organisation);
  const to = own && adviceFrom(own);
  return (
    <PersonPage patient={whose.patient} session={session}>
      <p className="os-back"><Link to={`/person/${citizen}`}>{strings.referral.back}</Link></p>
      <h2 className="nhsuk-heading-m">{words.title}</h2>
      <p className="os-lead">{words.intro}</p>
      {directory.isError ? <Problem error={directory.error} onRetry={() => void directory.refetch()} /> : null}
      {own && to ? <Form citizen={citizen} session={session} own={own} to={to} callers={organisations.filter(({ id, active }) => id !== own.id && active !== false)} /> : <p>{strings.referral.noDestinations}</p>}
    </PersonPage>
  );
}

const nothing = { caller: '', callerName: '', asked: '', advised: '', outcome: '' };

function Form({ citizen, session, own, to, callers }: { citizen: string; session: SignedIn; own: Organization; to: Destination; callers: readonly Organization[] }) {
  const { typed, wasKept, set, forget } = useDraft([citizen, 'advice'], () => nothing);
  const [mistakes, setMistakes] = useState<Readonly<Record<string, string>>>({});
  const record = useAdvice(citizen);
  const { send, sent, isPending, error, stands, mayStand } = useSendOnce<Omit<AdviceCall, 'number'>>([citizen, 'advice'], (said, number) => record({ session, own, now: new Date() }, { ...said, number }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { callerName, asked, advised, outcome } = typed;
    const caller = callers.find(({ id }) => id === typed.caller);
    const found = { ...(!caller && { caller: words.noCaller }), ...(asked.trim() === '' && { asked: words.noAsked }), ...(advised.trim() === '' && { advised: words.noAdvised }), ...(outcome === '' && { outcome: words.noOutcome }) };
    setMistakes(found);
    if (!caller || Object.keys(found).length > 0) return;
    send({ citizen, to, caller: { organisation: caller.id ?? '', name: caller.name ?? '' }, callerName: callerName.trim(), asked: asked.trim(), advised: advised.trim(), outcome }, forget);
  };
  const area = (field: 'asked' | 'advised') => (
    <Textarea id={`advice-${field}`} label={words[field]} rows={3} maxLength={2000} autoComplete="off" value={typed[field]} {...errorOf(mistakes[field])} onChange={({ currentTarget }) => { set({ [field]: currentTarget.value }); }} />
  );
  if (sent) return <p className="os-asked" role="status">{words.done}</p>;
  return (
    <form className="os-form" noValidate onSubmit={submit} aria-label={words.title}>
      <Mistakes prefix="advice" heading={strings.referral.errors} mistakes={mistakes} />
      {wasKept ? <p className="os-quiet">{strings.referral.kept}</p> : null}
      {error === null ? null : <Problem error={error} />}
      {mayStand ? <Notice kind="incomplete">{words.mayRecorded}</Notice> : null}
      {stands ? <Notice kind="error">{words.recordedBefore}</Notice> : null}
      <Select id="advice-caller" label={words.caller} hint={words.callerHint} value={typed.caller} {...errorOf(mistakes['caller'])} onChange={({ currentTarget }) => { set({ caller: currentTarget.value }); }}>
        <Select.Option value="">{strings.referral.choose}</Select.Option>
        {callers.map(({ id = '', name }) => <Select.Option value={id} key={id}>{name}</Select.Option>)}
      </Select>
      <TextInput id="advice-callerName" label={words.callerName} hint={words.callerNameHint} maxLength={200} autoComplete="off" value={typed.callerName} onChange={({ currentTarget }) => { set({ callerName: currentTarget.value }); }} />
      {area('asked')}
      {area('advised')}
      <Outcomes id="advice-outcome" label={words.outcome} outcome={typed.outcome} onOutcome={(outcome) => { set({ outcome }); }} {...errorOf(mistakes['outcome'])} />
      <Button type="submit" aria-disabled={isPending}>{isPending ? strings.referral.sending : words.send}</Button>
    </form>
  );
}
