import { Refusal } from '../../src/fhir/problem.ts';
import { openPostgres, type Connection, type Database } from '../../src/store/database.ts';
import { requeueQuarantined } from '../../src/store/intake/feed-work.ts';
import { finishRecords, finishRows } from '../../src/store/intake/intake-queue.ts';
import { databases, freshPostgres } from '../databases.ts';
import { openWorks, type Works } from '../faults/open-works.ts';
import { message } from '../intake/adt.ts';
import { residents } from './dated-extracts.ts';
import { until } from '../patience.ts';
import { beforeCommit, editableMappings, integrationOf, request, untilReplay, withoutGender, type EditableMappings } from './replay-works.ts';

const analyst = integrationOf();
const homeKey = 'https://fhir.bicp.example/Id/example-code|care-home-rowan-house';
const refusedWith = async (work: Promise<unknown>): Promise<string[]> =>
  work.then(() => ['nothing'], (error: unknown) => (error instanceof Refusal ? error.problems.map(({ code }) => code) : [String(error)]));

/** Two people: one with a visit, one with a sex that no table has. */
const sent = [
  message({ id: 'M1', event: 'A01', at: '20240301081000' }),
  message({ id: 'M2', event: 'A31', at: '20240302081000', pid: { 5: 'OKAFOR^ALICE^ROSE^^MRS^^L' }, pv1: null }),
  message({ id: 'M3', event: 'A28', at: '20240303081000', pid: { 3: '9990000786^^^NHS~H7654321^^^RRK', 5: 'HOLT^GRACE^^^MRS^^L', 7: '19450519', 8: 'Q' }, pv1: null }),
];

interface Version { type: string; id: string; version: number; deleted: boolean; gender: string | null; language: string | null; mapping: string | null }

