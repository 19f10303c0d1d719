import { readFileSync } from 'node:fs';
import type { Coding, Consent, ConsentProvision, ConsentProvisionActor } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { choiceEffect } from '../../src/consent/choice-effect.ts';
import { choiceFromConsent, type ReadChoice } from '../../src/consent/choice-from-consent.ts';
import type { Choice, ChoiceEffect, ChoiceLimits, ChoiceRule, WrittenRule } from '../../src/consent/types.ts';
import { isWithin } from '../../src/consent/choice-within.ts';
import { codeTokens } from '../../src/fhir/code-tokens.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { purposesBeyondCare } from '../../src/fhir/sharing.ts';
import { organisationReference } from '../../src/fhir/organisation-reference.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import type { Requester, SharingClass } from '../../src/fhir/sharing.ts';
import { bchc, bsmhft, communityNurse, council, mentalHealthNurse, rowOf, socialWorker, uhb, wardDoctor } from './sharing-cases.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const sharing = (name: string, code: string): Coding => ({ system: `https://fhir.bicp.example/CodeSystem/sharing-${name}`, code });
const purpose = (code: string): Coding => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code });
const category = (code: string): Coding => sharing('category', code);
const role = (code: string): Coding => sharing('role', code);
const type = (code: string): Coding => ({ system: 'http://hl7.org/fhir/resource-types', code });
const snomed = 'http://snomed.info/sct';
const record = '11111111-2222-4333-8444-555555555555';
const label = (code: string): Coding => ({ system: actCode, code });
const part = (code: string): Coding => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code });
const action = (code: string) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code }] });
const actor = (organisation: string, ...codings: Coding[]): ConsentProvisionActor => ({ role: { coding: codings }, reference: organisationReference(organisation) });
const recipient = (organisation: string): ConsentProvisionActor => actor(organisation, part('IRCP'));
const custodian = (organisation: string): ConsentProvisionActor => actor(organisation, part('CST'));

const withoutRule: Consent = {
  resourceType: 'Consent', status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: actCode, code: 'INFA' }] }],
  patient: { reference: 'Patient/example' }, dateTime: '2026-01-05T10:00:00Z',
};
const under = (rule: string, provision?: ConsentProvision): Consent => ({ ...withoutRule, policyRule: { coding: [{ system: actCode, code: rule }] }, ...(provision && { provision }) });
const objection = under('OPTOUT', { type: 'deny' });
const byPolicy = (provision?: ConsentProvision): Consent => ({ ...withoutRule, policy: [{ uri: 'https://fhir.bicp.example/policy/objection' }], ...(provision && { provision }) });
/** An objection with one exception. */
const except = (exception: ConsentProvision): Consent => under('OPTOUTE', { provision: [exception] });

const read = (consent: Consent): ReadChoice => choiceFromConsent(consent, uhb);
const rulesOf = (consent: Consent): readonly WrittenRule[] => choiceOf(consent).rules;
/** As they count once they are recorded. */
const liveRulesOf = (consent: Consent): ChoiceRule[] => rulesOf(consent).map(({ from: _from, until: _until, ...rule }, n) => ({ consent: 'one', n, ...rule }));
const problemsOf = (consent: Consent): Problem[] => (read(consent) as { problems: Problem[] }).problems;
const always = { from: null, until: null, optOut: false };
const decidedAt = new Date('2026-01-05T10:00:00.999Z');
const wholeRecord = (effect: ChoiceRule['effect']): Choice => ({ kind: 'sharing', decidedAt, rules: [{ effect, limits: {}, overrides: [], ...always }], from: null, until: null });

beforeAll(() => loadDefinitions());

function choiceOf(consent: Consent): Choice {
  const said = read(consent);
  if (!('choice' in said)) throw new Error(`not a choice: ${JSON.stringify(said)}`);
  return said.choice;
}

describe('a choice about the whole record', () => {
  it.each<[string, Consent, ChoiceRule['effect']]>([
    ['an objection by rule and provision', objection, 'deny'],
    ['by the rule alone', under('OPTOUT'), 'deny'],
    ['by an empty provision', under('OPTOUT', {}), 'deny'],
    ['by a rule with exceptions that has none', under('OPTOUTE'), 'deny'],
    ['by a policy', byPolicy({ type: 'deny' }), 'deny'],
    ['in the category of disclosure', { ...objection, category: [{ coding: [{ system: actCode, code: 'IDSCL' }] }] }, 'deny'],
    ['in the LOINC category', { ...objection, category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }] }, 'deny'],
    ['with a form behind it', { ...objection, sourceReference: { reference: 'DocumentReference/form' } }, 'deny'],
    ['about all that seeing is', under('OPTOUT', { type: 'deny', action: [action('access'), action('disclose'), action('use')] }), 'deny'],
    ['a permission', under('OPTIN'), 'permit'],
    ['a permission with restrictions that has none', under('OPTINR', { type: 'permit' }), 'permit'],
    ['a permission by a policy', byPolicy({ type: 'permit' }), 'permit'],
  ])('%s', (_, consent, effect) => expect(read(consent)).toEqual({ choice: wholeRecord(effect) }));

  it('may say that agreements decide', () => expect(read(under('IMPLIED'))).toEqual({ choice: { ...wholeRecord('deny'), rules: [] } }));

  it('is withdrawn by status inactive, whatever it said', () => {
    expect(read({ ...objection, status: 'inactive' })).toEqual({ withdrawn: { kind: 'sharing', decidedAt, source: '' } });
    expect(read({ ...under('OPTOUT', { code: [{ text: 'any' }] }), status: 'inactive' })).toEqual({ withdrawn: { kind: 'sharing', decidedAt, source: '' } });
  });

  it.each(['draft', 'proposed', 'rejected', 'entered-in-error'] as const)('counts for nothing with status %s, whatever it said', (status) => {
    expect(read({ ...objection, status })).toEqual({ void: true });
    expect(read({ ...under('OPTOUT', { code: [{ text: 'any' }] }), status })).toEqual({ void: true });
  });

  it.each<[string, string | undefined, string | null]>([
    ['at a time', '2026-01-05T10:00:00+01:00', '2026-01-05T09:00:00.999Z'], ['on a day, by its end', '2026-06-30', '2026-06-30T22:59:59.999Z'], ['at no time that is told', undefined, null],
  ])('was decided %s', (_, dateTime, at) => {
    const { dateTime: _dateTime, ...undated } = objection;
    expect(choiceOf({ ...undated, ...(dateTime !== undefined && { dateTime }) }).decidedAt).toEqual(at && new Date(at));
  });

  it.each<[string, Partial<Consent>]>([
    ['of the whole', { modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] }], ['by rules elsewhere', { implicitRules: 'https://example.org/rules' }],
  ])('is not withdrawn by what may mean the opposite: a modifier %s', (_, modifier) => {
    expect(read({ ...objection, ...modifier, status: 'inactive' })).toEqual({ problems: [expect.objectContaining({ code: 'consent-not-supported' })] });
  });
});

