import { strings } from '../../strings.ts';
import { entries } from '../../words/counts.ts';
import { Unbroken } from '../../ui/unbroken.tsx';
import { Absent } from '../parts/arrival.tsx';
import { Section } from '../parts/card.tsx';
import type { SourceView } from './sources-view.ts';

const words = strings.person.sources;

/** Which systems what is shown came from, and how fresh each is. */
export function Sources({ sources, said }: { sources: readonly SourceView[]; said: readonly string[] }) {
  return (
    <Section name="sources" heading={strings.person.sections.sources}>
      {said.map((text) => <p key={text}>{text}</p>)}
      {sources.length === 0 ? <Absent /> : (
        <ul className="os-items os-items--two">
          {sources.map(({ organisation, system, entries: count, newest }) => (
            <li className="os-item os-fact" key={`${organisation} ${system}`}><strong>{organisation}</strong><p className="os-origin">{system}, {entries(count)}. <Unbroken text={words.newest(newest)} /></p></li>
          ))}
        </ul>
      )}
    </Section>
  );
}