describe.each(databases)('a changed mapping, on $kind', ({ open }) => {
  let maps: EditableMappings;
  let works: Works;
  let database: Database;
  const begin = async (): Promise<void> => {
    works = await openWorks(database, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
  };
  const again = async (): Promise<void> => {
    await works.services.close();
    await begin();
  };
  const send = async (...messages: string[]): Promise<void> => {
    for (const each of messages) await works.post('uhb-adt', '', each);
    works.services.worker.wake();
    await works.services.worker.idle();
  };
  const replay = (): Works['services']['feedWork']['replay'] => works.services.feedWork.replay;
  const versions = (type: string): Promise<Version[]> => database.query<Version>(
    `select r.type, r.id, v.version, v.deleted, v.body::jsonb->>'gender' as gender, v.body::jsonb->>'language' as language, v.body::jsonb->'meta'->'extension'->0->>'valueString' as mapping
     from citizen_row r join citizen_version v using (citizen_id, id) where r.type = $1 order by r.id, v.version`, [type]);
  const rowStates = (): Promise<{ state: string; codes: string[] }[]> => database.query(
    `select state, array(select e->>'code' from jsonb_array_elements(problems) e) as codes from intake_row order by record_id, row_no`);
  const wholeRecord = (): Promise<unknown[]> => database.query('select citizen_id, id, version, body, deleted from citizen_version order by id, version');
  const goLive = async (): Promise<void> => {
    const { candidate } = await untilReplay(works.services, 'uhb-adt', 'ready');
    await replay().approve(analyst, 'uhb-adt', candidate, request);
    await untilReplay(works.services, 'uhb-adt', 'done');
  };

  beforeEach(async () => {
    maps = editableMappings();
    database = await open();
    await begin();
  });
  afterEach(async () => {
    await works.close();
  });

  it('finds nothing to change in what came out of order, nor where the newest is not kept any more', async () => {
    for (const entries of [[['R2', 3]], [['R1', 2]], [['R1', 1], ['R2', 1]], [['R1', 3]]] as const) await works.post('rowanhouse-residents', 'residents', residents(entries));
    works.services.worker.wake();
    await works.services.worker.idle();
    await database.query("update source_record set content = '' where record_id = (select min(record_id) from source_record)");
    maps.edit('care-home/resident.map', (text) => `${text}// read again\n`);
    await again();
    await replay().start(integrationOf(homeKey), 'rowanhouse-residents', request);
    const report = await untilReplay(works.services, 'rowanhouse-residents', 'ready', integrationOf(homeKey));
    expect([report.progress.rows, report.erased, report.differences]).toEqual([4, 1, []]);
  });

  it('has no effect by itself; the report says what it would change, and approval writes that and nothing else', async () => {
    await send(...sent);
    const before = await versions('Patient');
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await again();
    await send(message({ id: 'M4', event: 'A31', at: '20240304081000', pid: { 5: 'OKAFOR^ALICE^MAY^^MRS^^L' }, pv1: null }));
    const untouched = await versions('Encounter');
    const patients = await versions('Patient');
    expect(patients.at(-1)).toMatchObject({ language: null });
    expect(new Set(patients.map(({ mapping }) => mapping)).size).toBe(1);
    expect((await works.services.feedWork.report(analyst, 'uhb-adt', request))[0]?.ailments.map(({ code }) => code)).toEqual(['mapping-waits', 'unmapped-codes']);

    const inThought = await wholeRecord();
    expect(await replay().start(analyst, 'uhb-adt', request)).toMatchObject({ state: 'shadow', startedBy: 'integration' });
    expect(await refusedWith(replay().start(analyst, 'uhb-adt', request))).toEqual(['replay-open']);
    const report = await untilReplay(works.services, 'uhb-adt', 'ready');
    expect(report.differences.map(({ kind, subject, place, count }) => [kind, subject, place, count])).toEqual([
      ['resource', 'Patient', 'added language', 2], ['resource', 'Patient', 'removed gender', 1], ['solved-problem', 'code-not-in-table', 'PID-8.1', 1],
    ]);
    expect(JSON.stringify(report)).not.toMatch(/OKAFOR|HOLT|9990000786|female/i);
    expect(await wholeRecord()).toEqual(inThought);

    await goLive();
    const after = await versions('Patient');
    expect(after.filter(({ version, id }) => patients.some((old) => old.id === id && old.version === version))).toEqual(patients);
    expect(after).toHaveLength(patients.length + 2);
    for (const { id } of before) expect(after.findLast((each) => each.id === id)).toMatchObject({ gender: null, language: 'en', mapping: `sha256:${report.candidate}` });
    expect(await versions('Encounter')).toEqual(untouched);
    expect((await rowStates()).map(({ state }) => state)).toEqual(['stored', 'stored', 'stored', 'stored']);
    await send(message({ id: 'M5', event: 'A31', at: '20240305081000', pid: { 5: 'OKAFOR^ALICE^JUNE^^MRS^^L' }, pv1: null }));
    expect((await versions('Patient')).filter(({ language }) => language === 'en')).toHaveLength(3);
    expect(await refusedWith(replay().start(analyst, 'uhb-adt', request))).toEqual(['replay-nothing-changed']);
    expect(await database.query('select 1 from replay_row union all select 1 from replay_person union all select 1 from replay_record')).toEqual([]);
  });

  it('a code the work list names is suggested a row, and the mended table reaches what was stored without it', async () => {
    // what a later message does not say again is not found wrong again
    await send(...sent, message({ id: 'M3a', event: 'A31', at: '20240303091000', pid: { 3: '9990000786^^^NHS~H7654321^^^RRK', 5: 'HOLT^GRACE^MAY^^MRS^^L', 7: '19450519', 8: '' }, pv1: null }));
    const list = await works.services.feedWork.workList(analyst, 'uhb-adt', 0, request);
    expect(list).toMatchObject({ quarantine: [], next: null, unmappedCodes: [{
      table: 'tables/sex.csv', field: 'PID-8.1', value: 'Q', masked: false, seen: 1, suggestedRow: 'Q,http://hl7.org/fhir/administrative-gender,,,',
    }] });
    maps.edit('hl7v2-adt/tables/sex.csv', (text) => `${text}Q,http://hl7.org/fhir/administrative-gender,other,Other,local\n`);
    await again();
    const ledger = () => database.query('select part, field, state, target, seen from ledger_count order by part, field, state, target');
    const before = await ledger();
    expect((await replay().start(analyst, 'uhb-adt', request)).added).toEqual({ codes: 1, tables: ['tables/sex.csv'] });
    const { differences, progress } = await untilReplay(works.services, 'uhb-adt', 'ready');
    expect(differences.map(({ kind, subject, place, count }) => [kind, subject, place, count])).toEqual([['resource', 'Patient', 'added gender', 1], ['solved-problem', 'code-not-in-table', 'PID-8.1', 1]]);
    expect([progress.people, progress.peopleDone]).toEqual([2, 2]);
    expect(await database.query('select step, rows from replay_person order by step')).toEqual([{ step: 1, rows: 2 }, { step: 2, rows: 2 }]); // the other person was left alone
    await goLive();
    expect(await ledger()).toEqual(before);
    expect((await rowStates()).map(({ state, codes }) => [state, codes])).toEqual([['stored', []], ['stored', []], ['stored', []], ['stored', []]]);
    expect((await versions('Patient')).map(({ gender }) => gender)).toEqual(expect.arrayContaining(['other']));
    expect((await works.services.feedWork.workList(analyst, 'uhb-adt', 0, request)).unmappedCodes).toEqual([]);
  });

  it('what it no longer makes ends with a last version, what it refuses goes to quarantine, and a choice stays', async () => {
    await send(...sent, message({ id: 'M6', event: 'A31', at: '20240306081000', pv1: null, more: ['ZU8||2'] }));
    expect(await versions('Consent')).toHaveLength(1);
    maps.edit('hl7v2-adt/adt.map', (text) => text.replace(/.*then Visit\(feed, person, visit, bundle\).*\n/, '').replace(/.*then Objection\(feed, person, consent\).*\n/, '')
      .replace(/.*create\('Consent'\) as consent\n/, ''));
    maps.edit('hl7v2-adt/person.map', (text) => text.replace("born.c1 as date -> ", "born.c1 as date check ($this != '19450519') -> "));
    await again();
    await replay().start(analyst, 'uhb-adt', request);
    const { differences } = await untilReplay(works.services, 'uhb-adt', 'ready');
    expect(differences.map(({ kind, subject, place, count }) => [kind, subject, place, count])).toEqual(expect.arrayContaining([['resource', 'Encounter', 'removed', 1], ['new-problem', 'check-failed', 'PID-7.1', 1]]));
    await goLive();
    expect((await versions('Encounter')).map(({ version, deleted }) => [version, deleted])).toEqual([[1, false], [2, true]]);
    expect(await versions('Consent')).toHaveLength(1);
    expect((await rowStates()).map(({ state, codes }) => [state, codes])).toContainEqual(['quarantined', ['check-failed', 'code-not-in-table']]);
    const [{ n = -1 } = {}] = await database.query<{ n: number }>('select count(*)::int as n from choice_rule');
    expect(n).toBe(1);
  });

  it('killed after every single step it goes on where it was, and ends as if it had not been', async () => {
    await send(...sent);
    maps.edit('hl7v2-adt/person.map', withoutGender);
    const undisturbed = [['en', 'sha256'], ['en', 'sha256']];
    await works.services.close();
    let kills = 0;
    const dying = beforeCommit(database, /replay_person set step = 1|set staged_to|delete from replay_record/, () => {
      if ((kills += 1) % 2 === 1) throw new Error('killed'); // nothing of the batch stays
    });
    works = await openWorks(dying, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 }, pollMs: 5 });
    await replay().start(analyst, 'uhb-adt', request);
    const { candidate } = await untilReplay(works.services, 'uhb-adt', 'ready');
    const inShadow = kills;
    await replay().approve(analyst, 'uhb-adt', candidate, request);
    const { failures } = await untilReplay(works.services, 'uhb-adt', 'done');
    expect([inShadow, kills - inShadow, failures].map((n) => n >= 4)).toEqual([true, true, true]);
    const last = new Map((await versions('Patient')).map((each) => [each.id, each]));
    expect([...last.values()].map(({ language, mapping }) => [language, mapping?.split(':')[0]])).toEqual(undisturbed);
    expect((await versions('Patient')).filter(({ language }) => language === 'en')).toHaveLength(2);
    works = { ...works, database };
  });

  it('a report of another candidate is not approved, nor one that is not finished; a candidate with a mistake is told and changes nothing', async () => {
    await send(...sent);
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await again();
    await replay().start(analyst, 'uhb-adt', request);
    const { candidate } = await untilReplay(works.services, 'uhb-adt', 'ready');
    expect(await refusedWith(replay().approve(analyst, 'uhb-adt', '0'.repeat(64), request))).toEqual(['replay-stale']);
    maps.edit('hl7v2-adt/person.map', (text) => text.replace("patient.language = 'en'", "patient.language = 'cy'"));
    await again();
    expect(await refusedWith(replay().approve(analyst, 'uhb-adt', candidate, request))).toEqual(['replay-stale']);
    expect(await replay().giveUp(analyst, 'uhb-adt', request)).toMatchObject({ state: 'given-up' });
    expect(await refusedWith(replay().approve(analyst, 'uhb-adt', candidate, request))).toEqual(['replay-not-open']);

    maps.edit('hl7v2-adt/person.map', (text) => text.replace("patient.language = 'cy'", "patient.colour = 'cy'"));
    await again();
    expect((await works.services.feedWork.report(analyst, 'uhb-adt', request))[0]?.ailments.map(({ code }) => code)).toContain('mapping-broken');
    expect(await refusedWith(replay().start(analyst, 'uhb-adt', request))).toEqual(['unknown-element']);
    await send(message({ id: 'M7', event: 'A28', pid: { 3: 'H999^^^RRK' }, pv1: null }));
    expect((await rowStates()).at(-1)?.state).toBe('stored');
  });

  it('a record whose bytes are gone keeps what it said, and a feed that is gone waits until it is back', async () => {
    // the first's visit goes on in one that is kept and does not say where
    await send(...sent, message({ id: 'M4', event: 'A03', at: '20240304081000', pid: { 7: '' }, pv1: { 3: '', 45: '20240304081000' } }));
    const folds = () => database.query('select * from fold_state order by person_key, fold_key');
    const before = await folds();
    await database.query("update source_record set content = '' where record_id = (select min(record_id) from source_record)");
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await again();
    await replay().start(analyst, 'uhb-adt', request);
    const report = await untilReplay(works.services, 'uhb-adt', 'ready');
    expect(report).toMatchObject({ erased: 1, counts: { resource: 2 } });
    const registry: { text: string } = { text: '' };
    maps.edit('feeds.yaml', (text) => {
      registry.text = text;
      return text.replace(/ {2}- key: uhb-adt\n(?: {4}.*\n)+/, '');
    });
    await replay().approve(analyst, 'uhb-adt', report.candidate, request);
    await again();
    expect(await refusedWith(replay().show(analyst, 'uhb-adt', request))).toEqual(['feed-unknown']);
    maps.edit('feeds.yaml', () => registry.text);
    await again();
    await untilReplay(works.services, 'uhb-adt', 'done');
    expect((await versions('Encounter')).map(({ deleted }) => deleted)).toEqual([false, false]);
    expect(await folds()).toEqual(before);
  });

  it('what came of a feed that a gateway does not have waits, and is worked off when it is back', async () => {
    const unreadable = message({ id: 'M1', pid: { 7: '19381301' } });
    await send(unreadable);
    await database.query("update feed_state set frozen = true where feed = 'uhb-adt'");
    expect(await works.services.feedWork.requeue(analyst, 'uhb-adt', { code: null, field: 'PID-7', file: null }, request)).toEqual({ requeued: 1 });
    const kept = await works.post('uhb-adt', '', sent[2] ?? '');
    await works.services.close();
    await database.query("update feed_state set frozen = false where feed = 'uhb-adt'");
    const registry: { text: string } = { text: '' };
    maps.edit('feeds.yaml', (text) => {
      registry.text = text;
      return text.replace(/ {2}- key: uhb-adt\n(?: {4}.*\n)+/, '');
    });
    const told: unknown[] = [];
    works = await openWorks(database, { mappings: maps.folder, log: (event, fields) => { told.push([event, fields]); } });
    const other = await works.post('rowanhouse-residents', 'residents', residents([['R1', 1]]));
    const stateOf = async (task: string): Promise<string | undefined> => (await database.query<{ state: string }>('select state from source_record where task_id = $1', [task]))[0]?.state;
    await until(async () => ['done', 'rejected'].includes(await stateOf(other) ?? ''), 'the end of another feed\'s file');
    expect([await stateOf(kept), (await rowStates())[0]?.state]).toEqual(['received', 'pending']);
    expect(told).toContainEqual(['feed-missing', { feed: 'uhb-adt', count: 2 }]);
    maps.edit('feeds.yaml', () => registry.text);
    await again();
    await works.services.worker.idle();
    expect([await stateOf(kept), (await rowStates())[0]?.state]).toEqual(['done', 'quarantined']);
  });

  it('a mistake at the first start stops it and leaves nothing behind; a working version this program cannot use keeps its feed waiting', async () => {
    await works.services.close();
    const empty = await open();
    maps.edit('hl7v2-adt/person.map', (text) => text.replace('patient.gender =', 'patient.colour ='));
    expect(await refusedWith(openWorks(empty, { mappings: maps.folder }))).toEqual(['unknown-element']);
    maps.edit('hl7v2-adt/person.map', (text) => text.replace('patient.colour =', 'patient.gender ='));
    const other = await openWorks(empty, { mappings: maps.folder });
    await other.close();

    await database.query("update mapping_version set files = jsonb_set(files, '{hl7v2-adt/person.map}', '\"no map\"') where feed = 'uhb-adt'");
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await begin();
    expect((await works.services.feedWork.report(analyst, 'uhb-adt', request))[0]?.ailments.map(({ code }) => code)).toEqual(['mapping-unusable', 'mapping-waits']);
    expect(works.services.intakeLimit('uhb-adt', '')).toBeGreaterThan(0);
    for (const each of sent) await works.post('uhb-adt', '', each);
    expect(await rowStates()).toEqual([]);
    await replay().start(analyst, 'uhb-adt', request);
    await goLive();
    expect((await rowStates()).map(({ state }) => state)).toEqual(['stored', 'stored', 'stored']);
  });

  it('another sort of information is a new version, and what was evidence of care lasts no longer for it', async () => {
    await send(...sent);
    const care = () => database.query<{ id: string; organisation: string; kind: number; until: Date }>('select id, organisation, kind, until from relationship order by id, organisation, kind');
    const before = await care();
    expect(before.length).toBeGreaterThan(0);
    maps.edit('hl7v2-adt/kind.json', (text) => text.replace('"Encounter", "category": "encounter"', '"Encounter", "category": "episode"'));
    await works.services.close();
    const later = new Date(Date.now() + 20 * 86_400_000);
    works = await openWorks(database, { mappings: maps.folder, clock: () => later });
    await replay().start(analyst, 'uhb-adt', request);
    const { differences } = await untilReplay(works.services, 'uhb-adt', 'ready');
    expect(differences.map(({ subject, place, count }) => [subject, place, count])).toEqual([['Encounter', 'changed (category)', 1]]);
    await goLive();
    const classes = await database.query("select s.category, r.version from citizen_row r join sharing_class s using (class_id) where r.type = 'Encounter'");
    expect(classes).toEqual([{ category: 'episode', version: 2 }]);
    const after = await care();
    expect(after.map(({ until: _, ...row }) => row)).toEqual(before.map(({ until: _, ...row }) => row));
    for (const [index, { until }] of after.entries()) expect(Math.abs(until.getTime() - (before[index]?.until.getTime() ?? 0))).toBeLessThan(3_600_000); // not the twenty days later that the version was written
  });

  it('only rows whose problem is named go back to the queue', async () => {
    await send(message({ id: 'M1', pid: { 7: '19381301' } }), message({ id: 'M2', pid: { 3: 'H2^^^RRK' }, pv1: { 44: '20241301' } }));
    const before = await rowStates();
    expect(before.map(({ state }) => state)).toEqual(['quarantined', 'quarantined']);
    const { quarantine } = await works.services.feedWork.workList(analyst, 'uhb-adt', 0, request);
    expect(quarantine.map(({ field, value, count }) => [field, value, count])).toEqual(expect.arrayContaining([['PID-7', '########', 1]]));
    expect(await refusedWith(works.services.feedWork.requeue(analyst, 'uhb-adt', { code: null, field: null, file: null }, request))).toEqual(['requeue-everything']);
    expect(await works.services.feedWork.requeue(analyst, 'uhb-adt', { code: null, field: 'PID-7', file: null }, request)).toEqual({ requeued: 1 });
    await works.services.worker.idle();
    expect(await rowStates()).toEqual(before);
    await database.query(`update intake_row set problems = jsonb_set(problems, '{0,fix}', '"Add a row. The rule is in tables/sex.csv line 4."') where message_id = 'M2'`);
    for (const [file, requeued] of [['tables/se', 0], ['tables/sex.csv', 1]] as const) expect(await works.services.feedWork.requeue(analyst, 'uhb-adt', { code: null, field: null, file }, request)).toEqual({ requeued });
    await works.services.worker.idle();
    expect(await rowStates()).toEqual(before);
    expect(await works.services.feedWork.requeue(analyst, 'uhb-adt', { code: 'unheard-of', field: null, file: null }, request)).toEqual({ requeued: 0 });
  });
});

