import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { Unbroken } from '../../ui/unbroken.tsx';
import { Section } from '../parts/card.tsx';
import type { DisagreementView } from './told-once-view.ts';

const words = strings.person.disagreements;

/** Where organisations say different things: every side with who says it, and nothing chosen. */
export function Disagreements({ disagreements, children }: { disagreements: readonly DisagreementView[]; children: ReactNode }) {
  return (
    <Section name="disagreements" heading={strings.person.sections.disagreements}>
      {children}
      {disagreements.length === 0 ? null : <p>{words.intro}</p>}
      {disagreements.length === 0 ? null : (
        <ul className="os-items">
          {disagreements.map(({ title, sides }, at) => (
            <li className="os-item" key={`${title}-${at}`}>
              <h3 className="os-item__title">{title}</h3>
              <ul className="os-sides">{sides.map(({ text, by }, side) => <li key={`${side} ${text}`}><strong>{text}</strong><span className="os-origin"><Unbroken text={by} /></span></li>)}</ul>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
