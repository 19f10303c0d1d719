import { timeLeft } from '../../../src/edge/cli/progress.ts';
import type { FeedLedger } from '../../../src/flow/feeds/feed-ledger.ts';
import type { FeedReport } from '../../../src/flow/feeds/feed-doctor.ts';
import type { ReplayReport } from '../../../src/flow/feeds/replay-feed.ts';
import { openPostgres } from '../../../src/store/database.ts';
import { freshPostgres } from '../../databases.ts';
import { editableMappings, withoutGender } from '../../flow/replay-works.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { onestory as asTyped } from './run-command.ts';
import { message } from '../../intake/adt.ts';
import { auditSince, lastSeq } from '../http/asking.ts';

/** `onestory feed …` and `onestory replay …` as an integration analyst types them, and who may. */

let gateway: Gateway;
beforeAll(async () => {
  const maps = editableMappings();
  const url = await freshPostgres();
  const before = await startGateway(await openPostgres(url), { mappings: maps.folder });
  await before.send('uhb-adt', '', [
    message({ id: 'F1', event: 'A28', pid: { 8: 'Q' }, pv1: null }), message({ id: 'F2', event: 'A28', pid: { 3: 'H2^^^RRK', 5: 'HOLT^GRACE', 7: '19381301' }, pv1: null }),
  ].join(''));
  await before.close();
  maps.edit('hl7v2-adt/person.map', withoutGender);
  gateway = await startGateway(await openPostgres(url), { mappings: maps.folder });
});
afterAll(() => gateway.close());

const onestory = (...args: string[]): ReturnType<typeof asTyped> => asTyped(gateway, args);
const analyst = ['--as', 'uhb-integration'];

it.each([['INF', '? s'], ['NULL', '? s'], [Number.POSITIVE_INFINITY, '? s'], [Number.NaN, '? s'], [0, '0 s'], [99.2, '100 s'], [100, '2 min'], [6_000, '1.7 h']])('time left: %p is %s', (seconds, said) => { expect(timeLeft(seconds)).toBe(said); });

