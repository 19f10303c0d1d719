import { randomUUID } from 'node:crypto';
import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { auditEventOf } from '../../../src/audit/audit-event.ts';
import { everyAgent, findAgents } from '../../../src/store/audit/find-agents.ts';
import { auditStatements, type AuditQuery } from '../../../src/store/audit/search-audit.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { ask, auditSince, codeOf, lastSeq } from './asking.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const [hospital, community, mental] = [`${ods}|RRK`, `${ods}|RYW`, `${ods}|RXT`];
const governance = 'governance-lead';
/** of the hospital */
const officer = 'privacy-officer';
const doctor = 'ward-doctor';

interface Look {
  agent: string;
  name?: string;
  organisation: string;
  /** whose data it was about */
  custodians?: string[];
  at?: string;
}

function entryOf({ agent, name, organisation, custodians = [], at = '2026-03-01T12:00:00.000Z' }: Look): AuditEntry {
  return {
    id: randomUUID(), at, request: 'r', who: { client: name === undefined ? agent : 'app', organisation, ...(name !== undefined && { person: { id: agent, name } }) },
    interaction: 'read', query: 'Patient/x', outcome: 'permitted', status: 200, disclosed: [], custodians, decisions: [], withheld: [],
  };
}

/** In the order they were written. Only the last three concern nothing of the hospital's. */
const looks: Look[] = [
  { agent: 'p-avila', name: "Dr María O'Brien-Ávila", organisation: hospital, at: '2026-02-01T12:00:00.000Z' },
  { agent: 'p-avila', name: "Dr María O'Brien-Ávila", organisation: hospital },
  { agent: 'p-obi', name: 'Chidi Obi', organisation: community, custodians: [hospital] },
  { agent: 'p-married', name: 'Ann Oakes', organisation: hospital },
  { agent: 'p-married', name: 'Ann Obanya', organisation: hospital },
  { agent: 'p-left', name: 'Rex Obeid', organisation: hospital },
  { agent: 'obstetrics-app', organisation: hospital },
  { agent: 'p-left', name: 'Rex Quill', organisation: mental },
  { agent: 'p-far', name: 'Obadiah Far', organisation: community },
  { agent: 'p-nul', name: 'Zero\u0000 "Quoted" Byte', organisation: mental },
];

