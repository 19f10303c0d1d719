import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationOutcome, Resource } from '@medplum/fhirtypes';
import { readAgreement } from '../../src/consent/read-agreement.ts';
import type { Counts, WhatIfReport, WhatIfRun } from '../../src/flow/sharing/what-if.ts';
import { registerAgreement, signAndActivate, terminateAgreement } from '../../src/store/sharing/agreements.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { freshPostgres, openEmptyPglite } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, fileObjection, people } from './whole-record.ts';

/** What a draft would have changed in real requests: foretold, then put in force and asked again. */

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const parties = `
  - { id: uhb, name: Hospital, identifier: { system: ${ods}, value: RRK }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bchc, name: Community, identifier: { system: ${ods}, value: RYW }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bsmhft, name: Mental Health, identifier: { system: ${ods}, value: RXT }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bcc, name: Council, identifier: { system: https://fhir.bicp.example/Id/ons-code, value: E08000025 }, capacity: controller, signatoryRole: Director }`;
const clause = (number: string, what: { from: string; to: string; roles: string; categories: string; basis?: string; more?: string }): string => `
  - number: "${number}"
    text: For this test.
    from: [${what.from}]
    to: [${what.to}]
    purposes: [TREAT]
    roles: [${what.roles}]
    categories: [${what.categories}]
    consentBasis: ${what.basis ?? 'implied'}${what.more ?? ''}`;
const agreement = (version: string, clauses: string[]): string => `id: sharing
version: "${version}"
title: Sharing
period: { from: 2024-04-01, to: 2029-03-31 }
reviewDate: 2027-03-31
lawfulBases: [ "UK GDPR Article 6(1)(e)" ]
parties:${parties}
clauses:${clauses.join('')}
`;
const identity = clause('1.1', { from: 'uhb, bchc, bsmhft, bcc', to: 'uhb, bchc, bcc', roles: 'doctor, nurse, social-worker', categories: 'identity' });
const standing = agreement('1.0', [
  identity,
  clause('2.1', { from: 'uhb', to: 'bchc, bcc', roles: 'nurse, social-worker', categories: 'encounter, episode, referral' }),
  clause('2.2', { from: 'bchc', to: 'uhb, bcc', roles: 'doctor, social-worker', categories: 'plan' }),
]);
/** Takes the hospital's from the council, gives the council's plans to the hospital, and the trust's to its doctors who care for the person. */
const draft = agreement('1.1', [
  identity,
  clause('2.1', { from: 'uhb', to: 'bchc', roles: 'nurse', categories: 'encounter, episode, referral' }),
  clause('2.2', { from: 'bchc', to: 'uhb, bcc', roles: 'doctor, social-worker', categories: 'plan, episode' }),
  clause('2.3', { from: 'bcc', to: 'uhb, bchc', roles: 'doctor, nurse', categories: 'plan, social-care, referral' }),
  clause('3.1', { from: 'bsmhft', to: 'uhb', roles: 'doctor', categories: 'mental-health', more: '\n    labels: [R, MH, PSY]\n    relationships: [episode, referral]' }),
  clause('3.2', { from: 'bsmhft', to: 'bcc', roles: 'social-worker', categories: 'mental-health', basis: 'explicit', more: '\n    labels: [R, MH, PSY]' }),
]);

interface Look { who: string; path: string; citizen: string }

/** Told from the whole record: what it would have met otherwise is what the whole record would have. */
const told = '$story';

/** Everything a look was answered with that is somebody's record: composed and directory resources are nobody's. */
async function shown(gateway: Gateway, { who, path, citizen }: Look): Promise<Set<string>> {
  const found = new Set<string>();
  if (path.endsWith(told)) {
    expect([200, 404]).toContain((await gateway.get(path, who)).status); // whoever may not know the person looks in vain
    return found;
  }
  for (let next: string | undefined = path; next !== undefined;) {
    const answer: Resource = (await (await gateway.get(next, who)).json()) as Resource;
    const resources = answer.resourceType === 'Bundle' ? (answer.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : [])) : [answer];
    for (const { resourceType, id = '' } of resources) if (!['Organization', 'Provenance', 'OperationOutcome'].includes(resourceType) && id !== citizen) found.add(id);
    next = answer.resourceType === 'Bundle' ? answer.link?.find(({ relation }) => relation === 'next')?.url.slice(gateway.url.length) : undefined;
  }
  return found;
}

