import { validateResource } from '@medplum/core';
import type { AuditEvent, AuditEventAgent } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { interactionsTold } from '../../src/audit/audit-actions.ts';
import { auditEventOf } from '../../src/audit/audit-event.ts';
import { auditFacets, facetOf } from '../../src/audit/audit-facets.ts';
import { wordsOfEntry } from '../../src/audit/words-of-entry.ts';
import { describeDenial } from '../../src/audit/describe-denial.ts';
import { describeDisclosure } from '../../src/audit/describe-disclosure.ts';
import type { RequestFacts } from '../../src/audit/describe-request.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { balpFaults } from './balp.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { Requester } from '../../src/fhir/sharing.ts';

beforeAll(loadDefinitions);

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const nurse: Requester = {
  client: 'viewer', token: 'jti-1', person: { id: 'nurse-7', name: 'Grace Ward' }, organisation: `${ods}|RYW`, organisationName: 'Birmingham Community Healthcare',
  role: 'nurse', purpose: 'TREAT', scopes: ['user/*.rs'],
};
const feed: Requester = { client: 'uhb-adt', token: 'jti-2', organisation: `${ods}|RRK`, organisationName: 'University Hospitals Birmingham', role: 'integration', purpose: 'TREAT', scopes: [] };
const facts: RequestFacts = {
  id: '6d1f0b9e-7a2b-4a53-9c1f-6d3c27a1a001', at: new Date('2026-03-01T09:30:00Z'), request: 'req-1', requester: nurse, address: '192.0.2.7',
  interaction: 'everything', query: 'Patient/c1/$everything?_count=50', citizen: 'c1', status: 200,
};
const permit = { effect: 'permit' as const, rule: 'agreement', agreement: 'bicp-core', version: '2', clause: '4.2', sentence: 'Clause 4.2 lets nurses see referrals for direct care.', count: 2 };
const deny = { effect: 'deny' as const, rule: 'choice', sentence: 'The person objected to sharing.', count: 1 };
const everything = describeDisclosure(facts, {
  disclosed: [
    { type: 'Patient', id: 's1', version: 3, custodian: `${ods}|RYW` },
    { type: 'ServiceRequest', id: 'r1', version: 1, custodian: `${ods}|RRK` },
    { type: 'Organization', id: 'o1', version: 1 },
  ],
  decisions: [permit, deny, { ...permit, count: 5 }],
  withheld: [
    { custodian: `${ods}|RXT`, category: 'mental-health', count: 1 }, { custodian: `${ods}|RXT`, category: 'plan', count: 0 },
    { custodian: `${ods}|RXT`, category: 'mental-health', count: 2 },
  ],
});
const gateway = { base: 'http://127.0.0.1:8080/fhir' };
const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
const render = (entry: AuditEntry): AuditEvent => auditEventOf({ ...entry, seq: 41 }, gateway);

describe('the entry for a disclosure', () => {
  it('names who asked, exactly what was sent in order, whose it was, and each rule once with its count', () => {
    expect(everything).toEqual({
      id: facts.id, at: '2026-03-01T09:30:00.000Z', request: 'req-1',
      who: { client: 'viewer', token: 'jti-1', person: { id: 'nurse-7', name: 'Grace Ward' }, organisation: `${ods}|RYW`, organisationName: 'Birmingham Community Healthcare', role: 'nurse', address: '192.0.2.7' },
      purpose: 'TREAT', interaction: 'everything', query: 'Patient/c1/$everything?_count=50', citizen: 'c1', outcome: 'permitted', status: 200,
      disclosed: ['Patient/s1/_history/3', 'ServiceRequest/r1/_history/1', 'Organization/o1/_history/1'],
      custodians: [`${ods}|RRK`, `${ods}|RYW`],
      decisions: [deny, { ...permit, count: 7 }],
      withheld: [{ custodian: `${ods}|RXT`, category: 'mental-health', count: 3 }],
    });
  });

  it('of nothing found is still an entry', () => {
    expect(describeDisclosure(facts, { disclosed: [], decisions: [] })).toMatchObject({ outcome: 'permitted', disclosed: [], custodians: [], citizen: 'c1' });
  });
});

