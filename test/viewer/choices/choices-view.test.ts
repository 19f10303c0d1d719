import type { Consent } from '@medplum/fhirtypes';
import { choiceFromConsent } from '../../../src/consent/choice-from-consent.ts';
import { choicesOf, consentFor } from '../../../src/viewer/choices/choices-view.ts';

const recorder = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';
const tag = { system: 'https://fhir.nhs.uk/Id/ods-organization-code', code: 'RRK', display: 'University Hospitals' };
const objection: Consent = { ...consentFor('alice', 'deny', '2026-04-05'), id: 'one', meta: { tag: [tag], lastUpdated: '2026-04-06T10:00:00Z' } };

test.each([
  ['deny', 'sharing', 'deny'], ['permit', 'sharing', 'permit'], ['national-opt-out', 'national-opt-out', 'deny'],
] as const)('what is recorded as %s is what the gateway takes it for', (kind, read, effect) => {
  const choice = choiceFromConsent(consentFor('alice', kind, '2026-04-05'), recorder);
  expect(choice).toMatchObject({ choice: { kind: read, rules: [{ effect }] } });
});

test('a choice says what was decided, when, by whom it was recorded and whether it counts', () => {
  expect(choicesOf([objection], recorder)).toMatchObject([{ kind: 'Objects to sharing', state: 'Recorded', counts: true, decided: '05-Apr-2026', recorded: '06-Apr-2026 11:00', by: 'University Hospitals', exceptions: 0, own: true }]);
  expect(choicesOf([objection], 'somebody|else')).toMatchObject([{ own: false }]);
});

test('those that count come first, then the newest; exceptions are counted at every depth', () => {
  const inner = { type: 'permit' as const, provision: [{ type: 'deny' as const }] };
  const found = choicesOf([{ ...objection, id: 'old', status: 'inactive' }, { ...objection, id: 'first', dateTime: '2025-01-01' }, { ...objection, id: 'last', provision: { type: 'deny', provision: [inner] } }], recorder);
  expect(found.map(({ id, exceptions }) => [id, exceptions])).toEqual([['last', 2], ['first', 0], ['old', 0]]);
});

test('an opt-out names itself; what nobody foresaw is another choice', () => {
  expect(choicesOf([consentFor('a', 'national-opt-out', '2026-01-01')], recorder)[0]?.kind).toMatch(/^National data opt-out/);
  expect(choicesOf([{ resourceType: 'Consent', status: 'active', scope: {}, category: [] }], recorder)[0]).toMatchObject({ kind: 'Another choice', decided: 'Not recorded', by: 'Not recorded' });
});
