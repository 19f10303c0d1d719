import type { ReactNode } from 'react';
import { strings } from '../strings.ts';
import type { ClauseView, NamedOrganisation } from './clause-view.ts';
import { FirstOf } from './first-of.tsx';

const words = strings.agreements;

/** One clause: its own text, whom it waits for, then what the gateway applies of it. */
export function Clause({ clause, unsigned }: { clause: ClauseView; unsigned: readonly string[] }) {
  const { number, text, from, to, categories, roles, purposes, consent, relationship, labels, excludedLabels, notice, retention } = clause;
  return (
    <section className="os-clause" aria-labelledby={`clause-${number}`}>
      <h3 className="nhsuk-heading-s" id={`clause-${number}`} tabIndex={-1}>{words.page.clause(number)}</h3>
      <p className="os-clause__text">{text}</p>
      {unsigned.length === 0 ? null : <p className="os-clause__text"><strong>{words.page.waits(unsigned.join(', '))}</strong></p>}
      <dl className="os-particulars">
        <Part name={words.page.from}><Names organisations={from} /></Part>
        <Part name={words.page.to}><Names organisations={to} /></Part>
        <Part name={words.page.categories}><Sentence parts={categories} /></Part>
        <Part name={words.page.roles}><Sentence parts={roles} /></Part>
        <Part name={words.page.purposes}><Sentence parts={purposes} /></Part>
        <Part name={words.page.consent}>{words.consent[consent]}</Part>
        <Part name={words.page.relationship}>{relationship === undefined ? words.noRelationship : words.relationship(relationship)}</Part>
        <Part name={words.page.labels}>{labels.length === 0 ? words.noLabels : words.labelsSay(labels.join(', '))}{excludedLabels.length === 0 ? null : ` ${words.excludedSay(excludedLabels.join(', '))}`}</Part>
        <Part name={words.page.notice}>{notice}</Part>
        {retention === undefined ? null : <Part name={words.page.retention}>{retention}</Part>}
      </dl>
    </section>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Names({ organisations }: { organisations: readonly NamedOrganisation[] }) {
  return <FirstOf items={organisations} line={({ key, name }) => <li key={key}>{name}</li>} />;
}

function Sentence({ parts }: { parts: readonly string[] }) {
  return <span className="os-first-letter">{parts.length === 0 ? words.noState : parts.join(', ')}</span>;
}
