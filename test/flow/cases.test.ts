import { randomUUID } from 'node:crypto';
import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { findOddLooks, findUnreviewedAccess, forgetOldLooks, type OddLooksContext } from '../../src/flow/audit/find-odd-looks.ts';
import { lineFor, wordsSaid } from '../../src/flow/audit/log-lines.ts';
import type { CaseDetails, CaseEntry } from '../../src/flow/audit/list-cases.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import { openCases } from '../../src/store/audit/access-cases.ts';
import { readLog } from '../../src/store/audit/audit-log.ts';
import { moveCasePass, type CasePass } from '../../src/store/audit/odd-looks.ts';
import type { WatchedCitizen } from '../../src/store/audit/watched-citizens.ts';
import { shippedCaseRule } from '../audit/cases/shipped-case-rule.ts';
import { databases } from '../databases.ts';
import { ask, auditSince, lastSeq } from '../edge/http/asking.ts';
import { caseCommand } from '../../src/edge/cli/case.ts';
import { runCommand } from '../edge/cli/run-command.ts';
import { verifyLog } from '../../docs/verify-audit.mjs';
import { verifyStoredLog } from '../faults/check-audit-log.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';
import { awayFromMidnight } from '../patience.ts';
import { citizenOf, people } from './whole-record.ts';

/** Odd looks come to a case, once; it is put to those whose data was seen, and dealt with by them and whom they ask. */

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const dayMs = 86_400_000;
const caseRule = shippedCaseRule();

const colleague: Requester = { client: 'viewer', token: 't', person: { id: 'second-officer', name: 'A. Second' }, organisation: `${ods}|RRK`, organisationName: 'UHB', role: 'privacy-officer', purpose: 'HOPERAT', scopes: ['user/*.rsu'] };

