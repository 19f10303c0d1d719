import { auditEventOf } from '../../../src/audit/audit-event.ts';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { logRowOf } from '../../../src/viewer/governance/log-row.ts';

const trust = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';
const mentalHealth = 'https://fhir.nhs.uk/Id/ods-organization-code|RXT';
const alice = 'd3a9a9e8-895e-4aa5-8978-4e488142f32b';

/** A ward doctor opens Alice's record; entries are rendered by the gateway's own code, so that both sides stay together. */
const opened: AuditEntry & { seq: number } = {
  seq: 1, id: 'e1', at: '2026-11-22T00:46:58.489Z', request: 'request-1',
  who: { client: 'ward-doctor', token: 'token-1', person: { id: 'ward-doctor', name: 'Dr Leila Haddad' }, organisation: trust, organisationName: 'University Hospitals Birmingham NHS Foundation Trust', role: 'doctor', address: '10.0.0.7' },
  purpose: 'TREAT', interaction: 'everything', query: `Patient/${alice}/$everything`, citizen: alice, outcome: 'permitted', status: 200,
  disclosed: ['CarePlan/p1/_history/1', 'Patient/s1/_history/2'], custodians: [trust, mentalHealth],
  decisions: [{ effect: 'permit', rule: '4', agreement: 'bicp-early-intervention', version: '1.0', clause: '1.1', sentence: 'Clause 1.1 shares this.', count: 2 }],
  withheld: [{ custodian: mentalHealth, category: 'mental-health', count: 5 }],
};

function told(changed: Partial<AuditEntry>) {
  return logRowOf(auditEventOf({ ...opened, ...changed }, { base: 'http://gateway/fhir' }));
}

describe('a look, as a sentence that can be read aloud', () => {
  test('says when in London, who in which role for whom, what, of how many, for which purpose and what came of it', () => {
    expect(told({}).sentence).toBe('On 22-Nov-2026 00:46:58 (London) Dr Leila Haddad, doctor, for University Hospitals Birmingham NHS Foundation Trust, opened the whole record of 1 citizen for direct care; 2 entries were shown.');
  });

  test('is in summer time in summer', () => {
    expect(told({ at: '2026-07-01T23:30:05.000Z' }).sentence).toMatch(/^On 02-Jul-2026 00:30:05 \(London\)/);
  });

  test('of a search for people says whom it showed, once', () => {
    expect(told({ interaction: 'search-type', query: 'Patient?identifier=*' }).sentence).toMatch(/, searched for people for direct care; 1 citizen was shown\.$/);
  });

  test('of a system names the system and no person', () => {
    const { person: _, ...client } = opened.who;
    const row = told({ who: { ...client, client: 'uhb-adt', role: 'integration' }, purpose: 'HSYSADMIN', interaction: 'intake', query: 'intake/uhb-adt Task/t1', disclosed: [], citizen: undefined as never, decisions: [], withheld: [] });
    expect(row.sentence).toBe('On 22-Nov-2026 00:46:58 (London) the system uhb-adt of University Hospitals Birmingham NHS Foundation Trust sent a file to the feed uhb-adt for running the systems; it was accepted.');
    expect(row).toMatchObject({ bySystem: true, person: undefined, kind: 'sent', outcome: 'accepted', citizens: [] });
  });

  test('of somebody who did not show who they are says so', () => {
    expect(told({ who: { client: 'unauthenticated' }, outcome: 'denied', status: 401, code: 'token-missing', disclosed: [], decisions: [] }).sentence).toContain('somebody who did not show who they are tried to open the whole record');
  });
});

describe('what sort of look it was', () => {
  test.each([
    ['everything', `Patient/${alice}/$everything`, 'opened', 'opened the whole record'],
    ['read', 'CarePlan/p1', 'opened', 'read a care plan'],
    ['read', `Patient/${alice}`, 'identity', 'read the personal details'],
    ['vread', 'CarePlan/p1/_history/2', 'opened', 'read one version of a care plan'],
    ['history-instance', 'CarePlan/p1/_history', 'opened', 'read the history of a care plan'],
    ['search-type', 'EpisodeOfCare?patient=*', 'opened', 'read episodes of care'],
    ['search-type', 'EpisodeOfCare?component=east', 'list', 'asked for a list of episodes of care'],
    ['search-type', 'Patient?birthdate=*&name=*', 'people', 'searched for people'],
    ['search-type', 'AuditEvent?patient=*', 'log', 'looked at the access log'],
    ['search-type', 'Contract?_count=5', 'register', 'looked up agreements'],
    ['read', 'Contract/c1', 'register', 'read an agreement'],
    ['history-type', 'CarePlan/_history', 'list', 'read the history of care plans'],
    ['patch', 'CarePlan/p1', 'other', 'changed a care plan'],
    ['delete', 'CarePlan/p1', 'other', 'deleted a care plan'],
    ['transaction', 'Bundle', 'sent', 'wrote records together'],
    ['create', 'Consent', 'choice', 'recorded a choice about sharing'],
    ['intake', 'intake/bsmhft-rio/referral Task/t1', 'sent', 'sent a file to the feed bsmhft-rio/referral'],
    ['search-type', '{type}/_search', 'list', 'searched'],
    ['unsupported', '{type}', 'other', 'asked for something the gateway does not offer'],
    ['unheard-of', 'Patient/x/$unheard-of', 'other', 'used “unheard-of”'],
  ])('%s of %s', (interaction, query, kind, action) => {
    expect(told({ interaction, query })).toMatchObject({ kind, action });
  });
});

