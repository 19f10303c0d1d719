import type { OrganisationKey, Purpose, SharingCategory, SharingRole } from '../fhir/sharing.ts';
import { lastDayBefore, londonDay } from '../fhir/london-day.ts';
import { joinFlows, type Flow } from './join-flows.ts';
import type { Agreement, Clause } from './types.ts';

/** On which terms a clause opens something. */
export interface Terms {
  consentBasis: Clause['consentBasis'];
  /** sorted; null = no relationship needed */
  relationships: string[] | null;
  /** sorted */
  labels: string[];
  /** sorted; left out where none is */
  excludedLabels?: string[];
  notice: Clause['notice'];
}

/** Something that is opened, closed or opened on other terms: `before` and `after` are empty where nothing opens it. */
export interface SharingChange extends Flow {
  kind: 'opened' | 'closed' | 'changed';
  before: Terms[];
  after: Terms[];
}

export interface AgreementDifference {
  old: { id: string; version: string; sha256: string };
  new: { id: string; version: string; sha256: string };
  changes: SharingChange[];
  /** what is not about a flow: parties, dates, words */
  others: { what: 'agreement' | 'party-added' | 'party-removed' | 'period' | 'review' | 'retention' | 'words'; sentence: string }[];
  names: Record<OrganisationKey, string>;
}

interface Opened { from: OrganisationKey; to: OrganisationKey; role: SharingRole; purpose: Purpose; category: SharingCategory }

/** Far beyond any agreement people sign; a text that opens more is not compared, or a small file could ask for a billion. */
const mostFlows = 200_000;

/**
 * What a new text opens, closes or opens on other terms than the old one: by giver, receiver, role, purpose and category,
 * whatever the numbers and the order of the clauses. null: one of them opens more than can be compared.
 */
export function diffAgreements(old: Agreement, next: Agreement): AgreementDifference | null {
  const [before, after] = [flowsOf(old), flowsOf(next)];
  if (before === null || after === null) return null;
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((key): SharingChange[] => {
    const [was, is] = [before.get(key) ?? [], after.get(key) ?? []];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const { from, to, role, purpose, category } = JSON.parse(key) as Opened;
    const kind = was.length === 0 ? 'opened' : is.length === 0 ? 'closed' : 'changed';
    return [{ kind, before: was, after: is, from: [from], to: [to], roles: [role], purposes: [purpose], categories: [category] }];
  });
  return {
    old: { id: old.id, version: old.version, sha256: old.sha256 }, new: { id: next.id, version: next.version, sha256: next.sha256 },
    changes: joinFlows(changes, ({ kind, before: was, after: is }) => JSON.stringify([kind, was, is])).sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind)),
    others: otherChanges(old, next),
    names: Object.fromEntries([...old.parties, ...next.parties].map(({ organisation, name }) => [organisation, name])),
  };
}

const order: readonly SharingChange['kind'][] = ['opened', 'changed', 'closed'];

/** Everything an agreement opens, one by one, each with the terms of every clause that opens it. */
function flowsOf(agreement: Agreement): Map<string, Terms[]> | null {
  const count = agreement.clauses.reduce((sum, each) => sum + each.from.length * each.to.length * each.roles.length * each.purposes.length * each.categories.length, 0);
  if (count > mostFlows) return null;
  const flows = new Map<string, Terms[]>();
  for (const clause of agreement.clauses) {
    const terms = termsOf(clause);
    for (const opened of openedBy(clause)) {
      const key = JSON.stringify(opened);
      const known = flows.get(key) ?? [];
      if (!known.some((each) => JSON.stringify(each) === JSON.stringify(terms))) flows.set(key, [...known, terms].sort(byText));
    }
  }
  return flows;
}

function openedBy({ from, to, roles, purposes, categories }: Clause): Opened[] {
  return from.flatMap((giver) => to.filter((receiver) => receiver !== giver).flatMap((receiver) => roles.flatMap((role) => purposes.flatMap((purpose) =>
    categories.map((category): Opened => ({ from: giver, to: receiver, role, purpose, category }))))));
}

export function termsOf({ consentBasis, relationships, labels, excludedLabels, notice }: Clause): Terms {
  return { consentBasis, relationships: relationships ? [...relationships].sort() : null, labels: [...labels].sort(), ...(excludedLabels && { excludedLabels: [...excludedLabels].sort() }), notice };
}

function byText(one: Terms, other: Terms): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

function otherChanges(old: Agreement, next: Agreement): AgreementDifference['others'] {
  const others: AgreementDifference['others'] = [];
  if (old.id !== next.id) others.push({ what: 'agreement', sentence: `These are two agreements, ${old.id} and ${next.id}: the second does not replace the first.` });
  for (const party of next.parties.filter((each) => !old.parties.some(({ organisation }) => organisation === each.organisation))) {
    others.push({ what: 'party-added', sentence: `${party.name} becomes a party (${party.capacity}).` });
  }
  for (const party of old.parties.filter((each) => !next.parties.some(({ organisation }) => organisation === each.organisation))) {
    others.push({ what: 'party-removed', sentence: `${party.name} is no longer a party.` });
  }
  const [was, is] = [periodOf(old), periodOf(next)];
  if (was !== is) others.push({ what: 'period', sentence: `The period is ${is}; it was ${was}.` });
  if (old.reviewDate !== next.reviewDate) others.push({ what: 'review', sentence: `The review date is ${next.reviewDate}; it was ${old.reviewDate}.` });
  others.push(...retentionChanges(old, next));
  if (wordsOf(old) !== wordsOf(next)) others.push({ what: 'words', sentence: 'Words for people differ: titles, lawful bases, texts of clauses or the like. They decide nothing.' });
  return others;
}

/** What clauses say of keeping, by their numbers: it decides nothing, but those who sign promise it. */
function retentionChanges(old: Agreement, next: Agreement): AgreementDifference['others'] {
  const [before, after] = [old, next].map(({ clauses }) => new Map(clauses.flatMap(({ number, retention }) => (retention === undefined ? [] : [[number, retention] as const]))));
  const numbers = [...new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])])];
  return numbers.filter((number) => before?.get(number) !== after?.get(number)).map((number) => {
    const said = (retention: string | undefined): string => (retention === undefined ? 'nothing of its own' : `"${retention}"`);
    return { what: 'retention', sentence: `Of how long things are kept, clause ${number} says ${said(after?.get(number))}; it said ${said(before?.get(number))}.` };
  });
}

function periodOf({ period }: Agreement): string {
  return `${londonDay(period.start)} to ${lastDayBefore(period.end)}`;
}

function wordsOf({ title, lawfulBases, purposesText, retention, exclusions, clauses, parties }: Agreement): string {
  return JSON.stringify([title, lawfulBases, purposesText, retention, exclusions, clauses.map(({ number, text }) => [number, text]), parties.map(({ name, signatoryRole }) => [name, signatoryRole])]);
}
