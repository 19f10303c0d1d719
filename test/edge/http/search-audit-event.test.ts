import { randomUUID } from 'node:crypto';
import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { everyAgent, findAgents } from '../../../src/store/find-agents.ts';
import { auditStatement, type AuditQuery } from '../../../src/store/search-audit.ts';
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
  { agent: 'p-avila', name: "Dr María O'Brien-Ávila", organisation: hospital },
  { agent: 'p-avila', name: "Dr María O'Brien-Ávila", organisation: hospital, at: '2026-04-01T12:00:00.000Z' },
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
    ['all parameters at once', [['agent-name', 'ob'], ['agent:identifier', hospital], ['date', 'ge2026-04-01']], ['p-avila']],
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
    const query: AuditQuery = { citizens: null, agents: [], from: null, to: null, seenBy: null, before: null, limit: 21 };

    it('looks people up by their index, without reading the log', async () => {
      const found = await plan(everyAgent, [20_001]);
      expect(found).toMatch(/audit_entry_agent/);
      expect(found).not.toMatch(/Seq Scan/);
    });

    it.each<[string, Partial<AuditQuery>, RegExp]>([
      ['the organisation', { agents: [{ ids: [], organisations: [community] }] }, /audit_entry_organisation/],
      ['the agent', { agents: [{ ids: ['p-far'], organisations: [] }] }, /audit_entry_agent/],
      ['several agents', { agents: [{ ids: ['p-far', 'p-obi'], organisations: [] }] }, /audit_entry_agent/],
    ])('finds entries by %s with the index for it', async (_, asked, index) => {
      const { text, values } = auditStatement({ ...query, ...asked });
      expect(await plan(text, values)).toMatch(index);
    });
  });
});