describe('onestory feed and replay', () => {
  it('the doctor says what is stuck and what to do, with exit code 1; 2 when nobody could look', async () => {
    const { code, out, err } = await onestory('feed', 'doctor', ...analyst);
    expect([code, err]).toEqual([1, expect.stringContaining('[feeds-need-work]')]);
    expect(out).toMatch(/^uhb-adt {2}live {2}University Hospitals Birmingham[^\n]*\n {2}mapping [0-9a-f]{12}, candidate [0-9a-f]{12} {3}last received 20/);
    expect(out.match(/^ {2}[a-z-]+ {2}/gm)).toEqual(['  mapping-waits  ', '  quarantined  ', '  unmapped-codes  ', '  mapping-waits  ']); // referrals share the map
    expect((JSON.parse((await onestory('feed', 'doctor', 'uhb-adt', '--json', ...analyst)).out) as { feeds: FeedReport[] }).feeds.map(({ queue }) => queue.quarantined)).toEqual([1]);
    expect((await onestory('feed', 'doctor', ...analyst, '--base', 'http://127.0.0.1:9')).code).toBe(2);
    expect((await onestory('feed', 'doctor', '--as', 'bcc-integration')).out).toMatch(/^bcc-cld[^]* {2}ok\n$/);
  });

  it('the work list shows reasons with the shape of a value, and the line a table lacks', async () => {
    const { code, out, err } = await onestory('feed', 'work-list', 'uhb-adt', ...analyst);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^1 × date-not-real {2}PID-7 "########" {2}20/);
    expect(out).toContain('    add  Q,http://hl7.org/fhir/administrative-gender,,,\n');
    expect(out).not.toMatch(/HOLT|19381301/);
    expect((await onestory('feed', 'requeue', 'uhb-adt', '--field', 'PID-7', ...analyst)).out).toBe('1 row is in the queue again.\n');
    await gateway.services.worker.idle();
  });

  it('the ledger shows where every field goes, with counts and shapes, and to governance the counts alone', async () => {
    const { code, out, err } = await onestory('feed', 'ledger', 'uhb-adt', ...analyst);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ {0}PID-5\.1 {2}carried\n {10}1 × carried to [^\n]+ {2}such as \d+\/1 "X+"$/m);
    expect(out).toMatch(/^ {0}PID-1\.1 {2}dropped {2}Sequence number of the segment \(Interoperability lead, 2026-01-12\)\n {10}1 × dropped {2}such as \d+\/1 "#"$/m);
    expect(out).toMatch(/\nuhb-adt: \d+ fields: \d+ carried, \d+ carried as text, \d+ read, \d+ dropped, 0 unmapped {3}codes no table has 1\n$/);
    expect(out).not.toMatch(/HOLT|GRACE|19381301/);
    const asked = async (...args: string[]): Promise<FeedLedger> => JSON.parse((await onestory('feed', 'ledger', 'uhb-adt', '--json', ...args)).out) as FeedLedger;
    const { fields, coverage, unmappedCodes } = await asked(...analyst);
    expect(Object.values(coverage).reduce((sum, each) => sum + each, 0)).toBe(fields.length);
    expect(unmappedCodes.map(({ value, suggestedRow }) => [value, suggestedRow])).toEqual([['Q', 'Q,http://hl7.org/fhir/administrative-gender,,,']]);
    const watched = await asked('--as', 'governance-lead');
    expect(watched).toEqual({ feed: 'uhb-adt', complete: true, coverage, unmappedCodes: [], fields: fields.map((field) => ({ ...field, ways: field.ways.map((way) => ({ ...way, example: null })) })) });
  }, 120_000);

  it('a replay is started by the integration system, approved by a person who answers for it, and both are in the log', async () => {
    const before = await lastSeq(gateway);
    const started = await onestory('replay', 'start', 'uhb-adt', ...analyst);
    expect(started.code).toBe(0);
    expect(started.out).toMatch(/^uhb-adt: ready, candidate [0-9a-f]{12} in the place of [0-9a-f]{12}\n[^]* {2}1 resources differ[^]* 1 × Patient {2}added language\n {12}such as Patient\/[0-9a-f-]{36} \(\d+\/1\)\n/);
    const { candidate } = JSON.parse((await onestory('replay', 'show', 'uhb-adt', '--json', ...analyst)).out) as ReplayReport;
    expect((await onestory('replay', 'approve', 'uhb-adt', '--candidate', candidate, ...analyst)).err).toContain('[governance-role-required]');
    expect((await onestory('replay', 'approve', 'uhb-adt', '--candidate', candidate, '--as', 'privacy-officer-bcc')).err).toContain('[feed-unknown]');
    const approved = await onestory('replay', 'approve', 'uhb-adt', '--candidate', candidate, '--as', 'privacy-officer');
    expect([approved.code, approved.out]).toEqual([0, expect.stringContaining('approved by Marcus Facey (privacy-officer)')]);
    expect(approved.out).toMatch(/^uhb-adt: done[^\n]*\n {2}\d+ records, \d+ rows; started by/);
    const acts = (await auditSince(gateway, before)).map(({ entry }) => entry).filter(({ interaction }) => interaction === 'replay-start' || interaction === 'replay-approve');
    expect(acts.map(({ interaction, who, outcome }) => [interaction, who.person?.id ?? who.client, outcome])).toEqual([
      ['replay-start', 'uhb-integration', 'permitted'], ['replay-approve', 'uhb-integration', 'denied'], ['replay-approve', 'privacy-officer-bcc', 'denied'], ['replay-approve', 'privacy-officer', 'permitted'],
    ]);
  });

  it('the doctor tells of each thing that may be wrong with a feed, in words and with what to do', async () => {
    const { database } = gateway;
    for (const text of [
      // a day of 200 and one of 100 rows, a fifth of them wrong, after weeks of 50 and of 1,000 a day
      ...[['bsmhft-rio', 'R', 200], ['bchc-rio', 'M', 100]].flatMap(([feed = '', id = '', rows = 0]) => [
        `insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state, received_rows) values ('${feed}', '', '${id}', '', 0, now(), 'c', gen_random_uuid(), 'done', ${rows})`,
        `insert into intake_row (record_id, row_no, line, feed, part, person_key, state) select record_id, n, n, feed, '', 'P' || n, case when n % 5 = 0 then 'quarantined' else 'stored' end from source_record, generate_series(1, ${rows}) n where feed = '${feed}'`,
      ]),
      "insert into feed_hour (feed, hour, records, rows) select f, date_trunc('hour', now()) - make_interval(days => d), 1, rows from (values ('bsmhft-rio', 50), ('bchc-rio', 1000)) u(f, rows), generate_series(2, 29) d on conflict do nothing",
      // a file that waits, another refused, somebody whose rows failed, and rows that ask who is who
      "insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state) values ('uhb-ref', '', 'W', '', 0, now() - interval '1 hour', 'c', gen_random_uuid(), 'split'), ('uhb-ref', '', 'J', '', 0, now(), 'c', gen_random_uuid(), 'rejected')",
      "insert into intake_person (feed, person_key, pending, first_record, attempts, not_before) values ('uhb-ref', 'P', 1, 1, 3, now() + interval '1 day')",
      "insert into intake_row (record_id, row_no, line, feed, part, person_key, state) select record_id, 1, 1, feed, '', 'P', 'awaiting-merge' from source_record where feed = 'uhb-ref' and state = 'split'",
      // a daily sheet of two days ago
      "insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state) values ('uhb-discharge-sheet', '', 'L', '', 0, now() - interval '49 hours', 'c', gen_random_uuid(), 'done')",
      // replays in every state somebody has to know of
      ...[['bcc-cld', 'ready', 'unheard-of'], ['uhb-discharge-sheet', 'ready', 'other']].map(([feed, state, candidate]) => `insert into replay (feed, base, candidate, onboarding, state, failures, started_by, started_at) values ('${feed}', 'x', '${candidate}', false, '${state}', 2, 'somebody', now())`),
      "update feed_state set candidate = 'unheard-of' where feed = 'bcc-cld'", "update feed_state set shadow = true where feed = 'bsmhft-rio'", "update feed_state set frozen = true where feed = 'bchc-rio'",
    ]) await database.query(text);
    const ailmentsOf = async (feed: string, who: string): Promise<FeedReport['ailments']> => (JSON.parse((await onestory('feed', 'doctor', feed, '--json', '--as', who)).out) as { feeds: FeedReport[] }).feeds[0]?.ailments ?? [];
    const told = Object.fromEntries(await Promise.all([['uhb-ref', 'uhb-integration'], ['uhb-discharge-sheet', 'uhb-integration'], ['bcc-cld', 'bcc-integration'], ['bchc-rio', 'bchc-integration'], ['bsmhft-rio', 'bsmhft-integration']]
      .map(async ([feed = '', who = '']) => [feed, (await ailmentsOf(feed, who)).map(({ code, sentence }) => `${code}: ${sentence}`)])));
    expect(told).toEqual({
      'uhb-ref': [
        'mapping-waits: The folder has a changed mapping, which has no effect before a replay is approved.', 'waiting: 0 records and 1 row wait, the oldest for 60 minutes.', 'retrying: 1 person failed to be worked on and will be tried again.',
        'rejected: 1 file was refused whole in the last seven days.', 'awaiting-merge: 1 row asks who is who, and waits.',
      ],
      'uhb-discharge-sheet': [
        'replay-failing: The replay failed 2 times for a reason nobody foresaw and goes on trying.', 'replay-stale: The open replay is of another version than the folder has now.', 'late: Nothing arrived for 49 hours; it is expected every 36.',
      ],
      'bcc-cld': [
        'replay-failing: The replay failed 2 times for a reason nobody foresaw and goes on trying.', 'replay-ready: A replay has gone through everything and waits for an answer.', 'mapping-broken: The folder has a changed mapping that cannot be used; the one that works goes on.',
      ],
      'bchc-rio': [
        'swapping: An approved replay is being written; what arrives meanwhile is kept and waits.', 'quarantined: 20 rows in quarantine.',
        'few: 100 rows came in 24 hours, and 1000 on an ordinary day.', 'wrong: 20 of 100 rows of the last 24 hours are in quarantine or were rejected.',
      ],
      'bsmhft-rio': [
        'shadow: The feed runs beside the record: nothing of it can be seen until it is approved.', 'quarantined: 40 rows in quarantine.',
        'many: 200 rows came in 24 hours, and 50 on an ordinary day.', 'wrong: 20 of 100 rows of the last 24 hours are in quarantine or were rejected.',
      ],
    });
  }, 120_000);

  it.each<[string, string[], RegExp]>([
    ['somebody who gives care', ['feed', 'doctor', '--as', 'ward-doctor'], /\[governance-role-required\]/],
    ['the client that sends the files', ['feed', 'work-list', 'uhb-adt', '--as', 'uhb-adt'], /\[scope-missing\]/],
    ['a work list of another organisation', ['feed', 'work-list', 'uhb-adt', '--as', 'bcc-integration'], /\[feed-unknown\]/],
    ['a ledger of another organisation', ['feed', 'ledger', 'uhb-adt', '--as', 'bcc-integration'], /\[feed-unknown\]/],
    ['a ledger for the client that sends the files', ['feed', 'ledger', 'uhb-adt', '--as', 'uhb-adt'], /\[scope-missing\]/],
    ['a work list for governance', ['feed', 'work-list', 'uhb-adt', '--as', 'governance-lead'], /\[integration-required\]/],
    ['somebody who is shown nothing', ['feed', 'doctor', '--as', 'healthwatch-reader'], /\[oversight-required\]/],
    ['a requeue of everything', ['feed', 'requeue', 'uhb-adt', ...analyst], /\[requeue-everything\]/],
    ['a feed nobody has', ['replay', 'show', 'unheard-of', ...analyst], /\[feed-unknown\]/],
  ])('refuses %s with a reason', async (_, args, reason) => {
    const { code, out, err } = await onestory(...args);
    expect([code === 0, out]).toEqual([false, '']);
    expect(err).toMatch(reason);
  });
});
