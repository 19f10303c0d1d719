import type { Consent } from '@medplum/fhirtypes';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { create, matchesOf, search, update } from '../api/fhir.ts';
import type { SignedIn } from '../api/session.ts';
import { hasScope } from '../home.tsx';
import { useOrganisationNames } from '../governance/use-registers.ts';
import { describeResource } from '../person/entry/describe-resource.ts';
import { EntryDetails } from '../person/entry/entry-details.tsx';
import { dayFrom, londonToday } from '../read-day.ts';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Radios, TextInput } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { Sure } from '../ui/sure.tsx';
import { choicesOf, consentFor, type ChoiceView } from './choices-view.ts';

const words = strings.choices;

/** What a person decided about sharing, and recording what they decided now. */
export function Choices({ citizen, session }: { citizen: string; session: SignedIn }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keyOf(citizen), retry: false, queryFn: async ({ signal }) => matchesOf(await search<Consent>('Consent', [['patient', `Patient/${citizen}`], ['_count', '200']], signal)),
  });
  const names = useOrganisationNames();
  const choices = data && choicesOf(data, session.organisation, names);
  return (
    <section className="os-section" aria-labelledby="choices-heading" data-choices>
      <h2 className="nhsuk-heading-m" id="choices-heading">{words.heading}</h2>
      <p>{words.intro}</p>
      {isPending ? <Loading lines={3} /> : null}
      {error === null ? null : <Problem error={error} onRetry={() => void refetch()} />}
      {choices?.length === 0 ? <p>{words.none}</p> : null}
      <ul className="os-items">{(choices ?? []).map((choice) => <One choice={choice} citizen={citizen} session={session} key={choice.id} />)}</ul>
      {hasScope(session, 'Consent', 'c') ? <RecordChoice citizen={citizen} /> : null}
    </section>
  );
}

function keyOf(citizen: string): readonly string[] {
  return ['choices', citizen];
}

function One({ choice: { kind, state, counts, decided, recorded, by, exceptions, consent, own }, citizen, session }: { choice: ChoiceView; citizen: string; session: SignedIn }) {
  const { facts } = words;
  return (
    <li className="os-item">
      <h3 className="os-item__title">{kind} <span className="os-item__state">{state}</span></h3>
      <Facts facts={[[facts.decided, decided], [facts.by, by], [facts.recorded, recorded], [facts.exceptions, exceptions === 0 ? null : String(exceptions)]]} />
      <details className="os-fold"><summary>{words.whole}</summary><EntryDetails details={describeResource(consent)} citizen={citizen} /></details>
      {counts && own && hasScope(session, 'Consent', 'u') ? <End consent={consent} citizen={citizen} about={kind} /> : null}
    </li>
  );
}

function End({ consent, citizen, about }: { consent: Consent; citizen: string; about: string }) {
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const end = async (): Promise<void> => {
    await update({ ...consent, status: 'inactive' });
    await queries.invalidateQueries({ queryKey: keyOf(citizen) });
  };
  return (
    <Ask open={words.end.open} about={about} submit={words.end.send} done={words.end.done} missing={sure ? undefined : words.end.notSure} onAsk={end}>
      <p>{words.end.say}</p>
      <Sure id={`end-${consent.id ?? ''}`} label={words.end.sure} onSure={setSure} />
    </Ask>
  );
}

/** What the person in front of one decided now, recorded under the reader's organisation. */
export function RecordChoice({ citizen }: { citizen: string }) {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Parameters<typeof consentFor>[1]>();
  const [decided, setDecided] = useState('');
  const day = dayFrom(decided);
  const send = async (): Promise<void> => {
    if (kind !== undefined && day !== undefined) await create(consentFor(citizen, kind, day));
    await queries.invalidateQueries({ queryKey: keyOf(citizen) });
  };
  const { record } = words;
  return (
    <Ask open={record.open} submit={record.send} done={record.done} missing={kind === undefined ? record.noWhat : day === undefined || day > londonToday(new Date()) ? record.noDate : undefined} onAsk={send}>
      <Radios small legend={record.what} legendProps={{ size: 's' }} name="choice-kind" onChange={({ target }) => { setKind((target as HTMLInputElement).value as typeof kind); }}>
        {record.options.map(([value, label, hint]) => <Radios.Item id={`choice-${value}`} value={value} hint={hint} key={value}>{label}</Radios.Item>)}
      </Radios>
      <TextInput id="choice-decided" label={record.decided} hint={record.decidedHint} width="10" autoComplete="off" value={decided} onChange={({ currentTarget }) => { setDecided(currentTarget.value); }} />
    </Ask>
  );
}
