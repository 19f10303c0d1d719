import type { CSSProperties } from 'react';
import { Link } from 'react-router';
import { strings } from '../../strings.ts';
import { lanesOf, type LaneRow } from './lanes-view.ts';
import type { TimelineEntry } from './timeline-view.ts';

const words = strings.person.timeline;

/** A lane for each organisation, time downwards, referrals across. Where there is no room for lanes each event names its own. */
export function LaneView({ entries, citizen }: { entries: readonly TimelineEntry[]; citizen: string }) {
  const { organisations, rows } = lanesOf(entries);
  return (
    <div className="os-lanes" style={{ '--lanes': organisations.length } as CSSProperties}>
      <ul className="os-lanes__heads" aria-hidden="true">{organisations.map((name) => <li key={name}>{name}</li>)}</ul>
      <ol className="os-lanes__events">{rows.map((row, at) => <Crossing row={row} at={at} organisations={organisations} citizen={citizen} key={row.entry.key} />)}</ol>
    </div>
  );
}

function Crossing({ row: { entry, first, last, way }, at, organisations, citizen }: { row: LaneRow; at: number; organisations: readonly string[]; citizen: string }) {
  const { when, what, state, record, between } = entry;
  return (
    <li className={way === undefined ? 'os-lane-event' : `os-lane-event os-lane-event--${way}`} style={{ gridColumn: `${first + 1} / ${last + 2}`, gridRow: at + 1 }}>
      <span className="os-lane-event__when">{when}</span>
      <span className="os-lane-event__who">{between && way !== undefined ? words.fromTo(between.sender, between.receiver) : organisations[first]}</span>
      <Link to={`/person/${citizen}/${record}`}>{what}</Link>
      {state === undefined ? null : <span className="os-lane-event__state">{state}</span>}
    </li>
  );
}
