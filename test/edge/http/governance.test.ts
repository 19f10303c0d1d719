import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openPostgres, type Database } from '../../../src/store/database.ts';
import { freshPostgres, loadedPostgres, openEmptyPglite, openLoadedPglite } from '../../databases.ts';
import { citizenOf, custodiansOf, people, wholeRecord } from '../../flow/whole-record.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { ask, askAudited, auditSince, codeOf, lastSeq, type Answer } from './asking.ts';

/** How an agreement comes into force and ends, through the API, on one process and on two. */

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const trust = `${ods}|RXT`;
const council = 'https://fhir.bicp.example/Id/ons-code|E08000025';

/** The mental health trust shares its episodes and plans with the council's social workers, which nothing shipped does. */
function text(changes: Partial<Record<'id' | 'version' | 'to' | 'clauseTo' | 'words', string>> = {}): string {
  const { id = 'trust-to-council', version = '1.0', to = '2029-03-31', clauseTo = 'bcc', words = 'The trust shares its episodes with the council.' } = changes;
  return `id: ${id}
version: "${version}"
title: Sharing with the council's social workers
period: { from: 2024-04-01, to: ${to} }
reviewDate: 2026-12-01
lawfulBases: [ "UK GDPR Article 6(1)(e)" ]
parties:
  - { id: bsmhft, name: Mental Health Trust, identifier: { system: ${ods}, value: RXT }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bcc, name: City Council, identifier: { system: https://fhir.bicp.example/Id/ons-code, value: E08000025 }, capacity: controller, signatoryRole: Director }
  - { id: icb, name: Board, identifier: { system: ${ods}, value: QHL }, capacity: processor, signatoryRole: SIRO }
clauses:
  - number: "1.1"
    text: ${words}
    from: [bsmhft]
    to: [${clauseTo}]
    purposes: [TREAT]
    roles: [social-worker]
    categories: [mental-health]
    labels: [R, MH, PSY]
    consentBasis: implied
`;
}

const houses: { kind: string; open: () => Promise<Database[]> }[] = [
  { kind: 'pglite', open: async () => [await openLoadedPglite(12)] },
  { kind: 'two processes of postgresql', open: async () => {
    const url = await loadedPostgres(12);
    return [await openPostgres(url), await openPostgres(url)];
  } },
];

interface Entry { id: string; version: string; state: string; sha256: string; missingSignatures: string[]; waitingClauses: { number: string; missing: string[] }[]; terminatedAt: string | null; next: string; warnings: { of: string; mark: number }[]; parties: { organisation: string; signedAt: string | null }[] }

