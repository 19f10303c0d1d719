import { Link } from 'react-router';
import { formatDatesIn } from '../format.ts';
import { strings } from '../strings.ts';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import type { FeedReport } from './feed-shapes.ts';
import { factsOf, hasSent, inOrder, stateOf } from './feed-view.ts';

const words = strings.feeds;

/** Every feed one may see, those that need somebody first. */
export function FeedList() {
  const { data, error, isPending, refetch } = useGovernance<{ feeds: FeedReport[] }>('feeds');
  const feeds = data && inOrder(data.feeds);
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      {isPending ? <Loading /> : null}
      {error === null ? null : <Problem error={error} onRetry={() => void refetch()} />}
      {feeds?.length === 0 ? <p>{words.none}</p> : null}
      {feeds === undefined || feeds.length === 0 ? null : <p><strong>{words.counts(feeds.filter(({ ailments }) => ailments.length > 0).length, feeds.filter(hasSent).length, feeds.length)}</strong></p>}
      <ul className="os-items">{(feeds ?? []).map((feed) => <One feed={feed} key={feed.feed} />)}</ul>
    </Page>
  );
}

function One({ feed }: { feed: FeedReport }) {
  return (
    <li className={feed.ailments.length === 0 ? 'os-item' : 'os-item os-item--look'}>
      <h2 className="os-item__title"><Link to={`/feeds/${feed.feed}`}>{feed.title}</Link> <span className="os-item__state">{stateOf(feed)}</span></h2>
      <Facts facts={factsOf(feed)} />
      {feed.ailments.map(({ code, sentence }) => <p className="os-ailment" key={code}><strong>{formatDatesIn(sentence)}</strong></p>)}
    </li>
  );
}
