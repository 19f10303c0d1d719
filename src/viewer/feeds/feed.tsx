import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDatesIn } from '../format.ts';
import { strings } from '../strings.ts';
import { Bars } from '../ui/bars.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import type { FeedReport } from './feed-shapes.ts';
import { factsOf, hasSent, stateOf, volumeOf } from './feed-view.ts';
import { Ledger } from './ledger.tsx';
import { Replay } from './replay.tsx';

const words = strings.feeds;

/** One feed: how it is, what to do about it, and a changed mapping that waits for an answer. */
export function Feed({ session }: { session: SignedIn }) {
  const { key = '' } = useParams();
  const { data, error, isPending, refetch } = useGovernance<FeedReport>(`feeds/${encodeURIComponent(key)}`);
  return (
    <Page title={data?.title ?? words.title}>
      <p className="os-back"><Link to="/feeds">{words.back}</Link></p>
      {isPending ? <Loading /> : null}
      {error === null ? null : error instanceof ApiProblem && error.status === 404 ? <p>{error.text}</p> : <Problem error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : <Known feed={data} session={session} />}
    </Page>
  );
}

function Known({ feed, session }: { feed: FeedReport; session: SignedIn }) {
  const { facts } = words;
  return (
    <>
      <Facts facts={[[facts.state, stateOf(feed)], ...factsOf(feed)]} />
      <h2 className="nhsuk-heading-m">{words.problems}</h2>
      {feed.ailments.length === 0 ? <p>{hasSent(feed) ? words.well : words.neverSays}</p> : (
        <ul className="os-items">{feed.ailments.map(({ code, sentence, fix }) => <li className="os-item os-fact" key={code}><strong>{formatDatesIn(sentence)}</strong><p className="os-origin">{words.toMend}: {formatDatesIn(fix)}</p></li>)}</ul>
      )}
      {(feed.volume ?? []).length < 2 ? null : <Bars caption={words.volume.caption(feed.freshness.usualRows)} columns={words.volume.columns} bars={volumeOf(feed)} {...(feed.freshness.usualRows !== null && { usual: feed.freshness.usualRows })} />}
      <h2 className="nhsuk-heading-m">{words.ledger.heading}</h2>
      <Ledger feed={feed.feed} />
      <h2 className="nhsuk-heading-m">{words.replay.heading}</h2>
      <Facts facts={[[facts.mapping, <code className="os-hash" key="live">{feed.mapping.live.slice(0, 12)}</code>], [facts.candidate, feed.mapping.candidate === null ? words.noCandidate : <code key="candidate">{feed.mapping.candidate.slice(0, 12)}</code>]]} />
      {feed.replay === null ? null : <Replay feed={feed.feed} session={session} />}
    </>
  );
}
