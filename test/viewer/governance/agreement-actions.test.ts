import { auditEventOf } from '../../../src/audit/audit-event.ts';
import { describeDenial } from '../../../src/audit/describe-denial.ts';
import { describeDisclosure } from '../../../src/audit/describe-disclosure.ts';
import { logRowOf } from '../../../src/viewer/governance/log-row.ts';
import { governanceLead } from '../../consent/sharing-cases.ts';

const facts = (interaction: string, query: string, status = 200) => ({ id: 'd2e9f5a1-1111-4111-8111-111111111111', at: new Date('2026-11-22T10:00:00Z'), request: 'r1', requester: governanceLead, interaction, query, status });

it.each([
  ['agreement-propose', 'proposed agreement bicp-oversight version 1.1'],
  ['agreement-sign', 'signed agreement bicp-oversight version 1.1'],
  ['agreement-activate', 'put agreement bicp-oversight version 1.1 in force'],
  ['agreement-terminate', 'ended agreement bicp-oversight version 1.1'],
])('the log says in words who did what to an agreement: %s', (interaction, words) => {
  const entry = describeDisclosure(facts(interaction, 'governance/agreements/bicp-oversight/1.1'), { disclosed: [], decisions: [] });
  expect(logRowOf(auditEventOf({ ...entry, seq: 1 }))).toMatchObject({ kind: 'agreement', action: words, outcome: 'accepted', sentence: expect.stringMatching(new RegExp(`${words}.*it was accepted`)) });
});

it('and of what was refused, that it was tried', () => {
  const entry = describeDenial(facts('agreement-activate', 'governance/agreements/{id}/{version}/activate', 403), { outcome: 'denied', code: 'governance-role-required' });
  expect(logRowOf(auditEventOf({ ...entry, seq: 1 }))).toMatchObject({ kind: 'agreement', outcome: 'refused', sentence: expect.stringContaining('tried to put an agreement in force') });
});