describe('the entry for a denial', () => {
  it('is as detailed as a disclosure and holds no version', () => {
    const denied = describeDenial({ ...facts, interaction: 'read', query: 'Patient/c1', status: 404 }, { outcome: 'denied', code: 'not-found', decisions: [deny, deny], withheld: everything.withheld });
    expect(denied).toMatchObject({ outcome: 'denied', code: 'not-found', status: 404, citizen: 'c1', disclosed: [], custodians: [], decisions: [{ ...deny, count: 2 }], withheld: everything.withheld });
    expect(denied.who).toEqual(everything.who);
  });

  it('says so when nobody could be authenticated', () => {
    const { citizen: _, ...rest } = facts;
    const refused = describeDenial({ ...rest, requester: null, status: 401 }, { outcome: 'failed', code: 'token-expired' });
    expect(refused.who).toEqual({ client: 'unauthenticated', address: '192.0.2.7' });
    expect(refused).not.toHaveProperty('purpose');
    expect(refused).not.toHaveProperty('citizen');
  });
});

function withoutCitizen({ citizen: _, ...entry }: AuditEntry): AuditEntry {
  return entry;
}
const read = describeDisclosure({ ...facts, interaction: 'read', query: 'ServiceRequest/r1' }, { disclosed: [{ type: 'ServiceRequest', id: 'r1', version: 1, custodian: `${ods}|RRK` }], decisions: [permit] });
const composedRead = describeDisclosure({ ...facts, interaction: 'read', query: 'Patient/c1' }, { disclosed: [{ type: 'Patient', id: 's1', version: 3 }, { type: 'Patient', id: 's2', version: 1 }], decisions: [permit] });
const search = describeDisclosure({ ...facts, interaction: 'search-type', query: 'ServiceRequest?patient=c1' }, { disclosed: [{ type: 'ServiceRequest', id: 'r1', version: 1 }, { type: 'ServiceRequest', id: 'r2', version: 4 }], decisions: [permit] });
const workList: AuditEntry = { ...withoutCitizen(search), listed: ['c1', 'c2'] };
const denied = describeDenial({ ...facts, interaction: 'read', query: 'Patient/c1', status: 404 }, { outcome: 'denied', code: 'not-found', decisions: [deny] });
const intake = describeDisclosure({ ...facts, requester: feed, interaction: 'intake', query: 'intake/uhb-adt', status: 202 }, { disclosed: [], decisions: [] });
const create = describeDisclosure({ ...facts, interaction: 'create', query: 'Consent', status: 201 }, { disclosed: [{ type: 'Consent', id: 'k1', version: 1 }], decisions: [permit] });

/** One of IHE BALP's slices: entities or agents told apart by their type. */
const entitiesOf = (event: AuditEvent, code: string) => (event.entity ?? []).filter(({ type }) => type?.code === code);
const agentsOf = (event: AuditEvent, code: string) => event.agent.filter(({ type }) => type?.coding?.[0]?.code === code);

