import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';

/** One of the three short answers at the top of a record, with a way to the whole. */
export function Card({ name, heading, more: [text, to], children }: { name: string; heading: string; more: readonly [string, string]; children: ReactNode }) {
  return (
    <section className="os-card" aria-labelledby={`${name}-heading`} data-section={name}>
      <div className="os-card__head">
        <h2 id={`${name}-heading`}>{heading}</h2>
        <a href={to}>{text}</a>
      </div>
      <div className="os-card__body">{children}</div>
    </section>
  );
}

/** What a short answer leaves out is counted. */
export function AndMore({ count, to }: { count: number; to: string }) {
  return count > 0 ? <p><a href={to}>{strings.person.andMore(count)}</a></p> : null;
}

/** A part of the page further down. */
export function Section({ name, heading, marked = true, children }: { name: string; heading: string; marked?: boolean; children: ReactNode }) {
  return (
    <section className="os-section" id={name} tabIndex={-1} aria-labelledby={`${name}-title`} {...(marked && { 'data-section': name })}>
      <h2 className="nhsuk-heading-m" id={`${name}-title`}>{heading}</h2>
      {children}
    </section>
  );
}