// the cases of a house follow one another: each finds the register as the one before left it
describe.each(houses)('the register of agreements, on $kind', ({ open }) => {
  let gateways: Gateway[];
  let first: Gateway;
  let last: Gateway;
  let alice: string;
  let sha256: string;

  beforeAll(async () => {
    gateways = [];
    for (const database of await open()) gateways.push(await startGateway(database));
    first = gateways[0]!;
    last = gateways.at(-1)!;
    alice = await citizenOf(first, 'social-worker', people.alice);
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
  });

  const propose = (body: string, who = 'governance-lead', type = 'application/yaml'): Promise<Answer> =>
    ask(first, { method: 'POST', path: '/governance/agreements', who, headers: { 'Content-Type': type }, body });
  const post = (gateway: Gateway, path: string, who: string | null, body: unknown = {}): Promise<Answer> =>
    ask(gateway, { method: 'POST', path: `/governance/agreements/${path}`, who, headers: { 'Content-Type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const sign = (path: string, who: string, party: string, hash = sha256, gateway = first): Promise<Answer> => post(gateway, `${path}/sign`, who, { party, signatory: 'A Signatory', sha256: hash });
  const entryOf = ({ text: body }: Answer): Entry => JSON.parse(body) as Entry;
  const list = async (who = 'governance-lead'): Promise<Entry[]> => ((await (await first.get('/governance/agreements', who)).json()) as { agreements: Entry[] }).agreements;

  /** What of the mental health trust the social worker is shown by each process, at once. */
  async function ofTrust(): Promise<boolean[]> {
    const shown: boolean[] = [];
    for (const gateway of gateways) shown.push((await wholeRecord(gateway, 'social-worker', alice)).some((resource) => ['EpisodeOfCare', 'CarePlan'].includes(resource.resourceType) && custodiansOf([resource]).includes('RXT')));
    return shown;
  }
  const everywhere = <T>(value: T): T[] => gateways.map(() => value);

  it('lists what was shipped, with signatures, days and what comes next', async () => {
    const before = await lastSeq(first);
    const entries = await list();
    expect((await auditSince(first, before)).map(({ entry }) => entry)).toEqual([expect.objectContaining({ interaction: 'agreement-list', query: 'governance/agreements', outcome: 'permitted' })]);
    expect(entries.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'bicp-early-intervention in-force', 'bicp-end-of-life in-force', 'bicp-mental-health in-force', 'bicp-oversight in-force', 'draft-safeguarding draft', 'lapsed-winter-pressures lapsed',
    ]);
    expect(entries[0]).toMatchObject({ missingSignatures: [], waitingClauses: [], lastDay: '2029-03-31', reviewDate: '2027-03-31', daysToEnd: expect.any(Number), next: expect.stringContaining('It is in force until the end of 2029-03-31') });
    const solihull = 'https://fhir.bicp.example/Id/ons-code|E08000029';
    expect(entries[4]).toMatchObject({ missingSignatures: [council, solihull, `${ods}|RRK`, `${ods}|RYW`], waitingClauses: [
      { number: '1.1', missing: [council, `${ods}|RRK`, `${ods}|RYW`] }, { number: '1.2', missing: [solihull, `${ods}|RRK`, `${ods}|RYW`] },
    ] });
  });

  it('a draft is registered and shares nothing', async () => {
    expect(await ofTrust()).toEqual(everywhere(false));
    const { answer, entries } = await askAudited(first, { method: 'POST', path: '/governance/agreements', who: 'governance-lead', headers: { 'Content-Type': 'text/yaml; charset=utf-8' }, body: text() });
    expect([answer.status, answer.headers.location]).toEqual([201, '/governance/agreements/trust-to-council/1.0']);
    expect(entries).toEqual([expect.objectContaining({ interaction: 'agreement-propose', query: 'governance/agreements/trust-to-council/1.0', outcome: 'permitted', status: 201 })]);
    sha256 = entryOf(answer).sha256;
    expect(entryOf(answer)).toMatchObject({ state: 'draft', missingSignatures: [trust, council] });
    expect(await ofTrust()).toEqual(everywhere(false));
  });

  it('the same text again changes nothing; other content under the version is refused', async () => {
    expect((await propose(`# for the meeting\n${text()}`)).status).toBe(200);
    const other = await propose(text({ words: 'Everything.' }));
    expect([other.status, codeOf(other)]).toEqual([409, 'agreement-changed']);
  });

  it('is not activated before the parties a clause names have signed: they are named', async () => {
    const refused = await post(first, 'trust-to-council/1.0/activate', 'governance-lead');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'agreement-not-signed']);
    expect(refused.text).toContain('Mental Health Trust');
    expect(refused.text).toContain('City Council');
    expect(refused.text).not.toContain('Board');
  });

  it.each<[string, string, string, string, number]>([
    ['the governance lead for a party that is not their own organisation', 'governance-lead', trust, 'agreement-party-of-another', 403],
    ['another organisation\'s privacy officer', 'privacy-officer', council, 'agreement-party-of-another', 403],
    ['somebody whose organisation is no party', 'privacy-officer', `${ods}|RRK`, 'agreement-not-a-party', 422],
    ['a doctor', 'ward-doctor', `${ods}|RRK`, 'governance-role-required', 403],
    ['a social worker for their own council', 'social-worker', council, 'governance-role-required', 403],
  ])('is not signed by %s', async (_, who, party, code, status) => {
    const answer = await sign('trust-to-council/1.0', who, party);
    expect([codeOf(answer), answer.status]).toEqual([code, status]);
    expect((await list()).find(({ id }) => id === 'trust-to-council')?.missingSignatures).toHaveLength(2);
  });

  it('is not signed when the file was edited after it was registered', async () => {
    const answer = await sign('trust-to-council/1.0', 'privacy-officer-bcc', council, 'f'.repeat(64));
    expect([answer.status, codeOf(answer)]).toEqual([409, 'agreement-edited']);
    expect(answer.text).toContain('the file was edited after');
  });

  it('is signed by each party, once', async () => {
    expect(entryOf(await sign('trust-to-council/1.0', 'privacy-officer-bsmhft', trust)).missingSignatures).toEqual([council]);
    expect(entryOf(await sign('trust-to-council/1.0', 'privacy-officer-bcc', council, sha256, last)).next).toContain('until it is activated');
    const again = await sign('trust-to-council/1.0', 'privacy-officer-bcc', council);
    expect([again.status, codeOf(again)]).toEqual([409, 'agreement-already-signed']);
    expect(await ofTrust()).toEqual(everywhere(false));
  });

  it('activated, the very next read of another person on every process shows more', async () => {
    expect(await ofTrust()).toEqual(everywhere(false));
    const before = await lastSeq(first);
    expect(entryOf(await post(last, 'trust-to-council/1.0/activate', 'governance-lead'))).toMatchObject({ state: 'in-force' });
    expect(await ofTrust()).toEqual(everywhere(true));
    expect((await auditSince(first, before))[0]?.entry).toMatchObject({ interaction: 'agreement-activate', outcome: 'permitted' });
    const contract = (await (await first.get('/fhir/Contract', 'governance-lead')).json()) as { entry: { resource: { identifier: { value: string }[]; status: string; signer?: unknown[] } }[] };
    expect(contract.entry.map(({ resource }) => resource).find(({ identifier }) => identifier[0]?.value === 'trust-to-council')).toMatchObject({ status: 'executed', signer: [expect.anything(), expect.anything()] });
  });

  it('warns of a review that is near', async () => {
    expect((await list()).find(({ id }) => id === 'trust-to-council')?.warnings).toEqual(expect.arrayContaining([expect.objectContaining({ of: 'review' })]));
  });

  it('is activated once', async () => {
    const again = await post(first, 'trust-to-council/1.0/activate', 'governance-lead');
    expect([again.status, codeOf(again)]).toEqual([409, 'agreement-already-active']);
  });

  it('two activations at once: one is done, the other refused, and what is done is done once', async () => {
    const { sha256: hash } = entryOf(await propose(text({ version: '1.1' })));
    await sign('trust-to-council/1.1', 'privacy-officer-bsmhft', trust, hash);
    await sign('trust-to-council/1.1', 'privacy-officer-bcc', council, hash);
    const answers = await Promise.all([first, last].map((gateway) => post(gateway, 'trust-to-council/1.1/activate', 'governance-lead')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const versions = (await list()).filter(({ id }) => id === 'trust-to-council');
    expect(versions.map(({ version, state }) => `${version} ${state}`)).toEqual(['1.0 terminated', '1.1 in-force']);
    expect(await ofTrust()).toEqual(everywhere(true));
  });

  it('a version that was replaced is over, and an older text does not come back', async () => {
    const over = await post(first, 'trust-to-council/1.0/activate', 'governance-lead');
    expect([over.status, codeOf(over)]).toEqual([409, 'agreement-over']);
    const { sha256: hash } = entryOf(await propose(text({ version: '0.9' })));
    for (const [who, party] of [['privacy-officer-bsmhft', trust], ['privacy-officer-bcc', council]] as const) await sign('trust-to-council/0.9', who, party, hash);
    const older = await post(first, 'trust-to-council/0.9/activate', 'governance-lead');
    expect([older.status, codeOf(older)]).toEqual([409, 'agreement-version-older']);
  });

  it('terminated, the very next read shows what it did before, and that is final', async () => {
    expect(await ofTrust()).toEqual(everywhere(true));
    expect(entryOf(await post(first, 'trust-to-council/1.1/terminate', 'governance-lead'))).toMatchObject({ state: 'terminated' });
    expect(await ofTrust()).toEqual(everywhere(false));
    for (const change of ['activate', 'terminate']) {
      const answer = await post(first, `trust-to-council/1.1/${change}`, 'governance-lead');
      expect([answer.status, codeOf(answer)]).toEqual([409, 'agreement-over']);
    }
    const draft = await post(first, 'draft-safeguarding/0.1/terminate', 'governance-lead');
    expect([draft.status, codeOf(draft)]).toEqual([409, 'agreement-not-active']);
  });

  it('an agreement past its period is not put in force', async () => {
    const { sha256: past } = entryOf(await propose(text({ id: 'past-agreement', to: '2025-03-31' }).replace('2026-12-01', '2024-12-01')));
    const answer = await sign('past-agreement/1.0', 'privacy-officer-bcc', council, past);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'agreement-over']);
  });

  it('a privacy officer sees the agreements of their own organisation, and the text of one', async () => {
    expect((await list('privacy-officer')).map(({ id }) => id)).toEqual([
      'bicp-early-intervention', 'bicp-end-of-life', 'bicp-mental-health', 'bicp-oversight', 'draft-safeguarding', 'lapsed-winter-pressures',
    ]);
    const one = (await (await first.get('/governance/agreements/bicp-oversight/1.0', 'privacy-officer')).json()) as { content: string };
    expect(one.content).toBe(readFileSync(fileURLToPath(new URL('../../../agreements/bicp-oversight.yaml', import.meta.url)), 'utf8'));
    expect((await first.get('/governance/agreements/trust-to-council/1.0', 'privacy-officer')).status).toBe(404);
  });

  it.each<[string, string, string, string | null, string, number]>([
    ['the register', 'GET', '', 'ward-doctor', 'governance-role-required', 403],
    ['the register', 'GET', '', 'uhb-adt', 'governance-role-required', 403],
    ['the register', 'GET', '', null, 'token-missing', 401],
    ['a text', 'POST', '', 'privacy-officer', 'governance-role-required', 403],
    ['an activation', 'POST', '/trust-to-council/0.9/activate', 'privacy-officer-bcc', 'governance-role-required', 403],
    ['an end', 'POST', '/bicp-early-intervention/1.0/terminate', 'privacy-officer', 'governance-role-required', 403],
    ['an unknown version', 'POST', '/bicp-early-intervention/7.0/terminate', 'governance-lead', 'agreement-unknown', 404],
    ['another method', 'DELETE', '/bicp-early-intervention/1.0', 'governance-lead', 'interaction-unsupported', 405],
    ['another address', 'POST', '/bicp-early-intervention/1.0/sign/twice', 'governance-lead', 'address-unknown', 404],
  ])('refuses %s (%s %s) to %s, with an entry', async (_, method, path, who, code, status) => {
    const { answer, entries, code: told } = await askAudited(first, { method, path: `/governance/agreements${path}`, who, headers: { 'Content-Type': 'application/json' }, ...(method === 'POST' && { body: '{}' }) });
    expect([told, answer.status]).toEqual([code, status]);
    expect(entries).toEqual([expect.objectContaining({ code, status })]);
  });

  const hash = '0'.repeat(64);
  it.each<[string, string, string, number]>([
    ['a hash that is none', '{"party":"a|b","signatory":"S","sha256":"x"}', 'field-invalid', 400],
    ['a field nobody knows', `{"party":"a|b","signatory":"S","sha256":"${hash}","force":true}`, 'field-unknown', 400],
    ['a prototype', `{"party":"a|b","signatory":"S","sha256":"${hash}","__proto__":{}}`, 'json-forbidden-key', 400],
    ['a name that steers a terminal', `{"party":"a|b","signatory":"S\\u001b[31m","sha256":"${hash}"}`, 'field-invalid', 400],
    ['a name that is a list', `{"party":"a|b","signatory":["S"],"sha256":"${hash}"}`, 'field-invalid', 400],
    ['nothing', '{}', 'field-invalid', 400],
    ['a list', '[]', 'json-not-object', 400],
    ['half a body', '{"party":', 'json-syntax', 400],
    ['a long body', `{"signatory":"${'x'.repeat(5000)}"}`, 'body-too-large', 413],
  ])('a request to sign is read strictly: %s', async (_, body, code, status) => {
    const answer = await post(first, 'trust-to-council/0.9/sign', 'privacy-officer-bcc', body);
    expect([codeOf(answer), answer.status]).toEqual([code, status]);
  });

  it('a change takes no field, and a text no other form', async () => {
    const forced = await post(first, 'draft-safeguarding/0.1/activate', 'governance-lead', { force: true });
    expect([forced.status, codeOf(forced)]).toEqual([400, 'field-unknown']);
    const asJson = await propose('{}', 'governance-lead', 'application/json');
    expect([asJson.status, codeOf(asJson)]).toEqual([415, 'media-type-unsupported']);
    const wrong = await propose(text().replace('[bcc]', '[council]'));
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'agreement-unknown-party']);
    expect(wrong.text).toMatch(/line 15, column/);
    const large = await propose(`#${'x'.repeat(5_000_000)}`);
    expect([large.status, codeOf(large)]).toEqual([413, 'body-too-large']);
  });

  it('refuses an organisation that is neither partner nor in the directory, and registers nothing', async () => {
    const answer = await propose(text({ id: 'with-a-stranger' }).replace('value: QHL', 'value: ZZZ'));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'agreement-organisation-unknown']);
    expect(answer.text).toMatch(/line 10, column/);
    expect((await list()).map(({ id }) => id)).not.toContain('with-a-stranger');
  });
});

