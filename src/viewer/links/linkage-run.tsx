import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Button, Table } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { Problem } from '../ui/problem.tsx';
import { Sure } from '../ui/sure.tsx';
import { useChange, useChangeButton, useGovernance, useGovernancePages } from '../ui/use-governance.ts';
import type { LinkageChange, LinkageRun as Run } from './link-shapes.ts';

const words = strings.links.run;
const under = ['comparing', 'applying'];

/** What the linkage rule of now would do with past links, and the answer to it. */
export function LinkageRun({ session }: { session: SignedIn }) {
  const { data, error, isPending, isFetching, refetch } = useGovernance<Run>('linkage-run');
  const queries = useQueryClient();
  const none = error instanceof ApiProblem && error.code === 'linkage-run-none';
  const idle = none || (data !== undefined && (data.state === 'applied' || data.state === 'given-up'));
  return (
    <Page title={words.title}>
      <p className="os-back"><Link to="/links">{words.back}</Link></p>
      <p className="os-lead">{words.intro}</p>
      {isPending ? <Loading /> : null}
      {none ? <p>{words.none}</p> : error === null ? null : <Problem error={error} onRetry={() => void refetch()} />}
      {data === undefined || none ? null : <Standing run={data} />}
      {data !== undefined && under.includes(data.state) ? <Button type="button" secondary aria-disabled={isFetching} onClick={() => { void queries.invalidateQueries({ queryKey: ['governance'] }); }}>{words.look}</Button> : null}
      {data !== undefined && !none && data.state !== 'comparing' ? <Changes run={data} /> : null}
      {data?.state === 'compared' && mayAnswer(session) ? <Answer run={data} /> : null}
      {idle && mayAnswer(session) ? <Start /> : null}
    </Page>
  );
}

function Standing({ run: { state, rule, startedAt, startedBy, approvedBy, looked, link, unlink, applied, doubtful, outdated } }: { run: Run }) {
  const { facts } = words;
  const after = state === 'applying' || state === 'applied';
  return (
    <Facts facts={[
      [facts.state, <strong key="state">{words.states[state] ?? state}</strong>], [facts.rule, rule], [facts.started, formatDateTime(startedAt)], [facts.startedBy, startedBy], [facts.looked, looked.toLocaleString('en-GB')],
      [facts.link, link.toLocaleString('en-GB')], [facts.unlink, unlink.toLocaleString('en-GB')], [facts.approvedBy, approvedBy],
      ...(after ? [[facts.applied, applied.toLocaleString('en-GB')], [facts.doubtful, doubtful.toLocaleString('en-GB')], [facts.outdated, outdated.toLocaleString('en-GB')]] as const : []),
    ]} />
  );
}

/** Ids and weights only: whom they are about is told where a pair is looked at. */
function Changes({ run }: { run: Run }) {
  const query = useGovernancePages<{ changes: LinkageChange[]; next: string | null }>('linkage-run/changes');
  const { columns } = words;
  return (
    <Paged query={query} items={({ changes }) => changes} none={words.noChanges} more={words.more}>
      {(changes) => (
        <Table responsive caption={words.changes} captionProps={{ size: 'm' }} className="os-changes-table">
          <Table.Head><Table.Row>{[columns.kind, columns.record, columns.from, columns.to, columns.bits, ...(run.state === 'compared' ? [] : [columns.outcome])].map((text) => <Table.Cell key={text}>{text}</Table.Cell>)}</Table.Row></Table.Head>
          <Table.Body>
            {changes.map(({ id, kind, citizen, other, bits, outcome }) => (
              <Table.Row key={`${kind} ${id}`}>
                <Table.Cell>{words.kinds[kind] ?? kind}</Table.Cell><Table.Cell><code>{id}</code></Table.Cell><Table.Cell><code>{citizen}</code></Table.Cell>
                <Table.Cell>{other === null ? words.onItsOwn : <code>{other}</code>}</Table.Cell><Table.Cell>{bits === null ? words.byRule : bits.toFixed(1)}</Table.Cell>
                {run.state === 'compared' ? null : <Table.Cell>{outcome === null ? words.pending : (words.outcomes[outcome] ?? outcome)}</Table.Cell>}
              </Table.Row>
            ))}
          </Table.Body>
        </Table>
      )}
    </Paged>
  );
}

function Answer({ run: { id } }: { run: Run }) {
  const [sure, setSure] = useState(false);
  const change = useChange<unknown>();
  const { mutate, isPending, isError, error } = useChangeButton('linkage-run/give-up');
  const { approve } = words;
  return (
    <>
      <Ask open={approve.open} submit={approve.send} done={approve.done} missing={sure ? undefined : approve.notSure} onAsk={() => change('linkage-run/approve', { run: id })}>
        <p>{approve.say}</p>
        <Sure id="run-sure" label={approve.sure} onSure={setSure} />
      </Ask>
      {isError ? <Problem error={error} /> : null}
      <Button type="button" secondary aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.givingUp : words.giveUp}</Button>
    </>
  );
}

function Start() {
  const { mutate, isPending, isError, error } = useChangeButton('linkage-run/start');
  return (
    <>
      {isError ? <Problem error={error} /> : null}
      <Button type="button" aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.starting : words.start}</Button>
    </>
  );
}
