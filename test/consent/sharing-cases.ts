import { withOverrides } from '../../src/consent/choice-within.ts';
import { purposesBeyondCare, type SharingClass, type Requester } from '../../src/fhir/sharing.ts';
import type { Agreement, ChoiceRule, Clause, RegisteredAgreement } from '../../src/consent/types.ts';

/** The partners and the people who ask, by the names used in every test of sharing. */
export const uhb = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';
export const bchc = 'https://fhir.nhs.uk/Id/ods-organization-code|RYW';
export const bsmhft = 'https://fhir.nhs.uk/Id/ods-organization-code|RXT';
export const council = 'https://fhir.bicp.example/Id/ons-code|E08000025';
export const icb = 'https://fhir.nhs.uk/Id/ods-organization-code|QHL';

const asks = (organisation: string, organisationName: string, role: Requester['role'], purpose: Requester['purpose']): Requester => ({
  client: 'demo', token: 'token-1', person: { id: `person-${role}`, name: 'Sam Example' }, organisation, organisationName, role, purpose, scopes: ['user/*.rs'],
});

export const wardDoctor = asks(uhb, 'UHB', 'doctor', 'TREAT');
export const communityNurse = asks(bchc, 'BCHC', 'nurse', 'TREAT');
export const socialWorker = asks(council, 'Birmingham City Council', 'social-worker', 'TREAT');
export const mentalHealthNurse = asks(bsmhft, 'BSMHFT', 'nurse', 'TREAT');
export const privacyOfficer = asks(uhb, 'UHB', 'privacy-officer', 'HOPERAT');
export const governanceLead = asks(icb, 'ICB', 'governance', 'HOPERAT');
export const feedClient: Requester = {
  client: 'uhb-adt', token: 'token-2', organisation: uhb, organisationName: 'UHB', role: 'integration', purpose: 'TREAT', scopes: ['system/Task.rs'],
};

export const objection: ChoiceRule = { consent: 'consent-1', n: 0, effect: 'deny', limits: {}, overrides: [], optOut: false };

/** The rules of one Consent, in the order in which it says them. */
export function consentOf(consent: string, ...said: [ChoiceRule['effect'], ChoiceRule['limits']][]): ChoiceRule[] {
  return withOverrides(said.map(([effect, limits]) => ({ effect, limits, from: null, until: null, optOut: false })))
    .map(({ from: _from, until: _until, ...rule }, n) => ({ consent, n, ...rule }));
}

/** The opt-out from purposes beyond care; of one organisation's records only, where one is named. */
export function optOutOf(...custodians: string[]): ChoiceRule {
  return { ...objection, consent: 'opt-out', limits: { purposes: purposesBeyondCare, ...(custodians.length > 0 && { custodians }) }, optOut: true };
}

export function rowOf(custodian: string, category: SharingClass['category'], ...labels: string[]): SharingClass {
  return { id: 1, custodian, category, labels };
}

/** A clause that lets a nurse of the community trust treat with the hospital's episodes, changed where the test says so. */
export function clause(changes: Partial<Clause> = {}): Clause {
  return {
    number: '1.1', text: 'The hospital shares episodes with the community trust.', from: [uhb], to: [bchc], purposes: ['TREAT'], roles: ['nurse'],
    categories: ['episode'], consentBasis: 'implied', labels: [], notice: 'generic', ...changes,
  };
}

export const start = new Date('2026-01-01T00:00:00Z');
export const end = new Date('2027-01-01T00:00:00Z');
export const now = new Date('2026-06-01T12:00:00Z');
export const justBefore = (instant: Date): Date => new Date(instant.getTime() - 1);

export function agreement(clauses: Clause[], changes: Partial<Agreement> = {}): Agreement {
  const organisations = [uhb, bchc, bsmhft, council, icb];
  return {
    id: 'test-agreement', version: '1.0', title: 'Test agreement', lawfulBases: ['UK GDPR Article 6(1)(e)'], reviewDate: '2026-12-01', sha256: '0'.repeat(64),
    parties: organisations.map((organisation) => ({ organisation, name: `Name of ${organisation.split('|')[1]}`, capacity: 'controller', signatoryRole: 'Caldicott Guardian' })),
    period: { start, end }, clauses, ...changes,
  };
}

/** Signed by everybody and active from the start of its period. */
export function inForce(clauses: Clause[], changes: Partial<RegisteredAgreement> = {}): RegisteredAgreement {
  const content = changes.agreement ?? agreement(clauses);
  return { agreement: content, activatedAt: content.period.start, terminatedAt: null, signedBy: content.parties.map(({ organisation }) => organisation), ...changes };
}
