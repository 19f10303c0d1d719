import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { Bounded } from '../ui/bounded.tsx';
import { Notice } from '../ui/notice.tsx';
import { Absent, Arrival, type ArrivalState } from './arrival.tsx';
import { Section } from './card.tsx';
import { ToldBy } from './told-by.tsx';
import { chosenOf, groupsOf, organisationsIn, type Choice, type Grouping, type TimelineEntry } from './timeline-view.ts';

const words = strings.person.timeline;
const limit = 25;

/** Everything that happened, each event once, newest first, by month or by organisation; one box filters all that is shown. */
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
  const [choice, setChoice] = useState<Choice>({ text: '', organisation: '' });
  const [by, setBy] = useState<Grouping>('date');
  const chosen = chosenOf(entries, choice);
  return (
    <>
      <Controls choice={choice} by={by} organisations={organisationsIn(entries)} onChoice={setChoice} onBy={setBy} />
      <p className="os-timeline__count" role="status">{words.shown(chosen.length, entries.length)}</p>
      {chosen.length === 0 ? <p>{words.noneMatch}</p> : (
        <Bounded items={groupsOf(chosen, by).flatMap((group) => group.entries)} limit={limit}>
          {(shown) => groupsOf(shown, by).map((group) => (
            <div className="os-timeline__group" key={group.heading}>
              <h3>{group.heading}</h3>
              <ol className="os-timeline">{group.entries.map((entry) => <Event entry={entry} citizen={citizen} key={entry.key} />)}</ol>
            </div>
          ))}
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

function Controls({ choice, by, organisations, onChoice, onBy }: { choice: Choice; by: Grouping; organisations: readonly string[]; onChoice: (choice: Choice) => void; onBy: (by: Grouping) => void }) {
  return (
    <div className="os-controls" role="group" aria-label={strings.person.sections.timeline}>
      <div>
        <label className="nhsuk-label" htmlFor="timeline-text">{words.filter}</label>
        <input className="nhsuk-input" id="timeline-text" type="text" autoComplete="off" value={choice.text} onChange={({ target }) => onChoice({ ...choice, text: target.value })} />
      </div>
      <div>
        <label className="nhsuk-label" htmlFor="timeline-organisation">{words.organisation}</label>
        <select className="nhsuk-select" id="timeline-organisation" value={choice.organisation} onChange={({ target }) => onChoice({ ...choice, organisation: target.value })}>
          <option value="">{words.all}</option>
          {organisations.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      </div>
      <fieldset className="os-controls__order">
        <legend className="nhsuk-label">{words.order}</legend>
        {([['date', words.byDate], ['organisation', words.byOrganisation]] as const).map(([value, label]) => (
          <label key={value}><input type="radio" name="timeline-order" value={value} checked={by === value} onChange={() => onBy(value)} /> {label}</label>
        ))}
      </fieldset>
    </div>
  );
}
