import fc from 'fast-check';
import type { Purpose, Requester, SharingClass, SharingRole } from '../../src/fhir/sharing.ts';
import { relationshipKinds } from '../../src/fhir/sharing.ts';
import { withOverrides } from '../../src/consent/choice-within.ts';
import type { Agreement, ChoiceLimits, ChoiceRule, Clause, RecordFacts, RegisteredAgreement, Relationship } from '../../src/consent/types.ts';
import { bchc, consentOf, council, optOutOf, uhb } from './sharing-cases.ts';

/** One random world of sharing as one requester meets it. Every row class stands for rows of one citizen. */
export interface SharingCase {
  requester: Requester;
  classes: SharingClass[];
  agreements: RegisteredAgreement[];
  choices: ChoiceRule[];
  /** the row each class stands for; undefined: the class as a whole */
  record: RecordFacts | undefined;
  /** the requester has live emergency access */
  emergency: boolean;
  relationships: Relationship[];
  now: Date;
}

const organisations = [uhb, bchc, council];
const categories = ['identity', 'administration', 'episode', 'mental-health'] as const;
const careRoles: SharingRole[] = ['nurse', 'social-worker', 'integration'];
const oversight: SharingRole[] = ['governance', 'privacy-officer'];
const carePurposes: Purpose[] = ['TREAT', 'CAREMGT', 'HRESCH'];
/** Stand for records, codes and types; a test with real rows puts theirs in place of the ids. */
export const recordIds = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000003'];
export const recordTypes = ['EpisodeOfCare', 'CarePlan'];
export const codeTokens = [-11n, 12n, 13n];
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
    choices: fc.oneof({ weight: 3, arbitrary: fc.constant<ChoiceRule[]>([]) }, { weight: 2, arbitrary: consents(instant, 3) }, { weight: 1, arbitrary: fc.constantFrom(...tellingChoices(at, stepMs)) }),
    record: fc.option(recordFacts(instant), { nil: undefined }),
    emergency: fc.nat(4).map((dice) => dice === 0),
    relationships: fc.array(fc.record({
      organisation: fc.constantFrom(...organisations), kind: fc.constantFrom(...relationshipKinds), until: fc.option(instant, { freq: 4 }),
    }), { maxLength: 4 }),
    now: fc.constant(at),
  });
}

/** What random choices seldom say, and mistakes are seen by. */
export function tellingChoices(at: Date, stepMs: number): ChoiceRule[][] {
  const dates = { from: new Date(at.getTime() - stepMs), until: new Date(at.getTime() + stepMs) };
  const purposes = ['HRESCH'] as const;
  return [
    consentOf('a', ['deny', {}]),
    consentOf('a', ['deny', {}], ['permit', { organisations }]),
    [...consentOf('a', ['deny', { organisations }]), ...consentOf('b', ['permit', { organisations }])],
    consentOf('a', ['permit', { organisations }], ['deny', { categories: ['episode'] }]),
    [...consentOf('a', ['deny', {}], ['permit', { organisations }]), ...consentOf('b', ['deny', { categories: ['episode', 'identity'] }])],
    [optOutOf(), ...consentOf('a', ['permit', { purposes, organisations }])],
    [optOutOf(), ...consentOf('a', ['permit', { purposes }])],
    [optOutOf(), ...consentOf('a', ['permit', { organisations }])],
    [...consentOf('b', ['deny', { purposes }]), ...consentOf('a', ['permit', { purposes, organisations }])],
    ...([{ organisations: [uhb] }, { organisations: [bchc, council] }, { roles: ['nurse'] }, { labels: ['PSY'] }, { types: ['CarePlan'] }, { tokens: [12n] }, { ids: recordIds.slice(1) }, { dates }] as const)
      .map((limits) => consentOf('a', ['permit', {}], ['deny', limits])),
    consentOf('a', ['deny', {}], ['permit', { dates }]),
  ];
}

