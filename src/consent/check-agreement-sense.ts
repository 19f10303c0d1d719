import type { Problem } from '../fhir/problem.ts';
import { purposesBeyondCare } from '../fhir/sharing.ts';
import type { AgreementContent } from './agreement-schema.ts';
import { namePractices } from './name-practices.ts';
import { oversightCategories, oversightRoles } from './oversees.ts';
import type { PositionOf } from './parse-yaml.ts';

type Clause = AgreementContent['clauses'][number];
type Fault = Omit<Problem, 'at' | 'category'> & { path: (string | number)[] };

/** Does it hold together? What the schema cannot see: parties that exist, numbers used once, a period that runs forward, clauses that can share. */
export function checkAgreementSense(content: AgreementContent, positionOf: PositionOf): Problem[] {
  const practices = namePractices(content);
  const faults = [
    ...networkFaults(content),
    ...periodFaults(content),
    ...repeated(content.parties.map(({ id }) => id)).map((index): Fault => ({
      path: ['parties', index, 'id'], code: 'agreement-party-repeated', text: 'Two parties have the same id.', fix: 'Give each party its own id.' })),
    ...repeated(content.parties.map(({ identifier }) => `${identifier.system}|${identifier.value}`)).map((index): Fault => ({
      path: ['parties', index, 'identifier'], code: 'agreement-party-repeated', text: 'Two parties have the same identifier.', fix: 'Name each organisation once.' })),
    ...repeated(content.clauses.map(({ number }) => number)).map((index): Fault => ({
      path: ['clauses', index, 'number'], code: 'agreement-clause-repeated', text: 'Two clauses have the same number.', fix: 'Give each clause its own number.' })),
    ...content.clauses.flatMap((clause, index) => clauseFaults({ clause, practices: practices[index] ?? clause }, index, content)),
  ];
  return faults.map(({ path, ...fault }) => ({ category: 'invalid', ...fault, at: positionOf(path) }));
}

function periodFaults({ period, reviewDate }: AgreementContent): Fault[] {
  if (period.to < period.from) {
    return [{ path: ['period', 'to'], code: 'agreement-period-reversed', text: 'The period ends before it begins.', expected: 'to on or after from' }];
  }
  if (reviewDate < period.from || reviewDate > period.to) {
    return [{ path: ['reviewDate'], code: 'agreement-review-outside-period', text: 'The review date is outside the period.', expected: 'a day of the period' }];
  }
  return [];
}

/** A network is a short word for practices that are parties, each in one network. */
function networkFaults({ networks = [], parties }: AgreementContent): Fault[] {
  const known = new Set(parties.map(({ id }) => id));
  const ids = [...known, ...networks.map(({ id }) => id)];
  const members = networks.flatMap((network, at) => network.practices.map((practice, place) => ({ practice, path: ['networks', at, 'practices', place] })));
  const twice = repeated(members.map(({ practice }) => practice));
  return [
    ...repeated(ids).map((index): Fault => ({ path: ['networks', index - known.size, 'id'], code: 'agreement-party-repeated', text: 'A network has the id of a party or of another network.', fix: 'Give each its own id.' })),
    ...members.filter(({ practice }) => !known.has(practice)).map(({ practice, path }): Fault => ({
      path, code: 'agreement-unknown-party', text: `A network names "${practice}", who is not a party.`, expected: `one of ${[...known].join(', ')}`, fix: 'Add the practice to the parties or correct the id.' })),
    ...twice.flatMap((index): Fault[] => (members[index] ? [{ path: members[index].path, code: 'agreement-party-repeated', text: 'A practice is in two networks, or twice in one.', fix: 'Name it once.' }] : [])),
  ];
}

/** `practices`: the clause with its networks spelled out. */
function clauseFaults({ clause, practices }: { clause: Clause; practices: Clause }, index: number, content: AgreementContent): Fault[] {
  const at = (...path: (string | number)[]): (string | number)[] => ['clauses', index, ...path];
  const capacity = new Map(content.parties.map((party) => [party.id, party.capacity]));
  const named = new Set([...capacity.keys(), ...(content.networks ?? []).map(({ id }) => id)]);
  const unknown = (['from', 'to'] as const).flatMap((side) => clause[side].flatMap((id, place): Fault[] => named.has(id) ? [] : [{
    path: at(side, place), code: 'agreement-unknown-party', text: `Clause ${clause.number} names "${id}", who is not a party.`,
    expected: `one of ${[...named].join(', ')}`, fix: 'Add the organisation to the parties or correct the id.' }]));
  const processors = clause.from.flatMap((id, place): Fault[] => capacity.get(id) !== 'processor' ? [] : [{
    path: at('from', place), code: 'agreement-processor-shares', text: `Clause ${clause.number} lets a processor share.`,
    expected: 'a controller: an organisation may pass on only what it is controller of' }]);
  return [...unknown, ...processors, ...beyondCareFaults(clause, at), ...oversightFaults(practices, at)];
}

/** People expect to be cared for with what is known of them; for anything else they must have said so. */
function beyondCareFaults(clause: Clause, at: (...path: (string | number)[]) => (string | number)[]): Fault[] {
  if (clause.consentBasis === 'explicit') return [];
  return clause.purposes.flatMap((purpose, place): Fault[] => (purposesBeyondCare.includes(purpose) ? [{
    path: at('purposes', place), code: 'agreement-purpose-needs-consent', text: `Clause ${clause.number} shares for ${purpose}, which is beyond individual care, on implied consent.`,
    expected: 'consentBasis explicit, or purposes of individual care only', fix: 'Put the purpose into a clause of its own with consentBasis explicit.' }] : []));
}

/** Oversight is a clause of its own: nothing else in it, and it in nothing else. */
function oversightFaults(clause: Clause, at: (...path: (string | number)[]) => (string | number)[]): Fault[] {
  const forOversight = clause.purposes.includes('HOPERAT');
  if (forOversight) {
    const tooWide = clause.purposes.length > 1 || clause.roles.some((role) => !oversightRoles.includes(role))
      || clause.categories.some((category) => !oversightCategories.includes(category)) || clause.consentBasis !== 'implied' || clause.relationships;
    return tooWide ? [{
      path: at('purposes'), code: 'agreement-oversight-too-wide', text: `Clause ${clause.number} mixes oversight (HOPERAT) with something else.`,
      expected: `purpose HOPERAT alone, roles ${oversightRoles.join(', ')}, categories ${oversightCategories.join(', ')}, consent implied, no relationship`,
      fix: 'Put oversight into a clause of its own.' }] : [];
  }
  const careForOverseers = clause.roles.findIndex((role) => oversightRoles.includes(role));
  if (careForOverseers >= 0) {
    return [{ path: at('roles', careForOverseers), code: 'agreement-role-not-for-care', text: `Clause ${clause.number} opens care data to a role that only oversees.`,
      expected: 'roles that give or organise care', fix: 'Remove the role, or put oversight (HOPERAT) into a clause of its own.' }];
  }
  const nobody = clause.from.every((from) => clause.to.every((to) => to === from));
  return nobody ? [{ path: at('to'), code: 'agreement-shares-with-nobody', text: `Clause ${clause.number} shares a party's records only with itself.`,
    expected: 'at least one other party in to' }] : [];
}

/** Indexes of the values that already stand earlier in the list. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
