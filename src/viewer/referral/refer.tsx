import { useState, type FormEvent } from 'react';
import { Link, useParams } from 'react-router';
import type { Organization } from '@medplum/fhirtypes';
import type { SignedIn } from '../api/session.ts';
import { viewsOfStory } from '../person/record-view.ts';
import { Empty, Failed, PersonPage } from '../person/person.tsx';
import { isId } from '../person/parts/use-directory.ts';
import { useRecord, type PersonRecord } from '../person/use-record.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Mistakes, errorOf } from '../ui/mistakes.tsx';
import { NotThere } from '../ui/not-there.tsx';
import { Button, Radios, Select, Textarea, TextInput } from '../ui/nhs.ts';
import { Notice } from '../ui/notice.tsx';
import { Problem } from '../ui/problem.tsx';
import { Sure } from '../ui/sure.tsx';
import { Ticks } from '../ui/ticks.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { destinationsOf, ownOrganisation, type Destination } from './destinations.ts';
import { alongOf, knownOf, reasonIn, type AlongView } from './known-view.ts';
import type { Referring } from './referral-resources.ts';
import { useDirectoryOfOrganisations } from './use-organisations.ts';
import { useReferral } from './use-referral.ts';
import { useSendOnce } from './use-send-once.ts';

const words = strings.referral;

/** Refers somebody: to whom and what for is asked, what the record says already is shown and pointed to. */
export function Refer({ session }: { session: SignedIn }) {
  const { citizen } = useParams();
  if (!isId(citizen)) return <Empty><NotThere /></Empty>;
  return <Known citizen={citizen} session={session} key={citizen} />;
}

function Known({ citizen, session }: { citizen: string; session: SignedIn }) {
  const record = useRecord(citizen);
  const directory = useDirectoryOfOrganisations();
  const { told, happened, story } = record;
  if (!story.patient && (told.isPending || happened.isPending)) return <Empty><Loading lines={8} /></Empty>;
  if (!story.patient) return <Empty><Failed error={told.error ?? happened.error} onRetry={() => { void told.refetch(); void happened.refetch(); }} /></Empty>;
  const own = ownOrganisation(directory.data ?? [], session.organisation);
  const waits = directory.isPending || told.isPending || happened.state === 'arriving';
  return (
    <PersonPage patient={story.patient} session={session}>
      <p className="os-back"><Link to={`/person/${citizen}`}>{words.back}</Link></p>
      <h2 className="nhsuk-heading-m">{words.titleFor}</h2>
      <p className="os-lead">{words.intro}</p>
      {directory.isError ? <Problem error={directory.error} onRetry={() => void directory.refetch()} /> : null}
      {waits ? <Loading /> : own ? <Form citizen={citizen} session={session} own={own} destinations={destinationsOf(directory.data ?? []).filter(({ organisation }) => organisation !== own.id)} record={record} /> : null}
    </PersonPage>
  );
}

interface FormProps {
  citizen: string;
  session: SignedIn;
  own: Organization;
  destinations: readonly Destination[];
  record: PersonRecord;
}

interface TypedReferral {
  to: string;
  /** '' until somebody says how urgent it is: nothing is routine because nobody looked */
  priority: '' | 'routine' | 'urgent' | 'asap';
  reason: string;
  reach: string;
  pathway: string;
  /** entries that are not to go along */
  left: readonly string[];
}