/** Of a record what a choice may look at; `id` is to be replaced where rows are real. */
export function recordFacts(instant: fc.Arbitrary<Date>): fc.Arbitrary<RecordFacts> {
  return fc.record({
    id: fc.constantFrom(...recordIds), type: fc.constantFrom(...recordTypes), tokens: some(codeTokens, 0), from: fc.option(instant, { freq: 3 }), until: fc.option(instant, { freq: 3 }),
  });
}

/** All rules of a few Consents of one person. Exceptions lie within their parent, stand beside it, or are as wide; now and then there is an opt-out, or a permission it gives way to. */
export function consents(instant: fc.Arbitrary<Date>, atMost: number): fc.Arbitrary<ChoiceRule[]> {
  return fc.array(fc.oneof({ weight: 3, arbitrary: consent(instant) }, { weight: 1, arbitrary: optOut }, { weight: 1, arbitrary: research }), { minLength: 1, maxLength: atMost })
    .map((all) => all.flatMap((rules, i) => rules.map((rule, n) => ({ ...rule, consent: `consent-${i}`, n }))));
}

type Unplaced = Omit<ChoiceRule, 'consent' | 'n'>;

function consent(instant: fc.Arbitrary<Date>): fc.Arbitrary<Unplaced[]> {
  const one = fc.record({ effect: fc.constantFrom('deny' as const, 'permit' as const), limits: limits(instant), within: fc.nat(2) });
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((all) => {
    const rules: { effect: ChoiceRule['effect']; limits: ChoiceLimits }[] = [];
    for (const { effect, limits: own, within } of all) rules.push({ effect, limits: within > 0 ? { ...own, ...rules.at(-1)?.limits } : own });
    return withOverrides(rules.map((rule) => ({ ...rule, from: null, until: null, optOut: false }))).map(({ from: _from, until: _until, ...rule }) => rule);
  });
}

/** Up to two limits of any kind, often none: the whole record. */
function limits(instant: fc.Arbitrary<Date>): fc.Arbitrary<ChoiceLimits> {
  const span = fc.tuple(fc.option(instant, { freq: 4 }), fc.option(instant, { freq: 4 })).filter(([from, until]) => from === null || until === null || from < until).map(([from, until]) => ({ from, until }));
  const each: { [limit in keyof ChoiceLimits]-?: fc.Arbitrary<ChoiceLimits[limit]> } = {
    organisations: some(organisations), roles: some(careRoles), purposes: some(carePurposes), categories: some(categories), labels: some(labels), custodians: some(organisations),
    types: some(recordTypes), tokens: some(codeTokens), ids: some(recordIds), dates: span,
  };
  const names = Object.keys(each) as (keyof ChoiceLimits)[];
  return fc.oneof({ weight: 2, arbitrary: fc.constant<ChoiceLimits>({}) }, { weight: 3, arbitrary: fc.shuffledSubarray(names, { minLength: 1, maxLength: 2 }).chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map((name) => [name, each[name]]))) as fc.Arbitrary<ChoiceLimits>) });
}

const optOut: fc.Arbitrary<Unplaced[]> = fc.option(fc.constantFrom(...organisations)).map((custodian) =>
  [{ effect: 'deny', limits: { purposes: ['HRESCH'], ...(custodian !== null && { custodians: [custodian] }) }, overrides: [], optOut: true }]);

const research: fc.Arbitrary<Unplaced[]> = some(organisations).map((named) =>
  [{ effect: 'permit', limits: { purposes: ['HRESCH'], organisations: named }, overrides: [], optOut: false }]);

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
    consentBasis: fc.constantFrom('implied' as const, 'implied' as const, 'explicit' as const), labels: some(labels, 0), excludedLabels: fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: some(labels) }),
    notice: fc.constantFrom('none' as const, 'generic' as const, 'organisation' as const),
    relationships: some(relationshipKinds),
  }, { requiredKeys: ['text', 'from', 'to', 'purposes', 'roles', 'categories', 'consentBasis', 'labels', 'excludedLabels', 'notice'] }) },
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
