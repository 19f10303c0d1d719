import type { Consent } from '@medplum/fhirtypes';
import { choiceFromConsent } from '../../src/consent/choice-from-consent.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const objection: Consent = {
  resourceType: 'Consent', status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: actCode, code: 'INFA' }] }],
  patient: { reference: 'Patient/example' }, dateTime: '2026-01-05T10:00:00Z',
  policyRule: { coding: [{ system: actCode, code: 'OPTOUT' }] },
  provision: { type: 'deny' },
};
const { policyRule: _, ...withoutRule } = objection;
const { provision: __, ...withoutProvision } = objection;
const provision = (narrowing: object): Consent => ({ ...objection, provision: { type: 'deny', ...narrowing } });
const choice = { effect: 'deny', scope: 'whole-record', purposesExcluded: ['HOPERAT'] };

describe('a Consent that denies everything', () => {
  it.each<[string, Consent]>([
    ['by the rule OPTOUT', objection],
    ['by a policy', { ...withoutRule, policy: [{ uri: 'https://fhir.bicp.example/policy/objection' }] }],
    ['in the category of disclosure', { ...objection, category: [{ coding: [{ system: actCode, code: 'IDSCL' }] }] }],
    ['in the LOINC category', { ...objection, category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }] }],
    ['with a form behind it', { ...objection, sourceReference: { reference: 'DocumentReference/form' } }],
  ])('is an objection to sharing the whole record: %s', (___, consent) => expect(choiceFromConsent(consent)).toEqual({ choice }));

  it.each(['inactive', 'rejected', 'entered-in-error'] as const)('is withdrawn by status %s', (status) => {
    expect(choiceFromConsent({ ...objection, status })).toEqual({ withdrawn: true });
    expect(choiceFromConsent({ ...provision({ purpose: [{ code: 'TREAT' }] }), status })).toEqual({ withdrawn: true });
  });
});

describe('a Consent that says anything else is refused', () => {
  it.each<[string, Consent, string]>([
    ['a draft', { ...objection, status: 'draft' }, '/status'],
    ['a proposal', { ...objection, status: 'proposed' }, '/status'],
    ['about research', { ...objection, scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'research' }] } }, '/scope'],
    ['with a scope in words', { ...objection, scope: { text: 'patient-privacy' } }, '/scope'],
    ['a category of another sort as well', { ...objection, category: [...objection.category, { coding: [{ system: actCode, code: 'RESEARCH' }] }] }, '/category'],
    ['without a category', { ...objection, category: [] }, '/category'],
    ['an opt-in', { ...objection, policyRule: { coding: [{ system: actCode, code: 'OPTIN' }] } }, '/policyRule'],
    ['an opt-out with exceptions', { ...objection, policyRule: { coding: [{ system: actCode, code: 'OPTOUTE' }] } }, '/policyRule'],
    ['without rule or policy', withoutRule, '/policyRule'],
    ['without a provision', withoutProvision, '/provision'],
    ['a permission', { ...objection, provision: { type: 'permit' } }, '/provision/type'],
    ['a provision without a type', { ...objection, provision: {} }, '/provision/type'],
    ['for one organisation', provision({ actor: [{ role: { text: 'recipient' }, reference: { display: 'UHB' } }] }), '/provision/actor'],
    ['for one purpose', provision({ purpose: [{ code: 'TREAT' }] }), '/provision/purpose'],
    ['for one action', provision({ action: [{ text: 'disclose' }] }), '/provision/action'],
    ['for one type', provision({ class: [{ code: 'CarePlan' }] }), '/provision/class'],
    ['for one code', provision({ code: [{ text: 'any' }] }), '/provision/code'],
    ['for one label', provision({ securityLabel: [{ code: 'R' }] }), '/provision/securityLabel'],
    ['for one record', provision({ data: [{ meaning: 'instance', reference: { reference: 'CarePlan/example' } }] }), '/provision/data'],
    ['for a time', provision({ period: { end: '2027-01-01' } }), '/provision/period'],
    ['for data of a time', provision({ dataPeriod: { end: '2027-01-01' } }), '/provision/dataPeriod'],
    ['with an exception', provision({ provision: [{ type: 'permit' }] }), '/provision/provision'],
    ['with a modifier of the provision', provision({ modifierExtension: [{ url: 'https://example.org/not' }] }), '/provision/modifierExtension'],
    ['with a modifier of the whole', { ...objection, modifierExtension: [{ url: 'https://example.org/not' }] }, '/modifierExtension'],
    ['with a key that is no FHIR', provision({ 'a/b': true }), '/provision/a~1b'],
  ])('%s', (___, consent, pointer) => {
    expect(choiceFromConsent(consent)).toEqual({ problem: expect.objectContaining({ category: 'unprocessable', code: 'consent-not-supported', at: { pointer } }) as object });
  });
});
