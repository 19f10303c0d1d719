import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Feed } from '../../intake/types.ts';

/** A feed of the requester's own organisation; another's and none at all meet the same refusal. */
export function ownFeed(feeds: readonly Feed[], { organisation }: Requester, key: string): Feed {
  const feed = feeds.find((each) => each.key === key && each.partner.organisation === organisation);
  if (!feed) throw new Refusal(feedUnknown);
  return feed;
}

const feedUnknown: Problem = {
  category: 'not-found', code: 'feed-unknown', text: 'Your organisation has no such feed.', expected: 'the key of one of your own feeds', fix: 'See GET /governance/feeds for them.',
};