describe('a limit of a provision', () => {
  it.each<[string, ConsentProvision, ChoiceLimits]>([
    ['organisations that ask', { actor: [recipient(bchc), recipient(council)] }, { organisations: [bchc, council] }],
    ['organisations whose information it is', { actor: [custodian(bsmhft)] }, { custodians: [bsmhft] }],
    ['both, which both must hold', { actor: [recipient(council), custodian(bsmhft)] }, { organisations: [council], custodians: [bsmhft] }],
    ['a role in an organisation', { actor: [actor(bchc, role('nurse'))] }, { organisations: [bchc], roles: ['nurse'] }],
    ['a role said to be a recipient', { actor: [actor(bchc, part('IRCP'), role('nurse'))] }, { organisations: [bchc], roles: ['nurse'] }],
    ['a role with a translation', { actor: [actor(bchc, role('nurse'), { system: 'http://snomed.info/sct', code: '106292003' })] }, { organisations: [bchc], roles: ['nurse'] }],
    ['roles in organisations that combine freely', { actor: [bchc, uhb].flatMap((each) => ['nurse', 'doctor'].map((name) => actor(each, role(name)))) },
      { organisations: [bchc, uhb], roles: ['nurse', 'doctor'] }],
    ['purposes', { purpose: ['TREAT', 'CAREMGT', 'COC', 'ETREAT', 'BTG'].map(purpose) }, { purposes: ['TREAT', 'CAREMGT', 'COC', 'ETREAT', 'BTG'] }],
    ['sorts of information', { class: [category('mental-health'), category('safeguarding')] }, { categories: ['mental-health', 'safeguarding'] }],
    ['organisations that are the authors', { actor: [actor(bsmhft, part('AUT'))] }, { custodians: [bsmhft] }],
    ['what an organisation wrote', { data: [{ meaning: 'authoredby', reference: organisationReference(bsmhft) }] }, { custodians: [bsmhft] }],
    ['purposes beyond care', { purpose: ['HRESCH', 'PUBHLTH'].map(purpose) }, { purposes: ['HRESCH', 'PUBHLTH'] }],
    ['types of record', { class: [type('CarePlan'), type('Condition')] }, { types: ['CarePlan', 'Condition'] }],
    ['codes in types of record', { class: [type('ServiceRequest')], code: [{ coding: [{ system: snomed, code: '1' }, { system: 'urn:local', code: 'x|y' }] }] },
      { types: ['ServiceRequest'], tokens: [...codeTokens('ServiceRequest', snomed, '1'), ...codeTokens('ServiceRequest', 'urn:local', 'x|y')] }],
    ['single records', { data: [{ meaning: 'instance', reference: { reference: `CarePlan/${record}` } }] }, { ids: [record] }],
    ['a time of records', { class: [type('Encounter')], dataPeriod: { start: '2026-01-01', end: '2026-01-31' } },
      { types: ['Encounter'], dates: { from: new Date('2026-01-01T00:00:00Z'), until: new Date('2026-02-01T00:00:00Z') } }],
    ['labels', { securityLabel: [label('PSY'), sharing('label', 'legal-restriction')] }, { labels: ['PSY', 'legal-restriction'] }],
    ['the same thing twice', { class: [category('plan'), category('plan')], actor: [recipient(bchc), recipient(bchc)] }, { organisations: [bchc], categories: ['plan'] }],
  ])('%s', (_, provision, limits) => {
    const base = { effect: 'deny', limits, overrides: [], ...always };
    expect(rulesOf(under('OPTOUT', provision))).toEqual([base]);
    expect(rulesOf(under('OPTIN', { provision: [{ type: 'deny', ...provision }] }))[1]).toEqual(base);
  });
});

