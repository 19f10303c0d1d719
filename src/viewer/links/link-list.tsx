import { useState } from 'react';
import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { Either } from '../ui/either.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { useGovernancePages } from '../ui/use-governance.ts';
import type { LinkReview } from './link-shapes.ts';

const words = strings.links;

/** Pairs of records that may be about one person, the one that waits longest first. */
export function LinkList({ session }: { session: SignedIn }) {
  const [state, setState] = useState<'open' | 'settled'>('open');
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      {session.role === 'governance' ? <p><Link to="/links/anew">{words.run.link}</Link></p> : null}
      <Either label={words.which} options={[['open', words.waiting], ['settled', words.settled]]} chosen={state} onChoose={setState} />
      <Pairs state={state} key={state} />
    </Page>
  );
}

function Pairs({ state }: { state: 'open' | 'settled' }) {
  const query = useGovernancePages<{ linkReviews: LinkReview[]; next: string | null }>(`link-reviews?state=${state}`);
  return (
    <Paged query={query} items={({ linkReviews }) => linkReviews} none={words.none[state]} more={words.older}>
      {(pairs) => <ul className="os-items">{pairs.map((pair) => <Pair pair={pair} key={pair.reference} />)}</ul>}
    </Paged>
  );
}

function Pair({ pair: { reference, foundAt, foundBy, bits, state, claim, outcome, decidedAt } }: { pair: LinkReview }) {
  return (
    <li className="os-item">
      <h2 className="os-item__title"><Link to={`/links/${reference}`}>{words.pair(reference)}</Link> <span className="os-item__state">{outcome === null ? words.states[state] : words.outcomes[outcome]}</span></h2>
      <Facts facts={[[words.foundAt, formatDateTime(foundAt)], [words.foundBy, foundBy], [words.bits, words.alike(bits)]]} />
      {claim === null ? null : <p className="os-origin">{words.takenBy(claim.name, formatDateTime(claim.until))}</p>}
      {decidedAt === null || outcome === null ? null : <p className="os-origin">{words.decided(words.outcomes[outcome] ?? outcome, formatDateTime(decidedAt))}</p>}
    </li>
  );
}
