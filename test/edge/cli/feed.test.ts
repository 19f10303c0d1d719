import type { FeedLedger } from '../../../src/flow/feed-ledger.ts';
import type { FeedReport } from '../../../src/flow/feed-doctor.ts';
import type { ReplayReport } from '../../../src/flow/replay-feed.ts';
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
}, 120_000);
afterAll(() => gateway.close());

const onestory = (...args: string[]): ReturnType<typeof asTyped> => asTyped(gateway, args);
const analyst = ['--as', 'uhb-integration'];

describe('onestory feed and replay', () => {
  it('the doctor says what is stuck and what to do, with exit code 1; 2 when nobody could look', async () => {
    const { code, out, err } = await onestory('feed', 'doctor', ...analyst);
    expect([code, err]).toEqual([1, expect.stringContaining('[feeds-need-work]')]);
    expect(out).toMatch(/^uhb-adt {2}live {2}University Hospitals Birmingham[^\n]*\n {2}mapping [0-9a-f]{12}, candidate [0-9a-f]{12} {3}last received 20/);
    expect(out.match(/^ {2}[a-z-]+ {2}/gm)).toEqual(['  mapping-waits  ', '  quarantined  ', '  unmapped-codes  ', '  mapping-waits  ']); // referrals share the map
    expect((JSON.parse((await onestory('feed', 'doctor', 'uhb-adt', '--json', ...analyst)).out) as { feeds: FeedReport[] }).feeds.map(({ queue }) => queue.quarantined)).toEqual([1]);
    expect((await onestory('feed', 'doctor', ...analyst, '--base', 'http://127.0.0.1:9')).code).toBe(2);
    expect((await onestory('feed', 'doctor', '--as', 'bcc-integration')).out).toMatch(/^bcc-cld[^]* {2}ok\n$/);
  }, 120_000);

  it('the work list shows reasons with the shape of a value, and the line a table lacks', async () => {
    const { code, out, err } = await onestory('feed', 'work-list', 'uhb-adt', ...analyst);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^1 × date-not-real {2}PID-7 "########" {2}20/);
    expect(out).toContain('    add  Q,http://hl7.org/fhir/administrative-gender,,,\n');
    expect(out).not.toMatch(/HOLT|19381301/);
    expect((await onestory('feed', 'requeue', 'uhb-adt', '--field', 'PID-7', ...analyst)).out).toBe('1 row is in the queue again.\n');
    await gateway.services.worker.idle();
  }, 120_000);

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
    expect(approved.out).toMatch(/^uhb-adt: done/);
    const acts = (await auditSince(gateway, before)).map(({ entry }) => entry).filter(({ interaction }) => interaction === 'replay-start' || interaction === 'replay-approve');
    expect(acts.map(({ interaction, who, outcome }) => [interaction, who.person?.id ?? who.client, outcome])).toEqual([
      ['replay-start', 'uhb-integration', 'permitted'], ['replay-approve', 'uhb-integration', 'denied'], ['replay-approve', 'privacy-officer-bcc', 'denied'], ['replay-approve', 'privacy-officer', 'permitted'],
    ]);
  }, 240_000);

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
  }, 60_000);
});