describe('an entry as a FHIR AuditEvent', () => {
  it.each([['everything', everything], ['read', read], ['a composed read', composedRead], ['search', search], ['a denial', denied], ['intake', intake], ['create', create]])('%s passes the base definitions', (_, entry) => {
    validateResource(render(entry));
  });

  it('says when, what, how it ended, why, and its place in the log', () => {
    expect(render(everything)).toMatchObject({
      id: facts.id, recorded: '2026-03-01T09:30:00.000Z', action: 'E', outcome: '0',
      extension: [{ valueString: '41' }],
      type: { code: 'rest' }, subtype: [{ code: 'operation' }, { code: 'everything' }],
      purposeOfEvent: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] }],
      source: { site: gateway.base, observer: { display: 'OneStory gateway' } },
    });
  });

  it.each<[string, AuditEntry, AuditEvent['outcome']]>([
    ['permitted', read, '0'], ['denied', denied, '8'],
    ['a request that could not be understood', { ...denied, outcome: 'failed', status: 400 }, '4'],
    ['a fault of ours', { ...denied, outcome: 'failed', status: 503 }, '8'],
  ])('%s has its outcome', (_, entry, outcome) => {
    expect(render(entry).outcome).toBe(outcome);
  });

  it('says why it was denied', () => {
    expect(render(denied).outcomeDesc).toBe('HTTP 404: not-found: The person objected to sharing.');
    expect(render(read).outcomeDesc).toBeUndefined();
  });

  it('names the person as the one who asked, with role and purpose, the token by its id only, and the clauses its decisions cite', () => {
    expect(render(read).agent.filter(({ requestor }) => requestor)).toEqual([{
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP', display: 'information recipient' }, { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', code: 'UserOauthAgent' }] },
      role: [{ coding: [{ system: 'https://fhir.bicp.example/CodeSystem/sharing-role', code: 'nurse' }] }],
      who: { type: 'Practitioner', identifier: { value: 'nurse-7' }, display: 'Grace Ward' }, name: 'Grace Ward', requestor: true,
      policy: ['urn:ietf:params:oauth:jti:jti-1'],
      purposeOfUse: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] }],
    }]);
    expect(agentsOf(render(read), 'PROV').map(({ policy }) => policy)).toEqual([['urn:onestory:agreement:bicp-core:2:4.2']]);
  });

  it('names the client when a system acted by itself', () => {
    expect(render(intake).agent.filter(({ requestor }) => requestor).map(({ who }) => who?.identifier?.value)).toEqual(['uhb-adt']);
  });

  it('names the organisation asked for and the custodians of what was sent', () => {
    const organisations = (agents: AuditEventAgent[]) => agents.map(({ who }) => who?.identifier?.value);
    expect(organisations(agentsOf(render(everything), 'PROV'))).toEqual(['RYW']);
    expect(organisations(agentsOf(render(everything), 'custodian'))).toEqual(['RRK', 'RYW']);
  });

  it('lists every version sent, in order', () => {
    const sent = (render(everything).entity ?? []).map(({ what }) => what?.reference).filter((reference) => reference?.includes('/_history/'));
    expect(sent).toEqual(everything.disclosed);
  });

  it('carries each decision with its clause and sentence, and how much was kept back by category', () => {
    const event = render(everything);
    expect(entitiesOf(event, 'decision').map(({ description, what }) => [what?.identifier?.value, description])).toEqual([
      [undefined, deny.sentence], ['bicp-core', permit.sentence],
    ]);
    expect(entitiesOf(event, 'decision')[1]?.detail).toEqual(expect.arrayContaining([
      { type: 'effect', valueString: 'permit' }, { type: 'clause', valueString: '4.2' }, { type: 'sentence', valueString: permit.sentence }, { type: 'count', valueString: '7' },
    ]));
    expect(entitiesOf(event, 'withheld')).toMatchObject([{ description: '3 kept back', detail: [{ type: 'mental-health', valueString: '3 of RXT' }] }]);
  });

  it('under emergency access has both purposes, what the token said and what the gateway knows, and the reference', () => {
    const event = render(describeDisclosure({ ...facts, interaction: 'read', query: 'ServiceRequest/r1', emergency: ['EA-2', 'EA-1', 'EA-2'] }, { disclosed: [{ type: 'ServiceRequest', id: 'r1', version: 1 }], decisions: [permit] }));
    validateResource(event);
    expect(event.purposeOfEvent?.map(({ coding }) => coding?.[0]?.code)).toEqual(['TREAT', 'BTG']);
    expect(event.agent.flatMap(({ purposeOfUse = [] }) => purposeOfUse.map(({ coding }) => coding?.[0]?.code))).toEqual(['TREAT', 'TREAT']);
    expect(entitiesOf(event, 'emergency-access').map(({ what }) => what?.identifier)).toEqual(['EA-1', 'EA-2'].map((value) => ({ system: 'https://fhir.bicp.example/Id/emergency-access', value })));
    expect(event.meta?.profile?.[0]).toContain('PatientRead');
    expect(render({ ...read, purpose: 'BTG', emergency: ['EA-1'] }).purposeOfEvent).toHaveLength(1);
    expect(entitiesOf(render(read), 'emergency-access')).toEqual([]);
  });

  it('names every citizen a list showed', () => {
    expect(entitiesOf(render(workList), '1').map(({ what }) => what?.reference)).toEqual(['Patient/c1', 'Patient/c2']);
  });

  it('has the request\'s id, and the query in base64', () => {
    const event = render(search);
    expect(entitiesOf(event, 'XrequestId')[0]?.what?.identifier?.value).toBe('req-1');
    const query = entitiesOf(event, '2')[0];
    expect(Buffer.from(query?.query ?? '', 'base64').toString()).toBe('ServiceRequest?patient=c1');
  });

  it.each<[string, AuditEntry, string, string, string]>([
    ['PatientRead', read, 'R', '110152', '110153'],
    ['PatientRead', composedRead, 'R', '110152', '110153'],
    ['PatientQuery', search, 'E', '110153', '110152'],
    ['PatientCreate', create, 'C', '110153', '110152'],
  ])('%s meets the IHE BALP pattern it claims', (profile, entry, action, clientType, serverType) => {
    const event = render(entry);
    expect(balpFaults(event)).toEqual([]);
    expect(event.meta?.profile).toEqual([profile, 'OAUTHaccessTokenUse.Minimal'].map((each) => `${balp}${each}`));
    expect(event.action).toBe(action);
    const [client, server] = [agentsOf(event, clientType), agentsOf(event, serverType)];
    expect([client.length, server.length]).toEqual([1, 1]);
    expect([client[0]?.who?.identifier?.value, client[0]?.network]).toEqual(['viewer', { address: '192.0.2.7', type: '2' }]);
    expect([server[0]?.who?.display, server[0]?.network]).toEqual(['OneStory gateway', { address: gateway.base, type: '5' }]);
    const patient = entitiesOf(event, '1');
    expect(patient.map(({ what, role }) => [what?.reference, role?.code])).toEqual([['Patient/c1', '1']]);
    const object = entitiesOf(event, '2');
    expect(object).toHaveLength(1);
    if (profile === 'PatientQuery') expect(object[0]).toEqual(expect.not.objectContaining({ what: expect.anything(), detail: expect.anything() }));
    else expect([object[0]?.role?.code, object[0]?.what?.reference !== undefined]).toEqual(['4', true]);
    expect(entitiesOf(event, 'XrequestId').length).toBe(1);
  });

  it.each<[string, (event: AuditEvent) => void, string]>([
    ['a second data entity', (event) => { event.entity?.push({ type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '2' }, role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '4' }, what: { reference: 'Task/1' } }); }, 'data entity'],
    ['no network of the client', (event) => { for (const agent of event.agent) if (agent.network?.type === '2') delete agent.network; }, 'client'],
    ['another action', (event) => { event.action = 'E'; }, 'action'],
    ['an outcome that is no success', (event) => { event.outcome = '4'; }, 'outcome'],
    ['a user who did not ask', (event) => { for (const agent of event.agent) agent.requestor = false; }, 'user'],
    ['no patient', (event) => { event.entity = (event.entity ?? []).filter(({ type }) => type?.code !== '1'); }, 'patient entity'],
    ['no source', (event) => { delete (event as Partial<AuditEvent>).source; }, 'source'],
  ])('with %s would not meet it', (_, spoil, fault) => {
    const event = render(read);
    spoil(event);
    expect(balpFaults(event).map(({ element }) => element)).toContain(fault);
  });

  it.each<[string, AuditEvent]>([
    ['a denial', render(denied)], ['a list about several citizens', render(workList)], ['an operation BALP has no pattern for', render(everything)],
    ['an unknown client address', render({ ...read, who: { client: 'viewer' } })], ['an unknown server address', auditEventOf({ ...read, seq: 1 })],
  ])('%s claims no BALP profile of a request', (_, event) => {
    expect((event.meta?.profile ?? []).filter((profile) => !profile.endsWith('OAUTHaccessTokenUse.Minimal'))).toEqual([]);
    validateResource(event);
  });

  const byConsent = describeDisclosure({ ...facts, interaction: 'read', query: 'ServiceRequest/r1' }, { disclosed: [{ type: 'ServiceRequest', id: 'r1', version: 1, custodian: `${ods}|RRK` }], decisions: [{ ...permit, choice: 'Consent/k1/_history/2' }] });
  const refusedByConsent = describeDenial({ ...facts, interaction: 'read', query: 'ServiceRequest/r1', status: 404 }, { outcome: 'denied', code: 'not-found', decisions: [{ ...deny, choice: 'Consent/k1/_history/2' }] });
  const facet = (entry: AuditEntry, which: 'disclosure' | 'decision'): AuditEvent | null => facetOf({ ...entry, seq: 41 }, which, gateway);

  it.each<[string, AuditEntry, 'disclosure' | 'decision', string[], string]>([
    ['a disclosure of a read', read, 'disclosure', ['PrivacyDisclosure.Source', 'OAUTHaccessTokenUse.Minimal'], '0'],
    ['a disclosure by an operation BALP has no pattern for', everything, 'disclosure', ['PrivacyDisclosure.Source', 'OAUTHaccessTokenUse.Minimal'], '0'],
    ['a disclosure to a system', { ...read, who: { client: 'app', organisation: `${ods}|RRK`, address: '192.0.2.7' } }, 'disclosure', ['PrivacyDisclosure.Source'], '0'],
    ['a decision that a Consent permitted', byConsent, 'decision', ['AuthZconsent'], '0'], ['a decision that a Consent refused', refusedByConsent, 'decision', ['AuthZconsent'], '8'],
    ['a decision that rests on agreements alone', read, 'decision', [], '0'],
  ])('%s meets the pattern it claims', (_, entry, which, profiles, outcome) => {
    const event = facet(entry, which);
    if (!event) throw new Error('not told');
    validateResource(event);
    expect([balpFaults(event), event.meta?.profile ?? [], event.outcome, event.id]).toEqual([[], profiles.map((each) => `${balp}${each}`), outcome, `${facts.id}.${which}`]);
    expect(JSON.stringify(event)).toContain(which === 'disclosure' ? entry.disclosed[0] : entry.decisions[0]?.sentence);
  });

  it('is no disclosure where nothing left or several people are in it, and no decision where nothing was decided of somebody', () => {
    expect([denied, workList, intake, create, { ...read, disclosed: [] }, { ...read, who: { client: 'viewer' } }].map((entry) => facet(entry, 'disclosure'))).toEqual([null, null, null, null, null, null]);
    expect([workList, intake, { ...read, decisions: [] }, { ...denied, outcome: 'failed' as const }, withoutCitizen(read)].map((entry) => facet(entry, 'decision'))).toEqual([null, null, null, null, null]);
  });

  it.each<[string, AuditEntry, 'disclosure' | 'decision', (event: AuditEvent) => void]>([
    ['a disclosure with two people', read, 'disclosure', (event) => { event.entity?.push(...(event.entity ?? []).filter(({ type }) => type?.code === '1')); }],
    ['a disclosure by somebody else', read, 'disclosure', (event) => { event.source = { observer: { display: 'elsewhere' } }; }],
    ['a decision with an entity of another kind', byConsent, 'decision', (event) => { event.entity?.push({ type: { code: 'query' } }); }],
    ['a decision without its Consent', byConsent, 'decision', (event) => { event.entity = (event.entity ?? []).filter(({ type }) => type?.code !== 'Consent'); }],
    ['a decision of nobody\'s organisation', byConsent, 'decision', (event) => { event.agent = event.agent.filter(({ type }) => type?.coding?.[0]?.code !== 'PROV'); }],
    ['a token that stands there whole', read, 'disclosure', (event) => { for (const agent of event.agent) if (agent.requestor) agent.policy = ['eyJ']; }],
  ])('%s would not meet it', (_, entry, which, spoil) => {
    const event = facet(entry, which);
    if (!event) throw new Error('not told');
    spoil(event);
    expect(balpFaults(event).length).toBeGreaterThan(0);
  });

  it('is searched by words of its own text, each once', () => {
    expect(wordsOfEntry({ ...read, emergency: ['EA-1'] })).toEqual([
      'interaction read', 'outcome 0', 'purpose TREAT', 'purpose BTG', 'role nurse', 'policy urn:ietf:params:oauth:jti:jti-1', 'entity Patient/c1', 'entity ServiceRequest/r1',
      ...['below urn:onestory:agreement:bicp-core', 'below urn:onestory:agreement:bicp-core:2', 'below urn:onestory:agreement:bicp-core:2:4.2', 'policy urn:onestory:agreement:bicp-core:2:4.2'],
    ]);
  });

  it('the gateway is never the one who asked, somebody always is, and any entry is valid', () => {
    const anyEntry = fc.record({
      interaction: fc.constantFrom(...interactionsTold(() => true), 'constructor'),
      requester: fc.constantFrom(nurse, feed, null), status: fc.constantFrom(200, 404, 503), outcome: fc.constantFrom('permitted' as const, 'denied' as const, 'failed' as const),
      disclosed: fc.subarray(['Patient/s1/_history/3', 'ServiceRequest/r1/_history/1', 'Organization/o1/_history/1']), citizen: fc.constantFrom({}, { citizen: 'c1' }),
    });
    fc.assert(fc.property(anyEntry, ({ interaction, requester, status, outcome, disclosed, citizen }) => {
      const { citizen: _, ...rest } = facts;
      const entry: AuditEntry = { ...describeDisclosure({ ...rest, ...citizen, interaction, requester, status }, { disclosed: [], decisions: [permit, deny] }), outcome, disclosed };
      const event = render(entry);
      validateResource(event);
      expect(balpFaults(event)).toEqual([]);
      const asking = event.agent.filter(({ requestor }) => requestor);
      expect(asking).toHaveLength(1);
      expect(asking[0]?.who?.display).not.toBe('OneStory gateway');
      for (const other of auditFacets.flatMap((facet) => facetOf({ ...entry, seq: 41 }, facet, gateway) ?? [])) {
        validateResource(other);
        expect([balpFaults(other), other.agent.filter(({ requestor }) => requestor).length]).toEqual([[], 1]);
      }
      for (const version of disclosed) expect(JSON.stringify(event)).toContain(version);
    }), { numRuns: 200 });
  });
});
