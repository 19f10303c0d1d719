import { useState } from 'react';
import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Radios, TextInput } from '../ui/nhs.ts';
import { useChange } from '../ui/use-governance.ts';

const { put, title } = strings.cases.watched;

/** Puts the person in front of one on the list of one's own organisation. */
export function WatchPerson({ citizen, session }: { citizen: string; session: SignedIn }) {
  const [kind, setKind] = useState('');
  const [person, setPerson] = useState('');
  const [reason, setReason] = useState('');
  const change = useChange<unknown>();
  if (!mayAnswer(session)) return null;
  const who = kind === 'staff' ? person.trim() : '';
  const missing = kind === '' ? put.noKind : kind === 'staff' && who === '' ? put.noPerson : reason.trim() === '' ? put.noReason : undefined;
  return (
    <section className="os-section" aria-labelledby="watch-heading" data-watch>
      <h2 className="nhsuk-heading-m" id="watch-heading">{title}</h2>
      <Ask open={put.open} submit={put.send} done={put.done} missing={missing} onAsk={() => change('watched-citizens', { patient: citizen, kind, person: who, reason: reason.trim() })}>
        <Radios small legend={put.kind} legendProps={{ size: 's' }} name="watch-kind" onChange={({ target }) => { setKind((target as HTMLInputElement).value); }}>
          {put.options.map(([value, label, hint]) => <Radios.Item id={`watch-${value}`} value={value} hint={hint} key={value}>{label}</Radios.Item>)}
        </Radios>
        {kind === 'staff' ? <TextInput id="watch-person" label={put.person} hint={put.personHint} autoComplete="off" maxLength={200} value={person} onChange={({ currentTarget }) => { setPerson(currentTarget.value); }} /> : null}
        <TextInput id="watch-reason" label={put.reason} hint={put.reasonHint} autoComplete="off" maxLength={500} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
      </Ask>
      <p><Link to="/cases/watched">{title}</Link></p>
    </section>
  );
}