describe('an exception', () => {
  it('has the limits of its parent and its own, and overrides the denials it lies within', () => {
    expect(rulesOf(under('OPTOUTE', { purpose: [purpose('TREAT'), purpose('COC')], provision: [
      { type: 'permit', actor: [actor(bchc, role('nurse'))], provision: [{ type: 'deny', purpose: [purpose('COC')] }] },
      { type: 'permit', class: [category('plan')] },
    ] }))).toEqual([
      { effect: 'deny', limits: { purposes: ['TREAT', 'COC'] }, overrides: [], ...always },
      { effect: 'permit', limits: { purposes: ['TREAT', 'COC'], organisations: [bchc], roles: ['nurse'] }, overrides: [0], ...always },
      { effect: 'deny', limits: { purposes: ['COC'], organisations: [bchc], roles: ['nurse'] }, overrides: [], ...always },
      { effect: 'permit', limits: { purposes: ['TREAT', 'COC'], categories: ['plan'] }, overrides: [0], ...always },
    ]);
  });

  it('of the agreements is a rule of its own, within what the outermost provision names', () => {
    expect(rulesOf(under('IMPLIED', { class: [category('mental-health')], provision: [{ type: 'deny', actor: [recipient(council)] }] })))
      .toEqual([{ effect: 'deny', limits: { categories: ['mental-health'], organisations: [council] }, overrides: [], ...always }]);
  });

  const nurses = { communityNurse, socialWorker, mentalHealthNurse, wardDoctor };
  const episode = rowOf(uhb, 'episode');
  const mental = rowOf(bsmhft, 'mental-health', 'PSY');
  type Effects = ('permit' | 'deny' | undefined)[];

  it.each<[string, Consent, SharingClass, Effects]>([
    ['nobody but one organisation', except({ type: 'permit', actor: [recipient(bchc)] }), episode, ['permit', 'deny', 'deny', 'deny']],
    ['everybody but one organisation', under('OPTIN', { provision: [{ type: 'deny', actor: [recipient(council)] }] }), episode, ['permit', 'deny', 'permit', 'permit']],
    ['as agreements say, but not one organisation', under('IMPLIED', { provision: [{ type: 'deny', actor: [recipient(council)] }] }), episode, [undefined, 'deny', undefined, undefined]],
    ['everybody, but not what the mental health trust wrote', under('OPTIN', { provision: [{ type: 'deny', actor: [custodian(bsmhft)] }] }), mental, ['deny', 'deny', 'deny', 'deny']],
    ['the same, of what another wrote', under('OPTIN', { provision: [{ type: 'deny', actor: [custodian(bsmhft)] }] }), episode, ['permit', 'permit', 'permit', 'permit']],
    ['an exception to an exception: one organisation, but not its nurses', except({ type: 'permit', actor: [recipient(bchc), recipient(council)], provision: [{ type: 'deny', actor: [actor(bchc, role('nurse'))] }] }), episode,
      ['deny', 'permit', 'deny', 'deny']],
    ['two exceptions as specific that meet: the denying one', under('OPTOUTE', { provision: [{ type: 'permit', actor: [recipient(bchc)] }, { type: 'deny', class: [category('mental-health')] }] }), mental,
      ['deny', 'deny', 'deny', 'deny']],
    ['and where they do not meet, the permitting one', under('OPTOUTE', { provision: [{ type: 'permit', actor: [recipient(bchc)] }, { type: 'deny', class: [category('mental-health')] }] }), episode,
      ['permit', 'deny', 'deny', 'deny']],
    ['nurses of one organisation, but nothing about mental health: neither lies within the other, so what denies', under('OPTOUTE', { provision: [{ type: 'permit', actor: [actor(bchc, role('nurse'))] }, { type: 'deny', class: [category('mental-health')] }] }), mental,
      ['deny', 'deny', 'deny', 'deny']],
    ['nothing about mental health, but for one organisation', under('IMPLIED', { provision: [{ type: 'deny', class: [category('mental-health')], provision: [{ type: 'permit', actor: [recipient(bchc)] }] }] }), mental,
      ['permit', 'deny', 'deny', 'deny']],
    ['nothing that carries a label', under('IMPLIED', { provision: [{ type: 'deny', securityLabel: [label('PSY')] }] }), mental, ['deny', 'deny', 'deny', 'deny']],
  ])('can mean: %s', (_, consent, sharingClass, effects) => {
    expect(Object.values(nurses).map((requester: Requester) => inShort(choiceEffect(liveRulesOf(consent), requester, sharingClass)))).toEqual(effects);
  });
});

it('is what the example for governance leads says: nobody but the community trust', () => {
  const example = /^```json\n([^]*?)^```$/m.exec(readFileSync(new URL('../../docs/agreements.md', import.meta.url), 'utf8'))?.[1] ?? '';
  expect(choiceOf(JSON.parse(example) as Consent)).toEqual({
    ...wholeRecord('deny'), decidedAt: new Date('2026-11-21T23:59:59.999Z'),
    rules: [{ effect: 'deny', limits: {}, overrides: [], ...always }, { effect: 'permit', limits: { organisations: [bchc] }, overrides: [0], ...always }],
  });
});

it('is what the other examples for governance leads say', () => {
  const examples = [...readFileSync(new URL('../../docs/agreements.md', import.meta.url), 'utf8').matchAll(/^```json provision\n([^]*?)^```$/gm)].map(([, text]) => JSON.parse(text ?? '') as ConsentProvision);
  expect(examples.map((provision) => rulesOf(under('IMPLIED', provision)).map(({ effect, limits, overrides }) => [effect, limits, overrides]))).toEqual([
    [['deny', { categories: ['mental-health'] }, []]],
    [['deny', { ids: ['2f1c4a52-0000-4000-8000-000000000000'] }, []]],
    [['deny', { purposes: ['HRESCH'] }, []], ['permit', { purposes: ['HRESCH'], organisations: [bchc] }, [0]]],
  ]);
});