describe('what happens on PostgreSQL while a replay is open', () => {
  it('a record that is on its way longer than later ones is gone through with them', async () => {
    const maps = editableMappings();
    const database = await openPostgres(await freshPostgres());
    const [onItsWay, whole] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    let long = false;
    let looks = 0;
    const slow = beforeCommit(database, /into source_record/, async () => {
      if (!long) return;
      long = false;
      onItsWay.resolve(null);
      await whole.promise;
    });
    let works = await openWorks(slow, { mappings: maps.folder });
    await works.post('uhb-adt', '', sent[0] ?? '');
    await works.services.worker.idle();
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await works.services.close();
    works = await openWorks({ ...slow, query: (text, ...more) => {
      if (/from replay where state not in/.test(text)) looks += 1;
      return slow.query(text, ...more);
    } }, { mappings: maps.folder });
    long = true;
    const late = works.post('uhb-adt', '', message({ id: 'M4', event: 'A01', at: '20240304081000', pv1: { 19: 'V778899^^^RRK' } }));
    await onItsWay.promise;
    await works.post('uhb-adt', '', sent[1] ?? '');
    await works.services.worker.idle();
    const { replay } = works.services.feedWork;
    await replay.start(analyst, 'uhb-adt', request);
    const seen = looks;
    await until(() => Promise.resolve(looks >= seen + 2), 'two more looks at what is open');
    whole.resolve(null);
    await late;
    await works.services.worker.idle();
    const { candidate } = await untilReplay(works.services, 'uhb-adt', 'ready');
    await until(async () => (await replay.show(analyst, 'uhb-adt', request)).progress.recordsStaged === 3, 'the record that came late, laid out');
    await replay.approve(analyst, 'uhb-adt', candidate, request);
    await untilReplay(works.services, 'uhb-adt', 'done');
    expect(await database.query("select version, deleted from citizen_row where type = 'Encounter'")).toEqual([{ version: 1, deleted: false }, { version: 1, deleted: false }]);
    await works.close();
  });

  it('a row that goes back to the queue is worked on when the swap is over, and its Task tells of it whoever closed its record', async () => {
    const maps = editableMappings();
    const database = await openPostgres(await freshPostgres());
    const nothing = (): Promise<unknown> => Promise.resolve();
    let meanwhile = nothing;
    const watched = beforeCommit(database, /replay_person set step = 1/, async () => void await meanwhile());
    let works = await openWorks(watched, { mappings: maps.folder });
    await works.post('uhb-adt', '', sent[0] ?? '');
    await works.post('uhb-adt', '', message({ id: 'M2', pid: { 3: 'H2^^^RRK', 7: '19381301' } }) + message({ id: 'M3', pid: { 3: 'H3^^^RRK' }, pv1: { 44: '20241301' } }));
    await works.services.worker.idle();
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await works.services.close();
    works = await openWorks(watched, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
    const { feedWork } = works.services;
    await feedWork.replay.start(analyst, 'uhb-adt', request);
    const { candidate } = await untilReplay(works.services, 'uhb-adt', 'ready');
    meanwhile = async () => { // the next person's row is read already
      meanwhile = nothing;
      expect(await feedWork.requeue(analyst, 'uhb-adt', { code: null, field: 'PID-7', file: null }, request)).toEqual({ requeued: 1 });
    };
    await feedWork.replay.approve(analyst, 'uhb-adt', candidate, request);
    await untilReplay(works.services, 'uhb-adt', 'done');
    await works.services.worker.idle();
    expect(meanwhile).toBe(nothing);
    expect((await database.query('select state from intake_row order by record_id, row_no')).map(({ state }) => state)).toEqual(['stored', 'quarantined', 'quarantined']);
    await works.services.close();

    const requeue = (connection: Connection, field: string) => requeueQuarantined(connection, 'uhb-adt', { code: null, field, file: null });
    const finish = (connection: Connection, row: number, personKey: string) =>
      finishRows(connection, [{ recordId: 2, row, feed: 'uhb-adt', personKey, outcome: 'quarantined', problems: '[]' }]).then(() => finishRecords(connection, [2]));
    await database.transaction((connection) => requeue(connection, 'PV1-44'));
    const first = await database.transaction(async (connection) => {
      await requeue(connection, 'PID-7');
      return database.transaction((other) => finish(other, 2, 'H3')); // which cannot see that the first row is pending again
    });
    expect([first, await database.transaction((connection) => finish(connection, 1, 'H2'))].map((records) => records.length)).toEqual([1, 1]);
    await database.close();
  });
});

describe('two processes on one PostgreSQL', () => {
  it('work on one replay, and both map with the candidate from the swap on without being started again', async () => {
    const maps = editableMappings();
    const url = await freshPostgres();
    const [first, second] = [await openPostgres(url), await openPostgres(url)];
    let one = await openWorks(first, { mappings: maps.folder });
    const other = await openWorks(second, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
    await one.post('uhb-adt', '', sent.join(''));
    await one.services.worker.idle();
    maps.edit('hl7v2-adt/person.map', withoutGender);
    await one.services.close();
    one = await openWorks(first, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
    await one.services.feedWork.replay.start(analyst, 'uhb-adt', request);
    const { candidate } = await untilReplay(other.services, 'uhb-adt', 'ready');
    await other.services.feedWork.replay.approve(analyst, 'uhb-adt', candidate, request);
    await untilReplay(one.services, 'uhb-adt', 'done');
    await one.services.close();
    await other.post('uhb-adt', '', message({ id: 'M9', event: 'A28', pid: { 3: 'H999^^^RRK' }, pv1: null }));
    await other.services.worker.idle();
    const rows = await second.query<{ mapping: string }>("select body::jsonb->'meta'->'extension'->0->>'valueString' as mapping from citizen_version where record_id = 2");
    expect([...new Set(rows.map(({ mapping }) => mapping))]).toEqual([`sha256:${candidate}`]);
    await other.close();
    await first.close();
  });
});