describe.each(databases)('a search of the audit trail, on $kind', ({ open }) => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway(await open());
    for (const look of looks) await gateway.services.audit.append(entryOf(look));
  });
  afterAll(() => gateway.close());

  const path = (parameters: [string, string][]): string => `/fhir/AuditEvent?${String(new URLSearchParams([...parameters, ['_count', '200']]))}`;
  const search = async (who: string, ...parameters: [string, string][]) => ask(gateway, { path: path(parameters), who });
  /** who asked, by entry, oldest first; the searches of these tests left out */
  const agentsOf = async (who: string, ...parameters: [string, string][]): Promise<string[]> => {
    const answer = await search(who, ...parameters);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    const found = ((JSON.parse(answer.text) as Bundle<AuditEvent>).entry ?? []).flatMap(({ resource }) => resource?.agent.find(({ requestor }) => requestor)?.who?.identifier?.value ?? []);
    return found.filter((agent) => ![governance, officer, doctor].includes(agent)).reverse();
  };

  it.each<[string, [string, string][], string[]]>([
    ['the organisation that asked', [['agent:identifier', community]], ['p-obi', 'p-far']],
    ['one of two organisations', [['agent:identifier', `${community},${mental}`]], ['p-obi', 'p-left', 'p-far', 'p-nul']],
    ['an organisation that never asked', [['agent:identifier', `${ods}|XXX`]], []],
    ['the value in another system', [['agent:identifier', 'https://elsewhere.example|RYW']], []],
    ['a person\'s id without a system', [['agent:identifier', 'p-obi']], ['p-obi']],
    ['the same with a bar', [['agent:identifier', '|p-obi']], ['p-obi']],
    ['a client\'s id', [['agent:identifier', '|obstetrics-app']], ['obstetrics-app']],
    ['a person or an organisation', [['agent:identifier', `p-nul,${community}`]], ['p-obi', 'p-far', 'p-nul']],
    ['one of two people', [['agent', 'p-obi,Practitioner/p-far']], ['p-obi', 'p-far']],
    ['a person by type', [['agent:Practitioner', 'p-obi']], ['p-obi']],
    ['two people at once', [['agent', 'p-obi'], ['agent', 'p-far']], []],
    ['a word of the name', [['agent-name', 'chidi']], ['p-obi']],
    ['its beginning, whatever the case, in any word', [['agent-name', 'OB']], ['p-avila', 'p-avila', 'p-obi', 'p-married', 'p-married', 'p-far']],
    ['accents folded', [['agent-name', 'avila']], ['p-avila', 'p-avila']],
    ['accents typed', [['agent-name', 'MARÍA']], ['p-avila', 'p-avila']],
    ['words together, marks left out', [['agent-name', 'maria obrien a']], ['p-avila', 'p-avila']],
    ['what a word does not begin with', [['agent-name', 'rien']], []],
    ['the name as it is', [['agent-name:exact', 'Chidi Obi']], ['p-obi']],
    ['not quite as it is', [['agent-name:exact', 'chidi obi']], []],
    ['one of two names', [['agent-name', 'chidi,obadiah']], ['p-obi', 'p-far']],
    ['somebody\'s earlier entries by the name of today', [['agent-name', 'obanya']], ['p-married', 'p-married']],
    ['a name of before', [['agent-name', 'oakes']], []],
    ['a client, which has no name', [['agent-name', 'obstetrics']], []],
    ['a name with characters SQL cannot hold', [['agent-name', 'byte']], ['p-nul']],
    ['nobody\'s name', [['agent-name', 'nobody']], []],
    ['all parameters at once', [['agent-name', 'ob'], ['agent:identifier', hospital], ['date', 'lt2026-03-01']], ['p-avila']],
    ['a name and another name', [['agent-name', 'ob'], ['agent-name', 'ann']], ['p-married', 'p-married']],
    ['a name and an id that is another\'s', [['agent-name', 'chidi'], ['agent', 'p-far']], []],
  ])('by %s', async (_, parameters, expected) => {
    expect(await agentsOf(governance, ...parameters)).toEqual(expected);
  });

  it.each<[string, string, string, string]>([
    ['agent:identifier', `${ods}|`, 'search-value-invalid', 'a system alone'],
    ['agent:identifier', `${ods}|RRK|x`, 'search-value-invalid', 'two bars'],
    ['agent:identifier', '|', 'search-value-empty', 'a bar alone'],
    ['agent-name', '', 'search-value-empty', 'no name'],
    ['agent-name', '-.-', 'search-value-empty', 'a name without letters'],
    ['agent-name:contains', 'rien', 'search-parameter-unknown', 'a modifier that is not offered'],
    ['agent:Spaceship', 'x', 'search-parameter-unknown', 'a type nobody has'],
    ['name', 'obi', 'search-parameter-unknown', 'another parameter'],
  ])('refuses %s=%s (%s: %s)', async (name, value, code) => {
    const answer = await search(governance, [name, value]);
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  it('writes down that a name was asked for, never the name', async () => {
    const before = await lastSeq(gateway);
    await search(governance, ['agent-name', 'Obadiah'], ['agent:identifier', 'p-far']);
    const written = await auditSince(gateway, before);
    expect(written.map(({ entry }) => entry.query)).toEqual(['AuditEvent?_count=200&agent-name=*&agent:identifier=*']);
    expect(JSON.stringify(written).toLowerCase()).not.toContain('obadiah');
  });

  it('follows its pages with all its parameters, and the link holds no name', async () => {
    const found: string[] = [];
    let next: string | undefined = `${gateway.url}/fhir/AuditEvent?agent-name=ob&_count=2`;
    while (next !== undefined) {
      expect(next.replace('agent-name=ob', '')).not.toContain('agent-name');
      const answer = await ask(gateway, { path: next.slice(gateway.url.length), who: governance });
      const bundle = JSON.parse(answer.text) as Bundle<AuditEvent>;
      found.push(...(bundle.entry ?? []).flatMap(({ resource }) => resource?.agent.find(({ requestor }) => requestor)?.who?.identifier?.value ?? []));
      next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(found.reverse()).toEqual(['p-avila', 'p-avila', 'p-obi', 'p-married', 'p-married', 'p-far']);
  });

  it('is for those who answer for it, whatever it asks for', async () => {
    const answer = await search(doctor, ['agent-name', 'ob']);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'audit-readers-only']);
  });

  describe('by a privacy officer', () => {
    it.each<[string, [string, string][], string[]]>([
      ['their organisation', [['agent:identifier', hospital]], ['p-avila', 'p-avila', 'p-married', 'p-married', 'p-left', 'obstetrics-app']],
      ['another that looked at theirs', [['agent:identifier', community]], ['p-obi']],
      ['another that did not', [['agent:identifier', mental]], []],
      ['a name', [['agent-name', 'ob']], ['p-avila', 'p-avila', 'p-obi', 'p-married', 'p-married']],
      ['the name of somebody who never looked', [['agent-name', 'obadiah']], []],
      ['the new name somebody they know uses elsewhere', [['agent-name', 'quill']], []],
      ['the id of somebody who also works elsewhere', [['agent', 'p-left']], ['p-left']],
    ])('by %s finds what they may read', async (_, parameters, expected) => {
      expect(await agentsOf(officer, ...parameters)).toEqual(expected);
    });
  });

  describe('by what an entry says', () => {
    const citizen = '0b0b0b0b-0000-4000-8000-000000000001';
    const other = '0b0b0b0b-0000-4000-8000-000000000002';
    const plan = '0b0b0b0b-0000-4000-8000-000000000003';
    const permit = { effect: 'permit' as const, rule: '4', agreement: 'bicp-early-intervention', version: '1.0', clause: '4.1', sentence: 'Clause 4.1 of "Early {intervention}" (version 1.0) says \\"agreement":"no"\\.', count: 2 };
    const deny = { effect: 'deny' as const, rule: '6', agreement: 'bicp-oversight', version: '1.1', clause: '2', sentence: 'Not this.', count: 1 };
    const of = (change: Partial<AuditEntry>): AuditEntry => ({ ...entryOf({ agent: 'p-words', name: 'Wanda Words', organisation: community, at: '2026-05-03T12:00:00.000Z' }), ...change });
    const said: AuditEntry[] = [
      of({ purpose: 'TREAT', citizen, disclosed: [`CarePlan/${plan}/_history/3`, `Patient/${other}/_history/1`], decisions: [permit] }),
      of({ purpose: 'TREAT', interaction: 'vread', query: `CarePlan/${plan}/_history/3`, outcome: 'denied', status: 404, decisions: [deny] }),
      of({ purpose: 'ETREAT', interaction: 'everything', citizen: other, emergency: ['EA-1'], decisions: [permit, deny] }),
      of({ interaction: 'search-type', query: 'EpisodeOfCare?status=active', listed: [citizen, other] }),
      of({ interaction: 'break-glass', citizen, who: { client: 'app', token: 'jti-9', person: { id: 'p-words', name: '"outcome":"denied"' }, organisation: community, role: 'paramedic' } }),
      of({ interaction: 'intake', query: 'intake/uhb-adt', outcome: 'failed', status: 422 }),
      of({ interaction: 'update', query: 'Consent/x', outcome: 'failed', status: 503, who: { client: 'app', token: 'jti-8', organisation: community, role: 'nurse' } }),
    ];
    beforeAll(async () => {
      for (const entry of said) await gateway.services.audit.append(entry);
    });
    const rendered = said.map((entry) => auditEventOf({ ...entry, seq: 1 }, { base: 'http://x/fhir' }));
    const codesIn = (concepts: readonly { coding?: { system?: string | undefined; code?: string | undefined }[] }[] = []): string[] => concepts.flatMap(({ coding = [] }) => coding.flatMap(({ system, code }) => [code ?? '', `${system ?? ''}|${code ?? ''}`]));
    const entities = ({ entity = [] }: AuditEvent): string[] => entity.flatMap(({ what }) => what?.reference?.split('/_history/')[0] ?? []);
    const policies = ({ agent }: AuditEvent): string[] => agent.flatMap(({ policy = [] }) => policy);

    /** The entries FHIR says match: what an element of the rendered event holds. */
    it.each<[string, [string, string][], (event: AuditEvent) => boolean, number]>([
      ['action R', [['action', 'R']], ({ action }) => action === 'R', 2],
      ['action E or U', [['action', 'E,http://hl7.org/fhir/audit-event-action|U']], ({ action }) => action === 'E' || action === 'U', 4],
      ['action in another system', [['action', 'urn:x|R']], () => false, 0],
      ['subtype', [['subtype', 'vread']], ({ subtype }) => codesIn([{ coding: subtype ?? [] }]).includes('vread'), 1],
      ['subtype with its system', [['subtype', 'http://hl7.org/fhir/restful-interaction|operation']], ({ subtype }) => codesIn([{ coding: subtype ?? [] }]).includes('operation'), 2],
      ['subtype of ours', [['subtype', 'https://fhir.bicp.example/CodeSystem/gateway-action|break-glass,intake']], ({ subtype }) => ['break-glass', 'intake'].some((code) => codesIn([{ coding: subtype ?? [] }]).includes(code)), 2],
      ['outcome 0', [['outcome', '0']], ({ outcome }) => outcome === '0', 4],
      ['outcome 4', [['outcome', '4']], ({ outcome }) => outcome === '4', 1],
      ['outcome 8', [['outcome', 'http://hl7.org/fhir/audit-event-outcome|8']], ({ outcome }) => outcome === '8', 2],
      ['purpose', [['purpose', 'TREAT']], ({ purposeOfEvent }) => codesIn(purposeOfEvent).includes('TREAT'), 2],
      ['purpose of emergency access', [['purpose', 'http://terminology.hl7.org/CodeSystem/v3-ActReason|BTG']], ({ purposeOfEvent }) => codesIn(purposeOfEvent).includes('BTG'), 1],
      ['role', [['agent-role', 'paramedic,nurse']], ({ agent }) => agent.some(({ role }) => codesIn(role).some((code) => ['paramedic', 'nurse'].includes(code))), 2],
      ['a clause', [['policy', 'urn:onestory:agreement:bicp-early-intervention:1.0:4.1']], (event) => policies(event).includes('urn:onestory:agreement:bicp-early-intervention:1.0:4.1'), 2],
      ['an agreement', [['policy:below', 'urn:onestory:agreement:bicp-oversight']], (event) => policies(event).some((policy) => policy.startsWith('urn:onestory:agreement:bicp-oversight:')), 2],
      ['the beginning of its name', [['policy:below', 'urn:onestory:agreement:bicp-over']], () => false, 0],
      ['two agreements at once', [['policy:below', 'urn:onestory:agreement:bicp-oversight:1.1'], ['policy:below', 'urn:onestory:agreement:bicp-early-intervention']], (event) => policies(event).length === 2, 1],
      ['a token', [['policy', 'urn:ietf:params:oauth:jti:jti-9']], (event) => policies(event).includes('urn:ietf:params:oauth:jti:jti-9'), 1],
      ['a record', [['entity', `CarePlan/${plan}`]], (event) => entities(event).includes(`CarePlan/${plan}`), 1],
      ['a record by its id alone', [['entity', plan]], (event) => entities(event).includes(`CarePlan/${plan}`), 1],
      ['a citizen as what it was about', [['entity:Patient', citizen]], (event) => entities(event).includes(`Patient/${citizen}`), 3],
      ['somebody or something', [['entity', `Patient/${other},CarePlan/${plan}`]], (event) => entities(event).some((each) => [`Patient/${other}`, `CarePlan/${plan}`].includes(each)), 3],
      ['this gateway as the source', [['source:identifier', 'https://fhir.bicp.example/Id/gateway|onestory']], ({ source }) => source.observer?.identifier?.value === 'onestory', 7],
      ['another source', [['source:identifier', 'elsewhere']], () => false, 0],
      ['the request it was', [['type', 'rest']], () => true, 7], ['a type nothing of the log is of', [['type', '110112']], () => false, 0],
      ['all of them', [['action', 'E'], ['outcome', '0'], ['purpose', 'BTG'], ['entity', `Patient/${other}`], ['agent', 'p-words'], ['patient', other]], ({ purposeOfEvent }) => codesIn(purposeOfEvent).includes('BTG'), 1],
    ])('finds by %s what FHIR says matches', async (_, parameters, matches, count) => {
      const answer = await search(governance, ...parameters, ['date', '2026-05']);
      const found = ((JSON.parse(answer.text) as Bundle<AuditEvent>).entry ?? []).map(({ resource }) => resource?.id ?? '');
      expect([answer.status, found.sort()]).toEqual([200, rendered.filter(matches).map(({ id }) => id ?? '').sort()]);
      expect(found).toHaveLength(count);
    });

    it('finds disclosures and decisions by their type, each as it is read by its id', async () => {
      const look = of({ who: { client: 'app', token: 'jti-7', person: { id: 'p-words', name: 'Wanda Words' }, organisation: community, role: 'nurse', address: '192.0.2.7' }, citizen, disclosed: [`CarePlan/${plan}/_history/3`], decisions: [{ ...permit, choice: 'Consent/k/_history/1' }], at: '2026-07-03T12:00:00.000Z' });
      await gateway.services.audit.append(look);
      for (const [type, facet, profile] of [['110106', 'disclosure', 'PrivacyDisclosure.Source'], ['http://dicom.nema.org/resources/ontology/DCM|110113', 'decision', 'AuthZconsent']] as const) {
        const found = ((JSON.parse((await search(governance, ['type', type], ['date', '2026-07'])).text) as Bundle<AuditEvent>).entry ?? []).map(({ resource }) => resource);
        expect(found.map((event) => [event?.id, event?.meta?.profile?.[0]?.endsWith(profile)])).toEqual([[`${look.id}.${facet}`, true]]);
        expect(JSON.parse((await ask(gateway, { path: `/fhir/AuditEvent/${look.id}.${facet}`, who: governance })).text)).toEqual(found[0]);
      }
      const none = await Promise.all([`${look.id}.other`, `${said[5]?.id ?? ''}.disclosure`, `${look.id}.disclosure`].map(async (id, i) => (await ask(gateway, { path: `/fhir/AuditEvent/${id}`, who: i < 2 ? governance : 'privacy-officer-bsmhft' })).status));
      expect(none).toEqual([404, 404, 404]);
      for (const more of [['action', 'R'], ['type', 'rest']] as [string, string][]) expect(codeOf(await search(governance, ['type', '110106'], more))).toBe('search-value-invalid');
    });

    it.each([['type', 'rest,110106', 'search-value-invalid'], ['purpose', 'http://terminology.hl7.org/CodeSystem/v3-ActReason|', 'search-value-invalid'], ['policy:above', 'urn:x', 'search-parameter-unknown'], ['entity:identifier', '', 'search-value-empty']])('refuses %s=%s', async (name, value, code) => {
      const answer = await search(governance, [name, value]);
      expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    });
  });

  describe('with many people', () => {
    beforeAll(async () => {
      const many = Array.from({ length: 3000 }, (_, i): Look => ({ agent: `z-${String(i % 300).padStart(3, '0')}`, name: `Zeno Crowd${i % 300}`, organisation: mental }));
      await Promise.all(many.map((look) => gateway.services.audit.append(entryOf(look))));
      await gateway.services.audit.append(entryOf({ agent: 'z-seen', name: 'Zeno Seen', organisation: community, custodians: [hospital] }));
      await gateway.database.query('analyze audit_entry');
    });

    it('asks for more of a name that too many have', async () => {
      const answer = await search(governance, ['agent-name', 'zeno']);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'search-too-wide']);
      expect(answer.text).not.toMatch(/zeno/i);
      expect(await agentsOf(governance, ['agent-name', 'crowd29'], ['agent:identifier', mental], ['date', '2026-03-01'])).toHaveLength(110);
    });

    it('does not tell a privacy officer how many people they may not read about have it', async () => {
      expect(await agentsOf(officer, ['agent-name', 'zeno'])).toEqual(['z-seen']);
      expect(await agentsOf(officer, ['agent-name', 'crowd'])).toEqual([]);
    });

    it('stops when the log names more people than are looked at, whoever asks and whatever the name', async () => {
      const limits = { looked: 100, matched: 200 };
      for (const seenBy of [null, hospital]) {
        expect(await findAgents(gateway.database, { named: () => false, seenBy, limits })).toEqual({ kind: 'agents-too-many' });
      }
    });

    const plan = async (text: string, values: unknown[]): Promise<string> =>
      (await gateway.database.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)).map((row) => row['QUERY PLAN']).join('\n');
    const query: AuditQuery = { citizens: null, agents: [], words: [], from: null, to: null, reader: { organisation: null, person: null }, before: null, limit: 21 };

    it('looks people up by their index, without reading the log', async () => {
      const found = await plan(everyAgent, [20_001]);
      expect(found).toMatch(/audit_entry_agent/);
      expect(found).not.toMatch(/Seq Scan/);
    });

    it.each<[string, Partial<AuditQuery>, RegExp]>([
      ['the organisation', { agents: [{ ids: [], organisations: [community] }] }, /audit_entry_organisation/],
      ['the agent', { agents: [{ ids: ['p-far'], organisations: [] }] }, /audit_entry_agent/],
      ['several agents', { agents: [{ ids: ['p-far', 'p-obi'], organisations: [] }] }, /audit_entry_agent/],
      ['a rare word', { words: [['interaction break-glass']] }, /audit_entry_words/],
      ['two common words no entry has together', { words: [['interaction read'], ['interaction break-glass']] }, /audit_entry_words/],
      ['a time long ago', { from: new Date('2026-04-01'), to: new Date('2026-04-02') }, /audit_entry_at/],
    ])('finds entries by %s with the index for it', async (_, asked, index) => {
      const statement = auditStatements({ ...query, ...asked }).at(-1);
      expect(await plan(statement?.text ?? '', statement?.values ?? [])).toMatch(index);
    });
  });
});