describe('an opt-out', () => {
  const optOut = (code: string, changes: Partial<Consent> = {}): Consent => ({
    ...withoutRule, category: [{ coding: [label('RESEARCH')] }, { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/opt-out', code }] }], policyRule: { coding: [label('OPTOUT')] }, ...changes,
  });

  it.each<[string, Consent, ChoiceLimits]>([
    ['of the nation denies what is beyond care', optOut('national-opt-out'), { purposes: purposesBeyondCare }],
    ['of a practice denies that of its own records', optOut('type-1-opt-out', { provision: { type: 'deny' } }), { purposes: purposesBeyondCare, custodians: [uhb] }],
  ])('%s', (_, consent, limits) => {
    expect(choiceOf(consent)).toMatchObject({ kind: consent.category[1]?.coding?.[0]?.code, rules: [{ effect: 'deny', limits, optOut: true }] });
  });

  it('may have a period', () => expect(choiceOf(optOut('national-opt-out', { provision: { period: { start: '2026-01-01' } } }))).toMatchObject({ from: new Date('2026-01-01T00:00:00Z'), rules: [{ from: new Date('2026-01-01T00:00:00Z') }] }));
  it('is withdrawn by itself', () => expect(read(optOut('type-1-opt-out', { status: 'inactive' }))).toMatchObject({ withdrawn: { kind: 'type-1-opt-out' } }));

  it.each<[string, Partial<Consent>, string]>([
    ['that permits', { policyRule: { coding: [label('OPTIN')] } }, '/policyRule'],
    ['with an exception', { provision: { provision: [{ type: 'permit', actor: [recipient(bchc)] }] } }, '/provision/provision'],
    ['with a limit', { provision: { class: [category('plan')] } }, '/provision/class'],
    ['that does not say it is about research', { category: [{ coding: [{ system: 'https://fhir.bicp.example/CodeSystem/opt-out', code: 'national-opt-out' }] }] }, '/category'],
    ['of another category too', { category: [...optOut('national-opt-out').category, { coding: [label('INFA')] }] }, '/category/2'],
  ])('%s is refused', (_, changes, pointer) => expect(problemsOf(optOut('national-opt-out', changes)).map(({ at }) => at?.pointer)).toEqual([pointer]));

  it('nobody knows is none', () => expect(problemsOf(optOut('type-2')).map(({ at }) => at?.pointer)).toEqual(['/category/0', '/category/1']));
});

describe('the period of an exception', () => {
  it('lies within its parent\'s, and is enough to make it one', () => {
    const rules = rulesOf(under('OPTOUT', { period: { start: '2026-01-01' }, provision: [{ type: 'permit', period: { end: '2026-01-31' } }] }));
    expect(rules).toMatchObject([{ effect: 'deny', until: null }, { effect: 'permit', from: new Date('2026-01-01T00:00:00Z'), until: new Date('2026-02-01T00:00:00Z'), overrides: [0] }]);
  });
});

describe('the period of a choice is half-open, in London time:', () => {
  it.each<[string, object, string | null, string | null]>([
    ['a day in winter ends with it', { end: '2026-12-31' }, null, '2027-01-01T00:00:00.000Z'],
    ['a day in summer ends with it', { end: '2026-06-30' }, null, '2026-06-30T23:00:00.000Z'],
    ['from a day on', { start: '2026-06-30' }, '2026-06-29T23:00:00.000Z', null],
    ['one day', { start: '2026-03-29', end: '2026-03-29' }, '2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
    ['a month is all of it', { end: '2026-02' }, null, '2026-03-01T00:00:00.000Z'],
    ['a second is all of it', { end: '2026-06-30T12:00:00+01:00' }, null, '2026-06-30T11:00:01.000Z'],
  ])('%s', (_, period, from, until) => {
    const choice = choiceOf(under('OPTOUT', { period }));
    expect([choice.from, choice.until]).toEqual([from, until].map((at) => at && new Date(at)));
  });
});

const unsupported = 'consent-not-supported';
const contradicted = 'consent-contradictory';

describe('refused, at its pointer:', () => {
  it.each<[string, Consent, string, string]>([
    ['about research', { ...objection, scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'research' }] } }, unsupported, '/scope'],
    ['with a scope in words', { ...objection, scope: { text: 'patient-privacy' } }, unsupported, '/scope'],
    ['a category of another sort as well', { ...objection, category: [...objection.category, { coding: [{ system: actCode, code: 'RESEARCH' }] }] }, unsupported, '/category/1'],
    ['a category that is two', { ...objection, category: [{ coding: [label('INFA'), label('RESEARCH')] }] }, unsupported, '/category/0'],
    ['without a category', { ...objection, category: [] }, unsupported, '/category'],
    ['an unknown rule', under('EMRGONLY'), unsupported, '/policyRule'],
    ['a rule in words', { ...withoutRule, policyRule: { text: 'opt-out' } }, unsupported, '/policyRule'],
    ['a rule of another system', { ...withoutRule, policyRule: { coding: [{ system: 'https://example.org', code: 'OPTOUT' }] } }, unsupported, '/policyRule'],
    ['two rules at once', { ...withoutRule, policyRule: { coding: [label('OPTOUT'), label('OPTIN')] } }, contradicted, '/policyRule'],
    ['without rule or policy', { ...withoutRule, provision: { type: 'deny' } }, unsupported, '/policyRule'],
    ['a policy without a provision', byPolicy(), unsupported, '/provision/type'],
    ['a policy with a provision without a type', byPolicy({ provision: [{ type: 'deny', actor: [recipient(bchc)] }] }), unsupported, '/provision/type'],
    ['a permission under an opt-out', under('OPTOUT', { type: 'permit' }), contradicted, '/provision/type'],
    ['an objection under an opt-in', under('OPTIN', { type: 'deny', actor: [recipient(bchc)] }), contradicted, '/provision/type'],
    ['an objection where agreements decide', under('IMPLIED', { type: 'deny' }), contradicted, '/provision/type'],
    ['limits on nothing', under('IMPLIED', { purpose: [purpose('TREAT')] }), contradicted, '/provision'],
    ['a provision that does what FHIR does not know', under('OPTOUT', { type: 'allow' as 'deny' }), unsupported, '/provision/type'],
    ['an exception without a type', except({ actor: [recipient(bchc)] }), unsupported, '/provision/provision/0/type'],
    ['an exception for everybody', except({ type: 'permit' }), contradicted, '/provision/provision/0'],
    ['an exception to the agreements for everything', under('IMPLIED', { provision: [{ type: 'deny' }] }), contradicted, '/provision/provision/0'],
    ['an exception as wide as its parent', under('OPTOUT', { purpose: [purpose('TREAT')], provision: [{ type: 'permit', purpose: [purpose('TREAT'), purpose('COC')] }] }), contradicted, '/provision/provision/0'],
    ['an exception for a purpose its parent is not about', under('OPTOUT', { purpose: [purpose('TREAT')], provision: [{ type: 'permit', purpose: [purpose('COC')] }] }), contradicted, '/provision/provision/0/purpose'],
    ['an exception for an organisation its parent is not about', under('OPTOUT', { actor: [recipient(bchc)], provision: [{ type: 'permit', actor: [recipient(uhb)] }] }), contradicted, '/provision/provision/0/actor'],
    ['an exception for an action its parent is not about', under('OPTOUT', { action: [action('access')], provision: [{ type: 'permit', actor: [recipient(uhb)], action: [action('use')] }] }), contradicted, '/provision/provision/0/action'],
    ['an exception for more labels than its parent', under('OPTOUT', { securityLabel: [label('PSY')], provision: [{ type: 'permit', securityLabel: [label('PSY'), label('HIV')] }] }), unsupported, '/provision/provision/0/securityLabel'],
    ['oversight', except({ type: 'permit', purpose: [purpose('TREAT'), purpose('HOPERAT')] }), unsupported, '/provision/provision/0/purpose/1'],
    ['the running of the system', except({ type: 'permit', purpose: [purpose('HSYSADMIN')] }), unsupported, '/provision/provision/0/purpose/0'],
    ['a purpose without a system', under('OPTOUT', { purpose: [{ code: 'TREAT' }] }), unsupported, '/provision/purpose/0'],
    ['no purpose at all', under('OPTOUT', { purpose: [] }), unsupported, '/provision/purpose'],
    ['no actor at all', under('OPTOUT', { actor: [] }), unsupported, '/provision/actor'],
    ['no exception at all', under('OPTOUT', { provision: [] }), unsupported, '/provision/provision'],
    ['a purpose nobody can ask for', except({ type: 'permit', purpose: [purpose('HPAYMT')] }), unsupported, '/provision/provision/0/purpose/0'],
    ['a type that is none', under('OPTOUT', { class: [type('Conditon')] }), unsupported, '/provision/class/0'],
    ['every type', under('OPTOUT', { class: [type('DomainResource')] }), unsupported, '/provision/class/0'],
    ['a type that is about nobody', under('OPTOUT', { class: [type('Organization')] }), unsupported, '/provision/class/0'],
    ['a type beside a sort of information', under('OPTOUT', { class: [type('CarePlan'), category('plan')] }), contradicted, '/provision/class'],
    ['what nobody sees anyway', under('OPTOUT', { class: [category('unclassified')] }), unsupported, '/provision/class/0'],
    ['a level of confidentiality', under('OPTOUT', { securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] }), unsupported, '/provision/securityLabel/0'],
    ['a sensitivity that stands for others', under('OPTOUT', { securityLabel: [label('BH')] }), unsupported, '/provision/securityLabel/0'],
    ['a label without a system', under('OPTOUT', { securityLabel: [{ code: 'PSY' }] }), unsupported, '/provision/securityLabel/0'],
    ['one action only that is no look', under('OPTOUT', { action: [action('correct')] }), unsupported, '/provision/action/0'],
    ['an action in words', under('OPTOUT', { action: [{ text: 'disclose' }] }), unsupported, '/provision/action/0'],
    ['a code in words', under('OPTOUT', { class: [type('ServiceRequest')], code: [{ text: 'any' }] }), unsupported, '/provision/code/0'],
    ['a code without a system', under('OPTOUT', { class: [type('ServiceRequest')], code: [{ coding: [{ code: '1' }] }] }), unsupported, '/provision/code/0'],
    ['a code in any type', under('OPTOUT', { code: [{ coding: [{ system: snomed, code: '1' }] }] }), unsupported, '/provision/code'],
    ['a code in a type whose codes are not kept for comparing', under('OPTOUT', { class: [type('ServiceRequest'), type('Goal')], code: [{ coding: [{ system: snomed, code: '1' }] }] }), unsupported, '/provision/code'],
    ['an exception for more codes than its parent', under('OPTOUT', { class: [type('ServiceRequest')], code: [{ coding: [{ system: snomed, code: '1' }] }], provision: [{ type: 'permit', code: [{ coding: [{ system: snomed, code: '1' }, { system: snomed, code: '2' }] }] }] }), unsupported, '/provision/provision/0/code'],
    ['an exception for another type than its parent', under('OPTOUT', { class: [type('CarePlan')], provision: [{ type: 'permit', class: [type('Encounter')] }] }), contradicted, '/provision/provision/0/class'],
    ['a record by something that is no id here', under('OPTOUT', { data: [{ meaning: 'instance', reference: { reference: 'CarePlan/example' } }] }), unsupported, '/provision/data/0/reference'],
    ['a version of a record', under('OPTOUT', { data: [{ meaning: 'instance', reference: { reference: `CarePlan/${record}/_history/1` } }] }), unsupported, '/provision/data/0/reference'],
    ['what is related to a record', under('OPTOUT', { data: [{ meaning: 'related', reference: { reference: `CarePlan/${record}` } }] }), unsupported, '/provision/data/0/meaning'],
    ['what depends on a record', under('OPTOUT', { data: [{ meaning: 'dependents', reference: { reference: `CarePlan/${record}` } }] }), unsupported, '/provision/data/0/meaning'],
    ['what a person wrote', under('OPTOUT', { data: [{ meaning: 'authoredby', reference: { reference: 'Practitioner/1' } }] }), unsupported, '/provision/data/0/reference/reference'],
    ['a record beside what somebody wrote', under('OPTOUT', { data: [{ meaning: 'authoredby', reference: organisationReference(uhb) }, { meaning: 'instance', reference: { reference: `CarePlan/${record}` } }] }), unsupported, '/provision/data'],
    ['whose information it is, twice', under('OPTOUT', { actor: [custodian(uhb)], data: [{ meaning: 'authoredby', reference: organisationReference(uhb) }] }), contradicted, '/provision/data'],
    ['data of a time, of any type', under('OPTOUT', { dataPeriod: { end: '2027-01-01' } }), unsupported, '/provision/dataPeriod'],
    ['data of a time, of a type without one', under('OPTOUT', { class: [type('Patient')], dataPeriod: { end: '2027-01-01' } }), unsupported, '/provision/dataPeriod'],
    ['an exception for data of another time', under('OPTOUT', { class: [type('Encounter')], dataPeriod: { end: '2026-01-01' }, provision: [{ type: 'permit', dataPeriod: { start: '2025-01-01' } }] }), contradicted, '/provision/provision/0/dataPeriod'],
    ['an exception for another time than its parent', under('OPTOUT', { period: { end: '2026-01-01' }, provision: [{ type: 'permit', period: { start: '2027-01-01' } }] }), contradicted, '/provision/provision/0/period'],
    ['a day of deciding that does not exist', { ...objection, dateTime: '2026-02-30' }, unsupported, '/dateTime'],
    ['a period of nothing', under('OPTOUT', { period: {} }), unsupported, '/provision/period'],
    ['a day that does not exist', under('OPTOUT', { period: { end: '2026-02-30' } }), unsupported, '/provision/period/end'],
    ['a period that runs backwards', under('OPTOUT', { period: { start: '2026-03-02', end: '2026-03-01' } }), contradicted, '/provision/period'],
    ['a modifier of the whole', { ...objection, modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] }, unsupported, '/modifierExtension'],
    ['rules elsewhere', { ...objection, implicitRules: 'https://example.org/rules' }, unsupported, '/implicitRules'],
    ['a modifier of an exception', except({ type: 'permit', actor: [{ ...recipient(bchc), modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] }] }), unsupported, '/provision/provision/0/actor/0/modifierExtension'],
    ['a key that is no FHIR', under('OPTOUT', { 'a/b~': true } as object), unsupported, '/provision/a~1b~0'],
    ['a type with something hidden beside it', under('OPTOUT', { type: 'deny', _type: { extension: [] } } as object), unsupported, '/provision/_type'],
  ])('%s', (_, consent, code, pointer) => {
    expect(problemsOf(consent)).toEqual([{ category: 'unprocessable', code, text: expect.any(String), at: { pointer }, expected: expect.any(String), fix: expect.any(String) }]);
  });

  const named = (reference: object, ...codings: Coding[]): Consent =>
    under('OPTOUT', { actor: [{ role: { coding: codings.length > 0 ? codings : [part('IRCP')] }, reference }] });
  it.each<[string, Consent, string, string]>([
    ['by id', named({ reference: 'Organization/bchc' }), unsupported, '/provision/actor/0/reference/reference'],
    ['by id and identifier', named({ ...organisationReference(bchc), reference: 'Organization/uhb' }), unsupported, '/provision/actor/0/reference/reference'],
    ['contained', named({ reference: '#here' }), unsupported, '/provision/actor/0/reference/reference'],
    ['by name', named({ display: 'Community trust' }), unsupported, '/provision/actor/0/reference'],
    ['by half an identifier', named({ identifier: { value: 'RYW' } }), unsupported, '/provision/actor/0/reference/identifier'],
    ['by an identifier of two lines', named(organisationReference(`${bchc}\n${uhb}`)), unsupported, '/provision/actor/0/reference/identifier'],
    ['by a system with a bar', named({ identifier: { system: 'urn:x|y', value: 'RYW' } }), unsupported, '/provision/actor/0/reference/identifier'],
    ['that is a person', named({ type: 'Practitioner', identifier: { system: 'https://fhir.nhs.uk/Id/sds-user-id', value: '1' } }), unsupported, '/provision/actor/0/reference/type'],
    ['in an unknown part', named(organisationReference(bchc), part('PRCP')), unsupported, '/provision/actor/0/role'],
    ['in an unknown role', named(organisationReference(bchc), role('porter')), unsupported, '/provision/actor/0/role'],
    ['in a role of another system', named(organisationReference(bchc), { system: 'https://example.org', code: 'nurse' }), unsupported, '/provision/actor/0/role'],
    ['in a role that watches over sharing', named(organisationReference(bchc), role('privacy-officer')), unsupported, '/provision/actor/0/role'],
    ['in two roles', named(organisationReference(bchc), role('nurse'), role('doctor')), contradicted, '/provision/actor/0/role'],
    ['that asks and is asked', named(organisationReference(bchc), part('IRCP'), part('CST')), contradicted, '/provision/actor/0/role'],
    ['whose information is meant, in a role', named(organisationReference(bchc), part('CST'), role('nurse')), contradicted, '/provision/actor/0/role'],
    ['with something unknown beside it', under('OPTOUT', { actor: [{ ...recipient(bchc), age: 1 } as ConsentProvisionActor] }), unsupported, '/provision/actor/0/age'],
    ['with roles that would mix with another’s', under('OPTOUT', { actor: [actor(bchc, role('nurse')), actor(uhb, role('doctor'))] }), unsupported, '/provision/actor'],
    ['with a role beside one without', under('OPTOUT', { actor: [actor(bchc, role('nurse')), recipient(bchc)] }), unsupported, '/provision/actor'],
  ])('an actor %s', (_, consent, code, pointer) => expect(problemsOf(consent)).toEqual([expect.objectContaining({ code, at: { pointer } })]));

  it('tells how to name an organisation', () => expect(problemsOf(named({ reference: 'Organization/bchc' }))[0]?.fix).toContain('identifier'));
  it('tells in which elements codes can be looked for', () => {
    expect(problemsOf(under('OPTOUT', { code: [{ coding: [{ system: snomed, code: '1' }] }] }))[0]?.expected)
      .toMatch(/CarePlan.category, EpisodeOfCare.type, .*ServiceRequest.category, ServiceRequest.code, .*Observation.code/);
  });
  it('tells everything that is wrong at once', () => {
    const consent = { ...under('OPTOUT', { type: 'permit', purpose: [purpose('HOPERAT')], provision: [{ dataPeriod: {} }, { type: 'deny', class: [] }] }), scope: {} };
    expect(problemsOf(consent).map(({ at }) => at?.pointer)).toEqual([
      '/scope', '/provision/type', '/provision/purpose/0', '/provision/provision/0/dataPeriod', '/provision/provision/0/dataPeriod', '/provision/provision/0/type', '/provision/provision/1/class',
    ]);
  });
});

