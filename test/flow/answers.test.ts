import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { Bundle, Parameters, ParametersParameter, Resource } from '@medplum/fhirtypes';
import { auditEventOf } from '../../src/audit/audit-event.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { auditCommand } from '../../src/edge/cli/audit.ts';
import { caseCommand } from '../../src/edge/cli/case.ts';
import { holdBackCommand } from '../../src/edge/cli/hold-back.ts';
import type { HoldBackEntry } from '../../src/flow/audit/hold-back.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import { findOddLooks } from '../../src/flow/audit/find-odd-looks.ts';
import { undoDecision } from '../../src/flow/linkage/split-citizen.ts';
import { mergeCitizens } from '../../src/flow/linkage/merge-citizens.ts';
import type { LookReplays } from '../../src/flow/sharing/replay-looks.ts';
import type { Database } from '../../src/store/database.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { londonDay } from '../../src/fhir/london-day.ts';
import { databases } from '../databases.ts';
import { runCommand } from '../edge/cli/run-command.ts';
import { shippedCaseRule } from '../audit/cases/shipped-case-rule.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';
import { balpFaults } from '../audit/balp.ts';
import { browserLike } from '../edge/http/session/browser-like.ts';
import { ask, auditSince, codeOf, lastSeq, refusingEntries, type Answer } from '../edge/http/asking.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { awayFromMidnight } from '../patience.ts';
import { castMember, detailsOf, endEmergency, openEmergency, population } from './emergency-asks.ts';
import { citizenOf, people, wholeRecord } from './whole-record.ts';

/** What governance is asked about a past that really happened: who looked, why, what they saw, and what they did not. */

const governance = 'governance-lead';
const officer = 'privacy-officer'; // of the hospital
const doctor = 'ward-doctor'; // of the hospital
const nurse = 'community-nurse';
const worker = 'social-worker'; // of the council
const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const hospital = `${ods}|RRK`;
const council = 'https://fhir.bicp.example/Id/ons-code|E08000025';
const objected = detailsOf(castMember('objected'));

