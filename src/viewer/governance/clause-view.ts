import type { CodeableConcept, ContractTerm, Reference } from '@medplum/fhirtypes';
import { lowerFirst, wordsOf } from '../format.ts';
import { strings } from '../strings.ts';

export interface NamedOrganisation {
  /** `system|value` */
  key: string;
  name: string;
}

/** One clause, in words. */
export interface ClauseView {
  number: string;
  text: string;
  from: NamedOrganisation[];
  to: NamedOrganisation[];
  categories: string[];
  roles: string[];
  purposes: string[];
  consent: 'implied' | 'explicit';
  /** kinds of which one is needed, as in "an open referral or a registration"; undefined = none needed */
  relationship: string | undefined;
  labels: string[];
  /** kept out by the parties' word */
  excludedLabels: string[];
  /** what the reader is told when something is kept back */
  notice: string;
  /** how long what it shares is kept; undefined = as for the whole agreement */
  retention: string | undefined;
}

const words = strings.agreements;

/** The shape is that of src/consent/contract-from-agreement.ts, read here as any client of the API would. */
export function clauseOf(term: ContractTerm): ClauseView {
  const actions = (term.action ?? []).filter(({ doNotPerform }) => doNotPerform !== true);
  const asset = term.asset?.[0];
  return {
    number: term.identifier?.value ?? '',
    text: term.text ?? '',
    from: partiesIn(term, 'discloser'),
    to: partiesIn(term, 'recipient'),
    categories: unique((term.asset ?? []).flatMap(({ subtype = [] }) => codesIn(subtype))).map((code) => words.categories[code] ?? lower(code)),
    roles: unique(actions.flatMap(({ subject = [] }) => codesIn(subject.flatMap(({ role }) => role ?? [])))).map((code) => lowerFirst(strings.roles[code] ?? wordsOf(code))),
    purposes: unique(codesIn(actions.map(({ intent }) => intent))).map((code) => lowerFirst(strings.purposes[code] ?? code)),
    consent: /^explicit/i.test(term.offer?.text ?? '') ? 'explicit' : 'implied',
    relationship: relationshipIn(asset?.condition),
    labels: labelsIn(term, false),
    excludedLabels: labelsIn(term, true),
    notice: noticeIn(asset?.text),
    retention: term.group?.find(({ type }) => type?.coding?.some(({ code }) => code === 'retention'))?.text,
  };
}

/** Labels with a number are those of actions that are not to be performed. */
function labelsIn({ securityLabel = [] }: ContractTerm, excluded: boolean): string[] {
  return unique(securityLabel.filter(({ number }) => (number !== undefined) === excluded).flatMap(({ category = [] }) => category.flatMap(({ code }) => code ?? []))).map((code) => words.labels[code] ?? code);
}

/** `a, b or c` */
export function either(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1) ?? ''}`;
}

function partiesIn({ offer }: ContractTerm, role: 'discloser' | 'recipient'): NamedOrganisation[] {
  const party = offer?.party?.find((each) => each.role.coding?.some(({ code }) => code === role));
  return (party?.reference ?? []).map(organisationOf);
}

function organisationOf({ identifier, display, reference }: Reference): NamedOrganisation {
  const key = identifier === undefined ? (reference ?? '') : `${identifier.system ?? ''}|${identifier.value ?? ''}`;
  return { key, name: display ?? identifier?.value ?? key };
}

/** `…of these kinds with the person: episode, referral`; a condition worded otherwise is shown as it is. */
function relationshipIn(condition: string | undefined): string | undefined {
  if (condition === undefined) return undefined;
  const kinds = /kinds with the person: (.+)$/.exec(condition)?.[1]?.split(', ');
  return kinds === undefined ? condition : either(kinds.map((kind) => words.relationships[kind] ?? lower(kind)));
}

function noticeIn(text: string | undefined): string {
  const mode = /:\s*(\S+)$/.exec(text ?? '')?.[1] ?? 'none';
  return words.notices[mode] ?? text ?? '';
}

function codesIn(concepts: readonly (CodeableConcept | undefined)[]): string[] {
  return concepts.flatMap((concept) => concept?.coding?.[0]?.code ?? []);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function lower(code: string): string {
  return wordsOf(code).toLowerCase();
}
