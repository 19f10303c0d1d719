import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bundle } from '@medplum/fhirtypes';
import { readKeys, verifyEntry, verifyGrowth, verifyLog } from '../../../docs/verify-audit.mjs';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { auditCommand } from '../../../src/edge/cli/audit.ts';
import { legalHoldCommand } from '../../../src/edge/cli/legal-hold.ts';
import { retentionCommand } from '../../../src/edge/cli/retention.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { root, runCommand, type CommandOutcome } from '../cli/run-command.ts';
import { ask, askAudited, auditSince, codeOf, lastSeq } from './asking.ts';

const governance = 'governance-lead';
const officer = 'privacy-officer';
const otherOfficer = 'privacy-officer-bsmhft';
const doctor = 'ward-doctor';
const json = { 'Content-Type': 'application/json' };
const nobodysId = '00000000-0000-4000-8000-000000000001';

/** The log as partners hold it to its word. The cases follow one another: the log only grows. */
describe.each(databases)('the log under /audit, on $kind', ({ open }) => {
  let gateway: Gateway;
  let folder: string;
  /** how far the gateway's clock is ahead */
  let aheadMs = 0;
  /** what a partner kept before everything else */
  let held: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-audit-'));
    gateway = await startGateway(await open(), { clock: () => new Date(Date.now() + aheadMs) });
    for (const who of [doctor, governance, doctor]) await gateway.get('/fhir/Organization', who);
    held = await text('/audit/checkpoint', 'uhb-adt');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await gateway.close();
  });

  async function text(path: string, who: string): Promise<string> {
    const answer = await gateway.get(path, who);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  }
  const keys = async () => readKeys(await text('/audit/keys', doctor));
  const sizeOf = (note: string): number => Number(note.split('\n')[1]);
  const now = async (): Promise<string> => (await ask(gateway, { method: 'POST', path: '/audit/checkpoint', who: governance, headers: json, body: '{}' })).text;
  const exported = async (ending = ''): Promise<string[]> => (await text(`/audit/export${ending}`, governance)).split('\n').slice(0, -1);
  const entryOf = async (who: string): Promise<{ id: string; seq: number }> => {
    const found = (await auditSince(gateway, 0)).find(({ entry }) => entry.who.person?.id === who);
    return { id: found?.entry.id ?? '', seq: found?.seq ?? 0 };
  };
  const cli = (...args: string[]): Promise<CommandOutcome> => runCommand(auditCommand, args, { baseUrl: gateway.url, dataDir: gateway.dataDir });
  const asLead = ['--as', governance];

  it('gives a checkpoint and its keys to every partner, without an entry, and a new one to those who read the log, with one', async () => {
    const before = await lastSeq(gateway);
    const answer = await gateway.get('/audit/checkpoint', 'uhb-adt');
    expect([answer.headers.get('Content-Type'), await answer.text(), sizeOf(held)]).toEqual(['text/plain; charset=utf-8', held, 3]);
    expect(held.split('\n')[0]).toBe(`${new URL(gateway.url).host}/audit`);
    expect(await text(`/audit/checkpoint?size=3`, doctor)).toBe(held);
    expect(await keys()).toHaveLength(1);
    expect(await auditSince(gateway, before)).toEqual([]);
    const { answer: made, entries } = await askAudited(gateway, { method: 'POST', path: '/audit/checkpoint', who: officer, headers: json, body: '{}' });
    expect([made.status, sizeOf(made.text), entries.map(({ interaction, query }) => [interaction, query])]).toEqual([201, before + 1, [['audit-checkpoint', 'audit/checkpoint']]]);
  });

  it('exports the log of a checkpoint, which verifies against every checkpoint kept', async () => {
    const note = await now();
    const lines = await exported(`?size=${sizeOf(note)}`);
    expect(lines).toHaveLength(sizeOf(note));
    expect((await verifyLog(lines, [held, note], await keys())).findings).toEqual([]);
    const [exporting] = (await auditSince(gateway, sizeOf(note))).map(({ entry }) => entry);
    expect(exporting).toMatchObject({ interaction: 'audit-export', query: `audit/export?size=${sizeOf(note)}`, who: { person: { id: governance } }, outcome: 'permitted' });
    expect(await exported()).toEqual(lines); // the newest checkpoint's
  });

  it('stands a clock that jumps by an hour and by a year, either way: order is that of the tree, each look is found by its own time, and all of it verifies', async () => {
    const before = await lastSeq(gateway);
    const [hour, year] = [3_600_000, 366 * 86_400_000];
    const began = Date.now();
    const answers: number[] = [];
    for (const ahead of [-hour, hour, year, -year, 0]) {
      aheadMs = ahead;
      answers.push((await gateway.get('/fhir/Organization', doctor)).status);
    }
    const looks = (await auditSince(gateway, before)).filter(({ entry }) => entry.who.person?.id === doctor);
    expect([answers, looks.map(({ seq }) => seq)]).toEqual([[200, 200, 200, 200, 200], looks.map((_, i) => before + 1 + i)]);
    expect(looks.map(({ entry }) => Math.round((Date.parse(entry.at) - began) / (hour / 2)) / 2)).toEqual([-1, 1, year / hour, -year / hour, 0]);
    for (const [compared, days, i] of [['ge', 300, 2], ['lt', -300, 3]] as const) {
      const bundle = JSON.parse(await text(`/fhir/AuditEvent?agent=${doctor}&date=${compared}${new Date(began + days * 86_400_000).toISOString()}`, governance)) as Bundle;
      expect(bundle.entry?.map(({ resource }) => resource?.id)).toEqual([looks[i]?.entry.id]);
    }
    const note = await now();
    expect((await verifyLog(await exported(`?size=${sizeOf(note)}`), [held, note], await keys())).findings).toEqual([]);
    expect((await verifyEntry(await text(`/audit/entries/${looks[2]?.entry.id ?? ''}/proof`, governance), note, await keys())).findings).toEqual([]);
  });

  it('proves each entry and each step of its growth', async () => {
    const { id, seq } = await entryOf(doctor);
    const { answer, entries } = await askAudited(gateway, { path: `/audit/entries/${id}/proof`, who: governance });
    expect((await verifyEntry(answer.text, null, await keys())).findings).toEqual([]);
    expect(entries).toMatchObject([{ interaction: 'audit-proof', query: `audit/entries/${seq}/proof`, disclosed: [`AuditEvent/${id}/_history/1`] }]);
    expect((await verifyEntry(await text(`/audit/entries/${id}/proof?size=${sizeOf(held)}`, governance), held, await keys())).findings).toEqual([]);
    const before = await lastSeq(gateway);
    expect((await verifyGrowth(await text(`/audit/consistency?from=${sizeOf(held)}`, 'uhb-adt'), held, await keys())).findings).toEqual([]);
    expect((await verifyGrowth(await text(`/audit/consistency?from=${sizeOf(held)}&to=${sizeOf(held)}`, 'uhb-adt'), held, await keys())).findings).toEqual([]);
    expect(await verifyGrowth(await text('/audit/consistency?from=0', 'uhb-adt'), held)).toMatchObject({ findings: [{ code: 'not-grown' }] });
    expect(await auditSince(gateway, before)).toEqual([]);
  });

  it('proves an entry that is younger than every checkpoint with one made for it', async () => {
    await gateway.get('/fhir/Organization', 'social-worker');
    const { id, seq } = await entryOf('social-worker');
    expect(seq).toBeGreaterThan(sizeOf(await text('/audit/checkpoint', doctor)));
    expect((await verifyEntry(await text(`/audit/entries/${id}/proof`, governance), null, await keys())).findings).toEqual([]);
    expect(sizeOf(await text('/audit/checkpoint', doctor))).toBeGreaterThanOrEqual(seq);
  });

  it('proves entries to those who may read them, and to others says what it says of none', async () => {
    const { id } = await entryOf(doctor);
    expect((await gateway.get(`/audit/entries/${id}/proof`, officer)).status).toBe(200); // the doctor asked for this officer's organisation
    const answers = await Promise.all([[id, otherOfficer], [nobodysId, otherOfficer], ['x', governance]].map(([of = '', who]) => ask(gateway, { path: `/audit/entries/${of}/proof`, who: who ?? null, headers: { 'X-Request-ID': 'same' } })));
    expect(answers.map(({ status, text: told }) => [status, told])).toEqual(answers.map(() => [404, answers[0]?.text]));
  });

  it.each<[string, string, string, string | null, number, string]>([
    ['nobody', 'GET', '/audit/checkpoint', null, 401, 'token-missing'], ['nobody, the keys', 'GET', '/audit/keys', null, 401, 'token-missing'],
    ['a doctor, a new checkpoint', 'POST', '/audit/checkpoint', doctor, 403, 'governance-role-required'], ['a doctor, the log', 'GET', '/audit/export', doctor, 403, 'governance-role-required'],
    ['a privacy officer, the whole log', 'GET', '/audit/export', officer, 403, 'governance-role-required'], ['a partner\'s system, a proof of an entry', 'GET', `/audit/entries/${nobodysId}/proof`, 'uhb-adt', 403, 'governance-role-required'],
    ['a privacy officer, to erase', 'POST', `/audit/entries/${nobodysId}/redact`, officer, 403, 'governance-role-required'], ['who may only read', 'POST', `/audit/entries/${nobodysId}/redact`, 'healthwatch-reader', 403, 'scope-missing'],
    ['a governance reader without oversight', 'GET', '/audit/export', 'healthwatch-reader', 403, 'audit-readers-only'],
    ['a size the log never had', 'GET', '/audit/checkpoint?size=99999', doctor, 404, 'audit-size-unknown'], ['a growth it never had', 'GET', '/audit/consistency?from=99999', doctor, 404, 'audit-size-unknown'],
    ['a proof in a checkpoint of before', 'GET', 'later?size=3', governance, 404, 'audit-size-unknown'],
    ['no size', 'GET', '/audit/consistency', doctor, 400, 'search-value-invalid'], ['a size that is none', 'GET', '/audit/checkpoint?size=-1', doctor, 400, 'search-value-invalid'], ['two sizes', 'GET', '/audit/export?size=1&size=2', governance, 400, 'search-value-invalid'],
    ['a parameter nobody knows', 'GET', '/audit/keys?size=1', doctor, 400, 'search-parameter-unknown'], ['another method', 'DELETE', '/audit/checkpoint', governance, 405, 'interaction-unsupported'], ['another address', 'GET', '/audit/tree', governance, 404, 'address-unknown'],
    ['a rule in a sentence', 'POST', `/audit/entries/${nobodysId}/redact`, governance, 400, 'field-invalid'],
  ])('refuses %s, and writes it down', async (_, method, path, who, status, code) => {
    const address = path.startsWith('later') ? `/audit/entries/${(await auditSince(gateway, 3))[0]?.entry.id ?? ''}/proof${path.slice(5)}` : path;
    const body = method === 'POST' ? { body: code === 'field-invalid' ? '{"rule":"He asked us to"}' : '{"rule":"court-order"}', headers: json } : {};
    const { answer, entries } = await askAudited(gateway, { method, path: address, who, ...body });
    expect([answer.status, codeOf(answer), entries.map((entry) => entry.code)]).toEqual([status, code, [code]]);
  });

  it('is checked with files alone: export, prove, keys, verify', async () => {
    const file = (name: string): string => join(folder, `${gateway.database.kind}-${name}`);
    writeFileSync(file('held'), held);
    expect(await cli('export', '--out', file('log'), ...asLead)).toMatchObject({ code: 0, problems: [], out: expect.stringMatching(/^\d+ entries\. To check them: onestory audit verify /) as string });
    const keyLines = (await cli('keys', ...asLead)).out;
    writeFileSync(file('keys'), keyLines);
    const { id } = await entryOf(doctor);
    expect((await cli('prove', id, '--out', file('entry'), ...asLead)).problems).toEqual([]);
    expect((await cli('prove', '--since', '3', '--out', file('growth'), ...asLead)).problems).toEqual([]);
    expect(await cli('verify', file('log'), file('log.checkpoint'), file('held'), '--key', file('keys'))).toMatchObject({ code: 0, out: expect.stringMatching(/\nholds\n$/) as string });
    expect(await cli('verify-entry', file('entry'), '--key', keyLines.trim())).toMatchObject({ code: 0 });
    expect(await cli('verify-growth', file('growth'), file('held'))).toMatchObject({ code: 0 });

    const lines = readFileSync(file('log'), 'utf8').split('\n');
    writeFileSync(file('changed'), lines.with(1, (lines[1] ?? '').replace('permitted', 'denied')).join('\n'));
    writeFileSync(file('cut'), lines.slice(0, 5).join('\n'));
    expect(await cli('verify', file('changed'), file('held'))).toMatchObject({ code: 1, out: expect.stringContaining('WRONG  Entry 2 does not say what the log committed to. [entry-changed]') as string });
    expect(await cli('verify', file('cut'), file('log.checkpoint'))).toMatchObject({ code: 1, out: expect.stringContaining('[truncated]') as string });
    expect((await cli('verify', file('gone'), file('held'))).problems).toMatchObject([{ code: 'file-unreadable' }]);
    expect((await cli('verify', file('log'), file('held'), '--key', 'x')).problems).toMatchObject([{ code: 'audit-keys-malformed' }]);
    expect((await cli('export', '--out', file('log'), ...asLead)).problems).toMatchObject([{ code: 'file-exists' }]);
    expect((await cli('export', '--out', join(folder, 'no', 'where'), ...asLead)).problems).toMatchObject([{ code: 'file-not-written' }]);
    expect((await cli('prove', '--out', file('neither'), ...asLead)).problems).toMatchObject([{ code: 'proof-not-named' }]);
    expect((await cli('export', '--out', file('refused'), '--as', officer)).problems).toMatchObject([{ code: 'governance-role-required' }]);

    if (gateway.database.kind === 'postgresql') return; // the files are alike, whichever database they came from
    const script = (...args: string[]) => promisify(execFile)(process.execPath, [join(root, 'docs', 'verify-audit.mjs'), ...args]).catch((error: { code: number; stdout: string }) => error);
    expect(await script('log', file('log'), file('log.checkpoint'), file('held'), '--key', file('keys'))).toMatchObject({ stdout: expect.stringMatching(/\nholds\n$/) as string });
    expect(await script('growth', file('growth'), file('held'))).toMatchObject({ stdout: expect.stringMatching(/\nholds\n$/) as string });
    expect(await script('log', file('changed'), file('held'))).toMatchObject({ code: 1, stdout: expect.stringContaining('[entry-changed]') as string });
    expect(await script('log', file('changed'))).toMatchObject({ code: 2, stdout: '' });
  });

  it('forgets what an entry said and proves all it proved before, and says who made it forget', async () => {
    const { id, seq } = await entryOf(doctor);
    expect(await cli('redact', id, '--rule', 'court-order', ...asLead)).toMatchObject({ code: 0, out: `The content of entry ${seq} is erased. The log holds an entry that says so.\n` });
    const [stored] = await gateway.database.query<Record<string, unknown>>('select entry, salt, citizen_ids, organisation, custodians, agent from audit_entry where seq = $1', [seq]);
    expect(stored).toMatchObject({ salt: null, citizen_ids: [], organisation: null, custodians: [], agent: 'redacted' });
    expect(JSON.parse(String(stored?.['entry']))).toMatchObject({ id, interaction: 'redacted', disclosed: [] } satisfies Partial<AuditEntry>);
    const recorded = (await auditSince(gateway, seq)).map(({ entry }) => entry).filter(({ interaction, outcome }) => interaction === 'audit-redact' && outcome === 'permitted');
    expect(recorded).toMatchObject([{ query: `audit/entries/${seq}/redact?rule=court-order`, who: { person: { id: governance } } }]);
    expect((await verifyLog(await exported(), [held], await keys())).findings.map(({ code }) => code)).toEqual(['erased-unrecorded']); // that export ends before it was recorded
    const note = await now();
    expect((await verifyLog(await exported(), [held, note], await keys())).findings).toEqual([]);
    expect(await verifyEntry(await text(`/audit/entries/${id}/proof`, governance), null, await keys())).toMatchObject({ findings: [], notes: ['The content of the entry was erased.', expect.anything()] });
    const events = JSON.stringify(await (await gateway.get('/fhir/AuditEvent?_count=100', governance)).json());
    expect(events).toContain(`"code":"redacted"`);
    expect((await cli('redact', id, '--rule', 'court-order', ...asLead)).problems).toMatchObject([{ code: 'audit-entry-redacted' }]);
    expect((await cli('redact', recorded[0]?.id ?? '', '--rule', 'court-order', ...asLead)).problems).toMatchObject([{ code: 'audit-entry-kept' }]);
    const [own] = (await auditSince(gateway, seq)).filter(({ entry }) => entry.who.person?.id === governance);
    expect((await cli('redact', own?.entry.id ?? '', '--rule', 'court-order', ...asLead)).problems).toMatchObject([{ code: 'audit-entry-own' }]);
    expect((await cli('redact', nobodysId, '--rule', 'court-order', ...asLead)).problems).toMatchObject([{ code: 'not-found' }]);
  });

  it('erases what is due under a rule a thousand at a time, keeps what is held, and proves all it proved before', async () => {
    const run = (make: typeof retentionCommand, ...args: string[]): Promise<CommandOutcome> => runCommand(make, [...args, ...asLead], { baseUrl: gateway.url, dataDir: gateway.dataDir });
    const [old, citizen] = ['1990-01-01T00:00:00.000Z', randomUUID()];
    const entry = (await auditSince(gateway, 0)).map((each) => each.entry).find(({ interaction, who }) => interaction === 'search-type' && who.person?.id === 'social-worker') as AuditEntry;
    for (const about of [citizen, randomUUID(), undefined]) await gateway.services.audit.append({ ...entry, id: randomUUID(), at: old, ...(about !== undefined && { citizen: about }) });
    const held = await run(legalHoldCommand, 'place', '--patient', citizen, '--reason', 'Claim 2026/17');
    expect([held.problems, held.out]).toEqual([[], expect.stringMatching(new RegExp(`^[0-9a-f-]{36}: held until it is ended\\n {2}of: citizen ${citizen}\\n {2}why: Claim 2026/17\\n {2}by: Teresa Wilk on `))]);
    const shown = await run(retentionCommand, 'show');
    expect(shown.out).toMatch(/looks-at-people: [^]*due, from before \S+: 1, and 1 under a legal hold\n[^]*other-looks: [^]*due, from before \S+: 1\n/);
    expect((await run(retentionCommand, 'run', 'looks-at-people', '--rules', 'of-yesterday')).problems).toMatchObject([{ code: 'retention-rules-changed' }]);
    expect((await run(retentionCommand, 'run', 'received-files', '--rules', '2026-11-2')).problems).toMatchObject([{ code: 'retention-for-ever' }]);
    expect((await run(retentionCommand, 'run', 'nothing-of-the-sort', '--rules', '2026-11-2')).problems).toMatchObject([{ code: 'retention-rule-unknown' }]);
    expect((await run(retentionCommand, 'run', 'looks-at-people', '--rules', '2026-11-2')).out).toBe('Erased: 1. Kept under a legal hold: 1.\n');
    expect((await run(retentionCommand, 'run', 'other-looks', '--rules', '2026-11-2')).out).toBe('Erased: 1. Kept under a legal hold: 0.\n');
    const [kept] = await gateway.database.query<{ id: string }>('select id from audit_entry where citizen_ids = array[$1::uuid] and at = $2', [citizen, old]);
    expect((await cli('redact', kept?.id ?? '', '--rule', 'court-order', ...asLead)).problems).toMatchObject([{ code: 'audit-entry-held' }]);
    expect((await run(legalHoldCommand, 'end', held.out.slice(0, 36), '--reason', 'Settled')).out).toContain(': ended\n');
    expect((await run(retentionCommand, 'run', 'looks-at-people', '--rules', '2026-11-2')).out).toBe('Erased: 1. Kept under a legal hold: 0.\n');
    expect((await run(legalHoldCommand, 'list')).out).toContain('ended: by Teresa Wilk on ');
    const note = await now();
    expect((await verifyLog(await exported(), [note], await keys())).findings).toEqual([]);
    expect(await gateway.database.query('select count(*)::int as n from audit_entry where salt is null and at = $1', [old])).toEqual([{ n: 3 }]);
    const acts = (await auditSince(gateway, 0)).filter(({ entry: { interaction, outcome } }) => outcome === 'permitted' && /^(legal-hold|retention|audit-redact)/.test(interaction)).map(({ entry: { interaction, query } }) => `${interaction} ${query.replace(/\d+(-\d+)?/, 'N')}`);
    expect(acts.filter((act) => act === 'audit-redact audit/entries/N/redact?rule=looks-at-people')).toHaveLength(2);
    expect(acts).toEqual(expect.arrayContaining(['audit-redact audit/entries/N/redact?rule=other-looks', 'retention-list governance/retention']));
    for (const [method, path, body] of [['POST', '/governance/retention/other-looks/erase', '{"version":"2026-11-1"}'], ['POST', '/governance/legal-holds', `{"patient":"${citizen}","organisation":"","until":"","reason":"x"}`], ['GET', '/governance/retention', undefined]] as const) {
      expect((await ask(gateway, { method, path, who: officer, headers: json, ...(body !== undefined && { body }) })).status).toBe(403);
    }
    for (const [fields, code] of [[{ patient: '' }, 'legal-hold-of-nothing'], [{ patient: 'x' }, 'not-found'], [{ organisation: 'urn:x|nobody' }, 'legal-hold-organisation'], [{ until: '2001-01-01' }, 'legal-hold-over'], [{ until: '2026-02-31' }, 'field-invalid']] as const) {
      expect(codeOf(await ask(gateway, { method: 'POST', path: '/governance/legal-holds', who: governance, headers: json, body: JSON.stringify({ patient: citizen, organisation: '', until: '', reason: 'x', ...fields }) }))).toBe(code);
    }
  });
});
