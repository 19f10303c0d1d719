import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { strings } from '../../strings.ts';
import { Bounded } from '../../ui/bounded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Absent, Arrival, type ArrivalState } from '../parts/arrival.tsx';
import { Section } from '../parts/card.tsx';
import { LaneView } from './lanes.tsx';
import { TimelineControls } from './timeline-controls.tsx';
import { ToldBy } from '../parts/told-by.tsx';
import { chosenOf, everything, groupsOf, type Grouping, type TimelineEntry } from './timeline-view.ts';

const words = strings.person.timeline;
const limit = 25;

/** Everything that happened, each event once, newest first, by month, by organisation, in lanes or by what belongs together; what is shown can be filtered. */
export function Timeline({ entries, notes, state, failed, citizen }: { entries: readonly TimelineEntry[]; notes: readonly string[]; state: ArrivalState; failed: ReactNode; citizen: string }) {
  return (
    <Section name="timeline" heading={strings.person.sections.timeline}>
      <Arrival value={state}>
        {failed}
        {notes.map((note) => <Notice kind="incomplete" key={note}>{note}</Notice>)}
        {entries.length === 0 ? <Absent /> : <Events entries={entries} citizen={citizen} />}
      </Arrival>
    </Section>
  );
}

function Events({ entries, citizen }: { entries: readonly TimelineEntry[]; citizen: string }) {
  const [choice, setChoice] = useState(everything);
  const [by, setBy] = useState<Grouping>('date');
  const chosen = chosenOf(entries, choice);
  const ordered = by === 'lanes' ? chosen : groupsOf(chosen, by).flatMap((group) => group.entries);
  return (
    <>
      <TimelineControls choice={choice} by={by} entries={entries} onChoice={setChoice} onBy={setBy} />
      <p className="os-timeline__count" role="status">{words.shown(chosen.length, entries.length)}</p>
      {chosen.length === 0 ? <p>{words.noneMatch}</p> : (
        <Bounded items={ordered} limit={limit}>
          {(shown) => (by === 'lanes' ? <LaneView entries={shown} citizen={citizen} /> : groupsOf(shown, by).map((group) => (
            <div className="os-timeline__group" key={`${group.heading} ${group.entries[0]?.key ?? ''}`}>
              <h3>{group.heading}</h3>
              <ol className="os-timeline">{group.entries.map((entry) => <Event entry={entry} citizen={citizen} key={entry.key} />)}</ol>
            </div>
          )))}
        </Bounded>
      )}
    </>
  );
}

function Event({ entry: { when, until, what, state, more, record, told }, citizen }: { entry: TimelineEntry; citizen: string }) {
  return (
    <li className="os-event">
      <p className="os-event__when">{when}{until === undefined ? null : <span className="os-event__until">{until}</span>}</p>
      <div>
        <p className="os-event__what"><Link to={`/person/${citizen}/${record}`}>{what}</Link>{state === undefined ? null : <> <span className="os-item__state">{state}</span></>}</p>
        {more === undefined ? null : <p>{more}</p>}
        <ToldBy told={told} citizen={citizen} />
      </div>
    </li>
  );
}
