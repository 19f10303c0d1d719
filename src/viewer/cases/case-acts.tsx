import { useState } from 'react';
import type { SignedIn } from '../api/session.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Button, Radios, TextInput } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { useChange, useChangeButton } from '../ui/use-governance.ts';
import type { CaseDetails } from './case-shapes.ts';

const words = strings.cases;

/** What may be done with a case as it stands, on the reader's side of it. */
export function CaseActs({ of: { reference, state, side, about, takenBy, outcome }, session }: { of: CaseDetails; session: SignedIn }) {
  if (!mayAnswer(session)) return null;
  const answers = state === 'asked' && about.organisation === session.organisation;
  const keeps = side === 'keeper';
  const open = state !== 'closed';
  return (
    <>
      {answers ? <Say reference={reference} act="answer" field="answer" /> : null}
      {keeps && open && takenBy !== session.person.name ? <Take reference={reference} /> : null}
      {keeps && (state === 'new' || state === 'answered') ? <Say reference={reference} act="ask" field="question" /> : null}
      {keeps ? <Say reference={reference} act="note" field="note" /> : null}
      {keeps && open ? <Close reference={reference} proposed={outcome} /> : null}
      {keeps && (!open || state === 'proposed') ? <Say reference={reference} act="reopen" field="reason" /> : null}
    </>
  );
}

function Take({ reference }: { reference: string }) {
  const { mutate, isPending, isError, error } = useChangeButton(`cases/${reference}/take`);
  return (
    <>
      {isError ? <Problem error={error} /> : null}
      <p className="os-asks"><Button type="button" small secondary aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.taking : words.take}</Button></p>
    </>
  );
}

function Say({ reference, act, field }: { reference: string; act: 'ask' | 'answer' | 'note' | 'reopen'; field: string }) {
  const [text, setText] = useState('');
  const change = useChange<unknown>();
  const { open, send, done, text: label, hint, missing } = words[act];
  return (
    <Ask open={open} submit={send} done={done} missing={text.trim() === '' ? missing : undefined} onAsk={() => change(`cases/${reference}/${act}`, { [field]: text.trim() }).then(() => { setText(''); })}>
      <TextInput id={`case-${act}`} label={label} hint={hint} autoComplete="off" maxLength={500} value={text} onChange={({ currentTarget }) => { setText(currentTarget.value); }} />
    </Ask>
  );
}

/** Of what was proposed a second person chooses nothing else. */
function Close({ reference, proposed }: { reference: string; proposed: string | null }) {
  const [outcome, setOutcome] = useState('');
  const [reason, setReason] = useState('');
  const change = useChange<unknown>();
  const { close } = words;
  return (
    <Ask open={close.open} submit={close.send} done={close.done} missing={outcome === '' ? close.noOutcome : reason.trim() === '' ? close.missing : undefined} onAsk={() => change(`cases/${reference}/close`, { outcome, reason: reason.trim() })}>
      <Radios small legend={close.outcome} legendProps={{ size: 's' }} name="case-outcome" onChange={({ target }) => { setOutcome((target as HTMLInputElement).value); }}>
        {close.options.filter(([value]) => proposed === null || proposed === value).map(([value, label]) => <Radios.Item id={`case-${value}`} value={value} key={value}>{label}</Radios.Item>)}
      </Radios>
      <TextInput id="case-close" label={close.text} hint={close.hint} autoComplete="off" maxLength={500} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
    </Ask>
  );
}
