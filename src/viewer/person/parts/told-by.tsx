import { Link } from 'react-router';
import { strings } from '../../strings.ts';
import { Unbroken } from '../../ui/unbroken.tsx';
import type { ToldView, WitnessView } from './told-view.ts';

const words = strings.person.told;

/** Who tells of something; it opens to what each of them says, when it came, and why it is taken for the same. */
export function ToldBy({ told: { by, witnesses, differences, lanes }, citizen }: { told: ToldView; citizen: string }) {
  return (
    <details className="os-told">
      <summary>{by}{differences.length === 0 ? null : <strong> {words.notAgreed}</strong>}</summary>
      <div className="os-told__all">
        {lanes.length === 0 ? null : <Lines heading={words.lanes} lines={lanes} />}
        {differences.length === 0 ? null : <Lines heading={words.differences} lines={differences} />}
        <h4>{words.witnesses}</h4>
        <ul>{witnesses.map((witness) => <Says witness={witness} citizen={citizen} key={witness.record} />)}</ul>
      </div>
    </details>
  );
}

function Lines({ heading, lines }: { heading: string; lines: readonly string[] }) {
  return <><h4>{heading}</h4><ul>{lines.map((line, at) => <li key={`${at} ${line}`}><Unbroken text={line} /></li>)}</ul></>;
}

function Says({ witness: { record, title, organisation, system, stored, joined }, citizen }: { witness: WitnessView; citizen: string }) {
  return (
    <li>
      <Link to={`/person/${citizen}/${record}`}>{title}</Link>
      <span className="os-origin">{words.source(organisation, system)} · {strings.person.timeline.recorded} <Unbroken text={stored} /></span>
      <span className="os-origin">{joined}</span>
    </li>
  );
}