describe('what is too large is refused unread:', () => {
  const nested = (depth: number): ConsentProvision => ({ type: depth % 2 ? 'permit' : 'deny', purpose: [purpose('TREAT'), purpose('COC')], ...(depth > 0 && { provision: [nested(depth - 1)] }) });
  const many = (count: number): ConsentProvision => ({ provision: Array.from({ length: count }, () => ({ type: 'permit', actor: [recipient(bchc)] })) });

  it.each<[string, ConsentProvision, string]>([
    ['exceptions 50 deep', nested(50), '/provision'], ['exceptions 11 deep', nested(11), '/provision'], ['exceptions 20,000 deep', deep(20_000), '/provision'],
    ['101 provisions', many(100), '/provision'], ['a list of 101', { actor: Array.from({ length: 101 }, (_, i) => recipient(`urn:x|${i}`)) }, '/provision/actor'],
  ])('%s', (_, provision, pointer) => {
    expect(problemsOf(byPolicy({ type: 'deny', ...provision }))).toEqual([expect.objectContaining({ category: 'unprocessable', code: 'consent-too-deep', at: { pointer } })]);
  });

  it('but 100 provisions, and exceptions 10 deep, are read', () => {
    expect(rulesOf(under('OPTOUT', many(99)))).toHaveLength(100);
    const orgs = Array.from({ length: 11 }, (_, i) => `urn:x|${i}`);
    const narrowing = (left: number): ConsentProvision => ({ type: left % 2 ? 'permit' : 'deny', actor: orgs.slice(0, left).map(recipient), ...(left > 1 && { provision: [narrowing(left - 1)] }) });
    expect(rulesOf(under('OPTIN', { provision: [narrowing(10)] })).at(-1)).toMatchObject({ effect: 'permit', limits: { organisations: ['urn:x|0'] } });
  });

  it('and no more than 100 problems are told', () => {
    const wrong = Array.from({ length: 60 }, () => ({ type: 'permit' as const, purpose: [{}, {}], class: [{}] }));
    expect(problemsOf(under('OPTOUT', { provision: wrong }))).toHaveLength(100);
  });

  function deep(depth: number): ConsentProvision {
    let provision: ConsentProvision = {};
    for (let i = 0; i < depth; i++) provision = { type: 'deny', provision: [provision] };
    return provision;
  }
});

