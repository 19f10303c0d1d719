import { unsignedIn, type AgreementView } from './agreement-view.ts';
import type { ClauseView, NamedOrganisation } from './clause-view.ts';

/** What one clause lets one organisation see of another's information. */
export interface Flow {
  from: NamedOrganisation;
  to: NamedOrganisation;
  clause: ClauseView;
  agreement: { id: string; title: string; version: string };
  /** names of parties of the clause that did not sign: until they do, it shares nothing */
  unsigned: string[];
}

export interface FlowsOfOther {
  other: NamedOrganisation;
  flows: Flow[];
}

/** Every flow under the agreements in force, and under no other. What an organisation keeps to itself is no flow. */
export function flowsOf(agreements: readonly AgreementView[]): Flow[] {
  return agreements.filter(({ state }) => state === 'in-force').flatMap((agreement) => agreement.clauses.flatMap((clause) => flowsUnder(agreement, clause)));
}

function flowsUnder({ id, title, version, parties }: AgreementView, clause: ClauseView): Flow[] {
  const unsigned = unsignedIn(clause, parties);
  return clause.from.flatMap((from) => clause.to.filter(({ key }) => key !== from.key).map((to) => ({ from, to, clause, agreement: { id, title, version }, unsigned })));
}

/** Everybody who gives or gets something, by name. */
export function organisationsIn(flows: readonly Flow[]): NamedOrganisation[] {
  const all = new Map(flows.flatMap(({ from, to }) => [from, to]).map((each) => [each.key, each]));
  return [...all.values()].sort(byName);
}

/** What the organisation gets, by the one it gets it from. */
export function receivedBy(flows: readonly Flow[], key: string): FlowsOfOther[] {
  return grouped(flows.filter(({ to }) => to.key === key), ({ from }) => from);
}

/** What others get of the organisation's information, by who gets it. */
export function givenBy(flows: readonly Flow[], key: string): FlowsOfOther[] {
  return grouped(flows.filter(({ from }) => from.key === key), ({ to }) => to);
}

function grouped(flows: readonly Flow[], otherOf: (flow: Flow) => NamedOrganisation): FlowsOfOther[] {
  const groups = new Map<string, FlowsOfOther>();
  for (const flow of flows) {
    const other = otherOf(flow);
    const group = groups.get(other.key) ?? { other, flows: [] };
    group.flows.push(flow);
    groups.set(other.key, group);
  }
  return [...groups.values()].sort((a, b) => byName(a.other, b.other));
}

function byName(a: NamedOrganisation, b: NamedOrganisation): number {
  return a.name.localeCompare(b.name, 'en-GB');
}
