import { strings } from '../strings.ts';
import type { AgreementView } from './agreement-view.ts';
import type { ClauseView } from './clause-view.ts';

/** One thing that is otherwise in another version of an agreement. */
export interface AgreementChange {
  /** the clause, or a fact of the whole agreement */
  of: string;
  kind: 'added' | 'removed' | 'changed';
  /** what of it, with how it was and how it is; empty where the whole clause came or went */
  parts: { label: string; before: string; after: string }[];
}

const words = strings.agreements;

/** What `after` says otherwise than `before`, in words: facts of the whole, then clause by clause in the order of their numbers. */
export function compareAgreements(before: AgreementView, after: AgreementView): AgreementChange[] {
  const facts = partsOf(factsOf(before), factsOf(after));
  const numbers = [...new Set([...before.clauses, ...after.clauses].map(({ number }) => number))].sort((a, b) => a.localeCompare(b, 'en-GB', { numeric: true }));
  return [
    ...(facts.length === 0 ? [] : [{ of: words.page.facts, kind: 'changed', parts: facts } as const]),
    ...numbers.flatMap((number) => clauseChange(number, before.clauses.find((each) => each.number === number), after.clauses.find((each) => each.number === number))),
  ];
}

function clauseChange(number: string, before: ClauseView | undefined, after: ClauseView | undefined): AgreementChange[] {
  const of = words.page.clause(number);
  if (!before || !after) return [{ of, kind: before ? 'removed' : 'added', parts: [] }];
  const parts = partsOf(clauseParts(before), clauseParts(after));
  return parts.length === 0 ? [] : [{ of, kind: 'changed', parts }];
}

function factsOf({ title, period, review, purpose, retention, parties, lawfulBases, exclusions }: AgreementView): Record<string, string> {
  return {
    [words.columns.title]: title, [words.page.period]: period, [words.page.review]: review.text, [words.page.purpose]: purpose ?? '', [words.page.retention]: retention ?? '',
    [words.page.parties]: parties.map(({ name }) => name).sort().join('; '), [words.page.legal]: lawfulBases.join('; '), [words.page.exclusions]: exclusions.join('; '),
  };
}

function clauseParts({ text, from, to, categories, roles, purposes, consent, relationship, labels, excludedLabels, notice, retention }: ClauseView): Record<string, string> {
  const { page } = words;
  return {
    [page.text]: text, [page.from]: from.map(({ name }) => name).sort().join('; '), [page.to]: to.map(({ name }) => name).sort().join('; '), [page.categories]: categories.join(', '), [page.roles]: roles.join(', '), [page.purposes]: purposes.join(', '),
    [page.consent]: words.consent[consent], [page.relationship]: relationship === undefined ? words.noRelationship : words.relationship(relationship), [page.labels]: [...labels, ...(excludedLabels.length === 0 ? [] : [words.excludedSay(excludedLabels.join(', '))])].join(', '), [page.notice]: notice, [page.retention]: retention ?? '',
  };
}

function partsOf(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): AgreementChange['parts'] {
  return Object.keys(after).flatMap((label) => (before[label] === after[label] ? [] : [{ label, before: before[label] || words.nothing, after: after[label] || words.nothing }]));
}