/** Random provisions that limit one thing or two, so that most exceptions are narrower than what is around them. */
const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
const ownLimit: fc.Arbitrary<ConsentProvision> = fc.oneof(
  some([bchc, council, bsmhft]).map((all) => ({ actor: all.map(recipient) })),
  some(['nurse', 'social-worker']).map((all) => ({ actor: all.map((each) => actor(bchc, role(each))) })),
  fc.constantFrom(uhb, bsmhft).map((each) => ({ actor: [custodian(each)] })),
  some(['TREAT', 'COC']).map((all) => ({ purpose: all.map(purpose) })),
  some(['episode', 'mental-health']).map((all) => ({ class: all.map(category) })),
  some(['PSY', 'HIV']).map((all) => ({ securityLabel: all.map(label) })),
);
const ownLimits = fc.oneof({ weight: 3, arbitrary: ownLimit }, { weight: 1, arbitrary: fc.tuple(ownLimit, ownLimit).map(([one, other]) => ({ ...one, ...other })) });
const typed = fc.tuple(fc.constantFrom<'deny' | 'permit'>('deny', 'permit'), ownLimits).map(([type, own]) => ({ type, ...own }));
const { tree } = fc.letrec<{ tree: ConsentProvision }>((tie) => ({
  tree: fc.tuple(typed, fc.option(fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), { maxDepth: 3, nil: undefined, depthSize: 'small' }))
    .map(([own, inside]) => ({ ...own, ...(inside && { provision: inside }) })),
}));
const chain = fc.array(typed, { minLength: 1, maxLength: 4 }).map((all) => all.reduceRight<ConsentProvision | undefined>((inner, own) => ({ ...own, ...(inner && { provision: [inner] }) }), undefined) ?? {});
const requester: fc.Arbitrary<Requester> = fc.constantFrom<Requester>(communityNurse, socialWorker, mentalHealthNurse, wardDoctor, { ...communityNurse, purpose: 'COC' }, { ...communityNurse, role: 'doctor' });
const sharingClass = fc.constantFrom(rowOf(uhb, 'episode'), rowOf(uhb, 'mental-health', 'PSY'), rowOf(bsmhft, 'mental-health', 'HIV', 'PSY'), rowOf(council, 'plan'));

