import { compileGrant, compileShared, grantOf, sharedBy } from '../../src/consent/compile-grant.ts';
import type { GrantInput } from '../../src/consent/compile-grant.ts';
import { sharingCategories } from '../../src/fhir/sharing.ts';
import {
  agreement, bchc, clause, communityNurse, council, end, feedClient, governanceLead, icb, inForce, now, privacyOfficer, rowOf, start, uhb, wardDoctor,
} from './sharing-cases.ts';

const classes = [
  { ...rowOf(bchc, 'episode'), id: 1 }, { ...rowOf(uhb, 'episode'), id: 2 }, { ...rowOf(uhb, 'plan'), id: 3 }, { ...rowOf(uhb, 'contacts'), id: 4 },
  { ...rowOf(council, 'episode'), id: 5 }, { ...rowOf(uhb, 'identity'), id: 6 },
];
const agreements = [inForce([
  clause(), clause({ number: '1.2', categories: ['plan'], relationships: ['referral', 'episode'] }), clause({ number: '1.3', categories: ['contacts'], consentBasis: 'explicit' }),
])];
const oversight = inForce([clause({ to: [icb], purposes: ['HOPERAT'], roles: ['governance'], categories: ['identity', 'administration'] })]);
const input = (changes: Partial<GrantInput> = {}): GrantInput => ({ requester: communityNurse, classes, agreements, generation: 7, now, ...changes });

describe('a grant', () => {
  it('lists what each rule opens, and nothing else', () => {
    const grant = compileGrant(input());
    expect(grant).toMatchObject({
      organisation: bchc, role: 'nurse', purpose: 'TREAT', person: 'person-nurse', client: 'demo', generation: 7, directory: true, governance: false,
      exempt: [1], open: [2], related: [{ classId: 3, kinds: ['episode', 'referral'] }], explicit: [4],
    });
    expect([...grant.rules].map(([id, rule]) => [id, rule.kind])).toEqual([[1, 'own'], [2, 'open'], [3, 'related'], [4, 'explicit'], [5, 'none'], [6, 'none']]);
  });

  it('is shared by everybody of one organisation, role, purpose and scopes, but for who they are', () => {
    const other = { ...communityNurse, person: { id: 'another-nurse', name: 'Another' } };
    const shared = compileShared(input());
    const [one, two] = [grantOf(shared, communityNurse), grantOf(shared, other)];
    expect([one, two]).toEqual([compileGrant(input()), compileGrant(input({ requester: other }))]);
    expect(two.rules).toBe(one.rules);
    expect([one.person, two.person, one.key === two.key]).toEqual(['person-nurse', 'another-nurse', false]);
    expect(sharedBy(other)).toBe(sharedBy(communityNurse));
    const others = [{ organisation: uhb }, { role: 'doctor' as const }, { purpose: 'CAREMGT' as const }, { scopes: [] }];
    expect(new Set([communityNurse, ...others.map((change) => ({ ...communityNurse, ...change }))].map(sharedBy)).size).toBe(5);
  });

  it('of a feed holds nothing of anybody', () => {
    const grant = compileGrant(input({ requester: feedClient }));
    expect({ ...grant, rules: undefined }).toMatchObject({ exempt: [], open: [], related: [], explicit: [], governance: false, person: null });
  });

  it.each<[string, Partial<GrantInput>, string | undefined]>([
    ['without scopes for everything', { requester: feedClient }, 'scopes'],
    ['no clause names', { requester: { ...feedClient, organisation: bchc, scopes: ['system/*.rs'] } }, 'agreements'],
    ['a clause names for another purpose', { requester: { ...feedClient, organisation: bchc, scopes: ['system/*.rs'] }, agreements: [inForce([clause({ roles: ['integration'], purposes: ['HRESCH'] })])] }, 'agreements'],
    ['a clause names', { requester: { ...feedClient, organisation: bchc, scopes: ['system/*.rs'] }, agreements: [inForce([clause({ roles: ['integration'] })])] }, undefined],
  ])('of a system %s says so, whatever there is', (_, changes, narrow) => {
    for (const there of [classes, []]) expect(compileGrant(input({ ...changes, classes: there })).narrow).toBe(narrow);
  });

  it('for oversight is exempt from choices and opens governance', () => {
    expect(compileGrant(input({ requester: governanceLead, agreements: [oversight] }))).toMatchObject({ exempt: [6], open: [], governance: true });
  });

  it.each([
    ['without an oversight agreement', { requester: governanceLead }],
    ['once the oversight agreement has lapsed', { requester: governanceLead, agreements: [oversight], now: end }],
    ['for another purpose', { requester: { ...governanceLead, purpose: 'TREAT' as const }, agreements: [oversight] }],
    ['for an organisation the clause does not name', { requester: privacyOfficer, agreements: [oversight] }],
    ['for a doctor', { requester: wardDoctor }],
  ])('does not open governance %s', (_, changes) => expect(compileGrant(input(changes)).governance).toBe(false));

  it('opens a class for the relationships of every clause that covers it', () => {
    const several = [inForce([clause({ number: '1.1', relationships: ['episode'] }), clause({ number: '1.2', relationships: ['care-team', 'episode'] })])];
    const grant = compileGrant(input({ agreements: several }));
    expect(grant.related).toEqual([{ classId: 2, kinds: ['care-team', 'episode'] }]);
    expect(grant.rules.get(2)).toMatchObject({ clause: '1.1', relationships: ['episode'], alternatives: [{ clause: '1.2', relationships: ['care-team', 'episode'] }] });
  });
});

