import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { mayAnswer } from '../home.tsx';
import { strings } from '../strings.ts';
import { Ask } from '../ui/ask.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { useChange, useGovernancePages } from '../ui/use-governance.ts';
import type { WatchedPerson } from './case-shapes.ts';

const words = strings.cases.watched;

/** The list of one's own organisation: whose records are looked at out of curiosity, and who works here. Nobody is named on it. */
export function Watched({ session }: { session: SignedIn }) {
  const query = useGovernancePages<{ watched: WatchedPerson[]; next: string | null }>('watched-citizens');
  return (
    <Page title={words.title}>
      <p className="os-back"><Link to="/cases">{words.back}</Link></p>
      <p className="os-lead">{words.intro}</p>
      <p>{words.add} <Link to="/find">{words.find}</Link></p>
      <Paged query={query} items={({ watched }) => watched} none={words.none} more={words.more}>
        {(people) => <ul className="os-items">{people.map((each) => <One watched={each} mayEnd={mayAnswer(session)} key={each.id} />)}</ul>}
      </Paged>
    </Page>
  );
}

function One({ watched: { id, citizen, kind, person, reason, forAll, decidedName, decidedAt, ended }, mayEnd }: { watched: WatchedPerson; mayEnd: boolean }) {
  const change = useChange<unknown>();
  const { facts, end } = words;
  const since = formatDateTime(decidedAt);
  return (
    <li className="os-item">
      <h2 className="os-item__title">{words.kinds[kind]} <span className="os-item__state">{ended ? words.off : words.on}</span></h2>
      <Facts facts={[
        [facts.reason, reason], [facts.person, person], [facts.since, since], [facts.by, decidedName], [facts.ended, ended === null ? null : `${formatDateTime(ended.at)}, ${ended.name}`],
      ]} />
      {forAll ? <p className="os-quiet">{words.forAll}</p> : null}
      <p className="os-item__do"><Link to={`/person/${citizen}`}>{words.who}<span className="nhsuk-u-visually-hidden">, {since}</span></Link></p>
      {ended === null && mayEnd ? <Ask open={end.open} about={since} submit={end.send} done={end.done} missing={undefined} onAsk={() => change(`watched-citizens/${id}/end`)}><p>{end.say}</p></Ask> : null}
    </li>
  );
}
