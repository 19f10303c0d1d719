import type { Purpose, Requester, SharingRole } from '../fhir/sharing.ts';
import { purposes, sharingRoles } from '../fhir/sharing.ts';
import { combiningRules, type Question } from './combining-rules.ts';
import { decide } from './decide.ts';
import type { Decision } from './types.ts';

/** One combining rule asked: what it says in general, and what it said here; undefined: it left the decision to the next. */
export interface AskedRule {
  rule: number;
  says: string;
  decision: Decision | undefined;
}

/** Whom the same rule lets see, in which roles and for which purposes. */
export interface Audience {
  organisation: string;
  rule: number;
  sentence: string;
  roles: SharingRole[];
  purposes: Purpose[];
}

/** The whole chain of rules for one requester, up to the one that decided. */
export function explainFor(question: Question): AskedRule[] {
  const asked: AskedRule[] = [];
  for (const { number, says, decide: rule } of combiningRules) {
    const decision = rule(question);
    asked.push({ rule: number, says, decision });
    if (decision) break;
  }
  return asked;
}

/**
 * Everybody who may see a row now: the custodian's people in every role and for every purpose there is, others in those
 * that a clause names towards them, put together where one rule lets several in. Emergency access, which belongs to single
 * persons, is left out.
 */
export function audiencesOf(question: Omit<Question, 'requester' | 'emergency'>, organisations: readonly string[]): Audience[] {
  const permitted = organisations.flatMap((organisation) => namedTowards(organisation, question).flatMap(({ role, purpose }) => {
    const decision = decide({ ...question, requester: somebody(organisation, role, purpose), emergency: false });
    return decision.effect === 'permit' ? [{ organisation, role, purpose, decision }] : [];
  }));
  const groups = Map.groupBy(permitted, ({ organisation, decision }) => JSON.stringify([organisation, decision.rule, decision.sentence]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{
      organisation: first.organisation, rule: first.decision.rule, sentence: first.decision.sentence,
      roles: [...new Set(group.map(({ role }) => role))], purposes: [...new Set(group.map(({ purpose }) => purpose))],
    }] : [];
  });
}

/** Roles and purposes it is worth asking about: but for the custodian's own people, nobody is let in whom no clause names. */
function namedTowards(organisation: string, { sharingClass: { custodian }, agreements }: Pick<Question, 'sharingClass' | 'agreements'>): { role: SharingRole; purpose: Purpose }[] {
  const towards = agreements.flatMap(({ agreement }) => agreement.clauses).filter(({ from, to }) => from.includes(custodian) && to.includes(organisation));
  return sharingRoles.flatMap((role) => purposes.flatMap((purpose) => (organisation === custodian
    || towards.some((clause) => clause.roles.includes(role) && clause.purposes.includes(purpose)) ? [{ role, purpose }] : [])));
}

/** Anybody of this organisation, in this role, for this purpose. A system has the scopes to read, so that only the rules decide. */
export function somebody(organisation: string, role: SharingRole, purpose: Purpose): Requester {
  return {
    client: 'somebody', token: 'none', organisation, organisationName: organisation, role, purpose,
    ...(role === 'integration' ? { scopes: ['system/*.rs'] } : { scopes: ['user/*.rs'], person: { id: 'somebody', name: 'Somebody' } }),
  };
}
