import { useState } from 'react';
import { Link } from 'react-router';
import { formatDateTime, lowerFirst } from '../format.ts';
import { strings } from '../strings.ts';
import { Either } from '../ui/either.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { useGovernancePages } from '../ui/use-governance.ts';
import type { EmergencyAccess } from './emergency-shapes.ts';

const words = strings.emergency;

/** Emergency access that waits for a review, the one that waits longest first. */
export function EmergencyList() {
  const [state, setState] = useState<'open' | 'reviewed'>('open');
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <Either label={words.which} options={[['open', words.waiting], ['reviewed', words.reviewed]]} chosen={state} onChoose={setState} />
      <Accesses state={state} key={state} />
    </Page>
  );
}

function Accesses({ state }: { state: 'open' | 'reviewed' }) {
  const query = useGovernancePages<{ emergencyAccesses: EmergencyAccess[]; next: string | null }>(`emergency-accesses?state=${state}`);
  return (
    <Paged query={query} items={({ emergencyAccesses }) => emergencyAccesses} none={words.none[state]} more={words.more}>
      {(accesses) => (
        <ul className="os-items">
          {accesses.map((access) => (
            <li className={access.live ? 'os-item os-item--look' : 'os-item'} key={access.reference}>
              <h2 className="os-item__title"><Link to={`/emergency/${access.reference}`}>{access.reference}</Link> <span className="os-item__state">{access.live ? words.live : words.over}</span></h2>
              <AccessFacts access={access} />
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
}

export function AccessFacts({ access: { openedBy: { name, role, organisationName, organisation }, openedAt, until, live, reason, daysOpen } }: { access: EmergencyAccess }) {
  const { facts } = words;
  return (
    <Facts facts={[
      [facts.openedBy, words.opened(name, lowerFirst(strings.roles[role] ?? role), organisationName ?? organisation)], [facts.openedAt, formatDateTime(openedAt)], [facts.until, live ? formatDateTime(until) : null],
      [facts.reason, words.reasons[reason] ?? reason], [facts.waits, daysOpen === null ? null : words.days(daysOpen)],
    ]} />
  );
}