describe('what came of it', () => {
  test('nothing shown is told apart from refused', () => {
    expect(told({ disclosed: [] })).toMatchObject({ outcome: 'nothing-shown', sentence: expect.stringMatching(/; nothing was shown\.$/) });
  });

  test('a refusal is told as something somebody tried', () => {
    const row = told({ interaction: 'read', query: 'CarePlan/p1', outcome: 'denied', status: 404, code: 'not-found', disclosed: [], decisions: [{ effect: 'deny', rule: '3', sentence: 'The person has objected to their record being shared.', count: 1 }] });
    expect(row).toMatchObject({ outcome: 'refused', reason: undefined, sentence: expect.stringMatching(/ tried to read a care plan of 1 citizen for direct care; this was refused\.$/) });
    expect(row.decisions).toEqual([{ effect: 'deny', rule: '3', agreement: undefined, version: undefined, clause: undefined, sentence: 'The person has objected to their record being shared.', count: 1 }]);
  });

  test('a refusal without a decision gives the reason of its code, known or not', () => {
    const refused = { outcome: 'denied', status: 403, disclosed: [], decisions: [] } as const;
    expect(told({ ...refused, disclosed: [], decisions: [], code: 'audit-readers-only' }).reason).toBe('The access log is read by governance leads and privacy officers only.');
    expect(told({ ...refused, disclosed: [], decisions: [], code: 'new-code' }).reason).toBe('The gateway’s reason: new-code.');
  });

  test('a refused reading of the log is told as such, though its address is logged as a pattern', () => {
    expect(told({ interaction: 'search-type', query: '{type}/_search', outcome: 'denied', status: 403, code: 'audit-readers-only', citizen: undefined as never, disclosed: [], decisions: [] }))
      .toMatchObject({ kind: 'log', outcome: 'refused', sentence: expect.stringContaining('tried to look at the access log for direct care; this was refused.') });
  });

  test.each([[400, 'failed'], [503, 'failed']])('an answer of %i that is no refusal is a failure', (status, outcome) => {
    expect(told({ outcome: 'failed', status, code: 'internal', disclosed: [], decisions: [] }).outcome).toBe(outcome);
  });
});

describe('what it rests on', () => {
  test('decisions keep the words of the gateway, the clause they cite and how many they allowed', () => {
    expect(told({}).decisions).toEqual([{ effect: 'permit', rule: '4', agreement: 'bicp-early-intervention', version: '1.0', clause: '1.1', sentence: 'Clause 1.1 shares this.', count: 2 }]);
  });

  test('what was kept back is by category and organisation', () => {
    expect(told({}).keptBack).toEqual([{ category: 'mental-health', text: '5 of RXT', count: 5, of: 'RXT' }]);
  });

  test('the particulars are those to quote', () => {
    expect(told({}).details).toEqual({ requestId: 'request-1', query: `Patient/${alice}/$everything`, status: '200', versions: opened.disclosed, emergencies: [], custodians: ['RRK', 'RXT'], address: '10.0.0.7', token: 'token-1' });
  });

  test('a list is filed under each citizen it showed, each once', () => {
    const row = told({ interaction: 'search-type', query: 'EpisodeOfCare?status=active', citizen: undefined as never, listed: ['c1', 'c2', 'c1'] });
    expect(row.citizens).toEqual(['c1', 'c2']);
    expect(row.sentence).toMatch(/asked for a list of episodes of care for direct care; 2 citizens were shown\.$/);
  });

  test('an event of another make is told as far as it goes', () => {
    const row = logRowOf({ resourceType: 'AuditEvent', type: { code: 'rest' }, recorded: '2026-11-22', agent: [], source: { observer: {} } });
    expect(row).toMatchObject({ kind: 'other', outcome: 'failed', citizens: [], decisions: [] });
  });
});
