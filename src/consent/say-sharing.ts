import type { OrganisationKey } from '../fhir/sharing.ts';
import { termsOf, type AgreementDifference, type SharingChange, type Terms } from './diff-agreements.ts';
import { lastDayBefore, londonDay } from '../fhir/london-day.ts';
import type { Flow } from './join-flows.ts';
import type { Agreement } from './types.ts';

type Names = (key: OrganisationKey) => string;

/** What an agreement shares, in words: one heading, then a sentence for each clause. */
export function saySharing(agreement: Agreement): string[] {
  const names = new Map(agreement.parties.map(({ organisation, name }) => [organisation, name]));
  const nameOf: Names = (key) => names.get(key) ?? key;
  return [
    `${agreement.id} version ${agreement.version}: ${agreement.title}`,
    `From ${londonDay(agreement.period.start)} to ${lastDayBefore(agreement.period.end)}, to be reviewed by ${agreement.reviewDate}. Between ${agreement.parties.map(({ name }) => name).join(', ')}.`,
    ...agreement.clauses.map((clause) => `Clause ${clause.number}: ${sayFlow(clause, nameOf)}; ${sayTerms(termsOf(clause))}.${clause.retention === undefined ? '' : ` Kept: ${clause.retention}`}`),
  ];
}

/** A difference in sentences, what is opened first; one sentence when nothing changes. */
export function sayDifference({ changes, others, names, old, new: next }: AgreementDifference): string[] {
  if (old.sha256 === next.sha256) return ['The two texts say the same.'];
  const nameOf: Names = (key) => names[key] ?? key;
  const flows = changes.length > 0 ? changes.map((change) => sayChange(change, nameOf)) : ['Nothing is opened, closed or opened on other terms.'];
  return [...flows, ...others.map(({ sentence }) => sentence)];
}

function sayChange(change: SharingChange, nameOf: Names): string {
  const flow = sayFlow(change, nameOf);
  const terms = (all: readonly Terms[]): string => all.map(sayTerms).join('; or ');
  switch (change.kind) {
    case 'opened': return `OPENED: ${flow}; ${terms(change.after)}.`;
    case 'closed': return `CLOSED: ${flow}; it was: ${terms(change.before)}.`;
    case 'changed': return `CHANGED: ${flow}; now: ${terms(change.after)}; before: ${terms(change.before)}.`;
  }
}

function sayFlow({ from, to, roles, purposes, categories }: Flow, nameOf: Names): string {
  return `records of ${list(from.map(nameOf))} may be seen by ${list(to.map(nameOf))}, as ${list(roles)}, for ${list(purposes)}: ${list(categories)}`;
}

function sayTerms({ consentBasis, relationships, labels, excludedLabels, notice }: Terms): string {
  return [
    consentBasis === 'implied' ? 'implied consent' : 'only with explicit consent',
    ...(relationships ? [`only with a live ${relationships.join(' or ')}`] : []),
    ...(labels.length > 0 ? [`labels ${labels.join(', ')} included`] : []),
    ...(excludedLabels ? [`labels ${excludedLabels.join(', ')} excluded`] : []),
    { none: 'no notice of what is kept back', generic: 'a general notice of what is kept back', organisation: 'a notice that names the organisation that keeps something back' }[notice],
  ].join(', ');
}

function list(words: readonly string[]): string {
  return words.join(', ');
}
