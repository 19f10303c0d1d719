import { auditEventOf } from '../../../src/audit/audit-event.ts';
import { describeDisclosure } from '../../../src/audit/describe-disclosure.ts';
import { explainEmergency } from '../../../src/consent/explain.ts';
import { logRowOf } from '../../../src/viewer/governance/log-row.ts';
import { communityNurse } from '../../consent/sharing-cases.ts';

const facts = (interaction: string, query: string) => ({
  id: 'd2e9f5a1-1111-4111-8111-111111111111', at: new Date('2026-11-22T10:00:00Z'), request: 'r1', requester: communityNurse, interaction, query, status: 200, citizen: 'c1e9f5a1-1111-4111-8111-111111111111',
});

it.each([
  ['break-glass', 'Patient/$break-glass reason=legal-duty', 'opened', 'asked for emergency access to a record'],
  ['end-break-glass', 'Patient/$end-break-glass', 'opened', 'ended emergency access to a record'],
  ['explain-access', 'CarePlan/1/$explain-access', 'log', 'asked who may see an entry, and why'],
  ['update', 'Consent/1', 'choice', 'changed or ended a choice'],
])('the log says in words what was done: %s', (interaction, query, kind, words) => {
  const entry = describeDisclosure(facts(interaction, query), { disclosed: [], decisions: [] });
  expect(logRowOf(auditEventOf({ ...entry, seq: 1 }))).toMatchObject({ kind, action: words });
});

it('a look under emergency access says that it was one', () => {
  const { effect, rule, sentence } = explainEmergency();
  const entry = describeDisclosure(facts('everything', 'Patient/1/$everything'), { disclosed: [], decisions: [{ effect, rule: String(rule), sentence, count: 3 }] });
  expect(JSON.stringify(logRowOf(auditEventOf({ ...entry, seq: 1 })))).toContain('This person had emergency access to the record.');
});
