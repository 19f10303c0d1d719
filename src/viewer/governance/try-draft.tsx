import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, Navigate } from 'react-router';
import { proposeAgreement, readGovernance } from '../api/governance.ts';
import type { SignedIn } from '../api/session.ts';
import { hasScope } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { errorOf } from '../ui/mistakes.tsx';
import { Select, Textarea } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Sure } from '../ui/sure.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import type { RegisterEntry } from './register-shapes.ts';
import { TextProblem, Trial } from './trial.tsx';

const words = strings.agreements.whatIf.pasted;

/** The text of an agreement that is in nobody's register: tried on past looks, and registered when it is ready. */
export function TryDraft({ session }: { session: SignedIn }) {
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const textOf = (): Promise<string | null> => {
    setMissing(text.trim() === '');
    return Promise.resolve(text.trim() === '' ? null : text);
  };
  if (session.role !== 'governance') return <Navigate to="/agreements" replace />;
  return (
    <Page title={words.title}>
      <p><Link to="/agreements">{words.back}</Link></p>
      <p className="os-lead">{words.intro}</p>
      <Beginning onText={setText} />
      <Textarea id="draft-text" label={words.text} hint={words.textHint} rows={16} spellCheck={false} autoComplete="off" className="os-code-box" value={text} {...errorOf(missing ? words.noText : undefined)} onChange={({ currentTarget }) => { setText(currentTarget.value); }} />
      <h2 className="nhsuk-heading-m">{words.heading}</h2>
      <p>{strings.agreements.whatIf.intro}</p>
      <Trial textOf={textOf} />
      {hasScope(session, 'Contract', 'u') ? <Register text={text} /> : null}
    </Page>
  );
}

/** A version that is registered, as what one begins with. */
function Beginning({ onText }: { onText: (text: string) => void }) {
  const [error, setError] = useState<unknown>(null);
  const entries = useGovernance<{ agreements: RegisterEntry[] }>('agreements').data?.agreements ?? [];
  const take = async (name: string): Promise<void> => {
    try {
      setError(null);
      onText(name === '' ? '' : ((await readGovernance<RegisterEntry>(`agreements/${name}`)).content ?? ''));
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <>
      {error === null ? null : <TextProblem error={error} />}
      <Select id="draft-from" label={words.start} onChange={({ currentTarget }) => void take(currentTarget.value)}>
        <Select.Option value="">{words.blank}</Select.Option>
        {entries.map(({ id, version, title }) => <Select.Option value={`${encodeURIComponent(id)}/${encodeURIComponent(version)}`} key={`${id} ${version}`}>{`${title}, ${version}`}</Select.Option>)}
      </Select>
    </>
  );
}

function Register({ text }: { text: string }) {
  const [sure, setSure] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();
  const { register } = words;
  const propose = async (): Promise<void> => {
    setError(null);
    await proposeAgreement(text).catch((problem: unknown) => { setError(problem); throw problem; });
    await Promise.all([queries.invalidateQueries({ queryKey: ['register'] }), queries.invalidateQueries({ queryKey: ['governance'] })]);
  };
  return (
    <>
      {error === null ? null : <TextProblem error={error} />}
      <Ask open={register.open} submit={register.send} done={register.done} missing={text.trim() === '' ? words.noText : sure ? undefined : register.notSure} onAsk={propose}>
        <p>{register.say}</p>
        <Sure id="register-sure" label={register.sure} onSure={setSure} />
      </Ask>
    </>
  );
}