function Form({ citizen, session, own, destinations, record: { told, story } }: FormProps) {
  const offered = alongOf(story.resources);
  const { typed, wasKept, set, forget } = useDraft<TypedReferral>([citizen, 'refer'], () => ({ to: '', priority: '', reason: reasonIn(story.resources), reach: '', pathway: '', left: [] }));
  const { left, priority } = typed;
  const [yes, setYes] = useState(false);
  const [mistakes, setMistakes] = useState<Readonly<Record<string, string>>>({});
  const refer = useReferral(citizen);
  const { send, sent, isPending, error, stands, mayStand } = useSendOnce<Omit<Referring, 'number'>>([citizen, 'refer'], (said, number) => refer({ session, own, now: new Date() }, { ...said, number }));
  const to = destinations.find(({ key }) => key === typed.to);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = { ...(!to && { to: words.noTo }), ...(typed.reason.trim() === '' && { reason: words.noReason }), ...(priority === '' && { priority: words.noPriority }), ...(to?.needsYes && !yes && { yes: words.consent.notSure }) };
    setMistakes(found);
    if (!to || priority === '' || Object.keys(found).length > 0) return;
    const along = offered.map(({ reference }) => reference).filter((reference) => !left.includes(reference) && !to.needsYes);
    set(typed); // what it began with is sent as well: tried again, it says the same
    send({ citizen, to, priority, reason: typed.reason.trim(), reach: typed.reach.trim(), pathway: to.needsYes ? '' : typed.pathway, along }, forget);
  };
  if (destinations.length === 0) return <p>{words.noDestinations}</p>;
  if (sent) return <p className="os-asked" role="status">{words.sent(sent.to.name)}</p>;
  return (
    <div className="os-refer">
      <form className="os-form" noValidate onSubmit={submit} aria-label={words.titleFor}>
        <Mistakes prefix="refer" heading={words.errors} mistakes={mistakes} />
        {wasKept ? <p className="os-quiet">{words.kept}</p> : null}
        {error === null ? null : <Problem error={error} />}
        {mayStand ? <Notice kind="incomplete">{words.maySent}</Notice> : null}
        {stands ? <Notice kind="error">{words.sentBefore}</Notice> : null}
        <Select id="refer-to" label={words.to} value={typed.to} {...errorOf(mistakes['to'])} onChange={({ currentTarget }) => { set({ to: currentTarget.value }); setYes(false); }}>
          <Select.Option value="">{words.choose}</Select.Option>
          {destinations.map(({ key, label }) => <Select.Option value={key} key={key}>{label}</Select.Option>)}
        </Select>
        {to?.needsYes ? <Yes name={to.name} mistake={mistakes['yes']} onYes={setYes} /> : null}
        <Textarea id="refer-reason" label={words.reason} hint={words.reasonHint} rows={3} maxLength={2000} autoComplete="off" value={typed.reason} {...errorOf(mistakes['reason'])} onChange={({ currentTarget }) => { set({ reason: currentTarget.value }); }} />
        <Radios small inline legend={words.priority} legendProps={{ size: 's' }} name="refer-priority" {...errorOf(mistakes['priority'])} onChange={({ target }) => { set({ priority: (target as HTMLInputElement).value as TypedReferral['priority'] }); }}>
          {words.priorities.map(([value, label], at) => <Radios.Item id={at === 0 ? 'refer-priority' : `refer-${value}`} value={value} defaultChecked={value === priority} key={value}>{label}</Radios.Item>)}
        </Radios>
        {to?.needsYes ? null : <About offered={offered} left={left} onLeft={(unticked) => { set({ left: unticked }); }} pathway={typed.pathway} onPathway={(pathway) => { set({ pathway }); }} />}
        <TextInput id="refer-reach" label={words.reach} hint={words.reachHint} maxLength={200} autoComplete="off" value={typed.reach} onChange={({ currentTarget }) => { set({ reach: currentTarget.value }); }} />
        <Button type="submit" aria-disabled={isPending}>{isPending ? words.sending : words.send}</Button>
      </form>
      {told.data === undefined ? null : <WhatIsKnown known={knownOf(viewsOfStory(told.data, story, new Date()))} />}
    </div>
  );
}

/** What belongs to care and goes to those in the care team only. */
function About({ offered, left, onLeft, pathway, onPathway }: { offered: readonly AlongView[]; left: readonly string[]; onLeft: (left: readonly string[]) => void; pathway: string; onPathway: (code: string) => void }) {
  return (
    <>
      <Select id="refer-pathway" label={words.pathway} value={pathway} onChange={({ currentTarget }) => { onPathway(currentTarget.value); }}>
        <Select.Option value="">{words.noPathway}</Select.Option>
        {words.pathways.map(([code, label]) => <Select.Option value={code} key={code}>{label}</Select.Option>)}
      </Select>
      {offered.length === 0 ? null : <Ticks legend={words.along} hint={words.alongHint} options={offered.map(({ reference, label }) => [reference, label])} unticked={left} onUnticked={onLeft} />}
    </>
  );
}

function Yes({ name, mistake, onYes }: { name: string; mistake: string | undefined; onYes: (yes: boolean) => void }) {
  return (
    <fieldset className="os-yes" aria-describedby="refer-yes-says">
      <legend>{words.consent.heading}</legend>
      <p id="refer-yes-says">{words.consent.says(name)} {words.consent.recorded}</p>
      {mistake === undefined ? null : <p className="nhsuk-error-message">{mistake}</p>}
      <Sure id="refer-yes" label={words.consent.sure(name)} onSure={onYes} />
    </fieldset>
  );
}

function WhatIsKnown({ known }: { known: readonly { label: string; lines: readonly string[] }[] }) {
  return (
    <section className="os-known" aria-labelledby="known-heading">
      <h3 className="nhsuk-heading-s" id="known-heading">{words.known}</h3>
      <p>{known.length === 0 ? words.nothingKnown : words.knownSays}</p>
      <dl className="os-details">{known.map(({ label, lines }) => <div key={label}><dt>{label}</dt><dd><ul className="os-plain">{lines.map((line) => <li key={line}>{line}</li>)}</ul></dd></div>)}</dl>
    </section>
  );
}