describe.each(databases)('cases, on $kind', ({ open }) => {
  let gateway: Gateway;
  let alice: string;
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
    await gateway.services.oddLooks.stop(); // what is done here is done by the test, and by no round of the gateway's own beside it
    alice = await citizenOf(gateway, 'ward-doctor', people.alice);
  });
  afterAll(() => gateway.close());

  async function send(path: string, who: string, body: object = {}): Promise<Response> {
    return fetch(`${gateway.url}/governance/${path}`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  }
  const codeOf = async (response: Response): Promise<string> => `${response.status} ${((await response.json()) as OperationOutcome).issue?.[0]?.details?.coding?.[0]?.code ?? ''}`;
  const json = async <T>(response: Response | Promise<Response>): Promise<T> => (await (await response).json()) as T;
  const list = async (who: string, state = 'open'): Promise<CaseEntry[]> => (await json<{ cases: CaseEntry[] }>(gateway.get(`/governance/cases?state=${state}`, who))).cases;
  const show = (who: string, reference: string): Promise<CaseDetails> => json(gateway.get(`/governance/cases/${reference}`, who));
  const watch = (who: string, fields: object): Promise<Response> => send('watched-citizens', who, { patient: alice, kind: 'prominent', person: '', reason: 'often in the news', ...fields });

  const context = (laterDays: number): OddLooksContext => {
    const custodians = new Map(gateway.services.mappings.feeds.map(({ key, partner }) => [key, partner.organisation]));
    return { database: gateway.database, rule: caseRule, linkage: shippedRule(), custodianOf: (feed) => custodians.get(feed) ?? '', clock: () => new Date(Date.now() + laterDays * dayMs), newId: randomUUID };
  };
  /** Until this way through the log has come to its end, whoever works on it. */
  async function work(pass: CasePass = 'at-once', laterDays = 0): Promise<void> {
    const end = await lastSeq(gateway);
    for (const reached = async (): Promise<boolean> => (await gateway.database.query<{ seq: string }>('select seq from case_cursor where pass = $1', [pass])).every(({ seq }) => Number(seq) >= end); !(await reached());) await findOddLooks(context(laterDays), pass, new Map());
  }
  const state = async (): Promise<unknown[]> => Promise.all(['odd_look', 'access_case', 'access_case_event', 'look_tally', 'looker_day'].map((table) => gateway.database.query(`select * from ${table} order by 1, 2, 3`)));

  let own: CaseEntry;
  it('begin with a look at oneself, which the employer\'s list knows; they are told to the employer\'s officer and to governance, and to nobody else', async () => {
    const staff = await json<WatchedCitizen>(watch('privacy-officer', { kind: 'staff', person: 'ward-doctor', reason: 'works here' }));
    expect([staff.kind, staff.organisation, staff.forAll, staff.ended]).toEqual(['staff', `${ods}|RRK`, false, null]);
    await gateway.get(`/fhir/Patient/${alice}`, 'ward-doctor');
    await work();
    const cases = await list('privacy-officer');
    expect(cases.map(({ about, signals, state: is, keeper, side, takenBy, outcome }) => [about.person, about.organisationName, signals, is, keeper, side, takenBy, outcome])).toEqual(
      [['ward-doctor', 'University Hospitals Birmingham NHS Foundation Trust', ['own-record'], 'new', `${ods}|RRK`, 'keeper', null, null]]);
    [own] = cases as [CaseEntry];
    expect((await list('governance-lead')).map(({ reference }) => reference)).toEqual([own.reference]);
    for (const who of ['privacy-officer-bchc', 'privacy-officer-bcc']) {
      expect(await list(who)).toEqual([]);
      expect(await codeOf(await gateway.get(`/governance/cases/${own.reference}`, who))).toBe('404 case-unknown');
      expect(await codeOf(await send(`cases/${own.reference}/close`, who, { outcome: 'appropriate', reason: 'x' }))).toBe('404 case-unknown');
    }
    expect(await codeOf(await gateway.get('/governance/cases', 'ward-doctor'))).toBe('403 governance-role-required');
    expect(await codeOf(await gateway.get('/governance/cases', 'healthwatch-reader'))).toBe('403 audit-readers-only'); // a role alone opens nothing: its organisation is no party to oversight
  });

  it('are worked out once: a second run changes nothing, and further looks join the open case', async () => {
    const before = await state();
    await findOddLooks(context(0), 'at-once', new Map());
    await forgetOldLooks(context(0));
    const entries = await lastSeq(gateway);
    expect(await state()).toEqual(before);
    await gateway.get(`/fhir/Patient/${alice}/$story`, 'ward-doctor');
    expect(await lastSeq(gateway)).toBe(entries + 1);
    await work();
    const details = await show('privacy-officer', own.reference);
    expect((await list('privacy-officer')).map(({ reference }) => reference)).toEqual([own.reference]);
    expect(details.subjects.map(({ label, kind, citizen, odd, looks }) => [label, kind, citizen, odd.map(({ sentence, looks: times, days }) => [sentence, times, days]), looks.map(({ interaction }) => interaction)])).toEqual(
      [['A', 'citizen', alice, [['They looked at their own record.', 3, 1]], ['search-type', 'read', 'story']]]);
    expect(details.events.map(({ kind, text }) => [kind, text])).toEqual([['opened', 'own-record']]);
  });

  it('name no citizen in the list, and reading one is written down with the very entries it showed', async () => {
    expect(JSON.stringify(await list('privacy-officer'))).not.toContain(alice);
    const before = await lastSeq(gateway);
    const { subjects } = await show('privacy-officer', own.reference);
    const entry = (await auditSince(gateway, before))[0]?.entry;
    expect([entry?.interaction, entry?.query, entry?.citizen, entry?.disclosed]).toEqual(['case-show', `governance/cases/${own.reference}`, alice, subjects[0]?.looks.map(({ id }) => `AuditEvent/${id}/_history/1`)]);
  });

  it('never show themselves to the person they are about', async () => {
    const reference = 'CA-0000000000000001';
    await gateway.database.transaction((connection) => openCases(connection, [{ id: randomUUID(), reference, keeper: `${ods}|RRK`, organisation: `${ods}|RRK`, person: 'privacy-officer', name: 'Marcus Facey', role: 'privacy-officer', rule: 'x', score: 20, signals: ['own-record'], lastAt: new Date(), due: '2030-01-01' }], new Date()));
    expect((await list('privacy-officer')).map((each) => each.reference)).toEqual([own.reference]);
    expect(await codeOf(await gateway.get(`/governance/cases/${reference}`, 'privacy-officer'))).toBe('404 case-unknown');
    expect(await codeOf(await send(`cases/${reference}/close`, 'privacy-officer', { outcome: 'appropriate', reason: 'x' }))).toBe('404 case-unknown');
    expect((await show('governance-lead', reference)).about.person).toBe('privacy-officer');
    await gateway.services.cases.read(colleague, reference, { id: 'r' });
    const told = `%governance/cases/${reference}%`;
    const entries = await gateway.database.query<{ id: string; interaction: string }>(`select id, entry::jsonb ->> 'interaction' as interaction from audit_entry where entry like $1 and entry like '%"permitted"%'`, [told]);
    expect(entries.map(({ interaction }) => interaction)).toEqual(['case-show', 'case-show']);
    const found = async (who: string): Promise<unknown[]> => [
      ((await json<Bundle>(gateway.search('AuditEvent', { 'agent:identifier': `${ods}|RRK`, subtype: 'case-show' }, who))).entry ?? []).length,
      (await (await gateway.get('/governance/reports/user?user=second-officer', who)).text()).includes(reference),
      ...await Promise.all(entries.flatMap(({ id }) => [`/fhir/AuditEvent/${id}/$reconstruct`, `/audit/entries/${id}/proof`]).map(async (path) => (await gateway.get(path, who)).status === 404)),
    ];
    const shown = (await found('governance-lead')) as [number, ...unknown[]];
    expect(shown.slice(1)).toEqual([true, false, false, false, false]);
    expect(await found('privacy-officer')).toEqual([shown[0] - 1, false, true, true, true, true]);
    expect((await gateway.database.query(`select 1 from audit_entry where about_person = 'privacy-officer'`)).length).toBe(2);
    expect((await send(`cases/${reference}/close`, 'governance-lead', { outcome: 'appropriate', reason: 'His own mother asked him to' })).status).toBe(200); // well of somebody is said by one
  });

  it('about a governance lead are not in the whole log as they take it out, which verifies all the same and says what it lacks', async () => {
    const reference = 'CA-0000000000000002';
    await gateway.database.transaction((connection) => openCases(connection, [{ id: randomUUID(), reference, keeper: `${ods}|QHL`, organisation: `${ods}|QHL`, person: 'governance-lead', name: 'Teresa Wilk', role: 'governance', rule: 'x', score: 20, signals: ['own-record'], lastAt: new Date(), due: '2030-01-01' }], new Date()));
    await gateway.services.cases.read({ ...colleague, role: 'governance', organisation: `${ods}|QHL` }, reference, { id: 'r' });
    const { text: note } = await ask(gateway, { method: 'POST', path: '/audit/checkpoint', who: 'governance-lead', body: '{}', headers: { 'Content-Type': 'application/json' } });
    const lines = (await (await gateway.get('/audit/export', 'governance-lead')).text()).trimEnd().split('\n');
    const apart = lines.filter((line) => line.startsWith('{"apart":true,')).map((line) => JSON.parse(line) as { seq: number });
    const report = await verifyLog(lines, [note]);
    expect([lines.some((line) => line.includes(reference)), apart.length, report.findings]).toEqual([false, 1, []]);
    expect(report.notes.join(' ')).toContain(`of cases about them: ${apart[0]?.seq}.`);
    expect((await verifyStoredLog(gateway.database)).notes.join(' ')).not.toContain('apart'); // what is not for one person is for whoever else holds the log to it
    await expect(gateway.database.transaction(async (connection) => { // what was changed is kept from nobody, be it about them
      await connection.query('alter table audit_entry disable trigger user');
      await connection.query(`update audit_entry set entry = replace(entry, '"permitted"', '"denied"') where seq = $1`, [apart[0]?.seq]);
      const [kept] = await readLog({ ...gateway.database, query: async (statement, values) => (await connection.query(statement, values ?? [])).rows }, wordsSaid, { after: (apart[0]?.seq ?? 0) - 1, last: apart[0]?.seq ?? 0, limit: 1 });
      throw new Error(kept && lineFor('governance-lead', kept));
    })).rejects.toThrow('"aboutPerson":"governance-lead"');
  });

  let theirs: CaseEntry;
  it('come to each custodian whose data was seen once time has told that nothing ties the looker\'s organisation to the person', async () => {
    expect((await watch('governance-lead', {})).status).toBe(201);
    await gateway.get(`/fhir/Patient/${alice}`, 'community-nurse');
    await work();
    expect(await list('privacy-officer-bcc')).toEqual([]);
    for (const table of ['relationship', 'past_relationship']) await gateway.database.query(`delete from ${table} where organisation = $1`, [`${ods}|RYW`]); // what goes from the first is kept in the second
    await gateway.database.query(`update relationship set until = 'infinity' where organisation = $1`, [`${ods}|RRK`]);
    await work('late', 31);
    const [entry] = await list('privacy-officer-bcc');
    if (!entry) throw new Error('no case');
    theirs = entry;
    expect([theirs.about.person, theirs.signals, theirs.keeper]).toEqual(['community-nurse', ['no-relationship', 'prominent'], 'https://fhir.bicp.example/Id/ons-code|E08000025']);
    const all = await list('governance-lead');
    const ofNurse = all.filter(({ about }) => about.person === 'community-nurse');
    expect(ofNurse.length).toBeGreaterThan(1); // one for each custodian
    expect(new Set(ofNurse.map(({ keeper }) => keeper)).size).toBe(ofNurse.length);
    const { subjects } = await show('privacy-officer-bcc', theirs.reference);
    expect(subjects.map(({ citizen, odd }) => [citizen, odd.map(({ sentence }) => sentence).sort()])).toEqual([[alice, ['Nothing tied their organisation to this person from 90 days before the look until 30 days after it.', 'This person is on the list of people others are curious about.']]]);
  });

  it('are asked about, answered and closed, each side seeing what is for it; nothing is overwritten', async () => {
    const path = `cases/${theirs.reference}`;
    const [keeper, asked] = ['privacy-officer-bcc', 'privacy-officer-bchc'];
    expect(await codeOf(await gateway.get(`/governance/${path}`, asked))).toBe('404 case-unknown'); // before it was asked
    expect((await json<CaseDetails>(send(`${path}/take`, keeper))).takenBy).toBe('Moira Kelly');
    expect((await send(`${path}/note`, keeper, { note: 'Looks like a neighbour' })).status).toBe(200);
    expect(await codeOf(await send(`${path}/answer`, keeper, { answer: 'x' }))).toBe('403 case-side');
    const question = await json<CaseDetails>(send(`${path}/ask`, keeper, { question: 'Why did she open this record?' }));
    expect([question.state, question.due !== null]).toEqual(['asked', true]);
    const seen = await show(asked, theirs.reference);
    for (const each of [seen, ...(await list(asked)).filter(({ side }) => side === 'asked')]) expect([each.signals, each.score, each.takenBy]).toEqual([['no-relationship'], null, null]);
    expect(seen.subjects.map(({ points, odd }) => [points, odd.map(({ sentence }) => sentence)])).toEqual([[null, ['Nothing tied their organisation to this person from 90 days before the look until 30 days after it.']]]); // not what the keeper's list says
    expect([seen.side, seen.subjects[0]?.citizen, seen.events.map(({ kind, text }) => `${kind} ${text ?? ''}`)]).toEqual(['asked', alice, ['ask Why did she open this record?']]);
    expect(await codeOf(await send(`${path}/close`, asked, { outcome: 'appropriate', reason: 'x' }))).toBe('403 case-side');
    expect(await codeOf(await send(`${path}/ask`, keeper, { question: 'again' }))).toBe('409 case-state');
    expect((await json<CaseDetails>(send(`${path}/answer`, asked, { answer: 'She lives next door.' }))).state).toBe('answered');
    const wrong = { outcome: 'inappropriate', reason: 'No reason of care' };
    const proposed = await json<CaseDetails>(send(`${path}/close`, keeper, wrong));
    expect([proposed.state, proposed.outcome, proposed.due !== null, (await show(asked, theirs.reference)).outcome]).toEqual(['proposed', 'inappropriate', true, null]);
    expect(await codeOf(await send(`${path}/close`, keeper, wrong))).toBe('403 case-second-person');
    expect(await codeOf(await send(`${path}/close`, 'governance-lead', { ...wrong, outcome: 'appropriate' }))).toBe('409 case-outcome');
    expect((await json<CaseDetails>(send(`${path}/reopen`, 'governance-lead', { reason: 'Ask the ward first' }))).state).toBe('new');
    expect((await json<CaseDetails>(send(`${path}/close`, 'governance-lead', wrong))).state).toBe('proposed');
    const closed = await json<CaseDetails>(send(`${path}/close`, keeper, wrong));
    expect([closed.state, closed.outcome, closed.due]).toEqual(['closed', 'inappropriate', null]);
    expect(closed.events.map(({ kind, personName }) => [kind, personName])).toEqual([['opened', null], ['take', 'Moira Kelly'], ['note', 'Moira Kelly'], ['ask', 'Moira Kelly'], ['answer', 'Anjali Rao'],
      ['propose', 'Moira Kelly'], ['reopen', 'Teresa Wilk'], ['propose', 'Teresa Wilk'], ['close', 'Moira Kelly']]);
    expect((await list(keeper, 'closed')).map(({ reference }) => reference)).toEqual([theirs.reference]);
    expect((await json<CaseDetails>(send(`${path}/reopen`, keeper, { reason: 'A second neighbour' }))).state).toBe('new');
    for (const change of ['update access_case_event set text = null', 'delete from access_case_event', 'truncate access_case_event']) await expect(gateway.database.query(change)).rejects.toThrow('append only');
    const logged = await gateway.database.query<{ interaction: string }>(`select entry::jsonb ->> 'interaction' as interaction from audit_entry where entry like '%governance/' || $1 || '%' and entry like '%"status":200%' order by seq`, [path]);
    const acts = logged.map(({ interaction }) => interaction);
    expect(acts.filter((each) => each !== 'case-show')).toEqual(['case-take', 'case-note', 'case-ask', 'case-answer', 'case-close', 'case-reopen', 'case-close', 'case-close', 'case-reopen']);
    expect(acts.flatMap((each, i) => (each === 'case-show' || acts[i + 1] === 'case-show' ? [] : [each]))).toEqual([]); // each answers with the case, which is a look of its own
  });

  it('that are closed stay closed: what is odd afterwards comes to a new one', async () => {
    expect((await send(`cases/${own.reference}/close`, 'privacy-officer', { outcome: 'escalated', reason: 'Handed to those who employ her' })).status).toBe(200);
    await gateway.get(`/fhir/Patient/${alice}`, 'ward-doctor');
    await work();
    const [again, ...others] = (await list('privacy-officer')).filter(({ about }) => about.person === 'ward-doctor');
    expect([others, again?.state, again?.reference === own.reference]).toEqual([[], 'new', false]);
    expect((await show('privacy-officer', again?.reference ?? '')).subjects[0]?.odd[0]?.looks).toBe(1);
    expect(await codeOf(await send(`cases/${own.reference}/reopen`, 'privacy-officer', { reason: 'x' }))).toBe('409 case-changed');
  });

  it('come of asking over and over for who is not there, against what is usual in the organisation', async () => {
    await awayFromMidnight();
    const yesterday = new Date(Date.now() - dayMs).toISOString().slice(0, 10);
    await gateway.database.query(`insert into look_tally select $1, $2, what, 500 from unnest(array['days', 'missed:1', 'looks']) what`, ['https://fhir.bicp.example/Id/ons-code|E08000025', yesterday]);
    for (let i = 0; i < 22; i += 1) await gateway.get(`/fhir/Patient/${randomUUID()}`, 'social-worker');
    await work();
    const [found] = (await list('privacy-officer-bcc')).filter(({ about }) => about.person === 'social-worker');
    expect(found?.signals).toEqual(['enumeration']);
    expect((await show('privacy-officer-bcc', found?.reference ?? '')).subjects.map(({ kind, citizen, odd }) => [kind, citizen, odd[0]?.sentence])).toEqual(
      [['day', null, 'They had asked 20 times for somebody who is not there or not open to them. In their organisation 99 of 100 such days have no more than 1.']]);
  });

  it('come of emergency access nobody reviewed in time, to each organisation that should have', async () => {
    await gateway.database.query(`insert into emergency_access (citizen_id, id, organisation, person, person_name, role, from_at, until, reason, explanation, reference)
      values ($1, $2, $3, 'paramedic', 'Callum Reid', 'paramedic', now() - interval '20 days', now() - interval '19 days', 'legal-duty', 'x', 'EA-0000000000000001')`, [alice, randomUUID(), `${ods}|RYA`]);
    await gateway.database.query(`insert into emergency_review (citizen_id, id, organisation, task_id) select citizen_id, id, $1, $2 from emergency_access where reference = 'EA-0000000000000001'`, [`${ods}|RRK`, randomUUID()]);
    for (const round of [1, 2]) expect([round, await findUnreviewedAccess(context(0))]).toEqual([round, false]);
    const rare = { ...context(0), rule: { ...caseRule, openAt: 500 } };
    await gateway.database.query(`insert into emergency_access (citizen_id, id, organisation, person, person_name, role, from_at, until, reason, explanation, reference)
      values ($1, $2, $3, 'paramedic-2', 'Ann Other', 'paramedic', now() - interval '200 days', now() - interval '199 days', 'legal-duty', 'x', 'EA-0000000000000002')`, [alice, randomUUID(), `${ods}|RYA`]);
    await gateway.database.query(`insert into emergency_review (citizen_id, id, organisation, task_id) select citizen_id, id, $1, $2 from emergency_access where reference = 'EA-0000000000000002'`, [`${ods}|RRK`, randomUUID()]);
    for (let round = 0; round < 2; round += 1) {
      await findUnreviewedAccess(rare);
      await forgetOldLooks(rare);
      expect((await gateway.database.query(`select 1 from odd_look where about = 'EA-0000000000000002'`)).length).toBe(1); // it would be found again in every round
    }
    const [found, ...others] = (await list('privacy-officer')).filter(({ about }) => about.person === 'paramedic');
    const { subjects } = await show('privacy-officer', found?.reference ?? '');
    expect([others, found?.signals, subjects.map(({ citizen, odd }) => [citizen, odd[0]?.looks, odd[0]?.sentence])]).toEqual(
      [[], ['unreviewed-emergency'], [[null, 1, 'They opened this record in an emergency, and nobody has reviewed that for 20 days.']]]); // whom it was about is for the review to tell
  });

  it('know whom an organisation keeps an eye on from its own list, which nobody else reads, and which says whom it no longer watches', async () => {
    const mine = (await json<{ watched: WatchedCitizen[] }>(gateway.get('/governance/watched-citizens', 'privacy-officer'))).watched;
    expect(mine.map(({ kind, citizen }) => [kind, citizen])).toEqual([['staff', alice]]);
    expect((await json<{ watched: WatchedCitizen[] }>(gateway.get('/governance/watched-citizens', 'privacy-officer-bcc'))).watched).toEqual([]);
    const id = mine[0]?.id ?? '';
    expect(await codeOf(await send(`watched-citizens/${id}/end`, 'privacy-officer-bcc'))).toBe('404 not-found');
    expect((await json<WatchedCitizen>(send(`watched-citizens/${id}/end`, 'privacy-officer'))).ended?.by).toBe('privacy-officer');
    expect(await codeOf(await send(`watched-citizens/${id}/end`, 'privacy-officer'))).toBe('409 watched-ended');
    for (const [fields, code] of [[{ kind: 'staff' }, '400 field-invalid'], [{ person: 'x' }, '400 field-invalid'], [{ patient: 'nobody' }, '400 field-invalid'], [{ x: 'y' }, '400 field-unknown']] as const) expect(await codeOf(await watch('privacy-officer', fields))).toBe(code);
    expect((await watch('privacy-officer', { patient: randomUUID() })).status).toBe(201); // whether there is such a citizen is not told
    await gateway.get(`/fhir/Patient/${alice}`, 'ward-doctor');
    await work();
    expect((await list('privacy-officer')).find(({ about }) => about.person === 'ward-doctor')).toMatchObject({ signals: ['own-record', 'prominent'] });
    const [{ looks } = { looks: 0 }] = await gateway.database.query<{ looks: number }>(`select looks from odd_look where person = 'ward-doctor' and signal = 'own-record' and not settled`);
    expect(looks).toBe(1);
  });

  it('rest on what is normal, however the log falls into parts, and on no part twice; what is dated ahead stops nobody', async () => {
    const batch = 'urn:test|batch';
    await expect(gateway.database.transaction((connection) => moveCasePass(connection, 'late', { from: -1, to: 0 }))).rejects.toThrow('another process');
    const from = await lastSeq(gateway);
    const looked = (person: string, at: string): Promise<void> => gateway.services.audit.append({
      id: randomUUID(), at, request: 'r', who: { client: 'viewer', person: { id: person, name: 'X' }, organisation: batch, role: 'doctor' }, purpose: 'TREAT', interaction: 'read', query: `Patient/${alice}`, citizen: alice, outcome: 'permitted', status: 200,
      disclosed: [`Patient/${alice}/_history/1`], custodians: [], decisions: [], withheld: [],
    });
    for (const person of ['p1', 'p2']) await gateway.database.query(`insert into watched_citizen (citizen_id, id, kind, organisation, for_all, person, reason, decided_by, decided_name, decided_at) values ($1, $2, 'staff', $3, false, $4, 'x', 'x', 'x', now())`, [alice, randomUUID(), batch, person]);
    await looked('p0', new Date(Date.now() + 100 * dayMs).toISOString());
    for (const [person, day] of [['p1', '2026-01-05'], ['p2', '2026-01-06']] as const) for (let i = 10; i < 23; i += 1) await looked(person, `${day}T${i}:00:00.000Z`);
    const judged = async (most: number): Promise<unknown[]> => {
      for (const table of ['odd_look', 'look_tally', 'looker_day']) await gateway.database.query(`delete from ${table} where organisation = $1`, [batch]);
      await gateway.database.query('update case_cursor set seq = $1', [from]);
      for (const [pass, later] of [['at-once', 0], ['late', 31]] as const) while (await findOddLooks(context(later), pass, new Map(), most));
      expect((await gateway.database.query(`select 1 from case_cursor where seq < $1`, [from + 27])).length).toBe(0);
      return [await gateway.database.query('select person, signal, points, one_in, looks, days from odd_look where organisation = $1 order by 1, 2', [batch]), await gateway.database.query('select day, what, n from look_tally where organisation = $1 order by 1, 2', [batch])];
    };
    const [few, many] = [await judged(10), await judged(1_000)];
    expect(few).toEqual(many);
    const points = (many[0] as { person: string; signal: string; points: number }[]).filter(({ signal }) => signal === 'own-record').map((row) => row.points);
    expect([points.length, (points[1] ?? 0) < (points[0] ?? 0)]).toEqual([2, true]); // a day counts for the next
  });

  it('are dealt with from the command line as well', async () => {
    const onestory = async (...args: string[]): Promise<{ out: string; code: number; codes: string[] }> => {
      const { out, code, problems } = await runCommand(caseCommand, [...args, '--as', 'privacy-officer'], { baseUrl: gateway.url, dataDir: gateway.dataDir });
      return { out, code, codes: problems.map((problem) => problem.code) };
    };
    const reference = (await list('privacy-officer')).find(({ about }) => about.person === 'ward-doctor')?.reference ?? '';
    expect((await onestory('list')).out).toContain(`${reference}: new, opened `);
    const { out } = await onestory('show', reference);
    expect(out).toContain('  about: Dr Leila Haddad (ward-doctor), doctor, University Hospitals Birmingham NHS Foundation Trust\n  put to: University Hospitals Birmingham NHS Foundation Trust\n');
    expect(out).toContain(`  person A: ${alice}\n    They looked at their own record. How rare that is in their organisation is not known yet.`);
    expect(out).toMatch(new RegExp(`    replay: onestory audit replay --user ward-doctor --patient ${alice} --at 20[^ ]+Z\n`));
    expect((await onestory('ask', reference, '--text', 'Why, please?')).out).toMatch(/ ask by Marcus Facey, answer due \d{4}-\d\d-\d\d: Why, please\?\n$/);
    expect((await onestory('close', reference, '--outcome', 'appropriate', '--text', 'Asked by his own doctor')).out).toContain(`${reference}: closed, appropriate, opened `);
    expect(await onestory('note', 'CA-0000000000000002', '--text', 'x')).toMatchObject({ out: '', code: 1, codes: ['case-unknown'] });
    const id = /^[0-9a-f-]{36}/.exec((await onestory('watch', alice, '--reason', 'in the news')).out)?.[0] ?? '';
    expect((await onestory('watched')).out).toContain(`${id}: ${alice}, prominent, by Marcus Facey: in the news\n`);
    expect((await onestory('unwatch', id)).out).toContain('(ended 20');
  });

  it('are listed in pages, and refuse what they do not know', async () => {
    expect(await codeOf(await gateway.get('/governance/cases?state=x', 'privacy-officer'))).toBe('400 search-value-invalid');
    expect(await codeOf(await gateway.get('/governance/cases/CA-1', 'privacy-officer'))).toBe('404 case-unknown');
    const many = Array.from({ length: 60 }, (_, i) => ({ id: randomUUID(), reference: `CA-00000000000001${String(i).padStart(2, '0')}`, keeper: `${ods}|RXT`, organisation: `${ods}|RXT`, person: `u${i}`, name: 'x', role: 'nurse', rule: 'x', score: 20, signals: ['own-record' as const], lastAt: new Date(), due: '2030-01-01' }));
    await gateway.database.transaction((connection) => openCases(connection, many, new Date()));
    const first = await json<{ cases: CaseEntry[]; next: string }>(gateway.get('/governance/cases', 'privacy-officer-bsmhft'));
    const rest = await json<{ cases: CaseEntry[]; next: string | null }>(gateway.get(first.next, 'privacy-officer-bsmhft'));
    expect([first.cases.length, rest.cases.length, rest.next, new Set([...first.cases, ...rest.cases].map(({ reference }) => reference)).size]).toEqual([50, 11, null, 61]); // one is about the nurse;
  });
});
