import type { LogDecision, LogRow } from '../../../src/viewer/governance/log-row.ts';

/** A doctor's look at the whole record of one citizen, with what a test changes. */
export function aRow(changed: Partial<LogRow>): LogRow {
  return {
    id: 'd2e9f5a1-1111-4111-8111-111111111111', at: '2026-11-22T00:46:58.489Z', kind: 'opened', bySystem: false,
    person: 'Dr Leila Haddad', role: 'Doctor', organisation: 'University Hospitals Birmingham NHS Foundation Trust', client: 'ward-doctor',
    action: 'opened the whole record', purpose: 'Direct care', underEmergency: false, outcome: 'shown', reason: undefined, sentence: '', citizens: ['c1'], decisions: [], keptBack: [],
    details: { requestId: 'r1', query: 'Patient/c1/$everything', status: '200', versions: [], emergencies: [], custodians: [], address: '127.0.0.1', token: 't1' },
    ...changed,
  };
}

export function aDecision(changed: Partial<LogDecision>): LogDecision {
  return { effect: 'permit', rule: '4', agreement: 'bicp-early-intervention', version: '1.0', clause: '1.1', sentence: 'Clause 1.1 shares this.', count: 4, ...changed };
}
