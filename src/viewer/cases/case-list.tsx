import { useState } from 'react';
import { Link } from 'react-router';
import { formatDate, formatDateTime, lowerFirst } from '../format.ts';
import { strings } from '../strings.ts';
import { Either } from '../ui/either.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { useGovernancePages } from '../ui/use-governance.ts';
import type { CaseEntry } from './case-shapes.ts';

const words = strings.cases;

/** Cases put to the reader's organisation, or that it is asked about, the newest first. */
export function CaseList() {
  const [state, setState] = useState<'open' | 'closed'>('open');
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <p><Link to="/cases/watched">{words.watched.title}</Link></p>
      <Either label={words.which} options={[['open', words.open], ['closed', words.closed]]} chosen={state} onChoose={setState} />
      <Cases state={state} key={state} />
    </Page>
  );
}

function Cases({ state }: { state: 'open' | 'closed' }) {
  const query = useGovernancePages<{ cases: CaseEntry[]; next: string | null }>(`cases?state=${state}`);
  return (
    <Paged query={query} items={({ cases }) => cases} none={words.none[state]} more={words.more}>
      {(cases) => (
        <ul className="os-items">
          {cases.map((each) => (
            <li className={each.overdue ? 'os-item os-item--look' : 'os-item'} key={each.reference}>
              <h2 className="os-item__title"><Link to={`/cases/${each.reference}`}>{each.reference}</Link> <span className="os-item__state">{each.side === 'asked' && each.state === 'asked' ? words.toAnswer : (words.states[each.state] ?? each.state)}</span></h2>
              <CaseFacts of={each} />
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
}

export function CaseFacts({ of: { about, signals, side, keeper, keeperName, openedAt, lastOddAt, due, overdue, takenBy, outcome } }: { of: CaseEntry }) {
  const { facts } = words;
  return (
    <Facts facts={[
      [facts.about, words.about(about.name, lowerFirst(strings.roles[about.role] ?? about.role), about.organisationName ?? about.organisation)],
      [facts.odd, signals.map((signal) => words.signals[signal] ?? signal).join(', ')], [side === 'keeper' ? facts.keeper : facts.askedBy, keeperName ?? keeper],
      [facts.openedAt, formatDateTime(openedAt)], [facts.lastOddAt, formatDateTime(lastOddAt)], [facts.due, due === null ? null : overdue ? words.overdue(formatDate(due)) : formatDate(due)],
      [facts.takenBy, takenBy], [facts.outcome, outcome === null ? null : (words.outcomes[outcome] ?? outcome)],
    ]} />
  );
}
