import { auditEventOf } from '../../../src/audit/audit-event.ts';
import { describeDisclosure } from '../../../src/audit/describe-disclosure.ts';
import { explainEmergency } from '../../../src/consent/explain.ts';
import { logRowOf } from '../../../src/viewer/governance/log-row.ts';
import { communityNurse } from '../../consent/sharing-cases.ts';

const facts = (interaction: string, query: string) => ({
  id: 'd2e9f5a1-1111-4111-8111-111111111111', at: new Date('2026-11-22T10:00:00Z'), request: 'r1', requester: communityNurse, interaction, query, status: 200, citizen: 'c1e9f5a1-1111-4111-8111-111111111111',
});

it.each([
  ['break-glass', 'Patient/$break-glass reason=legal-duty', 'emergency', 'asked for emergency access to a record'],
  ['end-break-glass', 'Patient/$end-break-glass', 'emergency', 'ended emergency access to a record'],
  ['emergency-list', 'governance/emergency-accesses?state=open', 'log', 'looked at reviews of emergency access'],
  ['emergency-review', 'governance/emergency-accesses/EA-0123456789ABCDEF/review outcome=appropriate', 'emergency', 'reviewed emergency access EA-0123456789ABCDEF'],
  ['emergency-revoke', 'governance/emergency-accesses/{reference}/revoke', 'emergency', 'revoked emergency access to a record'],
  ['explain-access', 'CarePlan/1/$explain-access', 'log', 'asked who may see an entry, and why'],
  ['update', 'Consent/1', 'choice', 'changed or ended a choice'],
])('the log says in words what was done: %s', (interaction, query, kind, words) => {
  const entry = describeDisclosure(facts(interaction, query), { disclosed: [], decisions: [] });
  expect(logRowOf(auditEventOf({ ...entry, seq: 1 }))).toMatchObject({ kind, action: words });
});

const reference = 'EA-0123456789ABCDEF';
const rowOf = (interaction: string, query: string) => {
  const { effect, rule, sentence } = explainEmergency();
  const disclosed = interaction === 'everything' ? [{ type: 'CarePlan', id: 'p1', version: 1 }] : [];
  return logRowOf(auditEventOf({ ...describeDisclosure({ ...facts(interaction, query), emergency: [reference] }, { disclosed, decisions: [{ effect, rule: String(rule), sentence, count: 1 }] }), seq: 1 }));
};

it('a look under emergency access says that it was one, and which', () => {
  const row = rowOf('everything', 'Patient/1/$everything');
  expect(row).toMatchObject({ underEmergency: true, purpose: 'Direct care, under emergency access', outcome: 'shown', details: { emergencies: [reference] } });
  expect(row.sentence).toContain('opened the whole record of 1 citizen for direct care, under emergency access; 1 entry was shown.');
  expect(row.decisions.map(({ sentence }) => sentence)).toEqual(['This person had emergency access to the record.']);
});

it('being given emergency access is no look under it: nothing was shown, and it was accepted', () => {
  const row = rowOf('break-glass', 'Patient/$break-glass reason=legal-duty');
  expect(row).toMatchObject({ kind: 'emergency', underEmergency: false, purpose: 'Direct care', outcome: 'accepted', details: { emergencies: [reference] } });
  expect(row.sentence).toMatch(/asked for emergency access to a record of 1 citizen for direct care; it was accepted\.$/);
});