describe.each(databases)('what the log answers, on $kind', ({ open }) => {
  let gateway: Gateway;
  let database: Database;
  let alice: string;
  let neville: string;
  let captured: Resource[];
  let thereThen: string[];
  let capturedAt: { from: string; to: string };

  beforeAll(async () => {
    database = await open();
    gateway = await startGateway(database);
    const files = [...demoFiles(population)];
    for (const file of files) if (file.feed !== 'bchc-rio') await gateway.send(file.feed, file.part, file.content);
    alice = await citizenOf(gateway, doctor, people.alice);
    await awayFromMidnight();
    const from = new Date().toISOString();
    captured = await wholeRecord(gateway, doctor, alice, 7);
    capturedAt = { from, to: new Date().toISOString() };
    thereThen = (await database.query<{ id: string }>('select id from citizen_row where citizen_id = $1', [alice])).map(({ id }) => id);
    for (const file of files) if (file.feed === 'bchc-rio') await gateway.send(file.feed, file.part, file.content); // came in after the doctor had looked
    await wholeRecord(gateway, nurse, alice);
    const rows = await database.query<{ id: string; type: string }>(`select r.id, r.type from citizen_row r join sharing_class s on s.class_id = r.class_id where r.citizen_id = $1 and s.category = 'mental-health' or r.citizen_id = $1 and r.type = 'EpisodeOfCare' limit 4`, [alice]);
    for (const { id, type } of rows) await gateway.get(`/fhir/${type}/${id}`, 'voluntary-worker');
    const access = await openEmergency(gateway, objected, worker);
    neville = access.citizen;
    await wholeRecord(gateway, worker, neville);
    await endEmergency(gateway, neville, worker);
  });
  afterAll(() => gateway.close());

  const entries = async (): Promise<AuditEntry[]> => (await auditSince(gateway, 0)).map(({ entry }) => entry);
  const about = (entry: AuditEntry, citizen: string): boolean => entry.citizen === citizen || (entry.listed ?? []).includes(citizen);
  const heldBy = (entry: AuditEntry, organisation: string): boolean => entry.who.organisation === organisation || [...entry.custodians, ...entry.withheld.map(({ custodian }) => custodian)].includes(organisation);

  describe('a citizen\'s access report', () => {
    const reportOf = async (citizen: string, who = governance, query = ''): Promise<Parameters> => {
      const response = await gateway.get(`/fhir/Patient/${citizen}/$access-report${query}`, who);
      if (response.status !== 200) throw new Error(`answered ${response.status} ${await response.text()}`);
      return (await response.json()) as Parameters;
    };
    const lines = ({ parameter = [] }: Parameters): ParametersParameter[] => parameter.filter(({ name }) => name === 'line');
    const value = (line: ParametersParameter | undefined, name: string): string => {
      const part = line?.part?.find((each) => each.name === name);
      return part?.valueString ?? part?.valueCode ?? part?.valueInstant ?? String(part?.valueInteger ?? part?.valueBoolean ?? '');
    };
    const by = (report: Parameters, organisation: RegExp, role: string): ParametersParameter | undefined => lines(report).find((line) => organisation.test(value(line, 'organisation')) && value(line, 'role') === role);

    it('tells every look under the citizen, once, with who, why and what', async () => {
      const before = (await entries()).filter((entry) => about(entry, alice));
      const report = await reportOf(alice);
      const told = lines(report).reduce((sum, line) => sum + Number(value(line, 'looks')), 0);
      expect(told).toBe(before.length + 1); // and the reading of who this is, for this report
      const doctors = by(report, /University Hospitals/, 'doctor');
      expect(Number(value(doctors, 'looks'))).toBe(before.filter(({ who, interaction }) => who.role === 'doctor' && interaction === 'everything').length);
      expect(value(doctors, 'who')).toBe('Doctor, University Hospitals Birmingham NHS Foundation Trust');
      expect(value(doctors, 'when')).toMatch(/^\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d( to \d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d)?$/);
      const why = (doctors?.part ?? []).filter(({ name }) => name === 'why').map(({ valueString }) => valueString);
      expect(why).toEqual(expect.arrayContaining(['To treat or care for you', 'An organisation may see the records it wrote itself.', expect.stringMatching(/^Clause [\d.]+ of “.+” allows it: .+/)]));
      expect((doctors?.part ?? []).filter(({ name }) => name === 'category').map(({ part }) => part?.[0]?.valueCode)).toEqual(expect.arrayContaining(['identity', 'encounter', 'referral']));
    });

    it('tells what was refused, and marks what was done under emergency access', async () => {
      const refused = lines(await reportOf(alice)).find((line) => value(line, 'outcome') === 'refused');
      expect([value(refused, 'role'), value(refused, 'came-of-it')]).toEqual(['voluntary-worker', 'It was refused. Nothing was shown.']);
      const emergency = lines(await reportOf(neville)).filter((line) => value(line, 'emergency') !== '');
      expect(emergency.map((line) => value(line, 'kind')).sort()).toEqual(expect.arrayContaining(['emergency', 'look']));
      expect(emergency.every((line) => value(line, 'emergency').startsWith('EA-'))).toBe(true);
    });

    it('is a page to print where a page is asked for, saying the same, also to a browser that opens it', async () => {
      const answer = await ask(gateway, { path: `/fhir/Patient/${alice}/$access-report`, who: governance, headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
      expect([answer.status, answer.headers['content-type'], answer.headers['content-language'], answer.headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'en-GB', 'no-store']);
      for (const part of ['999 000 0743', 'Doctor, University Hospitals Birmingham', 'What may be left out', '<link rel="stylesheet" href="/start.css">']) expect(answer.text).toContain(part);
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      const posted = await ask(gateway, { method: 'POST', path: `/fhir/Patient/${alice}/$access-report?_format=html`, who: governance });
      expect(posted.text).toMatch(/^<!doctype html>/);
      const browser = browserLike(gateway.url);
      await browser.open(`/session/sign-in?as=${governance}&return=/app/find`);
      const page = `/fhir/Patient/${alice}/$access-report?_format=html`;
      expect((await browser.open(page, { from: 'same-origin' })).text).toContain('999 000 0743');
      expect([(await browser.open(page)).status, (await browser.open(page, { from: 'cross-site' })).status, (await browser.open(page, { from: 'same-origin', dest: 'image' })).status]).toEqual([403, 401, 403]);
      expect((await browser.open(`/fhir/Patient/${alice}`, { from: 'same-origin' })).status).toBe(403); // other addresses are for scripts of ours alone
    });

    it('is of the time asked for', async () => {
      const day = londonDay(new Date(capturedAt.from));
      expect(lines(await reportOf(alice, governance, `?start=${day}&end=${day}`)).length).toBeGreaterThan(2);
      expect(lines(await reportOf(alice, governance, '?end=2020-01-01'))).toEqual([]);
      const within = lines(await reportOf(alice, governance, `?start=${capturedAt.from}&end=${capturedAt.to}`));
      expect(within.map((line) => value(line, 'role'))).toEqual(['doctor']);
      const posted = await fetch(`${gateway.url}/fhir/Patient/${alice}/$access-report`, {
        method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(governance)}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'end', valueDateTime: '2020-01-01' }] }),
      });
      expect(lines((await posted.json()) as Parameters)).toEqual([]);
    });

    it('is itself in the log before it leaves, and in the next report', async () => {
      const before = await lastSeq(gateway);
      await reportOf(alice);
      const written = (await auditSince(gateway, before)).map(({ entry }) => [entry.interaction, entry.citizen, entry.query.replace(/\d+/g, 'n')]);
      expect(written).toEqual([['read', alice, expect.stringContaining('Patient/')], ['access-report', alice, expect.stringMatching(/\$access-report\?entries=n&newest=n$/)]]);
      expect(by(await reportOf(alice), /Integrated Care Board/, 'governance')).toBeDefined();
    });

    it('for a privacy officer is their part, and says whose; of others\' records no sort is told', async () => {
      const own = (await entries()).filter((entry) => about(entry, alice) && heldBy(entry, hospital) && entry.interaction === 'everything');
      const report = await reportOf(alice, officer);
      expect(report.parameter?.find(({ name }) => name === 'scope')?.valueCode).toBe('own-part');
      const nurses = by(report, /Community/, 'nurse');
      expect([Number(value(nurses, 'looks')), own.filter(({ who }) => who.role === 'nurse').length]).toEqual([1, 1]);
      const count = (line: ParametersParameter | undefined): number => (line?.part ?? []).filter(({ name }) => name === 'category').reduce((sum, { part }) => sum + (part?.[1]?.valueInteger ?? 0), 0);
      expect(count(nurses)).toBeLessThan(count(by(await reportOf(alice), /Community/, 'nurse')));
      expect(count(nurses)).toBeGreaterThan(0);
    });

    it.each<[string, string, string, number, string]>([
      ['whoever gives care', doctor, '', 403, 'audit-readers-only'], ['a feed', 'uhb-adt', '', 403, 'scope-missing'], ['an input nobody knows', governance, '?when=now', 400, 'search-parameter-unknown'],
      ['a day that does not exist', governance, '?start=2026-02-31', 400, 'operation-input-invalid'], ['a day twice', governance, '?start=2026&start=2025', 400, 'operation-input-invalid'], ['a form nobody writes', governance, '?_format=csv', 406, 'format-unsupported'],
    ])('is refused to %s', async (_, who, query, status, code) => {
      const answer = await ask(gateway, { path: `/fhir/Patient/${alice}/$access-report${query}`, who });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });

    it('of nobody, and of what is no citizen, is the same refusal', async () => {
      const [row] = await database.query<{ id: string }>(`select id from citizen_row where citizen_id = $1 and type = 'EpisodeOfCare' limit 1`, [alice]);
      const [source] = await database.query<{ id: string }>(`select id from citizen_row where citizen_id = $1 and type = 'Patient' limit 1`, [alice]);
      for (const who of [governance, officer]) {
        const answers = await Promise.all(['00000000-0000-4000-8000-000000000000', 'x', row?.id ?? '', source?.id ?? ''].map(async (id) => {
          const { status, text } = await ask(gateway, { path: `/fhir/Patient/${id}/$access-report`, who });
          return [status, text];
        }));
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
        expect(answers[0]?.[0]).toBe(404);
      }
    });

    describe('with looks held back', () => {
      const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
      const looks = { patient: '', organisation: hospital, person: doctor, from: '2020-01-01', until: '', rule: 'serious-harm', reason: 'An enquiry is under way', reviewBy: soon };
      const decide = async (who: string, change: Partial<typeof looks> = {}) => ask(gateway, { method: 'POST', path: '/governance/hold-backs', who, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...looks, patient: alice, ...change }) });
      const listed = async (who: string): Promise<HoldBackEntry[]> => ((await (await gateway.get(`/governance/hold-backs?patient=${alice}`, who)).json()) as { holdBacks: HoldBackEntry[] }).holdBacks;

      it('does not tell them, says how many to those who decide, and tells them again once that is ended', async () => {
        expect(by(await reportOf(alice), /University Hospitals/, 'doctor')).toBeDefined();
        const decided = JSON.parse((await decide(officer)).text) as HoldBackEntry;
        expect(decided).toMatchObject({ rule: 'serious-harm', law: expect.stringContaining('Schedule 3'), decidedName: 'Marcus Facey', reviewBy: soon, overdue: false, ended: null });
        const report = await reportOf(alice);
        expect(by(report, /University Hospitals/, 'doctor')).toBeUndefined();
        const looked = (await entries()).filter((entry) => about(entry, alice) && entry.who.person?.id === doctor).length;
        expect(report.parameter?.find(({ name }) => name === 'held-back')?.part).toEqual([{ name: 'rule', valueCode: 'serious-harm' }, { name: 'looks', valueInteger: looked }]);
        expect(JSON.stringify(lines(report))).not.toContain('hold');
        expect(lines(report).map((line) => value(line, 'role'))).not.toContain('doctor');
        const page = await ask(gateway, { path: `/fhir/Patient/${alice}/$access-report?_format=html`, who: governance });
        expect(page.text).not.toContain('>Doctor, University Hospitals');
        const log = (await (await gateway.search('AuditEvent', { patient: alice, agent: doctor }, officer)).json()) as Bundle;
        expect(log.entry?.length).toBe(looked); // the log itself keeps nothing back
        expect((await listed(governance)).map(({ id }) => id)).toEqual([decided.id]);
        expect(await listed('privacy-officer-bcc')).toEqual([]);
        await database.query(`update held_look set review_by = '2026-01-01'`);
        expect((await listed(governance)).map(({ overdue }) => overdue)).toEqual([true]);
        expect(by(await reportOf(alice), /University Hospitals/, 'doctor')).toBeUndefined(); // nobody looked again: it goes on
        const ended = await ask(gateway, { method: 'POST', path: `/governance/hold-backs/${decided.id}/end`, who: officer, headers: { 'Content-Type': 'application/json' }, body: '{"reason":"The enquiry is over"}' });
        expect([ended.status, (JSON.parse(ended.text) as HoldBackEntry).ended?.reason]).toEqual([200, 'The enquiry is over']);
        expect(by(await reportOf(alice), /University Hospitals/, 'doctor')).toBeDefined();
        const again = await ask(gateway, { method: 'POST', path: `/governance/hold-backs/${decided.id}/end`, who: officer, headers: { 'Content-Type': 'application/json' }, body: '{"reason":"x"}' });
        expect([again.status, codeOf(again)]).toEqual([409, 'hold-back-ended']);
        const acts = (await entries()).filter(({ interaction }) => interaction.startsWith('hold-back')).map(({ interaction, citizen }) => [interaction, citizen]);
        expect(acts).toEqual(expect.arrayContaining([['hold-back-decide', alice], ['hold-back-list', alice], ['hold-back-end', alice]]));
      });

      it.each<[string, string, Partial<typeof looks>, number, string]>([
        ['a rule nobody wrote', officer, { rule: 'embarrassing' }, 400, 'hold-back-rule-unknown'], ['their own looks', officer, { person: officer }, 403, 'hold-back-own'],
        ['looks of another organisation', 'privacy-officer-bcc', {}, 404, 'not-found'], ['looks at nobody', officer, { patient: '00000000-0000-4000-8000-000000000000' }, 404, 'not-found'], ['looks nobody made', governance, { organisation: `${ods}|XXX` }, 404, 'not-found'],
        ['a time that ends before it begins', officer, { from: '2026-02-01', until: '2026-01-01' }, 400, 'hold-back-times'], ['a review that is past', officer, { reviewBy: '2026-01-01' }, 400, 'hold-back-times'],
        ['a review too far away', officer, { reviewBy: '2036-01-01' }, 400, 'hold-back-times'], ['a day that does not exist', officer, { reviewBy: '2026-02-31' }, 400, 'field-invalid'], ['no reason', officer, { reason: ' ' }, 400, 'field-invalid'],
        ['anything, giving care', doctor, {}, 403, 'governance-role-required'],
      ])('does not let anybody hold back %s', async (_, who, change, status, code) => {
        const answer = await decide(who, change);
        expect([answer.status, codeOf(answer)]).toEqual([status, code]);
        expect((await database.query('select id from held_look where ended_at is null')).length).toBe(0);
      });
    });

    it('of two people who became one has the looks under both ids', async () => {
      const classes = await openSharingClasses(database);
      await classes.refresh();
      const linking = { classes, directory: new Map<never, never>(), registry: [], clock: () => new Date(), newId: () => crypto.randomUUID(), grade: () => { throw new Error('decided by hand'); }, secrets: await loadSecrets(database), mappingOf: () => undefined };
      const decidedBy = { organisation: hospital, person: { id: 'p1', name: 'Who decides' }, role: 'governance', reason: 'the same' } as const;
      const { decision } = await database.transaction((connection) => mergeCitizens(connection, linking, { from: neville, into: alice, decision: decidedBy }));
      for (const id of [alice, neville]) {
        const report = await reportOf(id);
        expect(by(report, /City Council/, 'social-worker')).toBeDefined();
        expect(by(report, /University Hospitals/, 'doctor')).toBeDefined();
        expect(report.parameter?.find(({ name }) => name === 'patient')?.valueReference?.reference).toBe(`Patient/${alice}`);
      }
      // what was held back while they were one stays held back of both when they are two again
      const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
      const held = { patient: neville, organisation: council, person: worker, from: '2020-01-01', until: '', rule: 'crime', reason: 'An enquiry', reviewBy: soon };
      expect((await ask(gateway, { method: 'POST', path: '/governance/hold-backs', who: governance, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(held) })).status).toBe(201);
      await database.transaction((connection) => undoDecision(connection, linking, { decision, by: decidedBy }));
      for (const id of [alice, neville]) expect(by(await reportOf(id), /City Council/, 'social-worker')).toBeUndefined();
      expect(by(await reportOf(alice), /University Hospitals/, 'doctor')).toBeDefined();
    });
  });

  it('meets, in every entry that claims one, the BALP pattern it claims', async () => {
    const events = (await entries()).map((entry) => auditEventOf({ ...entry, seq: 1 }, { base: `${gateway.url}/fhir` }));
    expect(events.flatMap(balpFaults)).toEqual([]);
    expect(events.filter(({ meta }) => meta?.profile).length).toBeGreaterThan(5);
  });

  describe('a report', () => {
    const linesOf = async (path: string, who = governance): Promise<Record<string, string>[]> => {
      const response = await gateway.get(`/governance/reports/${path}`, who);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`answered ${response.status} ${text}`);
      const [head, ...rows] = text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string>);
      const end = rows.pop();
      expect([Object.keys(head ?? {}), end]).toEqual([['columns'], { rows: rows.length }]);
      return rows;
    };
    beforeAll(async () => {
      expect((await ask(gateway, { method: 'POST', path: '/audit/checkpoint', who: governance, body: '{}', headers: { 'Content-Type': 'application/json' } })).status).toBe(201);
      const whole = await ask(gateway, { path: '/audit/export', who: governance });
      expect([whole.status, whole.text.includes('"found":')]).toEqual([200, false]); // each is found by what it says
    });
    const cites = (agreement: string, clause?: string) => ({ decisions }: AuditEntry): boolean => decisions.some((each) => each.agreement === agreement && (clause === undefined || each.clause === clause));

    it.each<[string, (entry: AuditEntry) => boolean, string?]>([
      [`user?user=${doctor}`, ({ who }) => who.person?.id === doctor], [`organisation?organisation=${encodeURIComponent(hospital)}`, ({ who }) => who.organisation === hospital],
      ['agreement?agreement=bicp-early-intervention', cites('bicp-early-intervention')], ['feed?feed=uhb-adt', ({ who }) => who.client === 'uhb-adt'],
      ['denials', ({ outcome }) => outcome === 'denied'], [`denials?user=voluntary-worker`, ({ outcome, who }) => outcome === 'denied' && who.person?.id === 'voluntary-worker'],
      ['emergency-looks', ({ emergency, interaction }) => emergency !== undefined || /^(end-)?break-glass|^emergency-re/.test(interaction)], ['exports', ({ interaction }) => ['audit-report', 'access-report', 'audit-export', 'look-replay', 'subject-access', 'notify', 'export-file'].includes(interaction)],
      [`user?user=${nurse}`, (entry) => entry.who.person?.id === nurse && heldBy(entry, hospital), officer],
    ])('%s has exactly the entries it is of', async (path, belongs, who = governance) => {
      const theirs = async (): Promise<string[]> => (await entries()).filter(belongs).map(({ id }) => id).sort();
      const before = await theirs();
      const rows = await linesOf(path, who);
      const told = rows.map(({ entry = '' }) => entry).sort();
      const after = await theirs();
      expect(told).toEqual(after.filter((id) => before.includes(id) || told.includes(id))); // rounds of the gateway's own write entries meanwhile
      expect(before.length).toBeGreaterThan(0);
      expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at ?? '').sort().reverse());
    });

    it('as FHIR is the same entries, each as it is read by its id', async () => {
      const until = new Date().toISOString();
      const rows = await linesOf(`denials?to=${until}`);
      const answer = await ask(gateway, { path: `/governance/reports/denials?to=${until}`, who: governance, headers: { Accept: 'application/fhir+ndjson' } });
      const events = answer.text.trimEnd().split('\n').map((line) => JSON.parse(line) as Resource);
      expect([answer.headers['content-type'], events.map(({ id }) => id)]).toEqual(['application/fhir+ndjson', rows.map(({ entry }) => entry)]);
      const before = await lastSeq(gateway);
      const single = await ask(gateway, { path: `/fhir/AuditEvent/${events[0]?.id}`, who: governance });
      expect([single.status, JSON.parse(single.text)]).toEqual([200, events[0]]);
      expect((await auditSince(gateway, before)).map(({ entry }) => [entry.interaction, entry.query, entry.disclosed])).toEqual([['read', `AuditEvent/${events[0]?.id}`, [`AuditEvent/${events[0]?.id}/_history/1`]]]);
      const notTheirs = (await entries()).find((entry) => !heldBy(entry, hospital) && entry.who.organisation === council);
      const refusals = await Promise.all([[notTheirs?.id, officer], ['00000000-0000-4000-8000-000000000000', officer], ['x', officer], [events[0]?.id, doctor]].map(([id, who = '']) => ask(gateway, { path: `/fhir/AuditEvent/${id}`, who })));
      expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 403]);
      expect((await ask(gateway, { path: '/governance/reports/emergencies?_format=fhir%2Bndjson', who: governance })).status).toBe(406);
    });

    it('of a clause and of a citizen has theirs alone', async () => {
      const all = await entries();
      const clause = all.flatMap(({ decisions }) => decisions).find(({ agreement }) => agreement === 'bicp-early-intervention')?.clause ?? '';
      expect((await linesOf(`clause?agreement=bicp-early-intervention&clause=${clause}`)).map(({ entry }) => entry).sort()).toEqual(all.filter(cites('bicp-early-intervention', clause)).map(({ id }) => id).sort());
      expect(await linesOf(`clause?agreement=bicp-early-intervention&clause=${clause}&version=9.9`)).toEqual([]);
      const ids = (await linesOf(`citizen?patient=${alice}`)).map(({ entry }) => entry);
      expect(ids).toEqual(expect.arrayContaining(all.filter((entry) => about(entry, alice)).map(({ id }) => id)));
    });

    it.each(['/governance/reports/user?user=nobody&patient=x', '/governance/reports/citizen?patient=x', '/governance/hold-backs?patient=x,y'])('%s is of nobody, and stops nobody\'s look from being written down', async (path) => {
      const [answer, beside] = await Promise.all([ask(gateway, { path, who: governance }), ask(gateway, { path: `/fhir/Patient/${alice}`, who: officer })]);
      expect([answer.status, beside.status]).toEqual([200, 200]);
    });

    it('of emergency access has who opened it, why, and every review', async () => {
      const rows = await linesOf('emergencies');
      expect(rows.map(({ person, reviewedFor, outcome }) => [person, reviewedFor?.split('|')[1], outcome])).toEqual([[worker, 'E08000025', 'open'], [worker, 'RRK', 'open'], [worker, 'RYW', 'open']]);
      expect((await linesOf('emergencies', officer)).map(({ reviewedFor }) => reviewedFor)).toEqual([hospital]);
      expect(await linesOf('emergencies?to=2020-01-01')).toEqual([]);
      expect(await linesOf(`emergencies?user=${doctor}`)).toEqual([]);
    });

    it('as CSV says the same, and no cell of it is a formula', async () => {
      await gateway.services.audit.append({ ...(await entries())[0], id: crypto.randomUUID(), at: new Date().toISOString(), who: { client: '=cmd()', person: { id: '-danger', name: '+Sum "x"' }, organisation: hospital } } as AuditEntry);
      const answer = await ask(gateway, { path: '/governance/reports/user?user=-danger', who: governance, headers: { Accept: 'text/csv' } });
      expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      const [row] = parse<Record<string, string>>(answer.text.replace(/^\uFEFF/, ''), { columns: true, record_delimiter: '\r\n' });
      expect(row).toMatchObject({ person: "'-danger", personName: "'+Sum \"x\"", client: "'=cmd()", organisation: hospital });
    });

    it('comes page by page, each in the log before it leaves, and ends where it began', async () => {
      const [first] = await entries();
      await Promise.all(Array.from({ length: 600 }, (_, i) => gateway.services.audit.append({ ...first, id: crypto.randomUUID(), at: new Date(Date.parse('2026-01-01') + (i % 7) * 1000).toISOString(), who: { client: 'crowd', organisation: hospital } } as AuditEntry)));
      const before = await lastSeq(gateway);
      const rows = await linesOf('user?user=crowd');
      expect([rows.length, new Set(rows.map(({ entry }) => entry)).size]).toEqual([600, 600]);
      const written = (await auditSince(gateway, before)).map(({ entry }) => entry).filter(({ interaction }) => interaction === 'audit-report'); // a round may tell of links meanwhile
      expect(written.map(({ query }) => query.split(' ').slice(1).join(' '))).toEqual(['page=1', 'page=2', 'whole rows=600']);
      expect(written.flatMap(({ disclosed }) => disclosed)).toHaveLength(600);
    });

    it('of which only the headers are asked for is checked and written down, and not read', async () => {
      const before = await lastSeq(gateway);
      const head = (path: string, who = governance): Promise<Answer> => ask(gateway, { method: 'HEAD', path: `/governance/reports/${path}`, who });
      const answer = await head('user?user=crowd');
      expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([200, 'application/x-ndjson; charset=utf-8', '']);
      expect((await auditSince(gateway, before)).map(({ entry }) => [entry.query, entry.disclosed])).toEqual([['governance/reports/user?user=crowd headers', []]]);
      expect([(await head('user')).status, (await head('denials', doctor)).status]).toEqual([400, 403]);
    });

    it('ends where its next page cannot be written down', async () => {
      const { text } = await refusingEntries(gateway, '%user=crowd page=2%', () => ask(gateway, { path: '/governance/reports/user?user=crowd', who: governance }));
      const rows = text.trimEnd().split('\n');
      expect([rows.filter((line) => line.startsWith('{"at":')).length, rows.at(-1)]).toEqual([500, expect.stringContaining('audit-unavailable')]);
    });

    it('that nobody reads to its end says in the log what left', async () => {
      const before = await lastSeq(gateway);
      const pages = await gateway.services.reports.open({ client: 'x', token: 't', person: { id: 'g', name: 'G' }, organisation: `${ods}|QHL`, organisationName: 'ICB', role: 'governance', purpose: 'HOPERAT', scopes: [] },
        { name: 'user', from: null, to: null, patient: null, user: 'crowd', organisation: null, agreement: null, version: null, clause: null, feed: null }, { id: 'r' });
      expect((await pages.next()).value).toHaveLength(500);
      await pages.return();
      const only = await gateway.services.reports.open({ client: 'x', token: 't', person: { id: 'g', name: 'G' }, organisation: `${ods}|QHL`, organisationName: 'ICB', role: 'governance', purpose: 'HOPERAT', scopes: [] },
        { name: 'user', from: null, to: null, patient: null, user: nurse, organisation: null, agreement: null, version: null, clause: null, feed: null }, { id: 'r' });
      const { length = 0 } = (await only.next()).value ?? [];
      await only.return();
      expect((await auditSince(gateway, before)).map(({ entry }) => entry.query.split(' ').slice(1).join(' '))).toEqual(['page=1', 'broken-off rows=500', 'page=1', `broken-off rows=${length}`]);
    });

    it.each<[string, string, number, string]>([
      ['user', governance, 400, 'report-filter-missing'], ['unheard-of', governance, 404, 'report-unknown'], ['denials?from=soon', governance, 400, 'search-value-invalid'], ['denials?colour=blue', governance, 400, 'search-parameter-unknown'],
      ['emergencies?feed=uhb-adt', governance, 400, 'report-filter-unknown'], ['denials', doctor, 403, 'governance-role-required'], ['denials', 'healthwatch-reader', 403, 'audit-readers-only'], ['denials?_format=xml', governance, 406, 'format-unsupported'],
    ])('%s for %s is refused', async (path, who, status, code) => {
      const answer = await ask(gateway, { path: `/governance/reports/${path}`, who });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });
  });

  describe('a look made plain again', () => {
    const replay = async (query: Record<string, string>, who = governance): Promise<LookReplays> => {
      const response = await gateway.get(`/governance/look-replays?${String(new URLSearchParams(query))}`, who);
      if (response.status !== 200) throw new Error(`answered ${response.status} ${await response.text()}`);
      return (await response.json()) as LookReplays;
    };
    let today: string;
    beforeAll(() => { today = londonDay(new Date(capturedAt.from)); });

    it('has the very versions the doctor was sent, page by page, and nothing else', async () => {
      const { looks, more } = await replay({ user: doctor, patient: alice, at: today });
      const whole = looks.filter(({ entry }) => entry.interaction === 'everything');
      const sent = captured.flatMap(({ resourceType, id, meta }) => (['Patient', 'Provenance', 'OperationOutcome', 'Organization'].includes(resourceType) ? [] : [`${resourceType}/${id}/_history/${meta?.versionId}`]));
      const shown = whole.flatMap((look) => look.shown.map(({ version }) => version)).filter((version) => !/^(Patient|Organization)\//.test(version));
      expect([more, shown]).toEqual([false, sent]);
      expect(sent.length).toBeGreaterThan(5);
      const composedOf = captured.filter(({ resourceType }) => resourceType === 'Provenance').length;
      expect(composedOf + whole.flatMap(({ shown: each }) => each.filter(({ version }) => version.startsWith('Patient/'))).length).toBeGreaterThan(0);
    });

    it.each<[string, (id: string) => string, string?]>([
      ['read of a composed Patient', (id) => `Patient/${id}`], ['a part of it', (id) => `Patient/${id}?_elements=name,birthDate`, '_elements=birthDate,name'], ['search', (id) => `EpisodeOfCare?patient=${id}&_include=EpisodeOfCare:organization&_summary=true`, '_summary=true'],
      ['search of people', (id) => `Patient?_id=${id}&_revinclude=EpisodeOfCare:patient`], ['everything', (id) => `Patient/${id}/$everything?_count=3`], ['history', () => '', 'history'], ['vread', () => '', 'vread'], ['read', () => '', 'read'],
      ...['summary', 'story', 'timeline', 'timeline?_count=2', 'presence'].map((name): [string, (id: string) => string] => [name, (id) => `Patient/${id}/$${name}`]), ['docref', (id) => `DocumentReference/$docref?patient=${id}`],
    ])('%s has whatever was sent, of every type', async (...[name, pathOf, shape]) => { // a third parameter would be taken for a callback to wait for
      const row = captured.find(({ resourceType }) => resourceType === 'EpisodeOfCare');
      const single = { history: `EpisodeOfCare/${row?.id}/_history`, vread: `EpisodeOfCare/${row?.id}/_history/1`, read: `EpisodeOfCare/${row?.id}` }[name];
      const answer = await ask(gateway, { path: `/fhir/${single ?? pathOf(alice)}`, who: doctor });
      const [entry] = (await entries()).slice(-1);
      const body = JSON.parse(answer.text) as Resource;
      const sent = body.resourceType === 'Bundle' ? (body.entry ?? []).flatMap(({ resource }) => resource ?? []) : [body];
      const { looks } = await replay({ user: doctor, patient: alice, at: today });
      const look = looks.find((each) => each.entry.id === entry?.id);
      expect([answer.status, look?.entry.shape]).toEqual([200, single === undefined ? shape ?? null : null]);
      const shown = (look?.shown ?? []).map(({ version }) => version);
      const composedOf = (each: Resource): string[] => ('link' in each && each.resourceType === 'Patient' ? (each.link ?? []).flatMap(({ other }) => other.reference ?? []) : []); // a composed Patient names the source Patients it was made of
      const stored = sent.filter((each) => each.meta?.versionId !== undefined && !(each.resourceType === 'Patient' && each.id === alice));
      expect(sent.filter((each) => !stored.includes(each) && !['Patient', 'Provenance', 'OperationOutcome', 'Composition', 'List', 'CarePlan', 'CareTeam', 'DocumentReference', 'Parameters'].includes(each.resourceType))).toEqual([]); // what is made for this answer has no version
      const patients = (of: readonly string[]): string[] => [...new Set(of.filter((each) => each.startsWith('Patient/')).map((each) => each.replace(/\/_history\/.*/, '')))].sort();
      const versions = stored.map((each) => `${each.resourceType}/${each.id}/_history/${each.meta?.versionId}`);
      const others = (of: readonly string[]): string[] => of.filter((each) => !each.startsWith('Patient/')).sort();
      expect(others(shown)).toEqual(others(versions));
      if (sent.some((each) => composedOf(each).length > 0)) expect(patients(shown)).toEqual(patients([...sent.flatMap(composedOf), ...versions]));
      expect([shown.length > 0, look?.decidedAgain?.same, look?.withheld]).toEqual([true, true, entry?.withheld]);
    });

    it('names the parts kept apart that were shown with a version', async () => {
      const entry = (await entries()).find(({ parts, who, citizen }) => parts !== undefined && who.person?.id === doctor && citizen === alice);
      const look = entry && (await replay({ user: doctor, patient: alice, at: today })).looks.find((each) => each.entry.id === entry.id);
      expect(look?.shown.flatMap(({ version, parts }) => parts.map((path) => `${version}#${path}`)) ?? []).toEqual(entry?.parts ?? []);
    });

    it('says what was kept back and why, what had not come in yet, and that the same comes out by the facts of then', async () => {
      const { looks } = await replay({ user: doctor, patient: alice, at: today });
      const [look] = looks.filter(({ entry }) => entry.interaction === 'everything');
      const entry = (await entries()).find(({ id }) => id === look?.entry.id);
      expect([look?.withheld, look?.decisions]).toEqual([entry?.withheld, entry?.decisions]);
      expect(look?.decisions.some(({ effect }) => effect === 'permit')).toBe(true);
      expect(look?.notYetArrived.filter(({ custodian }) => custodian?.endsWith('RYW')).length).toBeGreaterThan(0);
      expect(look?.notYetArrived.some(({ begunBefore }) => begunBefore > 0)).toBe(true);
      const since = await database.query<{ id: string; custodian: string; category: string }>('select r.id, s.custodian, s.category from citizen_row r join sharing_class s using (class_id) where r.citizen_id = $1 and not r.id = any ($2::uuid[])', [alice, thereThen]);
      const late = Map.groupBy(since, ({ custodian, category }) => `${custodian} ${category}`);
      expect(Object.fromEntries((look?.notYetArrived ?? []).map(({ custodian, category, records }) => [`${custodian} ${category}`, records]))).toEqual(Object.fromEntries([...late].map(([sort, rows]) => [sort, rows.length])));
      const arrived = (await wholeRecord(gateway, doctor, alice)).filter(({ id, meta }) => meta?.versionId !== undefined && since.some((row) => row.id === id));
      expect([arrived.length > 0, arrived.filter(({ id }) => captured.some((then) => then.id === id))]).toEqual([true, []]);
      expect(look?.decidedAgain).toMatchObject({ same: true, notPermitted: [] });
      expect(look?.decidedAgain?.agreements.map(({ id }) => id)).toContain('bicp-early-intervention');
    });

    it('is found by the second, and where there was none the last before is named', async () => {
      const [entry] = (await entries()).filter(({ who, interaction }) => who.person?.id === nurse && interaction === 'everything');
      const { looks } = await replay({ user: nurse, patient: alice, at: `${entry?.at.slice(0, 19)}Z` });
      expect(looks.map((each) => each.entry.id)).toContain(entry?.id);
      const later = await replay({ user: nurse, patient: alice, at: '2999-01-01' });
      expect([later.looks, later.lastBefore?.interaction]).toEqual([[], 'everything']);
      expect((await replay({ user: nurse, patient: alice, at: '1999-01-01' })).lastBefore).toBeNull();
    });

    it('for a privacy officer is of entries they may read, and tells of other organisations\' records no sort', async () => {
      const { looks } = await replay({ user: nurse, patient: alice, at: today }, officer);
      const [look] = looks.filter(({ entry }) => entry.interaction === 'everything');
      const told = new Set(look?.shown.map(({ custodian }) => custodian));
      expect([told.has(hospital), [...told].filter((custodian) => custodian !== null && custodian !== hospital)]).toEqual([true, []]);
      expect(look?.notYetArrived.every(({ custodian }) => custodian === hospital)).toBe(true);
      expect((await replay({ user: worker, patient: neville, at: today }, 'privacy-officer-bsmhft')).looks).toEqual([]);
    });

    it('is in the log before it leaves, without its patient in what was asked', async () => {
      const before = await lastSeq(gateway);
      const { looks } = await replay({ user: doctor, patient: alice, at: today });
      const [written] = (await auditSince(gateway, before)).map(({ entry }) => entry);
      expect(written).toMatchObject({ interaction: 'look-replay', citizen: alice, disclosed: looks.map(({ entry }) => `AuditEvent/${entry.id}/_history/1`) });
      expect(written?.query).toContain('patient=*');
    });

    it.each<[string, Record<string, string>, string, number, string]>([
      ['without a time', { user: doctor, patient: 'x' }, governance, 400, 'search-value-invalid'], ['of a time that is none', { user: doctor, patient: 'x', at: 'noon' }, governance, 400, 'search-value-invalid'],
      ['of what is no citizen', { user: doctor, patient: 'x', at: '2026-01-01' }, governance, 404, 'not-found'], ['with more', { user: doctor, patient: 'x', at: '2026-01-01', colour: 'blue' }, governance, 400, 'search-value-invalid'],
      ['for whoever gives care', { user: doctor, patient: 'x', at: '2026-01-01' }, doctor, 403, 'governance-role-required'],
    ])('%s is refused', async (_, query, who, status, code) => {
      const answer = await ask(gateway, { path: `/governance/look-replays?${String(new URLSearchParams(query))}`, who });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });
  });

  describe('what is held about a person, for that person', () => {
    const keeper: Requester = { client: 'viewer', token: 't', person: { id: 'records', name: 'R. Keeper' }, organisation: hospital, organisationName: 'UHB', role: 'administrator', purpose: 'TREAT', scopes: ['user/*.rs'] };
    async function takeOut(requester: Requester, citizen: string): Promise<{ patient: Resource[]; record: Resource[]; look: { first: string }[]; end: { records: number; looks: number; leftOut: { rule: string; count: number }[] }[] }> {
      const taken: Record<string, unknown[]> = { patient: [], record: [], place: [], look: [], end: [] };
      for await (const lines of await gateway.services.subjectAccess(requester, citizen, { id: 'sar' })) {
        for (const line of lines) for (const [member, value] of Object.entries(JSON.parse(line) as object)) taken[member]?.push(value);
      }
      return taken as never;
    }

    it('is the record of the organisation that keeps it, each version in the log before it leaves, and no looks', async () => {
      const before = await lastSeq(gateway);
      const { patient, record, look, end } = await takeOut(keeper, alice);
      const own = await database.query<{ id: string; type: string }>(`select r.id, r.type from citizen_row r join sharing_class s using (class_id) where r.citizen_id = $1 and not r.deleted and s.custodian = $2 and r.type <> 'Patient'`, [alice, hospital]);
      const left = own.filter(({ type }) => type === 'RelatedPerson').length;
      expect(record.map(({ id }) => id).sort()).toEqual(own.filter(({ type }) => type !== 'RelatedPerson').map(({ id }) => id).sort());
      expect(record.length).toBeGreaterThan(1);
      expect([patient.length, patient.some((each) => 'contact' in each), look, end]).toMatchObject([1, false, [], [{ records: record.length, looks: 0 }]]);
      expect((end[0]?.leftOut ?? []).reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(left);
      const written = (await auditSince(gateway, before)).map(({ entry }) => entry);
      expect(written[0]).toMatchObject({ interaction: 'subject-access', citizen: alice, who: { person: { id: 'records' } } });
      const disclosed = new Set(written.filter(({ interaction }) => interaction === 'everything').flatMap((entry) => entry.disclosed.map((version) => version.split('/')[1])));
      expect(record.filter(({ id }) => !disclosed.has(id))).toEqual([]);
      expect([...disclosed].filter((id) => own.some((row) => row.id === id && row.type === 'RelatedPerson'))).toEqual([]);
    });

    it('is, for who watches over looks, who looked and what was chosen, and no care record; held-back looks are not in it', async () => {
      const { record, look, end } = await takeOut({ ...keeper, role: 'privacy-officer', purpose: 'HOPERAT' }, alice);
      expect(new Set(record.map(({ resourceType }) => resourceType)).difference(new Set(['Consent', 'Provenance', 'Task']))).toEqual(new Set());
      expect([look.length > 2, end]).toMatchObject([true, [{ looks: look.length }]]);
    });

    it('ends where what comes next cannot be written down', async () => {
      const { text } = await refusingEntries(gateway, '%"interaction":"access-report"%', () => ask(gateway, { path: `/governance/subject-access/${alice}`, who: officer }));
      expect([text.includes('{"patient":'), text.includes('{"look":'), text.includes('{"end":'), text.trimEnd().split('\n').at(-1)]).toEqual([true, false, false, expect.stringContaining('audit-unavailable')]);
    });

    it('has every look, however many fell into one instant', async () => {
      const citizen = await citizenOf(gateway, doctor, people.abdul);
      const audit = openAuditTrail(database, sealEntries);
      const at = '2020-03-01T09:00:00.000Z';
      await Promise.all(Array.from({ length: 2_100 }, (_, i) => audit.append({
        id: randomUUID(), at, request: `at-once-${i}`, who: { client: 'app', person: { id: `somebody-${i}`, name: 'Somebody' }, organisation: hospital }, purpose: 'TREAT', interaction: 'read', query: `Patient/${citizen}`, citizen,
        outcome: 'permitted', status: 200, disclosed: [], custodians: [], decisions: [], withheld: [],
      })));
      const { look } = await takeOut({ ...keeper, role: 'privacy-officer', purpose: 'HOPERAT' }, citizen);
      expect(look.filter(({ first }) => first === at)).toHaveLength(2_100);
    });

    it('is refused to systems, to those who give care, and about nobody', async () => {
      await expect(takeOut({ ...keeper, role: 'integration', person: undefined } as never, alice)).rejects.toMatchObject({ problems: [{ code: 'subject-access-person' }] });
      await expect(takeOut(keeper, '01234567-89ab-8cde-8f01-23456789abcd')).rejects.toMatchObject({ problems: [{ code: 'not-found' }] });
      expect([(await gateway.get(`/governance/subject-access/${alice}`, doctor)).status, (await ask(gateway, { method: 'HEAD', path: `/governance/subject-access/${alice}`, who: officer })).status]).toEqual([403, 405]);
    });

    it('comes to a folder, whole or not at all, with a page that is not for the person', async () => {
      const out = join(gateway.dataDir, 'answer');
      const run = (patient: string, as = officer) => runCommand(auditCommand, ['export', '--patient', patient, '--out', out, '--as', as], { baseUrl: gateway.url, dataDir: gateway.dataDir });
      expect((await run(alice, doctor)).problems).toMatchObject([{ code: 'governance-role-required' }]);
      expect(existsSync(out)).toBe(false);
      expect(await run('999 000 0743')).toMatchObject({ problems: [], out: expect.stringMatching(/^\d+ records and \d+ lines of who looked are in /) as string });
      expect(readFileSync(join(out, 'who-looked.ndjson'), 'utf8')).toContain('"organisationName"');
      expect(readFileSync(join(out, 'for-the-officer.txt'), 'utf8')).toContain('Left out under the rules of');
      expect((await run(alice)).problems).toMatchObject([{ code: 'file-exists' }]);
    });
  });

  it('onestory hold-back lists the rules, decides, lists and ends, and says what is refused', async () => {
    const run = (...args: string[]) => runCommand(holdBackCommand, [...args, '--as', governance], { baseUrl: gateway.url, dataDir: gateway.dataDir });
    expect((await run('rules')).out).toMatch(/^crime: .* By privacy-officer or governance; looked at again within 3 months\.$/m);
    const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const decide = (rule: string) => run('decide', '--patient', '999 000 0743', '--organisation', hospital, '--from', '2020-01-01', '--rule', rule, '--reason', 'An enquiry', '--review-by', soon);
    const { out, problems } = await decide('crime');
    expect([problems, out]).toEqual([[], expect.stringMatching(/^[0-9a-f-]{36}: held back\n {2}looks of: everybody, University Hospitals.* until it is ended\n {2}at: [0-9a-f-]{36}\n {2}why: crime: An enquiry\n {2}by: Teresa Wilk on /)]);
    const id = out.slice(0, 36);
    expect((await run('list', '--patient', alice)).out).toContain(`${id}: held back\n`);
    expect((await run('end', id, '--reason', 'It is over')).out).toMatch(/^[0-9a-f-]{36}: ended\n[^]* {2}ended: by Teresa Wilk on .*: It is over\n$/);
    expect([(await run('end', id, '--reason', 'Again')).problems[0]?.code, (await decide('boredom')).problems[0]?.code]).toEqual(['hold-back-ended', 'hold-back-rule-unknown']);
  });

  describe('onestory audit', () => {
    const run = (...args: string[]) => runCommand(auditCommand, args, { baseUrl: gateway.url, dataDir: gateway.dataDir });
    const as = ['--as', governance];

    it('report prints what the API answers, as lines of JSON or as CSV', async () => {
      const path = `user?user=${worker}`;
      const expected = (await (await gateway.get(`/governance/reports/${path}`, governance)).text()).trimEnd().split('\n').slice(1, -1);
      const { out, code } = await run('report', 'user', '--user', worker, ...as);
      expect([code, out.trimEnd().split('\n')]).toEqual([0, expected]);
      const csv = parse<Record<string, string>>((await run('report', 'user', '--user', worker, '--csv', ...as)).out, { columns: true });
      expect(csv.map(({ entry }) => entry)).toEqual(expected.map((line) => (JSON.parse(line) as Record<string, string>)['entry']));
    });

    it('replay takes an NHS number, and says what was shown, kept back and not in yet', async () => {
      const at = capturedAt.from.slice(0, 10);
      const { out, code, problems } = await run('replay', '--user', doctor, '--patient', '999 000 0743', '--at', at, ...as);
      expect([code, problems]).toEqual([0, []]);
      for (const part of ['everything Patient/', '  by: Dr Leila Haddad, doctor, University Hospitals', '  shown: EpisodeOfCare/', '  permit, rule 1', '  not in yet: ', ': the same; in force: ']) expect(out).toContain(part);
      expect((await run('replay', '--user', doctor, '--patient', alice, '--at', '1999-01-01', ...as)).out).toBe('No look in that time. There was none before it either.\n');
    });

    it('access-report prints lines, and writes the page', async () => {
      expect((await run('access-report', alice, ...as)).out).toMatch(/^\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d.* \| Doctor, University Hospitals.* \| Looked at the record/m);
      const file = join(gateway.dataDir, 'report.html');
      expect((await run('access-report', alice, '--html', file, ...as)).out).toContain('Written to');
      expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
    });

    it.each<[string, string[], string]>([
      ['a number nobody has', ['replay', '--user', doctor, '--patient', '9990000018', '--at', '2026-01-01', '--as', governance], 'citizen-unknown'],
      ['a reader who may not', ['report', 'denials', '--as', doctor], 'governance-role-required'], ['a report without its filter', ['report', 'user', '--as', governance], 'report-filter-missing'],
    ])('tells a refusal: %s', async (_, args, problem) => {
      const { code, problems, out } = await run(...args);
      expect([code, problems.map((each) => each.code), out]).toEqual([1, [problem], '']);
    });
  });

  it('from March to the regulator, line by line as docs/answers.md has it', async () => {
    if (database.kind === 'pglite') return; // a superuser of its own is what this is about
    const [row] = await database.query<{ id: string; version: number }>(`select r.id, r.version from citizen_row r join sharing_class s using (class_id) where r.citizen_id = $1 and s.custodian = $2 and r.type = 'EpisodeOfCare' limit 1`, [alice, hospital]);
    const look: AuditEntry = {
      id: crypto.randomUUID(), at: '2026-03-14T02:10:00.000Z', request: 'r', who: { client: 'viewer', person: { id: doctor, name: 'Dr Leila Haddad' }, organisation: hospital, organisationName: 'UHB', role: 'doctor' }, purpose: 'TREAT', interaction: 'read', query: `EpisodeOfCare/${row?.id ?? ''}`, citizen: alice, outcome: 'permitted',
      status: 200, disclosed: [`EpisodeOfCare/${row?.id ?? ''}/_history/${row?.version ?? 1}`], custodians: [hospital], decisions: [], withheld: [],
    };
    await gateway.services.audit.append(look);
    const cli = { baseUrl: gateway.url, dataDir: gateway.dataDir };
    expect((await runCommand(caseCommand, ['watch', alice, '--kind', 'staff', '--person', doctor, '--reason', 'works here', '--as', officer], cli)).problems).toEqual([]);
    const context = { database, rule: shippedCaseRule(), linkage: shippedRule(), custodianOf: () => hospital, clock: () => new Date(), newId: () => crypto.randomUUID() };
    for (const end = await lastSeq(gateway); (await database.query('select 1 from case_cursor where pass = $1 and seq < $2', ['at-once', end])).length > 0;) await findOddLooks(context, 'at-once', new Map());
    const folder = mkdtempSync(join(tmpdir(), 'onestory-walk-'));
    const page = readFileSync(join(import.meta.dirname, '../../docs/answers.md'), 'utf8');
    const lines = [...page.matchAll(/^```sh walk\n([^]*?)^```$/gm)].flatMap(([, block = '']) => block.trimEnd().split('\n'));
    const said: string[] = [];
    for (const line of lines) {
      const reference = /CA-[0-9A-F]{16}/.exec(said[2] ?? '')?.[0] ?? '';
      const words = [...line.replaceAll('$CASE', reference).matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
      const [into, args] = words.at(-2) === '>' ? [words.at(-1), words.slice(0, -2)] : [undefined, words];
      const [program = '', command = '', ...rest] = args.map((word) => (/^[a-z]+\.(?:txt|ndjson)$|^for-alice$/.test(word) ? join(folder, word) : word));
      const done = program === 'psql' ? { out: JSON.stringify(await database.query(rest.at(-1) ?? '')), problems: [], code: 0 }
        : program === 'node' ? await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../..', command), ...rest]).catch((error: { stdout: string }) => error).then(({ stdout }) => ({ out: stdout, problems: [], code: 0 }))
          : await runCommand(command === 'case' ? caseCommand : auditCommand, rest, cli);
      expect([line, done.problems, done.code]).toEqual([line, [], 0]);
      if (into !== undefined) writeFileSync(join(folder, into), done.out);
      said.push(done.out);
    }
    const [march = '', report, , shown, asked, closed, replayed] = said;
    expect([march.trimEnd().split('\n').length, march.includes(look.id), report?.includes('14-Mar-2026 02:10')]).toEqual([1, true, true]);
    expect(shown).toContain(`replay: onestory audit replay --user ward-doctor --patient ${alice} --at `);
    expect([shown?.includes('They looked at their own record.'), asked?.includes('Why did you open'), closed?.includes(': closed, escalated')]).toEqual([true, true, true]);
    expect(replayed).toContain(`  shown: ${look.disclosed[0] ?? ''}`);
    expect(readFileSync(join(folder, 'for-alice', 'who-looked.ndjson'), 'utf8')).toContain('2026-03-14');
    const [{ seq } = { seq: '' }] = await database.query<{ seq: string }>('select seq from audit_entry where id = $1', [look.id]);
    expect([said[11]?.endsWith('holds\n'), said[14]]).toEqual([true, expect.stringContaining(`Entry ${seq} does not say what the log committed to. [entry-changed]`)]);
    rmSync(folder, { recursive: true });
  });
});
