import fc from 'fast-check';
import type { Purpose, Requester, SharingClass, SharingRole } from '../../src/fhir/sharing.ts';
import { relationshipKinds } from '../../src/fhir/sharing.ts';
import type { Agreement, ChoiceRule, Clause, RegisteredAgreement, Relationship } from '../../src/consent/types.ts';
import { bchc, council, uhb } from './sharing-cases.ts';

/** One random world of sharing as one requester meets it. Every row class stands for rows of one citizen. */
export interface SharingCase {
  requester: Requester;
  classes: SharingClass[];
  agreements: RegisteredAgreement[];
  choices: ChoiceRule[];
  /** the requester has live emergency access */
  emergency: boolean;
  relationships: Relationship[];
  now: Date;
}

const organisations = [uhb, bchc, council];
const categories = ['identity', 'administration', 'episode', 'mental-health'] as const;
const careRoles: SharingRole[] = ['nurse', 'social-worker', 'integration'];
const oversight: SharingRole[] = ['governance', 'privacy-officer'];
const carePurposes: Purpose[] = ['TREAT', 'CAREMGT'];
const labels = ['PSY', 'legal-restriction'];
const some = <T>(values: readonly T[], minLength = 1): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength });

/**
 * Random agreements, classes, requesters, objections and relationships around the instant `at`. Every instant is a
 * whole number of `stepMs` away from it, so edges are hit often; a clock in [at, at + stepMs) sees the same world.
 */
export function sharingCase(at: Date, stepMs: number): fc.Arbitrary<SharingCase> {
  const instant = fc.integer({ min: -2, max: 2 }).map((steps) => new Date(at.getTime() + steps * stepMs));
  return fc.record({
    requester,
    classes: fc.array(fc.record({
      custodian: fc.constantFrom(...organisations),
      category: fc.constantFrom(...categories, 'unclassified' as const),
      labels: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, { weight: 2, arbitrary: some(labels) }),
    }), { minLength: 1, maxLength: 4 }).map((rows) => rows.map((row, index) => ({ id: index + 1, ...row }))),
    agreements: fc.array(registered(instant), { minLength: 0, maxLength: 3 }).map((all) => all.map(named)),
    choices: fc.oneof({ weight: 3, arbitrary: fc.constant<ChoiceRule[]>([]) }, { weight: 2, arbitrary: fc.array(choiceRule, { minLength: 1, maxLength: 3 }) }),
    emergency: fc.nat(4).map((dice) => dice === 0),
    relationships: fc.array(fc.record({
      organisation: fc.constantFrom(...organisations), kind: fc.constantFrom(...relationshipKinds), until: fc.option(instant, { freq: 4 }),
    }), { maxLength: 4 }),
    now: fc.constant(at),
  });
}

/** Provisions as a Consent may say them: any limits together, the whole record among them, more specific the more they limit. */
export const choiceRule: fc.Arbitrary<ChoiceRule> = fc.record({
  effect: fc.constantFrom('deny' as const, 'permit' as const),
  limits: fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: fc.record({
    organisations: some(organisations), roles: some(careRoles), purposes: some(carePurposes), categories: some(categories), labels: some(labels), custodians: some(organisations),
  }, { requiredKeys: [] }) }),
  deeper: fc.nat(1),
}).map(({ effect, limits, deeper }) => ({ effect, limits, specificity: Object.keys(limits).length === 0 ? 0 : Object.keys(limits).length + deeper }));

const requester: fc.Arbitrary<Requester> = fc.record({
  client: fc.constant('demo'), token: fc.constant('token-1'), organisation: fc.constantFrom(...organisations), organisationName: fc.constant('Name'),
  role: fc.constantFrom(...careRoles, ...oversight), purpose: fc.constantFrom<Purpose>(...carePurposes, 'HOPERAT'),
  scopes: fc.constantFrom(['system/Task.rs'], ['system/*.rs'], ['system/Patient.rs', 'user/*.rs']),
  person: fc.constantFrom({ id: 'person-1', name: 'Sam Example' }, { id: 'person-2', name: 'Kim Example' }),
}, { requiredKeys: ['client', 'token', 'organisation', 'organisationName', 'role', 'purpose', 'scopes'] });

/** As `readAgreement` lets them through: a clause is for care or for oversight, never both. */
const clause: fc.Arbitrary<Omit<Clause, 'number'>> = fc.oneof(
  { weight: 3, arbitrary: fc.record({
    text: fc.constant('care'), from: some(organisations), to: some(organisations), purposes: some(carePurposes), roles: some(careRoles), categories: some(categories),
    consentBasis: fc.constantFrom('implied' as const, 'implied' as const, 'explicit' as const), labels: some(labels, 0),
    notice: fc.constantFrom('none' as const, 'generic' as const, 'organisation' as const),
    relationships: some(relationshipKinds),
  }, { requiredKeys: ['text', 'from', 'to', 'purposes', 'roles', 'categories', 'consentBasis', 'labels', 'notice'] }) },
  { weight: 1, arbitrary: fc.record({
    text: fc.constant('oversight'), from: some(organisations), to: some(organisations), purposes: fc.constant<Purpose[]>(['HOPERAT']), roles: some(oversight),
    categories: some(['identity', 'administration'] as const), consentBasis: fc.constant('implied' as const), labels: some(labels, 0), notice: fc.constant('none' as const),
  }) },
);

function registered(instant: fc.Arbitrary<Date>): fc.Arbitrary<RegisteredAgreement> {
  const rarely = fc.option(instant, { freq: 1 });
  return fc.record({
    agreement: fc.record({
      clauses: fc.array(clause, { minLength: 1, maxLength: 4 }),
      period: fc.tuple(instant, instant).map(([one, other]) => (one < other ? { start: one, end: other } : { start: other, end: new Date(one.getTime() + 1) })),
    }).map(({ clauses, period }): Agreement => ({
      id: 'agreement', version: '1.0', title: 'Random agreement', parties: [], reviewDate: '2026-01-01', lawfulBases: ['any'], sha256: '0'.repeat(64), period,
      clauses: clauses.map((each, index) => ({ ...each, number: `${index + 1}` })),
    })),
    activatedAt: fc.option(instant, { freq: 8 }),
    terminatedAt: fc.tuple(fc.nat(3), rarely).map(([dice, at]) => (dice === 0 ? at : null)),
    signedBy: fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([...organisations]) }, { weight: 1, arbitrary: some(organisations, 0) }),
  });
}

function named(each: RegisteredAgreement, index: number): RegisteredAgreement {
  const parties = organisations.map((organisation) => ({ organisation, name: organisation, capacity: 'controller' as const, signatoryRole: 'Caldicott Guardian' }));
  return { ...each, agreement: { ...each.agreement, id: `agreement-${index + 1}`, parties } };
}
