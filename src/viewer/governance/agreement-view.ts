import type { Contract, ContractTerm, Reference } from '@medplum/fhirtypes';
import { formatDate, formatPeriod, instantOf } from '../format.ts';
import { strings } from '../strings.ts';
import { clauseOf, type ClauseView, type NamedOrganisation } from './clause-view.ts';

export type StateOfAgreement = 'in-force' | 'signed' | 'draft' | 'lapsed' | 'terminated' | 'unknown';

export interface Party {
  /** `system|value` */
  key: string;
  name: string;
  /** in what office somebody signs for it; undefined where the register does not say */
  role: string | undefined;
  /** undefined: has not signed */
  signedAt: string | undefined;
}

export interface ReviewDate {
  text: string;
  /** whole days from today; negative = overdue; undefined where no day is known */
  days: number | undefined;
}

/** An agreement of the register, in words. */
export interface AgreementView {
  /** of the Contract, as in its address */
  id: string;
  /** as the log cites it */
  identifier: string;
  version: string;
  title: string;
  state: StateOfAgreement;
  period: string;
  review: ReviewDate;
  purpose: string | undefined;
  retention: string | undefined;
  lawfulBases: string[];
  sha256: string | undefined;
  parties: Party[];
  clauses: ClauseView[];
  exclusions: string[];
}

const agreementSystem = 'https://fhir.bicp.example/Id/agreement';
const order: readonly StateOfAgreement[] = ['in-force', 'signed', 'draft', 'lapsed', 'terminated', 'unknown'];

/** Those in force first, then by title and version. */
export function agreementsOf(contracts: readonly Contract[], now: Date): AgreementView[] {
  return contracts.map((contract) => agreementOf(contract, now)).sort((a, b) =>
    order.indexOf(a.state) - order.indexOf(b.state) || a.title.localeCompare(b.title, 'en-GB') || a.version.localeCompare(b.version, 'en-GB', { numeric: true }));
}

export function agreementOf(contract: Contract, now: Date): AgreementView {
  const terms = contract.term ?? [];
  const rules = (contract.rule ?? []).map(({ contentReference }) => contentReference);
  const sha256 = rules.find((each) => each?.identifier?.system?.endsWith('/agreement-sha256'))?.identifier?.value;
  const clauses = terms.filter((term) => !isExclusion(term)).map(clauseOf);
  return {
    id: contract.id ?? '',
    identifier: contract.identifier?.find(({ system }) => system === agreementSystem)?.value ?? '',
    version: contract.version ?? '',
    title: contract.title ?? strings.agreements.noState,
    state: stateOf(contract, now),
    period: formatPeriod(contract.applies),
    review: reviewOf(contract, now),
    purpose: contract.scope?.text,
    retention: rules.find((each) => each !== undefined && each.identifier === undefined)?.display,
    lawfulBases: (contract.legal ?? []).flatMap(({ contentReference }) => contentReference?.display ?? []),
    sha256,
    parties: partiesOf(contract, clauses),
    clauses,
    exclusions: terms.filter(isExclusion).flatMap(({ text }) => text ?? []),
  };
}

/** As the register says; but the clock passes by itself, and a register read before the last day ended may still say "in force". */
export function stateOf({ legalState, applies }: Contract, now: Date): StateOfAgreement {
  const code = legalState?.coding?.[0]?.code;
  const state = order.find((each) => each === code) ?? 'unknown';
  if (state !== 'in-force') return state;
  const [start, end] = [instantOf(applies?.start), instantOf(applies?.end)];
  if (end !== undefined && now.getTime() > end) return 'lapsed';
  return start !== undefined && now.getTime() < start ? 'signed' : state;
}

/** Names of the parties a clause names that did not sign: until they do, it shares nothing, whatever the state of the agreement. */
export function unsignedIn({ from, to }: ClauseView, parties: readonly Party[]): string[] {
  const named = new Set([...from, ...to].map(({ key }) => key));
  return parties.filter(({ key, signedAt }) => named.has(key) && signedAt === undefined).map(({ name }) => name);
}

/** Numbers of the clauses that share nothing though their agreement is in force. */
export function waitingIn({ state, clauses, parties }: AgreementView): string[] {
  return state === 'in-force' ? clauses.filter((clause) => unsignedIn(clause, parties).length > 0).map(({ number }) => number) : [];
}

/** Everybody the clauses name, by name. */
export function namedIn(clauses: readonly ClauseView[]): NamedOrganisation[] {
  const all = new Map(clauses.flatMap(({ from, to }) => [...from, ...to]).map((each) => [each.key, each]));
  return [...all.values()].sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

/** The clauses that name an organisation; with no organisation, all. */
export function clausesNaming(clauses: readonly ClauseView[], key: string): ClauseView[] {
  return clauses.filter(({ from, to }) => key === '' || [...from, ...to].some((each) => each.key === key));
}

/** Where a clause of the log leads: the agreement it cites, in the version it cites. */
export function findCited(agreements: readonly AgreementView[], cited: { agreement?: string | undefined; version?: string | undefined }): AgreementView | undefined {
  return agreements.find(({ identifier, version }) => identifier === cited.agreement && (cited.version === undefined || version === cited.version));
}

export function keyOf({ identifier, reference }: Reference): string {
  return identifier === undefined ? (reference ?? '') : `${identifier.system ?? ''}|${identifier.value ?? ''}`;
}

function isExclusion({ type }: ContractTerm): boolean {
  return type?.coding?.some(({ code }) => code === 'exclusion') ?? false;
}

function reviewOf({ supportingInfo = [] }: Contract, now: Date): ReviewDate {
  const day = supportingInfo.flatMap(({ display }) => /(\d{4}-\d{2}-\d{2})$/.exec(display ?? '')?.[1] ?? [])[0];
  if (day === undefined) return { text: formatDate(undefined), days: undefined };
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
  return { text: formatDate(day), days: Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000) };
}

/** Who signed, and whoever a clause names beside them: those have not, and come first. */
function partiesOf({ signer = [] }: Contract, clauses: readonly ClauseView[]): Party[] {
  const signed = signer.map(({ party, type, signature }) => ({ key: keyOf(party), name: party.display ?? keyOf(party), role: type.display, signedAt: signature[0]?.when }));
  const named = new Map(clauses.flatMap(({ from, to }) => [...from, ...to]).map(({ key, name }) => [key, name]));
  const others = [...named].filter(([key]) => !signed.some((party) => party.key === key)).map(([key, name]) => ({ key, name, role: undefined, signedAt: undefined }));
  return [...signed, ...others].sort((a, b) => Number(a.signedAt !== undefined) - Number(b.signedAt !== undefined) || a.name.localeCompare(b.name, 'en-GB'));
}
