import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SignedIn } from '../api/session.ts';
import { formatDate, formatDatesIn } from '../format.ts';
import { hasScope } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Problem } from '../ui/problem.tsx';
import { Sure } from '../ui/sure.tsx';
import { TextInput } from '../ui/nhs.ts';
import { useChange, useGovernance } from '../ui/use-governance.ts';
import type { AgreementView } from './agreement-view.ts';
import type { RegisterEntry } from './register-shapes.ts';

const words = strings.agreements.acts;

/** What has to happen before this version shares anything, and what the reader may do about it: sign for their own organisation, and as governance put it in force or end it. */
export function AgreementActs({ agreement, session }: { agreement: AgreementView; session: SignedIn }) {
  const { identifier, version } = agreement;
  const { data, error, refetch } = useGovernance<RegisterEntry>(`agreements/${encodeURIComponent(identifier)}/${encodeURIComponent(version)}`);
  if (error !== null) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  const own = data.parties.find(({ organisation }) => organisation === session.organisation);
  const mayChange = hasScope(session, 'Contract', 'u');
  const over = data.terminatedAt !== null || data.state === 'lapsed' || data.state === 'terminated';
  return (
    <>
      <p>{words.next} {formatDatesIn(data.next)}</p>
      {own?.signedAt ? <p role="status">{words.signed(own.name, formatDate(own.signedAt))}</p> : null}
      {mayChange && !over && own?.signedAt === null ? <Sign entry={data} party={own} signatory={session.person.name} /> : null}
      {mayChange && !over && session.role === 'governance' ? <Standing entry={data} /> : null}
    </>
  );
}

/** The register as it now is, in every form the screen reads it in. */
function useRegisterChange(entry: RegisterEntry) {
  const change = useChange<unknown>();
  const queries = useQueryClient();
  return async (what: 'sign' | 'activate' | 'terminate', fields: Readonly<Record<string, string>> = {}): Promise<void> => {
    await change(`agreements/${encodeURIComponent(entry.id)}/${encodeURIComponent(entry.version)}/${what}`, fields);
    await queries.invalidateQueries({ queryKey: ['register'] });
  };
}

function Sign({ entry, party, signatory }: { entry: RegisterEntry; party: RegisterEntry['parties'][number]; signatory: string }) {
  const [name, setName] = useState(signatory);
  const [sure, setSure] = useState(false);
  const change = useRegisterChange(entry);
  const { sign } = words;
  return (
    <Ask open={sign.open(party.name)} submit={sign.send} done={sign.done} missing={name.trim() === '' ? sign.noName : sure ? undefined : sign.notSure} onAsk={() => change('sign', { party: party.organisation, signatory: name.trim(), sha256: entry.sha256 })}>
      <p>{sign.say(party.signatoryRole)}</p>
      <p><code className="os-hash">{entry.sha256}</code></p>
      <TextInput id="sign-name" label={sign.name} autoComplete="off" maxLength={200} value={name} onChange={({ currentTarget }) => { setName(currentTarget.value); }} />
      <Sure id="sign-sure" label={sign.sure(party.name)} onSure={setSure} />
    </Ask>
  );
}

/** Puts a signed version in force, or ends one that is. Both are final. */
function Standing({ entry }: { entry: RegisterEntry }) {
  const [sure, setSure] = useState(false);
  const change = useRegisterChange(entry);
  const what = entry.activatedAt === null ? 'activate' : 'terminate';
  const says = words[what];
  return (
    <Ask open={says.open} submit={says.send} done={says.done} missing={sure ? undefined : says.notSure} onAsk={() => change(what)}>
      <p>{says.say}</p>
      <Sure id={`${what}-sure`} label={says.sure} onSure={setSure} />
    </Ask>
  );
}
