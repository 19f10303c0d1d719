import { useState } from 'react';
import type { SignedIn } from '../api/session.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Button, Radios, TextInput } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { useChange, useChangeButton } from '../ui/use-governance.ts';
import type { LinkPair } from './link-shapes.ts';

const words = strings.links;

/** What may be done with a pair as it stands: take it, decide it or give it back, or undo what was decided. */
export function LinkActs({ pair, session }: { pair: LinkPair; session: SignedIn }) {
  if (!mayAnswer(session)) return null;
  if (pair.outcome !== null) return <Undo reference={pair.reference} />;
  if (pair.state === 'settled') return null;
  if (pair.claim?.name === session.person.name) return <Mine pair={pair} />;
  return pair.state === 'claimed' ? null : <Take reference={pair.reference} />;
}

function Take({ reference }: { reference: string }) {
  const { mutate, isPending, isError, error } = useChangeButton(`link-reviews/${reference}/claim`);
  return (
    <>
      <p>{words.claimSay}</p>
      {isError ? <Problem error={error} /> : null}
      <Button type="button" aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.claiming : words.claim}</Button>
    </>
  );
}

function Mine({ pair }: { pair: LinkPair }) {
  const { mutate, isPending, isError, error } = useChangeButton(`link-reviews/${pair.reference}/release`);
  return (
    <>
      {pair.records.length < 2 ? null : <Decide pair={pair} />}
      {isError ? <Problem error={error} /> : null}
      <Button type="button" secondary aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.releasing : words.release}</Button>
    </>
  );
}

function Decide({ pair: { reference, seen } }: { pair: LinkPair }) {
  const [outcome, setOutcome] = useState('');
  const [reason, setReason] = useState('');
  const change = useChange<unknown>();
  const { decide } = words;
  return (
    <Ask open={decide.open} submit={decide.send} done={decide.done} missing={outcome === '' ? decide.noOutcome : reason.trim() === '' ? decide.noReason : undefined} onAsk={() => change(`link-reviews/${reference}/decide`, { outcome, reason: reason.trim(), seen })}>
      <Radios small legend={decide.outcome} legendProps={{ size: 's' }} name="link-outcome" onChange={({ target }) => { setOutcome((target as HTMLInputElement).value); }}>
        {decide.options.map(([value, label]) => <Radios.Item id={`link-${value}`} value={value} key={value}>{label}</Radios.Item>)}
      </Radios>
      <TextInput id="link-reason" label={decide.reason} hint={decide.reasonHint} autoComplete="off" maxLength={500} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
    </Ask>
  );
}

function Undo({ reference }: { reference: string }) {
  const [reason, setReason] = useState('');
  const change = useChange<unknown>();
  const { undo } = words;
  return (
    <Ask open={undo.open} submit={undo.send} done={undo.done} missing={reason.trim() === '' ? undo.noReason : undefined} onAsk={() => change(`link-reviews/${reference}/undo`, { reason: reason.trim() })}>
      <p>{undo.say}</p>
      <TextInput id="link-undo" label={undo.reason} autoComplete="off" maxLength={500} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
    </Ask>
  );
}
