import type { ReactNode } from 'react';
import { dayFrom } from '../../read-day.ts';
import { strings } from '../../strings.ts';
import { kindsIn, organisationsIn, type Choice, type Grouping, type TimelineEntry } from './timeline-view.ts';

const words = strings.person.timeline;
const orders = [['date', words.byDate], ['organisation', words.byOrganisation], ['lanes', words.inLanes], ['thread', words.byThread]] as const;

/** What of a timeline is shown, and in which order. Nothing is asked of the gateway again. */
export function TimelineControls({ choice, by, entries, onChoice, onBy }: { choice: Choice; by: Grouping; entries: readonly TimelineEntry[]; onChoice: (choice: Choice) => void; onBy: (by: Grouping) => void }) {
  const set = (name: keyof Choice) => ({ target }: { target: { value: string } }): void => { onChoice({ ...choice, [name]: target.value }); };
  const options = (all: string, values: readonly (readonly [value: string, text: string])[]) => [<option value="" key="">{all}</option>, ...values.map(([value, text]) => <option key={value} value={value}>{text}</option>)];
  return (
    <div className="os-controls" role="group" aria-label={words.choose}>
      <Control name="text" label={words.filter}><input className="nhsuk-input" id="timeline-text" type="text" autoComplete="off" value={choice.text} onChange={set('text')} /></Control>
      <Control name="organisation" label={words.organisation}><select className="nhsuk-select" id="timeline-organisation" value={choice.organisation} onChange={set('organisation')}>{options(words.all, organisationsIn(entries).map((name) => [name, name]))}</select></Control>
      <Control name="kind" label={words.kind}><select className="nhsuk-select" id="timeline-kind" value={choice.kind} onChange={set('kind')}>{options(words.anyKind, kindsIn(entries).map((kind) => [kind, words.kinds[kind] ?? kind]))}</select></Control>
      {(['from', 'to'] as const).map((name) => <Day name={name} value={choice[name]} onChange={set(name)} key={name} />)}
      <fieldset className="os-controls__order">
        <legend className="nhsuk-label">{words.order}</legend>
        {orders.map(([value, label]) => (
          <label key={value}><input type="radio" name="timeline-order" value={value} checked={by === value} onChange={() => onBy(value)} /> {label}</label>
        ))}
      </fieldset>
    </div>
  );
}

function Control({ name, label, children }: { name: string; label: string; children: ReactNode }) {
  return <div><label className="nhsuk-label" htmlFor={`timeline-${name}`}>{label}</label>{children}</div>;
}

/** A day in words or numbers; told to be none only once it is as long as one. */
function Day({ name, value, onChange }: { name: 'from' | 'to'; value: string; onChange: (event: { target: { value: string } }) => void }) {
  const wrong = value.trim().length >= 8 && dayFrom(value) === undefined;
  return (
    <Control name={name} label={words[name]}>
      <span className="os-controls__hint" id={`timeline-${name}-hint`}>{words.dayLike}</span>
      <input className="nhsuk-input" id={`timeline-${name}`} type="text" autoComplete="off" aria-invalid={wrong} aria-describedby={`timeline-${name}-hint${wrong ? ` timeline-${name}-wrong` : ''}`} value={value} onChange={onChange} />
      {wrong ? <span className="nhsuk-error-message" id={`timeline-${name}-wrong`}>{words.noDay}</span> : null}
    </Control>
  );
}
