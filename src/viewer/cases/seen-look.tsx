import { useState } from 'react';
import { formatDatesIn, formatDateTime, formatMoment } from '../format.ts';
import { lookActionOf } from '../governance/log-action.ts';
import { strings } from '../strings.ts';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Problem } from '../ui/problem.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import type { CaseSubject, LookReplays } from './case-shapes.ts';

const words = strings.cases;

/** One look of a case; what it showed is asked of the gateway, which writes that down, once somebody wants to know. */
export function SeenLook({ user, citizen, look }: { user: string; citizen: string; look: CaseSubject['looks'][number] }) {
  const [asked, setAsked] = useState(false);
  const when = formatMoment(look.at);
  return (
    <li>
      {when}: {lookActionOf(look.interaction, '').done}{' '}
      {asked ? <Seen user={user} citizen={citizen} look={look} /> : <button type="button" className="os-link-button" onClick={() => { setAsked(true); }}>{words.replay}<span className="nhsuk-u-visually-hidden"> {words.of(when)}</span></button>}
    </li>
  );
}

function Seen({ user, citizen, look }: { user: string; citizen: string; look: CaseSubject['looks'][number] }) {
  const { data, error, isPending } = useGovernance<LookReplays>(`look-replays?${new URLSearchParams({ user, patient: citizen, at: look.at }).toString()}`);
  if (isPending) return <Loading lines={2} />;
  if (error) return <Problem error={error} />;
  const found = data.looks.find(({ entry }) => entry.id === look.id);
  if (!found) return <p role="status">{words.seen.notFound}</p>;
  const sorts = Map.groupBy(found.shown, ({ category }) => category);
  const sortName = (category: string | null): string => (category === null ? words.seen.other : (strings.agreements.categories[category] ?? category));
  return (
    <div role="status" aria-label={words.seen.heading(formatDateTime(look.at))}>
      {found.shown.length === 0 ? <p>{words.seen.none}</p> : null}
      <Facts facts={[
        [words.seen.shown, sorts.size === 0 ? null : [...sorts].map(([category, records]) => words.seen.records(sortName(category), records.length)).join(', ')],
        [words.seen.withheld, found.withheld.length === 0 ? null : found.withheld.map(({ category, count }) => words.seen.records(sortName(category), count)).join(', ')],
        [words.seen.why, found.decisions.length === 0 ? null : [...new Set(found.decisions.map(({ sentence }) => formatDatesIn(sentence)))].join(' ')],
      ]} />
    </div>
  );
}