describe('any Consent that is accepted', () => {
  it('gives every exception limits within its parent\'s, and lets it override that and no denial it does not lie within', () => {
    let accepted = 0;
    fc.assert(fc.property(tree, requester, sharingClass, (provision, asking, about) => {
      const said = read(byPolicy(provision));
      if (!('choice' in said)) return;
      accepted += provision.provision ? 1 : 0;
      const all = said.choice.rules.map((rule, n) => ({ consent: 'one', n, ...rule }));
      const rules = [...all];
      const check = (each: ConsentProvision, parent?: (typeof all)[number]): void => {
        const rule = rules.shift();
        expect(rule?.effect).toBe(each.type);
        for (const n of rule?.overrides ?? []) expect([all[n]?.effect, isWithin(rule!, all[n]!)]).toEqual(['deny', true]);
        if (parent) {
          expect(isWithin(rule!, parent)).toBe(true);
          if (rule?.effect === 'permit' && parent.effect === 'deny') expect(rule.overrides).toContain(parent.n);
          if (choiceEffect([rule!], asking, about)) expect(choiceEffect([parent], asking, about)).toBeDefined();
        }
        for (const inside of each.provision ?? []) check(inside, rule);
      };
      check(provision);
      expect(rules).toEqual([]);
    }), { numRuns: 2000 });
    expect(accepted).toBeGreaterThan(100);
  });

  it('whose exceptions form a line says what the innermost that is met says', () => {
    let accepted = 0;
    fc.assert(fc.property(chain, requester, sharingClass, (provision, asking, about) => {
      const said = read(byPolicy(provision));
      if (!('choice' in said)) return;
      accepted += provision.provision ? 1 : 0;
      let expected: ChoiceRule['effect'] | undefined;
      for (let next: ConsentProvision | undefined = provision; next && meets(next, asking, about); next = next.provision?.[0]) expected = next.type;
      expect(inShort(choiceEffect(said.choice.rules.map((rule, n) => ({ consent: 'one', n, ...rule })), asking, about))).toBe(expected);
    }), { numRuns: 2000 });
    expect(accepted).toBeGreaterThan(100);
  });
});

