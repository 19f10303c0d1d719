import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { exportLog, makeCheckpoint, proofOfGrowth, readLog } from '../api/audit-log.ts';
import type { SignedIn } from '../api/session.ts';
import { saveBlob, saveFile } from '../governance/save-file.ts';
import { strings } from '../strings.ts';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { errorOf } from '../ui/mistakes.tsx';
import { Button, Textarea } from '../ui/nhs.ts';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { beginsWith, bytesOf, readCheckpoint, type Checkpoint } from './verify-growth.ts';

const words = strings.logProof;
const key = ['audit-log', 'checkpoint'];

/** What the log says of itself, and the way to hold it to that. */
export function LogProof({ session }: { session: SignedIn }) {
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <Newest />
      <Verify />
      {session.role === 'governance' ? <Whole /> : null}
    </Page>
  );
}

function Newest() {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({ queryKey: key, retry: false, queryFn: ({ signal }) => readLog('checkpoint', signal) });
  const making = useMutation({ gcTime: 0, mutationFn: makeCheckpoint, onSuccess: (text) => { queries.setQueryData(key, text); } });
  const keys = useMutation({ gcTime: 0, mutationFn: () => readLog('keys'), onSuccess: (text) => { saveFile('audit-keys.txt', 'text/plain;charset=utf-8', text); } });
  const checkpoint = data === undefined ? undefined : readCheckpoint(data);
  return (
    <section className="os-section" aria-labelledby="newest-heading" data-checkpoint>
      <h2 className="nhsuk-heading-m" id="newest-heading">{words.last}</h2>
      {isPending ? <Loading lines={3} /> : null}
      {error === null ? null : <Problem error={error} onRetry={() => void refetch()} />}
      {making.isError ? <Problem error={making.error} /> : null}
      {keys.isError ? <Problem error={keys.error} /> : null}
      {checkpoint ? <About checkpoint={checkpoint} root={data?.split('\n')[2] ?? ''} /> : isPending ? null : <p>{words.none}</p>}
      <p role="status">{making.isSuccess ? words.made : ''}</p>
      <p className="os-doing">
        <Button type="button" small aria-disabled={making.isPending} onClick={() => { if (!making.isPending) making.mutate(); }}>{making.isPending ? words.making : words.make}</Button>
        {data === undefined || !checkpoint ? null : <Button type="button" small secondary onClick={() => { saveFile(`checkpoint-${checkpoint.size}.txt`, 'text/plain;charset=utf-8', data); }}>{words.saveCheckpoint}</Button>}
        <Button type="button" small secondary onClick={() => { keys.mutate(); }}>{words.saveKeys}</Button>
      </p>
      <p>{words.keep}</p>
    </section>
  );
}

function About({ checkpoint: { origin, size, signers }, root }: { checkpoint: Checkpoint; root: string }) {
  const { facts } = words;
  return <Facts facts={[[facts.log, origin], [facts.entries, size.toLocaleString('en-GB')], [facts.root, <code className="os-hash" key="root">{root}</code>], [facts.signed, [...new Set(signers)].join(', ')]]} />;
}

/** A checkpoint somebody kept against the log of now, by arithmetic in the browser. */
function Verify() {
  const [text, setText] = useState('');
  const [malformed, setMalformed] = useState(false);
  const verifying = useMutation({ gcTime: 0, mutationFn: verify });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const then = readCheckpoint(text);
    setMalformed(!then);
    verifying.reset();
    if (then && !verifying.isPending) verifying.mutate(then);
  };
  const { verify: says } = words;
  return (
    <section className="os-section" aria-labelledby="verify-heading">
      <h2 className="nhsuk-heading-m" id="verify-heading">{says.heading}</h2>
      <p className="os-lead">{says.says}</p>
      <form className="os-form" noValidate onSubmit={submit} aria-label={says.heading}>
        <Textarea id="verify-checkpoint" label={says.label} hint={says.hint} rows={6} spellCheck={false} autoComplete="off" value={text} {...errorOf(malformed ? says.malformed : undefined)} onChange={({ currentTarget }) => { setText(currentTarget.value); }} />
        <Button type="submit" small aria-disabled={verifying.isPending}>{verifying.isPending ? says.verifying : says.button}</Button>
      </form>
      {verifying.isError ? <Problem error={verifying.error} /> : null}
      <div role="status">{verifying.data === undefined ? null : verifying.data.holds ? <p className="os-asked">{verifying.data.text}</p> : <Notice kind="error">{verifying.data.text}</Notice>}</div>
    </section>
  );
}

async function verify(then: Checkpoint): Promise<{ holds: boolean; text: string }> {
  const { verify: says } = words;
  const { checkpoint, path } = await proofOfGrowth(then.size);
  const now = readCheckpoint(checkpoint);
  if (now && now.origin !== then.origin) return { holds: false, text: says.otherLog(then.origin, now.origin) };
  const holds = now !== undefined && (await beginsWith(then, now, path.map(bytesOf)));
  return { holds, text: holds ? says.holds(then.size.toLocaleString('en-GB'), now.size.toLocaleString('en-GB')) : says.broken };
}

function Whole() {
  const saving = useMutation({ gcTime: 0, mutationFn: exportLog, onSuccess: (blob) => { saveBlob('audit.ndjson', blob); } });
  return (
    <section className="os-section" aria-labelledby="whole-heading">
      <h2 className="nhsuk-heading-m" id="whole-heading">{words.whole.heading}</h2>
      <p className="os-lead">{words.whole.says}</p>
      {saving.isError ? <Problem error={saving.error} /> : null}
      <Button type="button" small secondary aria-disabled={saving.isPending} onClick={() => { if (!saving.isPending) saving.mutate(); }}>{saving.isPending ? words.whole.saving : words.whole.save}</Button>
    </section>
  );
}