async function ask(gateway: Gateway, text: string, who = 'governance-lead', query = ''): Promise<{ status: number; lines: Record<string, unknown>[] }> {
  const response = await fetch(`${gateway.url}/governance/agreements/what-if${query}`, { method: 'POST', body: text, headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/yaml' } });
  return { status: response.status, lines: (await response.text()).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const codeOf = ({ lines }: { lines: Record<string, unknown>[] }): string | undefined => (lines[0] as unknown as OperationOutcome).issue[0]?.details?.coding?.[0]?.code;

const houses: { kind: string; open: () => Promise<Database> }[] = [
  { kind: 'pglite', open: openEmptyPglite }, { kind: 'postgresql', open: async () => openPostgres(await freshPostgres()) },
];

describe.each(houses)('what a draft would have changed, on $kind', ({ open }) => {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-what-if-'));
  let gateway: Gateway;
  let looks: Look[];
  beforeAll(async () => {
    writeFileSync(join(folder, 'sharing.yaml'), standing);
    cpSync(join(import.meta.dirname, '../../agreements/bicp-oversight.yaml'), join(folder, 'oversight.yaml'));
    gateway = await startGateway(await open(), { citizens: 16, agreements: folder, environment: () => ({ ONESTORY_SMALL_NUMBER: '2' }) });
    looks = await plannedLooks(gateway);
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses what it cannot judge, before anything runs', async () => {
    expect(await ask(gateway, 'id: [')).toMatchObject({ status: 400 });
    for (const query of ['?since=yesterday', '?since=99999d', '?since=2099-01-01', '?since=30d&since=1d', '?until=1d']) expect((await ask(gateway, draft, 'governance-lead', query)).status).toBe(400);
    expect(codeOf(await ask(gateway, draft, 'governance-lead', '?since=soon'))).toBe('since-invalid');
    for (const who of ['ward-doctor', 'privacy-officer']) expect(await ask(gateway, draft, who)).toMatchObject({ status: 403 });
  });

  it('is nothing when nobody has looked', async () => {
    const { lines } = await ask(gateway, draft);
    expect((lines.at(-1)?.['report'] as WhatIfReport).lines).toEqual([]);
  });

  it('is what comes true when the draft is put in force and the same is asked again', async () => {
    for (const path of ['/fhir/Organization', '/fhir/Contract', '/fhir/Device']) await gateway.get(path, 'governance-lead'); // nobody's records
    const before = await answers(gateway, looks);
    const { status, lines } = await ask(gateway, draft);
    const report = lines.at(-1)?.['report'] as WhatIfReport;
    expect(status).toBe(200);
    const told = lines.slice(0, -1).map(({ progress }) => progress as number);
    expect([told.length > 0, told.every((share, i) => share >= (told[i - 1] ?? 0) && share <= 1)]).toEqual([true, true]);
    expect(report).toMatchObject({ draft: { id: 'sharing', version: '1.1' }, replaces: '1.0', judgedByTypeAlone: false, lookedAtNobody: 0 });
    await putInForce(gateway.database);
    const after = await answers(gateway, looks);
    const expected = await changes(gateway.database, looks, before, after);
    const foretold = Object.fromEntries(report.lines.map(({ effect, organisation, role, custodian, category, clause: by, looks: n, citizens, records }) =>
      [`${effect} to ${organisation} ${role}: ${category} of ${custodian} by ${by?.version} ${by?.clause}`, { looks: n, citizens, records }]));
    expect(foretold).toEqual(expected);
    expect(Object.keys(expected).filter((line) => line.startsWith('shown')).length).toBeGreaterThan(3);
    expect(Object.keys(expected).filter((line) => line.startsWith('hidden')).length).toBeGreaterThan(1);
  });

  it('counts timelines and matches as looks, a match that finds nobody among those that met nobody', async () => {
    const counted = async (): Promise<[number, number, number]> => {
      const { looks: n, lookedAtNobody, notJudged } = (await ask(gateway, draft)).lines.at(-1)?.['report'] as WhatIfReport;
      return [n, lookedAtNobody, notJudged];
    };
    const [before, nobody, notJudged] = await counted();
    const [{ citizen, who } = { citizen: '', who: '' }] = looks;
    expect((await gateway.get(`/fhir/Patient/${citizen}/$timeline`, who)).status).toBe(200);
    for (const number of [people.alice, '9990000034']) {
      const match = await fetch(`${gateway.url}/fhir/Patient/$match`, {
        method: 'POST', body: JSON.stringify({ resourceType: 'Patient', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }] }),
        headers: { Authorization: `Bearer ${await gateway.token('community-nurse')}`, 'Content-Type': 'application/fhir+json' },
      });
      expect(match.status).toBe(200);
    }
    for (const path of [`/fhir/Patient/${citizen}/$presence`, `/fhir/DocumentReference/$docref?patient=${citizen}`, `/fhir/Patient/$ihe-pix?sourceIdentifier=https://fhir.nhs.uk/Id/nhs-number%7C${people.alice}`, '/fhir/EpisodeOfCare/_history?_count=2']) expect([path, (await gateway.get(path, who)).status]).toEqual([path, 200]);
    expect(await counted()).toEqual([before + 6, nobody + 1, notJudged + 1]);
    const [{ id } = { id: '' }] = await gateway.database.query<{ id: string }>(`select citizen_ids[1] as id from audit_entry where entry::jsonb ->> 'interaction' = 'match' and citizen_ids <> '{}'`);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leaves nothing behind, names nobody, and is itself in the log', async () => {
    expect(await gateway.database.query(`select relname from pg_class where relpersistence = 't'`)).toEqual([]);
    const { lines } = await ask(gateway, draft);
    const names = [people.alice, people.abdul, ...new Set(looks.map(({ citizen }) => citizen))];
    for (const name of names) expect(JSON.stringify(lines)).not.toContain(name);
    const [entry] = await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 1');
    expect(JSON.parse(entry?.entry ?? '{}')).toMatchObject({ interaction: 'agreement-what-if', query: 'governance/agreements/sharing/1.1' });
  });

  it('runs one at a time, and not once oversight has ended', async () => {
    const requester = { client: 'viewer', token: 'none', person: { id: 'governance-lead', name: 'Teresa Wilk' }, organisation: `${ods}|QHL`, organisationName: 'Board', role: 'governance', purpose: 'HOPERAT', scopes: [] } as const;
    const begin = (id: string): Promise<WhatIfRun> => gateway.services.governance.whatIf(requester, { text: draft, since: new Date(0) }, { id });
    const [first, second] = [await begin('one'), await begin('two')];
    const running = first(() => undefined, new AbortController().signal);
    await expect(second(() => undefined, new AbortController().signal)).rejects.toMatchObject({ problems: [{ code: 'what-if-running' }] });
    await expect(begin('three')).rejects.toMatchObject({ problems: [{ code: 'what-if-running' }] });
    expect((await running).draft.id).toBe('sharing');
    await expect(second(() => undefined, AbortSignal.abort())).rejects.toThrow('aborted');
    expect((await (await begin('four'))(() => undefined, new AbortController().signal)).draft.version).toBe('1.1');
    const oversight = (await gateway.database.query<{ sha256: string }>(`select sha256 from agreement_register where agreement = 'bicp-oversight'`))[0]?.sha256 ?? '';
    await terminateAgreement(gateway.database, oversight, new Date(Date.now() - 1));
    expect(codeOf(await ask(gateway, draft))).toBe('audit-readers-only');
  });
});

/** Reads, searches with conditions, whole records, by three people; of what they may see and of what they may not. One person objects. */
async function plannedLooks(gateway: Gateway): Promise<Look[]> {
  const rows = await gateway.database.query<{ citizen: string; id: string; type: string }>('select citizen_id as citizen, id, type from citizen_row where type <> \'Patient\' order by id');
  const citizens = [...new Set(rows.map(({ citizen }) => citizen))].slice(0, 14);
  const abdul = await citizenOf(gateway, 'ward-doctor', people.abdul);
  await fileObjection(gateway, abdul);
  const each = ['ward-doctor', 'social-worker', 'community-nurse'].flatMap((who) => citizens.flatMap((citizen): Look[] => [
    { who, citizen, path: `/fhir/Patient/${citizen}/$everything?_count=200` },
    { who, citizen, path: `/fhir/CarePlan?patient=${citizen}&_sort=-date&_count=200` },
    { who, citizen, path: `/fhir/Encounter?patient=${citizen}&status=finished&_count=200` },
    { who, citizen, path: `/fhir/EpisodeOfCare?patient=${citizen}&date=ge2026-01-01&_count=200` },
    { who, citizen, path: `/fhir/Patient/${citizen}` },
    ...(who === 'ward-doctor' ? [{ who, citizen, path: `/fhir/Patient/${citizen}/${told}` }] : []),
  ]));
  const single = rows.filter(({ citizen }) => citizens.includes(citizen)).flatMap(({ citizen, id, type }, i): Look[] => (i % 3 === 0 ? [{ who: 'ward-doctor', citizen, path: `/fhir/${type}/${id}` }] : []));
  return [...each, ...single];
}

async function answers(gateway: Gateway, looks: readonly Look[]): Promise<Set<string>[]> {
  const all: Set<string>[] = [];
  for (const look of looks) all.push(await shown(gateway, look));
  const whole = (look: Look): number => looks.findIndex(({ who, citizen, path }) => who === look.who && citizen === look.citizen && path.includes('$everything'));
  return looks.map((look, i) => (look.path.endsWith(told) ? all[whole(look)] : all[i]) ?? new Set());
}

async function putInForce(database: Database): Promise<void> {
  const versions = await database.query<{ sha256: string }>(`select sha256 from agreement_register where agreement = 'sharing'`);
  for (const { sha256 } of versions) await terminateAgreement(database, sha256, new Date(Date.now() - 1));
  const read = readAgreement(draft);
  if ('problems' in read) throw new Error('the draft is no agreement');
  await registerAgreement(database, { agreement: 'sharing', version: '1.1', sha256: read.agreement.sha256, content: draft });
  await signAndActivate(database, read.agreement.sha256, read.agreement.parties.map(({ organisation, signatoryRole }) => ({ organisation, signatory: signatoryRole })), new Date(Date.now() - 1));
}

/** The truth: of each asker and class, how many looks, people and records were answered otherwise; nothing of a single person. */
async function changes(database: Database, looks: readonly Look[], before: readonly Set<string>[], after: readonly Set<string>[]): Promise<Record<string, Counts>> {
  const classes = new Map((await database.query<{ id: string; custodian: string; category: string }>(
    'select r.id, s.custodian, s.category from citizen_row r join sharing_class s using (class_id)')).map((row) => [row.id, row]));
  const askers: Record<string, string> = { 'ward-doctor': 'Hospital doctor', 'social-worker': 'Council social-worker', 'community-nurse': 'Community nurse' };
  const names: Record<string, string> = { RRK: 'Hospital', RYW: 'Community', RXT: 'Mental Health', E08000025: 'Council' };
  const clauseFor = (line: string): string => Object.entries(clauses).find(([start]) => line.startsWith(start))?.[1] ?? 'no clause';
  const found = new Map<string, { looks: Set<number>; citizens: Set<string>; records: Set<string> }>();
  looks.forEach(({ who, citizen }, i) => {
    const [was, is] = [before[i] ?? new Set<string>(), after[i] ?? new Set<string>()];
    for (const [effect, ids] of [['shown', is.difference(was)], ['hidden', was.difference(is)]] as const) {
      for (const id of ids) {
        const { custodian = '', category = '' } = classes.get(id) ?? {};
        const line = `${effect} to ${askers[who]}: ${category} of ${names[custodian.split('|')[1] ?? '']}`;
        const key = `${line} by ${clauseFor(line)}`;
        const sum = found.get(key) ?? { looks: new Set(), citizens: new Set(), records: new Set() };
        sum.looks.add(i);
        sum.citizens.add(citizen);
        sum.records.add(id);
        found.set(key, sum);
      }
    }
  });
  return Object.fromEntries([...found].map(([key, sums]) => [key, sums.citizens.size < 2 ? { looks: null, citizens: null, records: null } : { looks: sums.looks.size, citizens: sums.citizens.size, records: sums.records.size }]));
}

/** Which clause opens, or opened, what changes. */
const clauses: Record<string, string> = {
  'hidden to Council social-worker: ': '1.0 2.1',
  'shown to Council social-worker: episode of Community': '1.1 2.2', 'shown to Hospital doctor: episode of Community': '1.1 2.2',
  'shown to Hospital doctor: mental-health of Mental Health': '1.1 3.1',
  'shown to Hospital doctor: ': '1.1 2.3', 'shown to Community nurse: ': '1.1 2.3',
};