describe('a grant is valid', () => {
  const soon = new Date('2026-08-01T00:00:00Z');
  const later = { period: { start: soon, end } };
  it.each([
    ['until its agreement ends', agreements, end],
    ['until it is terminated', [inForce([clause()], { terminatedAt: soon })], soon],
    ['until another agreement for the requester begins', [...agreements, inForce([], { agreement: agreement([clause()], later) })], soon],
    ['whatever begins for others', [...agreements, inForce([], { agreement: agreement([clause({ to: [council] })], later) })], end],
    ['without an end when no agreement concerns the requester', [oversight], null],
    ['without an end when the agreement is a draft', [inForce([clause()], { activatedAt: null })], null],
    ['without an end when the agreement is over', [inForce([clause()], { agreement: agreement([clause()], { period: { start, end: now } }) })], null],
  ])('%s', (_, registered, until) => expect(compileGrant(input({ agreements: registered })).validUntil).toEqual(until));
});

describe('the key of a grant', () => {
  const { key } = compileGrant(input());

  it('is SHA-256 and the same for the same grant', () => {
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(compileGrant(input({ now: new Date(now.getTime() + 1) })).key).toBe(key);
    expect(compileGrant(input({ requester: { ...communityNurse, token: 'token-9' } })).key).toBe(key);
  });

  it.each<[string, Partial<GrantInput>]>([
    ['generation', { generation: 8 }],
    ['person', { requester: { ...communityNurse, person: { id: 'another', name: 'Sam Example' } } }],
    ['client', { requester: { ...communityNurse, client: 'another' } }],
    ['role', { requester: { ...communityNurse, role: 'doctor' } }],
    ['purpose', { requester: { ...communityNurse, purpose: 'CAREMGT' } }],
    ['set of classes', { classes: classes.slice(0, 5) }],
    ['clause behind a class', { agreements: [inForce([clause({ number: '9' }), ...agreements[0]?.agreement.clauses.slice(1) ?? []])] }],
    ['notice of a clause', { agreements: [inForce([clause({ notice: 'none' }), ...agreements[0]?.agreement.clauses.slice(1) ?? []])] }],
    ['end of the agreement', { agreements: [inForce([], { agreement: agreement(agreements[0]?.agreement.clauses ?? [], { period: { start, end: new Date(end.getTime() + 1) } }) })] }],
  ])('changes with the %s', (_, changes) => expect(compileGrant(input(changes)).key).not.toBe(key));
});

it('a grant over 300 organisations, 6,000 classes and 200 clauses compiles', () => {
  const organisations = Array.from({ length: 300 }, (_, index) => `https://fhir.nhs.uk/Id/ods-organization-code|X${index}`);
  const many = organisations.flatMap((custodian, index) => sharingCategories.slice(0, 10).flatMap((category, place) => [[], ['PSY']].map((labels, label) => (
    { id: index * 20 + place * 2 + label, custodian, category, labels }))));
  const all = Array.from({ length: 10 }, (_, index) => inForce([], {
    signedBy: organisations,
    agreement: agreement(Array.from({ length: 20 }, (__, number) => clause({ number: `${number + 1}`, from: organisations.slice(index * 30), to: organisations })), { id: `agreement-${index}` }),
  }));
  const grant = compileGrant(input({ requester: { ...communityNurse, organisation: organisations[0] ?? '' }, classes: many, agreements: all }));
  expect(grant.rules.size).toBe(6_000);
});