function inShort(effect: ChoiceEffect | undefined): 'permit' | 'deny' | undefined {
  return effect && (effect === 'permits' ? 'permit' : 'deny');
}

/** By the FHIR alone, without the code under test: is the requester, asking for this, within one provision's own limits? */
function meets(provision: ConsentProvision, { organisation, role: asked, purpose: why }: Requester, { custodian: owner, category: sort, labels }: SharingClass): boolean {
  const codes = (codings?: readonly Coding[]): (string | undefined)[] | undefined => codings?.map(({ code }) => code);
  const actors = (provision.actor ?? []).map(({ role: concept, reference }) => ({
    code: concept?.coding?.[0]?.code, key: `${reference?.identifier?.system}|${reference?.identifier?.value}`,
  }));
  const asks = actors.filter(({ code }) => code !== 'CST');
  const owners = actors.filter(({ code }) => code === 'CST');
  return (asks.length === 0 || asks.some(({ code, key }) => key === organisation && (code === 'IRCP' || code === asked)))
    && (owners.length === 0 || owners.some(({ key }) => key === owner))
    && (codes(provision.purpose)?.includes(why) ?? true) && (codes(provision.class)?.includes(sort) ?? true)
    && (codes(provision.securityLabel)?.some((code) => labels.includes(code ?? '')) ?? true);
}