describe('a change whose audit entry cannot be written', () => {
  it('does not take effect', async () => {
    let broken = false;
    const gateway = await startGateway(await openEmptyPglite(), {
      adjust: async (services) => {
        const append = services.audit.append.bind(services.audit);
        services.audit.append = (entry) => (broken ? Promise.reject(new Error('full')) : append(entry));
        return Promise.resolve(services);
      },
    });
    try {
      broken = true;
      const answer = await ask(gateway, { method: 'POST', path: '/governance/agreements/bicp-early-intervention/1.0/terminate', who: 'governance-lead', headers: { 'Content-Type': 'application/json' }, body: '{}' });
      expect([answer.status, codeOf(answer)]).toEqual([503, 'audit-unavailable']);
      broken = false;
      expect(await gateway.database.query('select terminated_at from agreement_register where agreement = $1', ['bicp-early-intervention'])).toEqual([{ terminated_at: null }]);
    } finally {
      await gateway.close();
    }
  });
});

describe('an agreement whose last day ends', () => {
  /** A schema before pg_catalog gives every function of the gateway, its views included, a clock that can be moved. */
  async function postgresWithClock(): Promise<{ database: Database; moveTo: (instant: Date | null) => Promise<void> }> {
    const url = await freshPostgres('template1');
    const admin = new pg.Client({ connectionString: url });
    admin.on('error', () => undefined); // the cluster may stop first
    await admin.connect();
    const functions = ['now', 'statement_timestamp', 'clock_timestamp', 'transaction_timestamp'];
    await admin.query(`create schema moved; grant usage on schema moved to public; create table moved.clock (by interval not null); insert into moved.clock values ('0'); grant select on moved.clock to public;
      ${functions.map((name) => `create function moved.${name}() returns timestamptz language sql stable as 'select pg_catalog.${name}() + (select by from moved.clock)';`).join('\n')}
      do $$ begin execute format('alter database %I set search_path = public, moved, pg_catalog', current_database()); end $$`);
    const database = await openPostgres(url);
    return {
      database: { ...database, close: async () => { await admin.end(); await database.close(); } },
      moveTo: async (instant) => { await admin.query(instant ? 'update moved.clock set by = $1::timestamptz - pg_catalog.clock_timestamp()' : `update moved.clock set by = '0'`, instant ? [instant] : []); },
    };
  }

  it('shares until the very instant and not after it, though nobody touches anything', async () => {
    const { database, moveTo } = await postgresWithClock();
    const gateway = await startGateway(database, { citizens: 12 });
    try {
      const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
      const shown = async (): Promise<string[]> => custodiansOf(await wholeRecord(gateway, 'ward-doctor', alice));
      const end = Date.parse('2029-03-31T23:00:00Z');
      expect(await shown()).toEqual(['E08000025', 'RRK', 'RXT', 'RYW']);
      await moveTo(new Date(end - 60_000));
      expect(await shown()).toEqual(expect.arrayContaining(['E08000025', 'RRK', 'RYW'])); // relationships may have run out by then
      await moveTo(new Date(end));
      expect(await shown()).toEqual(['RRK']);
      await moveTo(new Date(end - 60_000));
      const { text: body } = await ask(gateway, { path: '/governance/agreements/bicp-early-intervention/1.0', who: 'governance-lead' });
      expect(JSON.parse(body)).toMatchObject({ state: 'in-force', daysToEnd: 0, warnings: [{ of: 'end', days: 0, mark: 7 }, { of: 'review' }] });
      await moveTo(new Date(end));
      const over = await ask(gateway, { method: 'POST', path: '/governance/agreements/bicp-early-intervention/1.0/terminate', who: 'governance-lead', headers: { 'Content-Type': 'application/json' }, body: '{}' });
      expect([over.status, codeOf(over)]).toEqual([409, 'agreement-over']);
    } finally {
      await gateway.close();
    }
  });
});
