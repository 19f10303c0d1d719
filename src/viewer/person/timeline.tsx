import { useState } from 'react';
import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { Bounded } from '../ui/bounded.tsx';
import { Absent } from './arrival.tsx';
import { Section } from './card.tsx';
import { OriginLine } from './origin-line.tsx';
import { chosenOf, groupsOf, organisationsIn, type Choice, type Grouping, type TimelineEntry } from './timeline-view.ts';

const words = strings.person.timeline;
const limit = 25;

/** Everything that happened, newest first, by month or by organisation; one box filters all that is shown. */
export function Timeline({ entries, citizen }: { entries: readonly TimelineEntry[]; citizen: string }) {
  const [choice, setChoice] = useState<Choice>({ text: '', organisation: '' });
  const [by, setBy] = useState<Grouping>('date');
  const chosen = chosenOf(entries, choice);
  return (
    <Section name="timeline" heading={strings.person.sections.timeline}>
      {entries.length === 0 ? <Absent /> : (
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
      )}
    </Section>
  );
}

function Event({ entry: { when, what, more, type, id, origin }, citizen }: { entry: TimelineEntry; citizen: string }) {
  return (
    <li className="os-event">
      <p className="os-event__when">{when}</p>
      <div>
        <p className="os-event__what"><Link to={`/person/${citizen}/${type}/${id}`}>{what}</Link></p>
        {more === undefined ? null : <p>{more}</p>}
        <OriginLine origin={origin} />
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
