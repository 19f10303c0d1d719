import { useState } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Bounded } from '../ui/bounded.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Table } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { Sure } from '../ui/sure.tsx';
import { useChange, useGovernance } from '../ui/use-governance.ts';
import type { ReplayReport } from './feed-shapes.ts';

const words = strings.feeds.replay;
/** as many places as the gateway tells */
const mostTold = 1_000;
const underWay = ['shadow', 'swapping', 'closing'];

/** What a changed mapping would change in all a feed ever sent, by place and never by value; and the answer to it. */
export function Replay({ feed, session }: { feed: string; session: SignedIn }) {
  const { data, error, isPending, isFetching, refetch } = useGovernance<ReplayReport>(`feeds/${feed}/replay`);
  if (isPending) return <Loading lines={3} />;
  if (error instanceof ApiProblem && error.status === 404) return <p>{words.ownOnly}</p>;
  if (!data) return <Problem error={error} onRetry={() => void refetch()} />;
  const { counts, differences, state } = data;
  return (
    <>
      <Standing report={data} />
      <p><strong>{words.counts(counts.resource, counts['new-problem'], counts['solved-problem'])}</strong></p>
      {underWay.includes(state) ? <p>{words.underWay} <button type="button" className="os-link-button" aria-disabled={isFetching} onClick={() => { void refetch(); }}>{words.look}</button></p> : differences.length === 0 ? <p>{words.none}</p> : <Bounded items={differences} limit={200}>{(shown) => <Differences differences={shown} />}</Bounded>}
      {differences.length === mostTold ? <p><strong>{words.more(mostTold)}</strong></p> : null}
      {state === 'ready' && mayAnswer(session) ? <Approve report={data} /> : null}
    </>
  );
}

function Standing({ report: { state, startedBy, startedAt, approvedBy, approvedAt, finishedAt, progress, added, erased, failures } }: { report: ReplayReport }) {
  const { facts } = words;
  const when = (at: string | null): string | null => (at === null ? null : formatDateTime(at));
  return (
    <Facts facts={[
      [facts.state, <strong key="state">{words.states[state] ?? state}</strong>], [facts.started, formatDateTime(startedAt)], [facts.startedBy, startedBy], [facts.approved, when(approvedAt)], [facts.approvedBy, approvedBy], [facts.finished, when(finishedAt)],
      [facts.added, added === null ? null : words.added(added.codes, added.tables)], [facts.staged, progress.recordsStaged.toLocaleString('en-GB')], [facts.rows, progress.rows.toLocaleString('en-GB')], [facts.erased, erased > 0 ? String(erased) : null], [facts.failures, failures > 0 ? String(failures) : null],
    ]} />
  );
}

function Differences({ differences }: { differences: readonly ReplayReport['differences'][number][] }) {
  const { columns } = words;
  return (
    <Table responsive caption={words.caption} captionProps={{ size: 's' }} className="os-changes-table">
      <Table.Head><Table.Row>{[columns.kind, columns.subject, columns.place, columns.count, columns.examples].map((text) => <Table.Cell key={text}>{text}</Table.Cell>)}</Table.Row></Table.Head>
      <Table.Body>
        {differences.map(({ kind, subject, place, count, examples }) => (
          <Table.Row key={`${kind} ${subject} ${place}`}>
            <Table.Cell>{words.kinds[kind] ?? kind}</Table.Cell><Table.Cell>{subject}</Table.Cell><Table.Cell>{place}</Table.Cell><Table.Cell>{count.toLocaleString('en-GB')}</Table.Cell><Table.Cell>{examples.map(({ record }) => record).join(', ')}</Table.Cell>
          </Table.Row>
        ))}
      </Table.Body>
    </Table>
  );
}

/** Whoever approves names the candidate they read about. */
function Approve({ report: { feed, candidate } }: { report: ReplayReport }) {
  const [sure, setSure] = useState(false);
  const change = useChange<unknown>();
  const { approve } = words;
  return (
    <Ask open={approve.open} submit={approve.send} done={approve.done} missing={sure ? undefined : approve.notSure} onAsk={() => change(`feeds/${feed}/replay/approve`, { candidate })}>
      <p>{approve.say}</p>
      <Sure id="replay-sure" label={approve.sure} onSure={setSure} />
    </Ask>
  );
}
