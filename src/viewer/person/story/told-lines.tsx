import { Link } from 'react-router';
import { Bounded } from '../../ui/bounded.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import { Section } from '../parts/card.tsx';
import type { LineView } from './told-once-view.ts';

const limit = 8;

/** A section of the story: a line each, with who says it; or why there is none. */
export function ToldLines({ name, heading, lines, empty, citizen }: { name: string; heading: string; lines: readonly LineView[]; empty: string | undefined; citizen: string }) {
  return (
    <Section name={name} heading={heading}>
      {empty === undefined ? null : <p className="os-quiet">{empty}</p>}
      <Bounded items={lines} limit={limit}>
        {(shown) => shown.length === 0 ? null : <ul className="os-items">{shown.map((line, at) => <Told line={line} citizen={citizen} key={`${at} ${line.text}`} />)}</ul>}
      </Bounded>
    </Section>
  );
}

function Told({ line: { text, by, record, ended }, citizen }: { line: LineView; citizen: string }) {
  const told = record === undefined ? <Unbroken text={text} /> : <Link to={`/person/${citizen}/${record}`}><Unbroken text={text} /></Link>;
  return <li className="os-item os-fact">{ended ? told : <strong>{told}</strong>}<p className="os-origin"><Unbroken text={by} /></p></li>;
}
